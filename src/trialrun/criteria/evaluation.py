"""What a node gives: its truth, the facts it comes from, and why it is not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from trialrun.criteria.nodes import Node
from trialrun.values.moment import Moment
from trialrun.values.truth import Truth
from trialrun.vocabulary.fact import Fact


class Reason(Enum):
    """Why an atom or a rule is UNKNOWN."""

    NO_FACT = "no_fact"  # nobody has recorded it
    OUTSIDE = "outside"  # recorded, but not in the window
    ANCHOR = "anchor"  # what the window is before has no date yet
    PERHAPS_OUTSIDE = "perhaps_outside"  # its date is not exact enough for the window
    NOT_EXACT = "not_exact"  # a value such as "<5", or months against days, decides nothing here
    NO_ULN = "no_uln"  # the laboratory's upper limit is not with the value
    NO_LLN = "no_lln"
    NO_BASELINE = "no_baseline"  # no value up to the anchor `baseline` that can be taken
    NO_INPUT = "no_input"  # a value that it is computed from is missing, or cannot be used
    NO_MOMENT = "no_moment"  # no anchor is written, and nobody said as of when
    CONFLICT = "conflict"  # two values at the same time that disagree
    IMPLAUSIBLE = "implausible"  # questioned, never used
    JUDGEMENT = "judgement"  # a person has not signed yet
    UNREAD = "unread"  # nobody has written the rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What a node gives, and from what: the tree of these is the explanation.

    `fact` decided an atom, or is the one that could not; `outside` are facts of the variable that
    do not lie in the window. Where a value was computed, `fact` holds it with its working as the
    source, `inputs` are the facts it comes from, and `needs` the variables that are missing; of a
    count, `inputs` are the facts that were counted.
    """

    node: Node
    truth: Truth
    fact: Fact | None = None
    reason: Reason | None = None
    outside: tuple[Fact, ...] = ()
    inputs: tuple[Fact, ...] = ()
    needs: tuple[str, ...] = ()
    parts: tuple[Evaluation, ...] = ()

    def walk(self) -> Iterator[Evaluation]:
        """This and all below it."""
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known about one participant, and when things are."""

    facts: Sequence[Fact]
    anchors: Mapping[str, Moment]
    as_of: Moment | None = None

    def of(self, variable: str) -> list[Fact]:
        """The facts of one variable, in their order."""
        return [fact for fact in self.facts if fact.variable == variable]

    def moment(self, anchor: str | None) -> Moment | None:
        """When the anchor is; without an anchor, the moment that is asked for."""
        return self.as_of if anchor is None else self.anchors.get(anchor)
