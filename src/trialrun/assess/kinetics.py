"""Donor NK cells in blood: a level from its three factors, and what a series of levels shows.

A level is donor NK/µL = lymphocytes × (CD3−CD56+ share) × (donor chimerism), as Bachanova et al.
count it (Blood 2014;123:3855). It is quantified, below the limit of quantification with that
sample's own limit, or not evaluable; a sample with too few lymphocytes is not evaluable, never
zero. Days are decimal days from the start of the first infusion, by the clock, not nominal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import Enum
from fractions import Fraction
from typing import assert_never

from trialrun.errors import FactError
from trialrun.values.quantity import Quantity
from trialrun.values.unit import UNITS

_PER_UL, _PERCENT = UNITS["/uL"], UNITS["%"]
_EXACTLY = Context(prec=34)


@dataclass(frozen=True, slots=True)
class Quantified:
    """Donor NK cells per µL, at or above the limit of quantification."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Below:
    """Below this sample's limit of quantification (cells per µL); not zero."""

    limit: Decimal


@dataclass(frozen=True, slots=True)
class NotEvaluable:
    """No level can be told from this sample; `reason` is a code, worded in the catalogue."""

    reason: str


Level = Quantified | Below | NotEvaluable


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When a sample tells a level: least lymphocytes, least chimerism, least cells per µL.

    `chimerism` is the assay's limit (for STR about 1–5 %); with the day's lymphocytes and share it
    becomes that sample's own limit in cells per µL. `level` is a limit that holds for every sample.
    """

    lymphocytes: Decimal = Decimal(0)  # per µL; fewer: not evaluable
    chimerism: Decimal = Decimal(1)  # %
    level: Decimal = Decimal(0)  # per µL


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """What was measured in one sample; None is not measured.

    `chimerism` is that of the NK cells or of what `compartment` says: in whole blood cells it is
    biased as host cells return.
    """

    lymphocytes: Quantity | None
    nk_share: Quantity | None
    chimerism: Quantity | None
    chimerism_below: bool = False  # the assay said "below its limit"
    compartment: str = "NK"


def donor_level(factors: Factors, limits: Limits) -> Level:
    """Donor NK cells per µL of one sample.

    >>> from trialrun.values.quantity import read_quantity as q
    >>> factors = Factors(lymphocytes=q("0.5 10*9/L"), nk_share=q("60 %"), chimerism=q("40 %"))
    >>> donor_level(factors, Limits())
    Quantified(value=Decimal('120'))
    """
    if factors.lymphocytes is None or factors.nk_share is None:
        return NotEvaluable("count_missing")
    lymphocytes = factors.lymphocytes.exact(_PER_UL)
    share = _part(factors.nk_share, "NK share")
    if lymphocytes < 0:
        raise FactError(f"lymphocytes {factors.lymphocytes} are below zero")
    if lymphocytes < Fraction(limits.lymphocytes) or lymphocytes == 0:
        return NotEvaluable("few_lymphocytes")
    limit = max(
        lymphocytes * share * Fraction(limits.chimerism) / 100,
        Fraction(limits.level),
    )
    if factors.chimerism_below:
        return Below(_decimal(limit))
    if factors.chimerism is None:
        return NotEvaluable("chimerism_missing")
    chimerism = _part(factors.chimerism, "chimerism")
    level = lymphocytes * share * chimerism
    if chimerism < Fraction(limits.chimerism) / 100 or level < limit or level == 0:
        return Below(_decimal(limit))
    return Quantified(_decimal(level))


def _part(share: Quantity, name: str) -> Fraction:
    part = share.exact(_PERCENT) / 100
    if not 0 <= part <= 1:
        raise FactError(f"{name} {share} is not between 0 and 100 %", remedy=f"Check the {name}.")
    return part


def _decimal(value: Fraction) -> Decimal:
    return _EXACTLY.divide(Decimal(value.numerator), Decimal(value.denominator))


# --- a series --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One level at its actual time.

    `recovery` marks the hour after an infusion: how much of the dose is found in blood, which is
    kept apart from expansion.
    """

    day: Decimal
    level: Level
    recovery: bool = False


