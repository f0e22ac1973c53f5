"""How well text is read: hand labels of numeric and ordinal atoms against the reader's atoms.

A label and an atom agree by variable, comparison, value and unit, as multisets a record, in normal
forms: values exact in the variable's own unit; levels of a known scale as the set that is meant;
a label without unit in any unit that the variable accepts. Windows are counted apart. Labels are
JSON lines: {nct, quote, section, kind, variable, op, value, unit, …}; `{nct, none: true}` for a
record without any. `optional` labels count neither as found nor as missed.

A limit of what no variable is agrees with an atom of a study's own variable: by comparison, value,
unit and place in the text, and only if a person said that both names mean the same.

    python -m tests.support.reading_score LABELS.jsonl [--names FILE] [--own FILE] [--list]

`--names` maps labels' own names ("other:…") to variables of the vocabulary, `--own` each to the own
variables that mean it. Without `--own`, names that share the beginning of a word agree: good
enough for development.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import sqrt
from pathlib import Path
from typing import Any

from trialrun.criteria.criterion import Criteria
from trialrun.criteria.nodes import Atom, Comparison, In
from trialrun.criteria.text_reader import read_criteria
from trialrun.errors import UnitError
from trialrun.values.unit import UNITS, Unit, factor
from trialrun.vocabulary.own import OWN
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind, Variable

RECORDS = Path(__file__).resolve().parents[3] / "shared" / "data" / "records" / "records.jsonl.gz"
KINDS = ("quantity", "ordinal", "count", "duration", "age")
# Times since something: windows by another name, counted with the intervals.
_INTERVALS = re.compile(r"time_since_|half_lives_")
_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5", "VI": "6"}
_NO_UNIT = {"", "1", "{score}", None}
_LIMITS = {"xULN", "xLLN", "xBaseline"}
# A variable of another name where the unit is another quantity's.
_BY_UNIT = {
    ("creatinine_clearance", "mL/min/{1.73_m2}"): "creatinine_clearance_indexed",
    ("hbv_dna", "{copies}/mL"): "hbv_dna_copies",
    ("hcv_rna", "{copies}/mL"): "hcv_rna_copies",
    ("hba1c", "mmol/mol"): "hba1c_ifcc",
    ("fev1_percent_predicted", "L"): "fev1_litres",
}

_SHORTER = {"iga": "4", "ecog": "4"}
# How the labellers wrote units that the table of units writes otherwise.
_SAID_UNITS = {
    "{pack-years}": "{pack}.a", "kU/L": "k[IU]/L", "g/(24.h)": "g/d", "pmol/mL": "nmol/L",
    "{steps}/d": "1", "d/wk": "/wk",
}  # fmt: skip

Key = tuple[str, str, object]


@dataclass(slots=True)
class Score:
    """Counts of agreement, by kind, and what was missed or wrong, in words."""

    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    apart: int = 0  # windows, and atoms that are windows
    optional: int = 0  # labels that a careful reader may or may not count: neither found nor missed
    misses: list[str] = field(default_factory=list)
    wrongs: list[str] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)  # own names side by side

    def lines(self) -> list[str]:
        """Precision and recall with counts and 95 % Wilson intervals, in all and by kind."""
        found, wrong = sum(self.found.values()), sum(self.wrong.values())
        missed = sum(self.missed.values())
        lines = [
            f"precision {_share(found, found + wrong)}",
            f"recall    {_share(found, found + missed)}",
            f"windows and times since, counted apart: {self.apart}",
            f"labels that may or may not be counted, left out: {self.optional}",
        ]
        for kind in KINDS:
            total = self.found[kind] + self.missed[kind]
            if total:
                lines.append(f"  {kind:9} recall {_share(self.found[kind], total)}")
        return lines


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share, after Wilson (J Am Stat Assoc 1927;22:209)."""
    if whole == 0:
        return 0.0, 1.0
    z = 1.959963984540054
    share = part / whole
    middle = share + z * z / (2 * whole)
    spread = z * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    scale = 1 + z * z / whole
    return (middle - spread) / scale, (middle + spread) / scale


def _share(part: int, whole: int) -> str:
    low, high = wilson(part, whole)
    share = part / whole if whole else 0.0
    return f"{share:.3f} ({part}/{whole}; {low:.3f} to {high:.3f})"


def keys_of_label(label: Mapping[str, Any], names: Mapping[str, str]) -> frozenset[Key]:
    """Every normal form that an atom may have to agree with a label; empty where none can."""
    name = names.get(str(label["variable"]), str(label["variable"]))
    name = _BY_UNIT.get((name, str(label.get("unit"))), name)
    row = variables().get(name)
    if row is None:
        return frozenset()
    value = str(label["value"]).replace(" ", "")
    if row.kind in {Kind.ORDINAL, Kind.CODED}:
        levels = _levels(row, str(label["op"]), value.split(","))
        if not levels:
            return frozenset()
        # On a scale whose last level some versions lack, "≥ 3" may be labelled as 3 and 4.
        top = _SHORTER.get(name)
        whole = levels | {row.values[-1]} if top in levels and len(levels) > 1 else levels
        filled = _filled(row, levels) if value.count(",") > 1 else levels
        return frozenset((name, "in", one) for one in (levels, whole, filled))
    try:
        number = Fraction(value)
    except ValueError:
        return frozenset()
    units = _units(row, label.get("unit"))
    return frozenset((name, str(label["op"]), _canonical(row, number, unit)) for unit in units)


