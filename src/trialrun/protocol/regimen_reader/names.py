"""What a record's texts call the things that are given, and where those names stand."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from trialrun.protocol.regimen_reader.cleaned import cleaned
from trialrun.protocol.regimen_reader.doses import dose_mentions
from trialrun.record.model import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Substance:
    """Something that is given: a drug, a cell product, or an intervention of the record.

    `intervention` is its number in the record where it is an entry of its own.
    """

    key: str
    name: str
    pattern: re.Pattern[str]
    short: tuple[str, ...] = ()
    chemotherapy: bool = False
    cells: bool = False
    intervention: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NameMention:
    """A substance by name, in a cleaned text."""

    start: int
    end: int
    substance: Substance


@cache
def lexicon() -> tuple[Substance, ...]:
    """The drugs and cell products known by name, from `substances.toml`."""
    source = files("trialrun.protocol.regimen_reader").joinpath("substances.toml")
    rows = tomllib.loads(source.read_text(encoding="utf-8"))
    drugs = tuple(
        Substance(
            key=row["name"],
            name=row["name"],
            pattern=_word("|".join(map(re.escape, (row["name"], *row.get("also", ()))))),
            short=tuple(row.get("short", ())),
            chemotherapy=row.get("chemotherapy", False),
        )
        for row in rows["drug"]
    )
    cells = tuple(
        Substance(key=row["name"], name=row["name"], pattern=_word(row["pattern"]), cells=True)
        for row in rows["cells"]
    )
    return drugs + cells


def _word(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{pattern})(?![\w]|-\w)", re.IGNORECASE)


_JOINED = re.compile(
    r"\b(?:plus|combined with|combination|and|with|or|versus|vs|followed by)\b|[+/&;]",
    re.IGNORECASE,
)
_FORM = re.compile(
    r"\s*(?:\b(?:tablets?|capsules?|injection|infusion|oral|intravenous|subcutaneous|iv|sc|monotherapy"
    r"|dose|goal|group|arm|high|low|cohort|level|therapy|treatment|immunotherapy|film[- ]coated|"
    r"solution|for|extended[- ]release|at|administration|product|tab|cap)\b|[-(:,.\[]|®|™)+\s*$",
    re.IGNORECASE,
)


def base_name(name: str) -> str:
    """The name without dose and form; empty where it stands for several products.

    >>> base_name("Omalizumab 300 mg injection")
    'Omalizumab'
    """
    text = cleaned(name).text
    doses = dose_mentions(text)
    text = text[: doses[0].start] if doses else text
    if _JOINED.search(text):
        return ""
    text = re.sub(r"\([^)]*\)|®|™", " ", text).split(",")[0]
    while (shorter := _FORM.sub("", text)) != text:
        text = shorter
    return " ".join(text.split())


def substances(study: Study) -> tuple[Substance, ...]:
    """All that this record's texts may name: its own interventions first, then the lexicon."""
    entries = study.protocol.arms_interventions.interventions
    known = lexicon()
    own: dict[str, Substance] = {}
    for number, entry in enumerate(entries):
        base = base_name(entry.name or "")
        if len(base) < 2 or base.isdigit():
            continue
        like = _in_lexicon(base, known)
        spellings = [base, *_synonyms(entry.other_names, like, known)]
        pattern = _word("|".join(_loosely(one) for one in spellings))
        one = Substance(
            key=(like.key if like is not None and not like.cells else base.lower()),
            name=base,
            pattern=pattern,
            intervention=number,
            cells=like is not None and like.cells,
        )
        if like is not None:
            both = f"{pattern.pattern}|{like.pattern.pattern}"
            one = replace(
                one,
                pattern=one.pattern if like.cells else re.compile(both, re.IGNORECASE),
                short=like.short,
                chemotherapy=like.chemotherapy,
            )
        own.setdefault(one.key, one)
    return tuple(own.values()) + _rest(known, tuple(own.values()))


def _rest(known: tuple[Substance, ...], own: tuple[Substance, ...]) -> tuple[Substance, ...]:
    """The lexicon without what the record has entries for.

    A cell product by its general name is the record's entry, where exactly one entry is such.
    """
    rest = []
    for one in known:
        if any(mine.key == one.key for mine in own):
            continue
        if one.cells:
            entries = [mine for mine in own if one.pattern.search(mine.name)]
            if len(entries) == 1:
                rest.append(replace(entries[0], pattern=one.pattern))
                continue
        rest.append(one)
    return tuple(rest)


def _in_lexicon(base: str, known: tuple[Substance, ...]) -> Substance | None:
    """The lexicon's substance that this name is, or (for cells) contains."""
    return next(
        (
            one
            for one in known
            if one.pattern.fullmatch(base)
            or base in one.short
            or (one.cells and one.pattern.search(base))
        ),
        None,
    )


def _synonyms(
    names: tuple[str, ...], like: Substance | None, known: tuple[Substance, ...]
) -> list[str]:
    found = []
    for name in names:
        base = base_name(name)
        other = _in_lexicon(base, known)
        # "Other names" often list further products: a name of another drug is no synonym.
        if 3 <= len(base) <= 40 and (other is None or other is like):
            found.append(base)
    return found


def _loosely(name: str) -> str:
    """A name, with any run of spaces or hyphens between its words."""
    return r"[\s-]+".join(re.escape(word) for word in re.split(r"[\s-]+", name) if word)


_DEFINED = re.compile(r"\s*\((?P<short>[A-Z][A-Za-z0-9-]{0,7})(?=[,)])")


def name_mentions(text: str, known: tuple[Substance, ...]) -> tuple[NameMention, ...]:
    """Every name in a cleaned text; the longest wins where two overlap."""
    found: list[NameMention] = []
    for substance in known:
        for match in substance.pattern.finditer(text):
            found.append(NameMention(start=match.start(), end=match.end(), substance=substance))
            defined = _DEFINED.match(text, match.end())
            if defined and defined["short"] not in {"A", "I", "IV", "SC", "PO", "IM"}:
                found += _shorts(text, substance, (defined["short"],))
        found += _shorts(text, substance, substance.short)
    found.sort(key=lambda one: (one.start - one.end, one.start))
    kept: list[NameMention] = []
    for one in found:
        if not any(other.start < one.end and one.start < other.end for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: one.start))


def _shorts(text: str, substance: Substance, names: tuple[str, ...]) -> list[NameMention]:
    return [
        NameMention(start=match.start(), end=match.end(), substance=substance)
        for short in names
        for match in re.finditer(rf"(?<![\w-]){re.escape(short)}(?![\w-])", text)
    ]
