"""What the protocol's boundary on dose-limiting events does by itself, exactly, at true rates.

Every outcome is taken as known before the next participant starts, and only the boundary counts:
not staggering, and not the events that suspend enrolment at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from trialrun.conduct.safety import boundary
from trialrun.protocol.model import Safety

TENTHS = (1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTrueRate:
    """At one true rate of dose-limiting events: the chance of suspension, and whom it costs."""

    rate: Fraction
    suspended: Fraction
    treated: Fraction  # expected, until suspension or all
    dose_limited: Fraction  # expected among them


def at_true_rates(safety: Safety | None, target: int) -> tuple[AtTrueRate, ...]:
    """One row for each true rate; none where the protocol has no boundary."""
    if safety is None or not safety.suspend_at or target < 1:
        return ()
    return tuple(_at(safety, target, tenths) for tenths in TENTHS)


def _at(safety: Safety, target: int, tenths: int) -> AtTrueRate:
    # Whole numbers of 10ⁿ paths: going on with `count` dose-limited after n participants.
    going = {0: 1}
    suspended = treated = Fraction(0)
    for n in range(1, target + 1):
        paths = 10**n
        treated += Fraction(sum(going.values()) * 10, paths)
        limit = boundary(safety, n)
        after: dict[int, int] = {}
        for count, ways in going.items():
            for more, weight in ((0, 10 - tenths), (1, tenths)):
                after[count + more] = after.get(count + more, 0) + ways * weight
        stops = [count for count in after if limit is not None and count >= limit]
        suspended += Fraction(sum(after.pop(count) for count in stops), paths)
        going = after
    rate = Fraction(tenths, 10)
    # Wald: dose-limited participants are expected at the rate among those treated.
    return AtTrueRate(rate=rate, suspended=suspended, treated=treated, dose_limited=treated * rate)
