"""An independent judge of criteria: the reference engine of CQL, run by Node on FHIR bundles.

Which criteria are judged is written down in `tests/corpus/oracles/cql/criteria.json`: those of the
worked example, of records drawn by a seed, and rules by hand that use every node. Each population
has its dates.
"""

from __future__ import annotations

import gzip
import json
import random
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from trialrun.criteria.cql import Cql, write_cql
from trialrun.criteria.cql.text import name as quoted
from trialrun.criteria.criterion import Criteria, Criterion, Status
from trialrun.criteria.nodes import (
    And,
    AtLeast,
    Comparison,
    Count,
    Elapsed,
    If,
    In,
    Node,
    Not,
    Or,
    Presence,
)  # fmt: skip
from trialrun.criteria.parser import read_rule
from trialrun.criteria.printer import write_rule
from trialrun.criteria.reference import evaluate
from trialrun.criteria.text_reader import read_criteria
from trialrun.criteria.verdict import judge
from trialrun.readers.patients.fhir.bundle import read_bundle
from trialrun.readers.patients.tally import Tally
from trialrun.record.opening import open_record
from trialrun.rehearse.screening_population.person import ANCHORS
from trialrun.values.moment import Moment
from trialrun.values.truth import Truth
from trialrun.vocabulary.fact import Fact

SHARED = Path(__file__).resolve().parents[3] / "shared"
HERE = Path(__file__).resolve().parents[1] / "corpus" / "oracles" / "cql"
SEED, RECORDS = 20261125, 24
PEOPLE_SEED, PEOPLE = 42, 150
LETTER = {True: "T", False: "F", None: "?"}
LETTERS = {Truth.TRUE: "T", Truth.FALSE: "F", Truth.UNKNOWN: "?"}

HAND = (
    "alt < 2 x ULN within 14 days before treatment", "alt <= 2 x ULN", "alt > 3 x ULN",
    "alt >= 2.5 x ULN at screening", "alt == 40 U/L", "ast <= 3 x ULN", "worst ast < 3 x ULN",
    "total_bilirubin < 1.5 x ULN within 14 days before treatment", "total_bilirubin < 1.5 mg/dL",
    "total_bilirubin <= 25.65 umol/L", "total_bilirubin <= 2 x ULN", "creatinine < 1.5 mg/dL",
    "creatinine <= 1.5 mg/dL", "creatinine <= 132.6 umol/L", "creatinine > 176.8 umol/L",
    "creatinine <= 1.5 x ULN within 28 days before screening", "platelets >= 0.5 x LLN",
    "platelets >= 50 10*9/L within 7 days before screening", "platelets > 20000 /uL",
    "platelets <= 75 10*3/uL", "anc >= 1 10*9/L", "anc < 500 /uL", "first anc > 0.5 10*9/L",
    "wbc <= 25 10*9/L between 1 and 28 days before screening", "haemoglobin >= 8 g/dL",
    "all haemoglobin >= 80 g/L within 28 days before screening", "any haemoglobin < 9 g/dL",
    "worst platelets >= 20 10*9/L within 14 days before treatment", "spo2 >= 92 %",
    "spo2 > 92 % after screening", "lvef >= 50 %", "lvef < 45 % at least 7 days before screening",
    "ecog <= 2", "ecog in {0, 1} within 14 days before screening", "worst ecog <= 3", "ecog == 2",
    "age >= 18 a", "age < 70 a at screening", "age >= 216 mo at screening", "sex == female",
    "weight > 40 kg", "height >= 150 cm", "aml", "not apl", "aml at screening",
    "pneumonia within 14 days before screening", "any pericardial_effusion",
    "not hepatitis_b_carrier", "since pneumonia >= 14 d at screening",
    "since prior_allogeneic_hsct > 12 wk at treatment", "since pericardial_effusion < 30 d",
    "count (platelets < 50 10*9/L within 28 days before screening) >= 2",
    "count (alt > 1 x ULN) < 2", "count (anc >= 0.5 10*9/L) == 2",
    "at least 2 of (aml, pneumonia, arrhythmia)",
    "if apl then alt <= 5 x ULN else alt <= 3 x ULN", "if sex == female then haemoglobin >= 9 g/dL",
    "creatinine < 1.5 mg/dL or (lvef >= 50 % and spo2 >= 92 %)",
    "not (alt > 3 x ULN and total_bilirubin > 2 x ULN)", "mrd_positive or aml",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Population:
    """Bundles of patients, and the dates that windows are before."""

    name: str
    bundles: Mapping[str, bytes]
    screening: str
    treatment: str


# ---- which criteria ------------------------------------------------------------------------------


def drawn() -> dict[str, list[dict[str, Any]]]:
    """The criteria of the worked example, of the records that the seed draws, and by hand."""
    page = (SHARED / "data" / "NCT04221971.page.txt").read_bytes()
    known = open_record(page, where="page").study.protocol.eligibility
    example = read_criteria(
        known.eligibility_criteria,
        minimum_age=known.minimum_age,
        maximum_age=known.maximum_age,
        sex=known.sex,
    )
    found = {"NCT04221971": _rows(example)}
    path = SHARED / "data" / "records" / "records.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line)["protocolSection"] for line in lines]
    for record in random.Random(SEED).sample(records, RECORDS):
        module = record.get("eligibilityModule", {})
        criteria = read_criteria(
            module.get("eligibilityCriteria"),
            minimum_age=module.get("minimumAge"),
            maximum_age=module.get("maximumAge"),
            sex=module.get("sex"),
        )
        found[record["identificationModule"]["nctId"]] = _rows(criteria)
    hand = [
        Criterion(id=f"H{number}", kind="inclusion", text=rule, status=Status.COMPUTABLE,
                  rule=read_rule(rule))
        for number, rule in enumerate(HAND, start=1)
    ]  # fmt: skip
    found["by hand"] = _rows(Criteria(all=tuple(hand)))
    return found


def _rows(criteria: Criteria) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "parent": one.parent,
            "kind": one.kind,
            "logic": one.logic,
            "status": one.status.value,
            "rule": None if one.rule is None else write_rule(one.rule),
        }
        for one in criteria
    ]


