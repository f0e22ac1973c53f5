"""Values that people marked in the eligibility texts of 1,000 trials, and whether they are read.

Chia (Kury et al., Sci Data 2020;7:281, CC-BY-4.0) marks what is measured and the value that it has.
A value counts where its words hold a number (or the upper limit of normal) and say a comparison: in
the corpus "≥" and "≤" have become "=", which nobody can read. It is read where some comparison or
level of the reader has words in common with it; Chia says neither operator nor unit.

    python -m tests.support.chia
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trialrun.criteria.nodes import Comparison, In
from trialrun.criteria.text_reader import read_criteria

ARCHIVE = (
    Path(__file__).resolve().parents[3]
    / "shared" / "data" / "eligibility" / "chia_without_scope.zip"
)  # fmt: skip
_NUMBER = re.compile(r"\d|ULN|upper")
_COMPARED = re.compile(
    r"[<>≥≤]|at least|more|less|greater|above|below|over|under|between|to \d|higher|lower|exceed"
    r"|minimum|maximum|or older"
)
_LOST = re.compile(r"(?<![<>])=|_")  # what is left of "≥"
_ENTITY = re.compile(r"(T\d+)\t(\S+) (\d+)[\d ;]* (\d+)\t(.*)")
_VALUE = re.compile(r"R\d+\tHas_value Arg1:(T\d+) Arg2:(T\d+)")


@dataclass(frozen=True, slots=True)
class Value:
    """A value that people marked: its trial, what it is of, its words, and whether it was read."""

    trial: str
    subject: str
    words: str
    read: bool


def values() -> Iterator[Value]:
    """Every value with a comparison, in the order of the archive."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".txt"))
        for name in names:
            text = archive.read(name).decode()
            marks = archive.read(f"{name[:-4]}.ann").decode()
            yield from _of_text(name, text, marks)


def _of_text(name: str, text: str, marks: str) -> Iterator[Value]:
    entities = {found[1]: found for found in map(_ENTITY.match, marks.splitlines()) if found}
    pairs = [found for found in map(_VALUE.match, marks.splitlines()) if found]
    kind = "Exclusion" if "_exc" in name else "Inclusion"
    heading = f"{kind} Criteria:\n\n"
    lines = text.split("\n")
    places: list[int] = []
    at = len(heading)
    for line in lines:
        at += 2 if line.strip() else 0
        places.extend(range(at, at + len(line) + 1))
        at += len(line) + 1
    listed = heading + "\n".join(f"* {line}" if line.strip() else line for line in lines)
    spans = _spans(listed) if pairs else []
    for pair in pairs:
        subject, value = entities.get(pair[1]), entities.get(pair[2])
        if subject is None or value is None or not _counts(value[5]):
            continue
        start, end = places[int(value[3])], places[min(int(value[4]), len(places) - 1)]
        read = any(first < end and start < last for first, last in spans)
        yield Value(Path(name).name[:11], subject[5], value[5], read)


def _counts(words: str) -> bool:
    compared = _NUMBER.search(words) and _COMPARED.search(words)
    return bool(compared) and _LOST.search(words) is None


def _spans(text: str) -> list[tuple[int, int]]:
    """Where comparisons stand; those of a rule anywhere in its criterion."""
    found: list[tuple[int, int]] = []
    for one in read_criteria(text):
        if one.span is None:
            continue
        found.extend(mention.span for mention in one.mentioned)
        if any(isinstance(atom, Comparison | In) for atom in one.atoms):
            found.append(one.span)
    return found


def main() -> None:
    """Prints how many are read, and what is not."""
    every = list(values())
    print(f"{sum(one.read for one in every)} of {len(every)} values with a comparison are read")
    for one in every:
        if not one.read:
            print(f"{one.trial} {one.subject} | {one.words}")


if __name__ == "__main__":
    main()