def key_of_atom(atom: Atom) -> Key | None:
    """The normal form of an atom; None for a condition."""
    row = variables()[atom.variable]
    match atom:
        case In():
            if row.kind is Kind.ORDINAL or all(value.upper() == value for value in row.values):
                return row.name, "in", _levels(row, "in", atom.values)
            return None
        case Comparison():
            number = Fraction(atom.limit.value)
            if row.kind is Kind.ORDINAL:
                return row.name, "in", _levels(row, atom.op, [str(int(number))])
            return row.name, atom.op, _canonical(row, number, atom.limit.unit)
        case _:
            return None


def _levels(row: Variable, op: str, said: Sequence[str]) -> frozenset[str]:
    known = row.values
    levels = [_level(known, one) for one in said]
    if op in {"in", "=="}:
        # stage III holds IIIA, IIIB and IIIC, and IIIA holds IIIA1
        inner = {one for one in known for level in levels if level in _wholes(one)}
        return frozenset(levels) | inner
    if levels[0] not in known:
        return frozenset()
    at = known.index(levels[0])
    if op in {"<=", ">"}:
        at = max(i for i, one in enumerate(known) if levels[0] in {one, *_wholes(one)})
    tests = {"<": lambda i: i < at, "<=": lambda i: i <= at, ">": lambda i: i > at}
    test = tests.get(op, lambda i: i >= at)
    return frozenset(level for place, level in enumerate(known) if test(place))


def _wholes(level: str) -> set[str]:
    """The stages that a stage is a part of, or itself."""
    return {level.rstrip("ABCD123"), level.rstrip("123")}


def _filled(row: Variable, levels: frozenset[str]) -> frozenset[str]:
    """What lies between the levels as well: "IIIB to IV" may be labelled as IIIB, IIIC and IV."""
    places = [at for at, one in enumerate(row.values) if one in levels]
    if row.kind is not Kind.CODED:
        return levels
    return frozenset(row.values[places[0] : places[-1] + 1])


def _level(known: Sequence[str], said: str) -> str:
    said = said.strip().upper()
    if said in known:
        return said
    if _ROMAN.get(said) in known:
        return _ROMAN[said]
    # "3B" is IIIB
    roman = next((word for word, digit in _ROMAN.items() if digit == said[:1]), "") + said[1:]
    if roman in known:
        return roman
    if said.isdigit() and "A" in known and 0 < int(said) <= len(known):
        return known[int(said) - 1]
    return said


def _units(row: Variable, said: object) -> tuple[Unit, ...]:
    said = _SAID_UNITS.get(str(said), said)
    score = row.unit is not None and row.unit.code == "{score}"
    if said in _NO_UNIT or (score and said == "%"):
        return row.units
    if row.unit is not None and row.unit.dimension == "mass a day" and f"{said}/d" in UNITS:
        said = f"{said}/d"  # "10 mg of prednisone"
    if said in {"[IU]", "U"} and row.unit is not None and row.unit.code == "[IU]/mL":
        return row.units  # "total IgE ≥ 30 IU": labelled as it stands, without the volume
    return (UNITS[str(said)],) if str(said) in UNITS else ()


def _canonical(row: Variable, number: Fraction, unit: Unit) -> tuple[Fraction, str]:
    assert row.unit is not None
    if unit.code in _LIMITS:
        return number, unit.code
    if row.unit.code == "%" and row.least is not None and row.least > 1 and number <= 1:
        return number * 100, "%"
    if unit.dimension == "calendar":
        return number * unit.factor, "mo"
    if unit.dimension == "time":
        return number * unit.factor, "d"
    if (unit.code, row.unit.code) == ("[IU]/L", "[IU]/mL"):
        return number / 1000, row.unit.code
    try:
        return number * factor(unit, row.unit, molar=row.molar), row.unit.code
    except UnitError:
        return number, unit.code


def score_record(
    score: Score,
    labels: Sequence[Mapping[str, Any]],
    criteria: Criteria,
    names: Mapping[str, str],
    *,
    own: Mapping[str, Sequence[str]] | None = None,
    text: str = "",
) -> None:
    """Counts one record into a score; `own` are names that a person said mean the same."""
    left = _atoms(criteria)
    # Labels that fit one normal form first, so that those without unit take what is left.
    wanted = [(keys_of_label(label, names), label) for label in labels if not label.get("none")]
    wanted.sort(
        key=lambda pair: (
            pair[1]["kind"] == "interval", bool(pair[1].get("optional")), len(pair[0]) > 1
        )
    )  # fmt: skip
    for keys, label in wanted:
        at = next((at for at, one in enumerate(left) if one.key in keys), None)
        if at is None and not keys:
            at = _own_place(score, left, label, own, text)
        if at is not None:
            left.pop(at)
        _count(score, label, at is not None)
    for one in left:
        if _INTERVALS.match(one.key[0]):
            score.apart += 1
            continue
        score.wrong[variables()[one.key[0]].kind.value] += 1
        nct = labels[0]["nct"] if labels else ""
        score.wrongs.append(f"{nct} {one.key} | {one.text[:200]}")


