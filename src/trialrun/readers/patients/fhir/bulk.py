"""A bulk export: a folder of NDJSON files, one resource a line, one resource type a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trialrun.readers.patients.fhir.chart import Chart, Declared
from trialrun.readers.patients.fhir.files import lines_of
from trialrun.readers.patients.fhir.resources import SUPPORT, index, take
from trialrun.readers.patients.fhir.version import other_version, refuse
from trialrun.readers.patients.patient import Patient
from trialrun.readers.patients.place import Place, Spot, place_at
from trialrun.readers.patients.tally import Reason, Tally

_NEEDED = ("Patient", "Observation", "Condition")


def read_bulk(
    paths: list[Path],
    tally: Tally,
    *,
    declared: Declared | None = None,
    only: str | None = None,
) -> Iterator[Patient]:
    """The patients of a bulk export, in the order of the Patient file; or `only` this one.

    With `only`, rows are counted that are surely theirs, and lines that nobody can read are noted.
    Facts are held by patient until every file is read: a patient's resources lie in many files.
    A resource type that decides eligibility and is not there is said. Raises NotSupported for
    another FHIR version.
    """
    chart = Chart(tally, declared or {}, only)
    first = {path: _first_type(path) for path in paths}
    for path in paths:  # what others refer to comes first
        if first[path] in SUPPORT:
            for _, value in lines_of(path):
                if isinstance(value, dict):
                    index(value, chart)
    for path in sorted(paths, key=lambda one: (first[one] != "Patient", one.name)):
        file = Place(path.name, "line")
        for number, value in lines_of(path):
            _take_line(value, chart, (file, number), first[path])
    for kind in _NEEDED:
        if kind not in chart.kinds:
            tally.note("lacks", kind=kind)
    for key in dict.fromkeys((*chart.patients, *chart.rows)):
        yield chart.settle(key)


def _take_line(value: Any, chart: Chart, where: Spot, expected: str) -> None:
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        kind = expected or "?"
        if chart.only is None:
            chart.tally.take(kind)
            chart.leave(kind, Reason.BROKEN_LINE, where)
        chart.kinds.add(kind)  # of this type there are lines, read or not
        chart.tally.note("broken_line", file=where[0].file)
        return
    version = other_version(value)
    if version:
        raise refuse(version, f"{where[0].file}, {place_at(where).words()}")
    if value["resourceType"] in SUPPORT and value["resourceType"] != expected:
        index(value, chart)  # out of its file: later lines may still refer to it
    chart.kinds.add(value["resourceType"])
    take(value, chart, where)


def _first_type(path: Path) -> str:
    for _, value in lines_of(path):
        if isinstance(value, dict) and isinstance(value.get("resourceType"), str):
            return str(value["resourceType"])
    return ""
