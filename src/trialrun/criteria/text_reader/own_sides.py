"""A score of one side: `NPS ≥ 5 with a unilateral score of ≥ 2`, `at least 2 in each nostril`."""

from __future__ import annotations

from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.noun_lists import listed
from trialrun.criteria.text_reader.scan import Scan
from trialrun.criteria.text_reader.subjects import Subject
from trialrun.values.unit import UNITS
from trialrun.vocabulary.own import own_name
from trialrun.vocabulary.table import variables

_NEAR = 4  # tokens
_FARTHEST = 14  # terminals between the whole score and that of a side
_EACH = frozenset({"each", "either", "every", "per", "both"})
_LINKS = frozenset({"in", "for", "on", "at", "of", "per"})
_ENDS = frozenset({";", ".", "and", "or"})


def side_of(scan: Scan, at: int, end: int) -> str:
    """The words that make a limit from `at` to `end` one of a side; nothing where none do."""
    tokens, row = scan.tokens, scan.row
    first = row[at].start
    before = [token.norm for token in tokens[max(first - _NEAR, 0) : first]]
    if "score" in before or "score" in [token.norm for token in tokens[first : row[end - 1].end]]:
        said = next((word for word in before if word in listed("sides.words")), "")
        if said:
            return said
    behind = [token.norm for token in tokens[row[end - 1].end :][: _NEAR + 1]]
    if behind[:1] and behind[0] in _LINKS:
        stop = next((at for at, word in enumerate(behind) if word in _ENDS), len(behind))
        place = next((at for at, word in enumerate(behind) if word in listed("sides.of")), stop)
        if place < stop and _EACH & set(behind[:place]):
            return " ".join(["each", *behind[1:place], behind[place]]).replace("each each", "each")
    return ""


def own_side(scan: Scan, at: int, phrase: Phrase) -> Subject | None:
    """The score of a side, of the scale whose whole score was limited in front."""
    amounts = [one.amount for one in (scan.row[place] for place in phrase.places) if one.amount]
    if scan.last is None or len(scan.last.names) != 1 or at - scan.ended > _FARTHEST:
        return None
    row = variables().get(scan.last.names[0])
    if row is None or row.unit is None or row.unit.code != "{score}" or not phrase.bounds:
        return None
    if any(one.unit not in {None, "{score}"} or one.old for one in amounts):
        return None
    side = side_of(scan, at, phrase.end)
    words = f"{side} {row.en}".removesuffix(" score")
    name = own_name(words, UNITS["{score}"]) if side else None
    return None if name is None else Subject((name,), phrase.places[0], phrase.places[0])
