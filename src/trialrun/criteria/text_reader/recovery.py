"""What has not got better yet: `toxicity that has not recovered to grade 1`."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.words import Token

_UNDONE = frozenset({"not", "failed", "failure", "never", "nor"})
_ENDS = frozenset({".", ";"})


def not_recovered(tokens: Sequence[Token], at: int, reach: int = 22) -> bool:
    """Whether a level that ends at `at` is one to which nothing has recovered yet."""
    near = tokens[max(at - reach, 0) : at]
    place = _recovered_at(near, tokens[at : at + 1])
    if place < 0:
        return False
    return any(one.norm in _UNDONE for one in near[max(place - 4, 0) : place])


def recovers_to(tokens: Sequence[Token], at: int, reach: int = 22) -> bool:
    """Whether a level that begins at `at` is one to which something recovers."""
    near = tokens[max(at - reach, 0) : at]
    place = _recovered_at(near, tokens[at : at + 1])
    return place >= 0 and any(one.norm == "to" for one in near[place + 1 :])


def _recovered_at(near: Sequence[Token], behind: Sequence[Token]) -> int:
    """Where the same sentence says that something recovers; below 0 where it does not."""
    following = [*near[1:], *behind]
    for place in range(len(near) - 1, -1, -1):
        one = near[place]
        if one.norm == "." and place < len(following):
            joined = following[place].start == one.end  # "v5.0"
            if joined or (place and near[place - 1].norm in {"e", "g", "v"}):  # "i.e. grade 1"
                continue
        stops = one.norm in _ENDS | bag("exceptions") | {"if", "but", ":"}
        if stops or (one.kind == "op" and place < len(near) - 1):
            return -1
        if one.norm in bag("recovered"):
            return place
    return -1
