"""The facts of one patient, row by row, made whole: equal facts once, ends only where they hold."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.readers.patients.place import Spot, place_at
from trialrun.readers.patients.tally import Reason, Tally
from trialrun.values.moment import Moment
from trialrun.vocabulary.fact import Fact

Row = tuple[str, list[Fact], Spot]  # what kind of row, the facts that it gives, where it stands

# How the id of a fact ends that says when a condition was over; its beginning is the id before.
END = "+end"


def settled(rows: Sequence[Row], tally: Tally) -> tuple[Fact, ...]:
    """The facts to keep. A row is used where one of its facts is new, else it is a duplicate.

    Two facts are equal where variable, value, unit, comparator, time and limits are. A condition
    that was resolved is FALSE from then on only where no other episode of the same variable lasts,
    and so is one that was ruled out.
    """
    episodes = _episodes(rows)
    kept: list[Fact] = []
    seen: set[tuple[object, ...]] = set()
    for kind, facts, where in rows:
        new, why = False, Reason.DUPLICATE
        for fact in facts:
            denies = kind == "Condition" and fact.value == "false"
            if denies and _lasts(fact, episodes.get(fact.variable, [])):
                why = why if fact.id.endswith(END) else Reason.REFUTED
                continue
            key = (
                fact.variable, fact.value, fact.unit, fact.comparator, fact.at.text, fact.low,
                fact.high,
            )  # fmt: skip
            if key not in seen:
                seen.add(key)
                kept.append(fact)
                new = True
        if new:
            tally.use(kind)
        else:
            tally.leave(kind, why, at=(place_at(where),) if tally.room(why) else ())
    return tuple(kept)


def _episodes(rows: Sequence[Row]) -> dict[str, list[tuple[str, Moment, Moment | None]]]:
    """Beginning and end of each condition, by variable; nothing where no condition is denied."""
    ends = {
        fact.id.removesuffix(END): fact.at
        for kind, facts, _ in rows
        if kind == "Condition"
        for fact in facts
        if fact.value == "false"
    }
    found: dict[str, list[tuple[str, Moment, Moment | None]]] = {}
    if ends:
        for kind, facts, _ in rows:
            for fact in facts:
                if kind == "Condition" and fact.value == "true":
                    found.setdefault(fact.variable, []).append(
                        (fact.id, fact.at, ends.get(fact.id))
                    )
    return found


def _lasts(end: Fact, episodes: list[tuple[str, Moment, Moment | None]]) -> bool:
    """Whether another episode may last when this one ends."""
    own = end.id.removesuffix(END)
    return any(
        name != own
        and began.day <= end.at.last_day
        and (over is None or over.last_day > end.at.day)
        for name, began, over in episodes
    )
