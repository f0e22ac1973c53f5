"""Where in time the facts of an atom lie, and which of them speaks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from trialrun.errors import RuleError

Side: TypeAlias = Literal["before", "after"]
SIDES: tuple[Side, ...] = get_args(Side)
Pick: TypeAlias = Literal["latest", "first", "any", "all", "worst"]
PICKS: tuple[Pick, ...] = get_args(Pick)

LONGEST_DAYS = 36525


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From `least` to `most` days before or after an anchor, both included; no `most`: no end.

    Day 0 is the anchor's own calendar day. By the clock, where both have a time of day, what came
    after the anchor is not before it.
    """

    anchor: str
    most: int | None = None
    least: int = 0
    side: Side = "before"

    def __post_init__(self) -> None:
        if not self.anchor.strip() or self.anchor != self.anchor.strip():
            raise RuleError(
                "the anchor of a window needs a name",
                remedy="Name what it is before: within 14 days before treatment.",
            )
        if self.side not in SIDES:
            raise RuleError(f"a window is before or after, not {self.side!r}")
        for days in (self.least, 0 if self.most is None else self.most):
            if not 0 <= days <= LONGEST_DAYS:
                raise RuleError(
                    f"{days} days are no window",
                    remedy=f"Write 0 to {LONGEST_DAYS} days, or none: at treatment.",
                )
        if self.most is not None and self.least > self.most:
            raise RuleError(
                f"a window of at least {self.least} and at most {self.most} days holds nothing",
                remedy="Write the smaller number first: between 14 and 28 days before treatment.",
            )

    @property
    def moment_only(self) -> bool:
        """Whether it only says up to when: `at treatment`."""
        return self.most is None and self.least == 0 and self.side == "before"


def check_window(anchor: str | None, most: int | None, least: int, side: Side) -> None:
    """Raises RuleError where these do not make a window, or make one that is before nothing."""
    if anchor is not None:
        Window(anchor=anchor, most=most, least=least, side=side)
        return
    if most is not None or least or side != "before":
        days = f" of {most if most is not None else least} days" if most or least else ""
        raise RuleError(
            f"a window{days} is before nothing",
            remedy="Name what it is before: within 14 days before treatment.",
        )