@cache
def criteria() -> Criteria:
    """All criteria that are judged, as one; ids begin with the set's."""
    rows = json.loads((HERE / "criteria.json").read_text(encoding="utf-8"))
    return Criteria(
        all=tuple(
            Criterion(
                id=f"{group} {row['id']}",
                parent=None if row["parent"] is None else f"{group} {row['parent']}",
                kind=row["kind"],
                logic=row["logic"],
                text=row["rule"] or "…",
                status=Status(row["status"]),
                rule=None if row["rule"] is None else read_rule(row["rule"]),
            )
            for group, members in rows.items()
            for row in members
        )
    )


@cache
def rules() -> tuple[tuple[str, Node], ...]:
    """Every atom and count of them, by its text, once."""
    found: dict[str, Node] = {}
    for one in criteria():
        for leaf in () if one.rule is None else _leaves(one.rule):
            found.setdefault(write_rule(leaf), leaf)
    return tuple(found.items())


def _leaves(node: Node) -> Iterator[Node]:
    match node:
        case Comparison() | In() | Presence() | Elapsed() | Count():
            yield node
        case And() | Or() | AtLeast() | If():
            for part in node.parts:
                yield from _leaves(part)
        case Not():
            yield from _leaves(node.part)


# ---- populations ---------------------------------------------------------------------------------


def synthea() -> Population:
    """The Synthea patients of the corpus."""
    folder = SHARED / "data" / "patients" / "synthea-fhir-r4"
    bundles = {}
    for path in sorted(folder.glob("*.json.gz")):
        data = gzip.decompress(path.read_bytes())
        if b'"resourceType":"Patient"' in data.replace(b" ", b"").replace(b"\n", b""):
            bundles[path.name.partition(".")[0]] = data
    return Population("synthea", bundles, "2019-06-01", "2019-06-15")


def generated() -> Population:
    """Simulated people, with limits, boundaries and flaws."""
    from trialrun.rehearse.screening_population.fhir import bundle_text
    from trialrun.rehearse.screening_population.population import people

    bundles = {one.code: bundle_text(one).encode() for one in people(PEOPLE_SEED, PEOPLE)}
    return Population("generated", bundles, ANCHORS["screening"], ANCHORS["treatment"])


