"""Whether a limit is said of some people only, or only under a condition: no rule for all holds it.

"Hb ≥ 10 g/dL in females", "creatinine ≤ 0.8 mg/dL if younger than 5 years", "patients with
metastases must have ALT ≤ 5 x ULN", "≥ 1.5 x 10^9/L unless due to disease".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from trialrun.criteria.text_reader.number_words import NUMBER_WORDS
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.statement import Statement, norms
from trialrun.criteria.text_reader.words import Token

# "unless": what is read, or what the words say; "some": nothing is known of everybody.
Bend: TypeAlias = Literal["unless", "some"]

_CONDITIONS = frozenset({"if", "unless", "except"})
_PLACES = frozenset({"for", "in", "among"})
_GROUPS = frozenset({"cohort", "arm", "part", "group", "case", "presence", "absence"})
_EVERYBODY = frozenset({"all", "any", "each", "every", "both"})
_MUST = frozenset({"must", "should", "shall", "need", "needs", "require", "requires"})
_NARROWS = frozenset(
    ["with", "without", "who", "whose", "on", "not", "under", "over", "aged", "older", "younger",
     "receiving", "taking", "having", "treated", "undergoing", "above", "below",
     ">", ">=", "<", "<="]  # "for subjects > 16 years", "for patients older than 16 years"
)  # fmt: skip
_MEN = frozenset({"man", "men", "male", "boy"})
_WOMEN = frozenset({"woman", "women", "female", "girl"})
_NEAR = 5


def bend_of(following: Sequence[Token]) -> Bend | None:
    """What the words behind a limit make of it, where they say when or for whom it is meant."""
    words = [word for word in norms(following[: 2 * _NEAR]) if word != ","]
    opens = words[:1] == ["("]
    words = words[1:] if opens else words
    if not words:
        return None
    if words[:2] == ["unless", "otherwise"]:
        return None  # "unless otherwise stated"
    if words[0] in _CONDITIONS:
        return "some" if _goes_on_with_a_limit(following) else "unless"
    if opens and words[0] in {"age", "aged"}:
        return "some"
    return "some" if words[0] in _PLACES and _names_some(words[1:]) else None


def _goes_on_with_a_limit(following: Sequence[Token]) -> bool:
    return any(
        one.kind in {"number", "op"} or one.norm in NUMBER_WORDS or one.norm in {"uln", "lln"}
        for one in following
    )


def _names_some(words: Sequence[str]) -> bool:
    """`patients with cirrhosis`, `those under 5`, `case of metastases`; not `all patients`."""
    near = words[:_NEAR]
    people = bag("subjects") | bag("people_of_age") | bag("children") - {"age", "aged"}
    people -= _MEN | _WOMEN
    named = next((at for at, word in enumerate(near) if word in people | _GROUPS | {"those"}), None)
    if named is None or set(near[:named]) & _EVERYBODY:
        return False
    if near[named] in bag("subjects"):  # "in participants" alone are all of them
        return named > 0 or bool(set(words[1:4]) & (_NARROWS | {"in", "at", "from"}))
    return True


def is_said_of_some(
    said: Statement, before: Sequence[Token], behind: Sequence[Token], others: Sequence[Token]
) -> bool:
    """Whether the words around a limit say that it is meant for some people only.

    `before` and `behind` stand right beside it; `others` are all words that are no limit.
    """
    if bend_of(behind) == "some" or _names_a_place(said, behind):
        return True
    words = norms(before)
    if words[:1] and words[0] in _PLACES | {"if"} and _names_some(words[1:]) and "," in words:
        return True  # "in patients with cirrhosis, …"
    must = next((at for at, word in enumerate(words) if word in _MUST), None)
    if must is not None and _narrowed_people(words[:must]):
        return True
    everybody = set(norms(others))
    one_sex = bool(everybody & _MEN) != bool(everybody & _WOMEN)
    near = set(norms(behind[:3])) & (_MEN | _WOMEN) if behind[:1] else set()
    own = {"male": _MEN, "female": _WOMEN}.get(said.fields.sex or "", frozenset())
    return one_sex and bool(near) and not near & own


def _names_a_place(said: Statement, behind: Sequence[Token]) -> bool:
    """`≥ 20 years in Japan`: where "in" stands in front of a capital, and of no abbreviation."""
    words = [one for one in behind[:3] if one.norm not in {"(", "the"}]
    if len(words) < 2 or words[0].norm not in {"in", "for"} or words[1].kind != "word":
        return False
    written = said.text[words[1].start : words[1].end]
    return len(written) > 3 and written[0].isupper() and written[1:].islower()


def _narrowed_people(words: Sequence[str]) -> bool:
    """`patients not on anticoagulants`, `those with metastases`; not `patients` alone."""
    people = bag("subjects") | bag("people_of_age") | {"those"}
    at = next((place for place, word in enumerate(words) if word in people), None)
    return at is not None and any(word in _NARROWS for word in words[at + 1 : at + 4])