def _count(score: Score, label: Mapping[str, Any], found: bool) -> None:
    if label["kind"] == "interval":
        score.apart += 1
    elif label.get("optional"):
        score.optional += 1
    elif found:
        score.found[label["kind"]] += 1
    else:
        score.missed[label["kind"]] += 1
        said = (label["variable"], label["op"], label["value"], label["unit"],
                label.get("quote", f"{label.get('start')}-{label.get('end')}"))  # fmt: skip
        score.misses.append(f"{label['nct']} {' | '.join(map(str, said))}")


@dataclass(frozen=True, slots=True)
class _Read:
    """An atom that was read: its normal form, where its words stand, and its criterion's text."""

    key: Key
    span: tuple[int, int]
    text: str


def _atoms(criteria: Criteria) -> list[_Read]:
    found: list[_Read] = []
    for one in criteria:
        if one.span is None:
            continue
        stated = [(atom, one.span) for atom in one.atoms]
        stated += [(mention.atom, mention.span) for mention in one.mentioned]
        keys = ((key_of_atom(atom), span) for atom, span in stated)
        found.extend(_Read(key, span, one.text) for key, span in keys if key is not None)
    return found


def _own_place(
    score: Score,
    left: Sequence[_Read],
    label: Mapping[str, Any],
    own: Mapping[str, Sequence[str]] | None,
    text: str,
) -> int | None:
    """Where the atom of an own variable stands that says what a label says of no variable."""
    span = _span(label, text)
    for at, one in enumerate(left):
        name = one.key[0]
        if not name.startswith(OWN) or one.span[0] >= span[1] or span[0] >= one.span[1]:
            continue
        if one.key not in keys_of_label({**label, "variable": name}, {}):
            continue
        score.pairs.append((str(label["variable"]), name))
        same = own.get(str(label["variable"]), ()) if own is not None else None
        if (name in same) if same is not None else _share_a_word(str(label["variable"]), name):
            return at
    return None


def _span(label: Mapping[str, Any], text: str) -> tuple[int, int]:
    if "start" in label:
        return int(label["start"]), int(label["end"])
    start = text.find(str(label["quote"]))
    return start, start + len(str(label["quote"]))


def _share_a_word(label: str, name: str) -> bool:
    stems = {word[:4] for word in label.split(":")[-1].split("_") if len(word) > 2}
    return bool(stems & {word[:4] for word in name.removeprefix(OWN).split("_")})


def read_labels(path: Path) -> dict[str, list[Mapping[str, Any]]]:
    """Labels by record."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            label = json.loads(line)
            found.setdefault(label["nct"], []).append(label)
    return found


def records(numbers: Iterable[str]) -> dict[str, dict[str, str]]:
    """The eligibility modules of these records."""
    wanted = set(numbers)
    found: dict[str, dict[str, str]] = {}
    with gzip.open(RECORDS, "rt", encoding="utf-8") as rows:
        for row in rows:
            protocol = json.loads(row)["protocolSection"]
            number = protocol["identificationModule"]["nctId"]
            if number in wanted:
                found[number] = protocol.get("eligibilityModule", {})
    return found


def score_labels(
    path: Path, names: Mapping[str, str], own: Mapping[str, Sequence[str]] | None = None
) -> Score:
    """The reader's score on all records of a file of labels."""
    labels = read_labels(path)
    score = Score()
    for number, module in records(labels).items():
        criteria = read_criteria(
            module.get("eligibilityCriteria"),
            minimum_age=module.get("minimumAge"),
            maximum_age=module.get("maximumAge"),
            sex=module.get("sex"),
        )
        text = module.get("eligibilityCriteria", "")
        score_record(score, labels[number], criteria, names, own=own, text=text)
    return score


def main() -> None:
    """Prints the score of a file of labels."""
    parser = argparse.ArgumentParser(description="Scores the text reader against hand labels.")
    parser.add_argument("labels", type=Path)
    parser.add_argument("--names", type=Path, help="labels' own names to vocabulary variables")
    parser.add_argument("--own", type=Path, help="labels' own names to own variables")
    parser.add_argument("--list", action="store_true", help="list what was missed or wrong")
    said = parser.parse_args()
    names = json.loads(said.names.read_text(encoding="utf-8")) if said.names else {}
    own = json.loads(said.own.read_text(encoding="utf-8")) if said.own else None
    score = score_labels(said.labels, names, own)
    print("\n".join(score.lines()))
    if said.list:
        print(
            "\nMissed:",
            *score.misses,
            "\nWrong:",
            *score.wrongs,
            "\nOwn names side by side:",
            *(" | ".join(pair) for pair in dict.fromkeys(score.pairs)),
            sep="\n",
        )


if __name__ == "__main__":
    main()
