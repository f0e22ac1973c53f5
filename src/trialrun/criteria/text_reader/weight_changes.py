"""How much somebody's weight has changed: `weight stable within 3 kg`, `lost > 5 % of weight`."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.limit_places import Phrase, find_phrase
from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.scan import Scan, add_limit, amount_near
from trialrun.criteria.text_reader.subjects import Subject
from trialrun.criteria.text_reader.words import Token

_LOST = frozenset({"lost", "lose", "losing", "loss", "decrease", "decreased", "reduction"})
_GAINED = frozenset({"gained", "gain", "gaining", "increase", "increased"})
_CHANGED = frozenset(
    {"change", "changed", "changing", "fluctuation", "fluctuated", "fluctuate", "fluctuating",
     "variation", "varied", "vary", "varying", "stable", "stability", "maintained"}
)  # fmt: skip
_NAMES = {
    ("lost", "%"): "weight_loss", ("lost", "kg"): "weight_loss_kg",
    ("gained", "%"): "weight_gain", ("gained", "kg"): "weight_gain_kg",
    ("changed", "%"): "weight_change", ("changed", "kg"): "weight_change_kg",
}  # fmt: skip
_KNOWN = frozenset(_NAMES.values())
_WEIGHT = frozenset({"weight", "bodyweight"})
_JOINS = frozenset({"and", "or", ",", "with", "(", ")", ":", "but"})
_ENDS = frozenset({".", ";"})
_BEFORE, _BEHIND = 9, 5  # tokens
_UP_TO = (["±"], ["+", "/", "-"], ["within"], ["+", "-"])


def read_weight_change(scan: Scan, at: int) -> int:
    """A limit of a change of weight, where no name of it stands right beside; where to go on."""
    row, tokens = scan.row, scan.tokens
    amount = amount_near(row, at)
    if amount is None or amount.unit not in {"kg", "[lb_av]", "%"} or row[at].letter not in "GLN":
        return 0
    start = row[at].start
    up_to = row[at].letter == "N" and _says_up_to(tokens, start)
    phrase = _phrase(scan, at, up_to)
    if phrase is None:
        return 0
    before = _until_end([token.norm for token in tokens[max(start - _BEFORE, 0) : start]][::-1])
    last = row[phrase.end - 1].end
    behind = _until_end([token.norm for token in tokens[last : last + _BEHIND]])
    if not _of_weight(before, behind, amount) or _of_another(row, at, len(before)):
        return 0
    kind = _kind({*_beside_weight(before), *behind[:2]})
    name = _NAMES.get((kind, "%" if amount.unit == "%" else "kg"))
    if name is None:
        return 0
    return add_limit(scan, Subject((name,), at, at), phrase, restated=False)


def _phrase(scan: Scan, at: int, up_to: bool) -> Phrase | None:
    if up_to:
        return Phrase((("bounds", ((0, "<="),)),), (at,), at + 1)
    return find_phrase(scan.row, at, scale=False)


def _says_up_to(tokens: Sequence[Token], start: int) -> bool:
    """Whether "±" or "within" stands in front of a number."""
    return any([token.norm for token in tokens[:start][-len(sign) :]] == sign for sign in _UP_TO)


def _until_end(norms: Sequence[str]) -> list[str]:
    stop = next((at for at, norm in enumerate(norms) if norm in _ENDS), len(norms))
    return list(norms[:stop])


def _of_weight(before: Sequence[str], behind: Sequence[str], amount: Amount) -> bool:
    """Whether weight is spoken of in front, behind ("of body weight"), or by its unit alone."""
    if _WEIGHT & set(before):
        return True
    if behind[:1] != [] and behind[0] in {"of", "in"} and _WEIGHT & set(behind[:4]):
        return True
    verbs = {"lost", "lose", "gained", "gain", "losing", "gaining"}
    return amount.unit != "%" and bool(verbs & set(before[:3]))


def _of_another(row: Sequence[Terminal], at: int, reach: int) -> bool:
    """Whether the nearest name in front is one of another thing, or of the change itself."""
    for one in reversed(row[max(at - reach, 0) : at]):
        if one.letter == "V":
            names = {meaning.row.name for meaning in one.means}
            return not any("weight" in name for name in names) or bool(names & _KNOWN)
        if one.letter in ";N":
            return False
    return False


def _beside_weight(before: Sequence[str]) -> Sequence[str]:
    """The words from the limit back past the word for weight, up to what joins another thing."""
    at = next((at for at, norm in enumerate(before) if norm in _WEIGHT), None)
    if at is None:
        return before[:6]
    beyond = before[at + 1 : at + 4]
    stop = next((one for one, norm in enumerate(beyond) if norm in _JOINS), len(beyond))
    return (*before[:at], *beyond[:stop])


def _kind(near: set[str]) -> str:
    lost, gained, changed = (bool(near & words) for words in (_LOST, _GAINED, _CHANGED))
    if changed or (lost and gained):
        return "changed"
    return "lost" if lost else "gained" if gained else ""
