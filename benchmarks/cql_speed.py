"""One patient at a time: the reference engine beside the CQL engine for JavaScript, same bundles.

Both read FHIR bundles from disk and judge the criteria of the worked example. The CQL engine's
time is that of running, without translating the library and without starting Node.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support import cql_oracle as oracle  # noqa: E402

from trialrun.criteria.cql import write_cql  # noqa: E402
from trialrun.criteria.criterion import Criteria  # noqa: E402
from trialrun.criteria.verdict import judge  # noqa: E402
from trialrun.readers.patients.fhir.bundle import read_bundle  # noqa: E402
from trialrun.readers.patients.tally import Tally  # noqa: E402
from trialrun.values.moment import Moment  # noqa: E402

TITLE = "Screening one patient after another, beside CQL"
PATIENTS = 60
GROUP = "NCT04221971 "


def example() -> Criteria:
    """The criteria of the worked example, of those that the oracle judges."""
    return Criteria(all=tuple(one for one in oracle.criteria() if one.id.startswith(GROUP)))


def ours(population: oracle.Population, folder: Path) -> float:
    """Seconds of reading and judging every bundle of the folder."""
    criteria, dates = example(), oracle.anchors(population)
    as_of = Moment(population.screening)
    start = time.perf_counter()
    for path in sorted(folder.glob("*.json")):
        for patient in read_bundle(path.read_bytes(), Tally(), where=path.name):
            judge(criteria, patient.facts, anchors=dates, judgements={}, as_of=as_of)
    return time.perf_counter() - start


def theirs(home: Path, elm: str, folder: Path) -> float:
    """Seconds of the CQL engine on the same folder, without the start of Node."""
    empty = home / "empty"
    empty.mkdir(exist_ok=True)

    def ran(where: Path) -> float:
        start = time.perf_counter()
        command = ["node", "run.cjs", elm, str(where)]
        subprocess.run(command, cwd=home, check=True, capture_output=True)
        return time.perf_counter() - start

    return ran(folder) - ran(empty)


def run() -> dict[str, str]:
    """Patients a second of both, on small simulated bundles and on Synthea's large ones."""
    figures: dict[str, str] = {}
    able = shutil.which("npm") is not None
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        if able:
            oracle.install(home)
        for whole in (oracle.generated(), oracle.synthea()):
            population = oracle.some(whole, PATIENTS)
            folder = home / population.name
            folder.mkdir()
            for patient, data in population.bundles.items():
                (folder / f"{patient}.json").write_bytes(data)
            size = sum(map(len, population.bundles.values())) / PATIENTS / 1e3
            what = f"{PATIENTS} {population.name} bundles of {size:,.0f} kB on average"
            took = ours(population, folder)
            figures[f"{what}: reference engine"] = f"{PATIENTS / took:,.0f} patients/s"
            if not able:
                continue
            text = write_cql(
                example(), anchors=oracle.anchors(population), as_of=Moment(population.screening)
            ).text
            (home / "example.cql").write_text(text, encoding="utf-8")
            command = ["node", "translate.mjs", "example.cql", "example.elm.json"]
            start = time.perf_counter()
            subprocess.run(command, cwd=home, check=True, capture_output=True)
            translated = time.perf_counter() - start
            other = theirs(home, "example.elm.json", folder)
            figures[f"{what}: CQL engine (JavaScript)"] = f"{PATIENTS / other:,.1f} patients/s"
            figures["translating the CQL library, once"] = f"{translated:.1f} s"
    return figures
