"""Bundles: one file, a bare list, lines in one file, or a folder of such files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from trialrun.errors import InputError, NotSupported
from trialrun.readers.patients.fhir.chart import Chart, Declared, Json, patient_key, tail_of
from trialrun.readers.patients.fhir.files import content_of, json_of, line_value, refuse_xml
from trialrun.readers.patients.fhir.resources import index, take
from trialrun.readers.patients.fhir.version import other_version, refuse
from trialrun.readers.patients.patient import Patient
from trialrun.readers.patients.place import Place, Spot, place_at
from trialrun.readers.patients.tally import Reason, Tally

_FIRST_LINE = re.compile(rb"\s*(\{[^\n]*\})[ \t\r]*\n")
Entry = tuple[Json, object, Spot]  # resource, fullUrl, place in its file


def read_bundle(
    data: bytes,
    tally: Tally,
    *,
    where: str = "",
    declared: Declared | None = None,
    only: str | None = None,
) -> list[Patient]:
    """The patients of one file: a bundle, a list of resources, or one resource a line.

    With `only` that one patient, and counted is what is surely theirs.

    Raises InputError for what is none of these, NotSupported for another FHIR version, a bundle of
    former versions, or XML.
    """
    read = Tally()
    entries = entries_of(data, read, where)
    refuse_other_version(entries, where)
    _add(tally, read, Path(where).name, only)
    return patients_of(entries, tally, declared, only)


def read_bundles(
    paths: Iterable[Path],
    tally: Tally,
    *,
    declared: Declared | None = None,
    only: str | None = None,
) -> Iterator[Patient]:
    """The patients of many files, one by one; files that share a patient are read together.

    A file that cannot be read is counted and named, and the others are read. `only` as in
    `read_bundle`.
    """
    listed = list(paths)
    for group in _sharing(listed):
        entries: list[Entry] = []
        for path in group:
            own = Tally()
            try:
                found = entries_of(content_of(path), own, path.name)
            except (InputError, NotSupported) as error:
                _broken(tally, path, error, only)
                continue
            _add(tally, own, path.name, only)
            version = next(filter(None, (other_version(one) for one, _, _ in found)), "")
            if version:
                tally.note("other_version", file=path.name, version=version)
                for resource, _, place in found if only is None else ():
                    kind = _kind(resource)
                    tally.take(kind)
                    tally.leave(kind, Reason.OTHER_VERSION, at=(place_at(place),))
                continue
            entries += found
        yield from patients_of(entries, tally, declared, only)


def entries_of(data: bytes, tally: Tally, where: str) -> list[Entry]:
    """The resources of a file; what is no resource is counted as a broken line."""
    refuse_xml(data, where)
    lines, unit = _lines(data), "line"
    if lines is not None:
        listed, bare = lines, True
    else:
        found, bare = _listed(json_of(data, where), where)
        listed, unit = list(enumerate(found, start=1)), "entry"
    entries: list[Entry] = []
    file = Place(Path(where).name, unit)
    for number, one in listed:
        resource = one if bare else one.get("resource") if isinstance(one, dict) else None
        place = (file, number)
        if isinstance(resource, dict) and isinstance(resource.get("resourceType"), str):
            entries.append((resource, None if bare else one.get("fullUrl"), place))
        else:
            tally.take("?")
            tally.leave("?", Reason.BROKEN_LINE, at=(place_at(place),))
    return entries


def patients_of(
    entries: list[Entry],
    tally: Tally,
    declared: Declared | None = None,
    only: str | None = None,
) -> list[Patient]:
    """Facts of all patients that the resources are about, or of one of them."""
    chart = Chart(tally, declared or {}, only)
    for resource, full_url, _ in entries:
        index(resource, chart, full_url)
    for resource, full_url, where in entries:
        if resource["resourceType"] == "Patient" and not resource.get("id"):
            resource = {**resource, "@fullUrl": full_url}
        take(resource, chart, where)
    keys = dict.fromkeys((*chart.patients, *chart.rows))
    return [chart.settle(key) for key in keys]


def refuse_other_version(entries: Iterable[Entry], where: str) -> None:
    """One sign of another version is enough: half of it would be read wrongly."""
    for resource, _, _ in entries:
        version = other_version(resource)
        if version:
            raise refuse(version, where)


def _listed(value: Any, where: str) -> tuple[list[Any], bool]:
    """What a JSON value lists, and whether bare resources or entries of a bundle."""
    if isinstance(value, list):
        return value, True
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        raise InputError(
            "this JSON holds no FHIR resource",
            where=where,
            remedy="Give a FHIR R4 bundle, a list of resources, or a bulk export's folder.",
        )
    if value["resourceType"] != "Bundle":
        return [value], True
    if value.get("type") == "history":
        raise NotSupported(
            "this bundle is a history: it holds former versions of its resources",
            where=where,
            remedy="Export the current state, such as Patient/$everything.",
        )
    entry = value.get("entry", [])
    if not isinstance(entry, list):
        raise InputError("the bundle's entry is not a list", where=where, remedy="Export it again.")
    return entry, False


def _lines(data: bytes) -> list[tuple[int, Any]] | None:
    """The numbered lines of a file with one resource a line; None where it is one JSON value."""
    line = _FIRST_LINE.match(data)  # without copying the file: it may be large
    if line is None or not isinstance(line_value(line[1]), dict) or not data[line.end() :].strip():
        return None
    numbered = enumerate(data.splitlines(), start=1)
    return [(number, line_value(line)) for number, line in numbered if line.strip()]


def _sharing(paths: list[Path]) -> list[list[Path]]:
    """The files in their order, those about one patient together, whoever else is in them."""
    owner: dict[str, int] = {}
    home = list(range(len(paths)))  # of each file an earlier one, which it goes with

    def first(number: int) -> int:
        while home[number] != number:
            number = home[number]
        return number

    for number, path in enumerate(paths):
        for key in _patients_in(path):
            one, other = first(number), first(owner.setdefault(key, number))
            home[max(one, other)] = min(one, other)
    groups: dict[int, list[Path]] = defaultdict(list)
    for number, path in enumerate(paths):
        groups[first(number)].append(path)
    return list(groups.values())


def _patients_in(path: Path) -> set[str]:
    """The keys, by id and by fullUrl, of the patients in a file and of those it only refers to."""
    try:
        entries = entries_of(content_of(path), Tally(), path.name)
    except (InputError, NotSupported):
        return set()
    chart = Chart(Tally())
    found: set[str | None] = set()
    for resource, full_url, _ in entries:
        if resource["resourceType"] == "Patient":
            found.add(patient_key(resource))
            found.add(tail_of(full_url, "Patient") if isinstance(full_url, str) else None)
        else:
            found.add(chart.patient_of(resource))
    return {key for key in found if key is not None}


def _add(tally: Tally, read: Tally, name: str, only: str | None) -> None:
    """What a file holds that is no resource: nobody knows whose it is."""
    if only is None:
        tally.add(read)
    elif broken := sum(read.rows.values()):
        tally.note("broken_line", broken, file=name)


def _broken(tally: Tally, path: Path, error: InputError | NotSupported, only: str | None) -> None:
    if only is None:
        tally.take("file")
        tally.leave("file", Reason.BROKEN_LINE, at=(Place(path.name),))
    tally.note("broken_file", file=path.name, why=error.what)


def _kind(resource: Json) -> str:
    return str(resource["resourceType"])