class Status(Enum):
    """Whether a series tells something, and if not, why; `NOT_EVALUABLE` is never zero."""

    QUANTIFIED = "quantified"
    NEVER_QUANTIFIED = "never_quantified"
    NOT_EVALUABLE = "not_evaluable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """The highest level after the first infusion and its time; the earliest of equal ones."""

    status: Status
    level: Decimal | None = None
    day: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Persistence:
    """When donor cells were lost: after `last_found`, no later than `first_lost`.

    `first_lost` None: still found at the last sample, or cut off by what `censored_by` names. With
    `last_found` None and `first_lost` given, they were lost before the first sample.
    """

    status: Status
    last_found: Decimal | None = None
    first_lost: Decimal | None = None
    censored_by: str = ""


def expansion(samples: Sequence[Sample], *, until: Decimal | None = None) -> tuple[Sample, ...]:
    """The samples that count for peak, area and persistence, in order of time.

    Left out: recovery samples, samples before the first infusion, samples after `until` (a
    transplant, new therapy), and those that are not evaluable.
    """
    kept = (
        sample
        for sample in samples
        if not sample.recovery
        and sample.day >= 0
        and (until is None or sample.day <= until)
        and not isinstance(sample.level, NotEvaluable)
    )
    return tuple(sorted(kept, key=lambda sample: sample.day))


def peak(samples: Sequence[Sample], *, until: Decimal | None = None) -> Peak:
    """Cmax and Tmax of the expansion; Tmax in days from the first infusion."""
    # A sample taken at the first infusion itself is the level before it.
    counted = [sample for sample in expansion(samples, until=until) if sample.day > 0]
    if not counted:
        return Peak(status=Status.NOT_EVALUABLE)
    best: tuple[Decimal, Decimal] | None = None
    for sample in counted:
        if isinstance(sample.level, Quantified) and (best is None or sample.level.value > best[0]):
            best = (sample.level.value, sample.day)
    if best is None:
        return Peak(status=Status.NEVER_QUANTIFIED)
    return Peak(status=Status.QUANTIFIED, level=best[0], day=best[1])


def persistence(
    samples: Sequence[Sample], *, until: Decimal | None = None, censored_by: str = ""
) -> Persistence:
    """The interval in which donor cells fell below quantification for good."""
    counted = [sample for sample in expansion(samples, until=until) if sample.day > 0]
    if not counted:
        return Persistence(status=Status.NOT_EVALUABLE, censored_by=censored_by)
    last_found: Decimal | None = None
    first_lost: Decimal | None = None
    for sample in counted:
        match sample.level:
            case Quantified():
                last_found, first_lost = sample.day, None
            case Below():
                first_lost = sample.day if first_lost is None else first_lost
            case NotEvaluable():
                continue
            case unreachable:
                assert_never(unreachable)
    return Persistence(
        status=Status.QUANTIFIED if last_found is not None else Status.NEVER_QUANTIFIED,
        last_found=last_found,
        first_lost=first_lost,
        censored_by=censored_by if first_lost is None else "",
    )


def level_at(
    samples: Sequence[Sample], *, day: Decimal, within: Decimal = Decimal(0)
) -> Level | None:
    """The level nearest to `day` within a window; None where no sample was taken.

    A quantified or below-limit sample is preferred to one that is not evaluable; of two equally
    near ones the earlier counts.
    """
    near = [sample for sample in samples if not sample.recovery and abs(sample.day - day) <= within]
    if not near:
        return None
    best = min(
        near,
        key=lambda sample: (
            isinstance(sample.level, NotEvaluable),
            abs(sample.day - day),
            sample.day,
        ),
    )
    return best.level
