"""The columns of every table: one group for each arm, and all together where there are several."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trialrun.analysis.cutoff import Cutoff
from trialrun.analysis.estimate import Found
from trialrun.protocol.model import Protocol

TOTAL = "total"
# The one group of a protocol that names no arm.
EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """An arm, or (`TOTAL`, without arms) all of them; an empty title is said by the wording."""

    id: str
    title: str
    arms: tuple[str, ...]

    @property
    def total(self) -> bool:
        """Whether this is all arms together."""
        return self.id == TOTAL


def planned_groups(protocol: Protocol) -> tuple[Group, ...]:
    """The groups that the protocol declares, before any data."""
    arms = tuple(Group(id=arm.id, title=arm.title, arms=(arm.id,)) for arm in protocol.arms)
    if not arms:
        return (Group(id=EVERYBODY, title="", arms=()),)
    if len(arms) == 1:
        return arms
    return (*arms, Group(id=TOTAL, title="", arms=tuple(arm.id for arm in protocol.arms)))


def members(cutoff: Cutoff, group: Group, found: Iterable[Found]) -> tuple[Found, ...]:
    """Those of `found` that are in the group; who is in no arm is in none but a whole trial's."""
    if group.total or not group.arms or len(cutoff.protocol.arms) <= 1:
        return tuple(found)
    codes = {
        who.code
        for who in cutoff.participants
        if who.enrolled and who.enrolled.event.arm in group.arms
    }
    return tuple(one for one in found if one.participant in codes)