def mimic() -> Population:
    """The 100 people of the MIMIC-IV demo, a bundle each of what the bulk export holds on them."""
    folder = SHARED / "data" / "patients" / "mimic-iv-demo-fhir-2.1.0"
    held: dict[str, list[Any]] = {}
    for name in ("MimicPatient", "MimicEncounter", "MimicEncounterED", "MimicCondition",
                 "MimicConditionED", "MimicObservationVitalSignsED", "MimicProcedure"):  # fmt: skip
        with gzip.open(folder / f"{name}.ndjson.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                one = json.loads(line)
                key = one["id"]
                if one["resourceType"] != "Patient":
                    key = one["subject"]["reference"].rpartition("/")[2]
                held.setdefault(key, []).append({"resource": one})
    bundles = {
        key: json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()
        for key, entries in sorted(held.items())
    }
    return Population("mimic", bundles, "2150-01-01", "2150-01-15")


def some(population: Population, count: int) -> Population:
    """The first so many of a population."""
    return replace(population, bundles=dict(list(population.bundles.items())[:count]))


def anchors(population: Population) -> dict[str, Moment]:
    """A date for every word that a window is before: treatment has its own."""
    named = {atom.anchor for one in criteria() for atom in one.atoms} - {None}
    words = {"treatment", "first dose", "first_chemotherapy", "day 0", "day0"}
    return {
        str(name): Moment(population.treatment if name in words else population.screening)
        for name in named
    }


# ---- the two judges ------------------------------------------------------------------------------


def library(population: Population, units: str = "each") -> Cql:
    """The CQL of all criteria, with the population's dates."""
    as_of = Moment(population.screening)
    return write_cql(criteria(), anchors=anchors(population), as_of=as_of, units=units)  # type: ignore[arg-type]


def facts_of(population: Population) -> Iterator[tuple[str, tuple[Fact, ...]]]:
    """Each patient's facts, as the FHIR reader finds them."""
    for name, data in population.bundles.items():
        patients = read_bundle(data, Tally(), where=name)
        assert len(patients) == 1, name
        yield name, patients[0].facts


def reference_answers(population: Population) -> dict[str, str]:
    """What the reference engine says: one letter a patient, by rule and by criterion."""
    dates, as_of = anchors(population), Moment(population.screening)
    answers: dict[str, list[str]] = {}
    for _, facts in facts_of(population):
        whole = judge(criteria(), facts, anchors=dates, judgements={}, as_of=as_of)
        for verdict in whole.verdicts:
            answers.setdefault(verdict.criterion.id, []).append(LETTERS[verdict.condition])
            named = f"{verdict.criterion.id} verdict"
            answers.setdefault(named, []).append(LETTERS[verdict.truth])
        for text, node in rules():
            truth = evaluate(node, facts, anchors=dates, as_of=as_of).truth
            answers.setdefault(f"rule: {text}", []).append(LETTERS[truth])
    return {name: "".join(letters) for name, letters in answers.items()}


def install(folder: Path) -> None:
    """The oracle's driver with the packages that the committed lock names."""
    for path in (SHARED / "cql-oracle").iterdir():
        if path.suffix in {".cjs", ".mjs"} or path.name == "FHIRHelpers.cql":
            shutil.copyfile(path, folder / path.name)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(HERE / name, folder / name)
    _run(folder, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")


def _run(folder: Path, *command: str) -> str:
    """What the command prints; where it fails, what it said."""
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=1800, text=True)
    assert done.returncode == 0, f"{command[:3]}: {done.stderr[-2000:]}"
    return done.stdout


def oracle_answers(folder: Path, population: Population, units: str = "each") -> dict[str, str]:
    """What the CQL engine says, in the same form; `folder` is where the oracle is installed."""
    named = f"{population.name}-{units}"
    text = library(population, units).text
    (folder / f"{named}.cql").write_text(text, encoding="utf-8")
    _run(folder, "node", "translate.mjs", f"{named}.cql", f"{named}.elm.json")
    bundles = folder / f"{population.name}-bundles"
    bundles.mkdir(exist_ok=True)
    for name, data in population.bundles.items():
        (bundles / f"{name}.json").write_bytes(data)
    ran = _run(folder, "node", "run.cjs", f"{named}.elm.json", bundles.name)
    lines = [json.loads(line) for line in ran.splitlines()]
    assert len(lines) == len(population.bundles)
    by_patient = [line["results"] for line in lines]  # in the order of file names
    names = [name for name in by_patient[0] if name != "Eligible"]
    return {name: "".join(LETTER[one[name]] for one in by_patient) for name in names}


# ---- what is kept --------------------------------------------------------------------------------


def packed(answers: Mapping[str, str]) -> dict[str, str]:
    """Answers of rules and conditions that are not UNKNOWN for everybody."""
    return {
        name: letters
        for name, letters in sorted(answers.items())
        if not name.endswith(" verdict") and set(letters) != {"?"}
    }


@cache
def kept(population: str) -> dict[str, str]:
    """The engine's answers as they are kept, with those that are UNKNOWN for everybody."""
    stored = json.loads((HERE / f"{population}.json").read_text(encoding="utf-8"))
    many = len(next(iter(stored.values())))
    text = library(replace(some(generated(), 1), name=population)).text
    names = [one.id for one in criteria()]
    names += [f"rule: {rule}" for rule, _ in rules()]
    defined = (one for one in names if f"\ndefine {quoted(one)}:" in text)
    return {name: stored.get(name, "?" * many) for name in defined}


def main() -> None:
    """Make `criteria.json` and the kept answers anew; needs Node with npm, and takes minutes."""
    rows = json.dumps(drawn(), indent=0, ensure_ascii=False)
    (HERE / "criteria.json").write_text(rows + "\n", encoding="utf-8")
    with TemporaryDirectory() as name:
        install(Path(name))
        for population in (generated(), synthea()):
            answers = packed(oracle_answers(Path(name), population))
            text = json.dumps(answers, indent=0, ensure_ascii=False)
            (HERE / f"{population.name}.json").write_text(text + "\n", encoding="utf-8")
            print(f"{population.name}: {len(population.bundles)} patients")


if __name__ == "__main__":
    main()
