"""What is a heading: the words that say who is included or excluded, and the labels between."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trialrun.criteria.criterion import CriterionKind
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.singular import singular

_KINDS: dict[str, CriterionKind | None] = {
    "inclusion": "inclusion", "exclusion": "exclusion", "non-inclusion": "exclusion",
    "exclusions": "exclusion", "inclusions": "inclusion", "eligibility": None,
}  # fmt: skip
_PLAIN = re.compile(
    r"(?:(?:key|main|major|general|principal|primary|core|common|overall)\s+)*"
    r"(?:(?:patient|subject|participant)s?\s+)?"
    r"(?P<kind>inclusion|exclusion|non-inclusion|eligibility)s?(?:\s+criteri(?:a|on))?"
    r"(?:\s+for\s+all\s+(?:patients|participants|subjects|groups|study participants))?"
    r"\s*(?:(?P<end>[:：;]|\s[-–—]|[-–—](?=\s|$)|\.)|$)",
    re.IGNORECASE,
)
_SCOPED = re.compile(
    r"(?P<before>.{0,70}?)\b(?P<kind>inclusion|exclusion|non-inclusion|eligibility)s?"
    r"(?:\s+criteri(?:a|on))?\b(?P<after>.{0,70}?)[:：]?$",
    re.IGNORECASE,
)
# Words by which a criterion talks about criteria; a heading has none of them.
_TALKS = re.compile(
    r"\b(not|meet|meets|fulfil\w*|conform\w*|satisf\w*|apply|applies|unlisted|above|verified|"
    r"note|period|because|required|inclusion visit|at inclusion|of inclusion|to inclusion)\b",
    re.IGNORECASE,
)
_EXCLUDES = re.compile(
    r"\b(exclu\w+|ineligible|not eligible|not be|not meet|not have|may not|cannot|disqualified|"
    r"not considered)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\W*(?:note\W+)?(?:other|additional|further)\s+(?:protocol[\s-]*(?:(?:de|speci)fi(?:n)?ed)?\s+)?"
    r"(?:(?:inclusion|exclusion|eligibility|and|or)[\s/&]*)+criteria\s+(?:may\s+|will\s+)?(?:have\s+)?"
    r"(?:also\s+)?appl(?:y|ies|ied)(?:\s+to\s+all\s+or\s+some\s+\w+(?:\s+depending\s+on\s+the\s+\w+)?)?\W*",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"(none|n/?a|nil|not applicable|no exclusion criteria|-+|none specified|none\.)\.?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: the kind it announces (None: it does not say), for whom, and where text goes on.

    `everybody` is False where its words restrict it to some ("Donor inclusion criteria").
    """

    kind: CriterionKind | None
    everybody: bool
    end: int


def read_heading(text: str, *, marked: bool) -> Heading | None:
    """The section heading that a line is or begins with, if any."""
    match = _PLAIN.match(text)
    if match is not None and (match["end"] or match.end() == len(text)):
        if marked and match["end"] not in {":", "："} and match.end() < len(text):
            return None
        kind = _KINDS[match["kind"].lower()]
        rest = text[match.end() :].strip()
        if match["end"] in {":", "："} or not rest:
            return Heading(kind, True, match.end())
        if match["end"] and _NOTHING.match(rest):
            return Heading(kind, True, match.end())
    match = _SCOPED.match(text)
    if match is None or _TALKS.search(text):
        return None
    titled = "criteri" in text.lower() or text.rstrip().endswith((":", "："))
    if not titled or (marked and not text.rstrip().endswith((":", "："))):
        return None
    if text.rstrip().endswith((".", ";", ",")) or "/" in text:
        return None
    around = f"{match['before']} {match['after']}"
    everybody = not re.search(r"\w", around) or is_neutral_label(around)
    return Heading(_KINDS[match["kind"].lower()], everybody, len(text))


@dataclass(frozen=True, slots=True)
class LeadIn:
    """A sentence that only announces the list below it; `everybody`: all must meet all of it."""

    kind: CriterionKind
    everybody: bool


def read_lead_in(text: str) -> LeadIn | None:
    """`"Patients must meet all of the following criteria:"`, and nothing that says more."""
    words = re.findall(r"[a-z]+", text.lower())
    if len(words) < 4 or not {*map(singular, words)} <= bag("lead_in") or re.search(r"\d", text):
        return None
    announces = {"following", "below", "they", "criteria"} & set(words)
    if not announces or not text.rstrip().endswith((":", "：", ".", "criteria", "they")):
        return None
    if not re.search(r"eligib|exclu|includ|enrol|particip|criteria|disqualif", text, re.I):
        return None
    kind: CriterionKind = "exclusion" if _EXCLUDES.search(text) else "inclusion"
    some = re.search(r"\b(any|one|more|least)\b", text, re.IGNORECASE) is not None
    every = re.search(r"\b(all|each|both)\b", text, re.IGNORECASE) is not None
    return LeadIn(kind, not some if kind == "inclusion" else some or not every)


def is_neutral_label(text: str) -> bool:
    """Whether a label between criteria only sorts them and restricts nothing."""
    words = {singular(word) for word in re.findall(r"[a-z]+", text.lower())}
    if not words or re.search(r"\d", text) or not words <= bag("neutral_labels"):
        return False
    people = words & bag("people")
    return not people or words - people <= bag("beside_people")


def says_nothing(text: str) -> bool:
    """Whether a line only says that there is no criterion, or that the protocol has others."""
    return _NOTHING.match(text) is not None or says_others_apply(text)


def says_others_apply(text: str) -> bool:
    """`Note: other protocol-defined criteria may apply`: no criterion that anybody could meet."""
    return _OTHERS.fullmatch(text) is not None
