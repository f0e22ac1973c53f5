"""Counts over many people: eligible, not, not yet known, and who is left after each criterion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from trialrun.criteria.criterion import Criteria
from trialrun.criteria.polarity import combined_verdict
from trialrun.criteria.steps import Step, steps
from trialrun.criteria.verdict import Eligibility
from trialrun.values.truth import Truth

SIMULATED = "SIM-"  # how the code of everybody begins who does not exist


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCount:
    """One step of the funnel: how its verdicts fall, alone and after all before it.

    `true + false + unknown` is everybody. `only` are those whom it excludes and no other step
    does. `met` and `open` are left after it and all earlier steps: those who meet them all, and
    those of whom that is not known.
    """

    step: Step
    true: int
    false: int
    unknown: int
    only: int
    met: int
    open: int

    @property
    def left(self) -> int:
        """Who is not excluded by this and all earlier steps."""
        return self.met + self.open


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationCounts:
    """Everybody by verdict, and every step in its order. `simulated`: nobody of them exists.

    `all_later`: whatever is known of anybody lies after the moment that is asked about; of a wide
    table that is counted at once, nobody looks.
    """

    eligible: int
    not_eligible: int
    unknown: int
    steps: tuple[StepCount, ...]
    simulated: bool
    all_later: bool = False

    @property
    def total(self) -> int:
        """Everybody."""
        return self.eligible + self.not_eligible + self.unknown


@dataclass(slots=True)
class Counting:
    """Counts that grow with each person judged one by one."""

    criteria: Criteria
    whole: Counter[Truth] = field(default_factory=Counter)
    alone: Counter[tuple[str, Truth]] = field(default_factory=Counter)
    only: Counter[str] = field(default_factory=Counter)
    after: Counter[tuple[str, Truth]] = field(default_factory=Counter)
    real: int = 0
    later: bool | None = None  # None while nobody had a fact
    _steps: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
        self._steps = steps(self.criteria)

    def add(self, code: str, found: Eligibility) -> None:
        """One more person."""
        self.real += not code.startswith(SIMULATED)
        by_id = {one.criterion.id: one.truth for one in found.verdicts}
        self.add_pattern({step.code: combined_verdict(step.part, by_id) for step in self._steps})

    def add_pattern(self, truths: Mapping[str, Truth], people: int = 1) -> None:
        """So many people, with the verdict of each step."""
        failed: list[str] = []
        so_far = Truth.TRUE
        for step in self._steps:
            truth = truths[step.code]
            self.alone[step.code, truth] += people
            so_far = so_far & truth
            self.after[step.code, so_far] += people
            if truth is Truth.FALSE:
                failed.append(step.code)
        self.whole[so_far] += people
        if len(failed) == 1:
            self.only[failed[0]] += people

    def add_sums(self, sums: Mapping[str, int], passing: Iterable[Mapping[str, Any]]) -> None:
        """Everybody at once, from `counts` and `passing` of a screen."""
        order = [step.code for step in self._steps]
        for code in order:
            true, false = sums[f"true {code}"], sums[f"false {code}"]
            self.alone[code, Truth.TRUE] += true
            self.alone[code, Truth.FALSE] += false
            self.alone[code, Truth.UNKNOWN] += sums["patients"] - true - false
        for row in passing:
            excluded, open_, people = row["excluded_at"], row["open_at"], row["patients"]
            so_far = Truth.TRUE
            for place, code in enumerate(order):
                if place >= excluded:
                    so_far = Truth.FALSE
                elif place >= open_:
                    so_far = Truth.UNKNOWN
                self.after[code, so_far] += people
            self.whole[so_far] += people
            if row["alone"]:
                self.only[order[excluded]] += people

    def counts(self) -> PopulationCounts:
        """The counts of all persons added."""
        return PopulationCounts(
            eligible=self.whole[Truth.TRUE],
            not_eligible=self.whole[Truth.FALSE],
            unknown=self.whole[Truth.UNKNOWN],
            steps=tuple(
                StepCount(
                    step=step,
                    true=self.alone[step.code, Truth.TRUE],
                    false=self.alone[step.code, Truth.FALSE],
                    unknown=self.alone[step.code, Truth.UNKNOWN],
                    only=self.only[step.code],
                    met=self.after[step.code, Truth.TRUE],
                    open=self.after[step.code, Truth.UNKNOWN],
                )
                for step in self._steps
            ),
            simulated=self.real == 0 and bool(self.whole),
            all_later=self.later is True,
        )
