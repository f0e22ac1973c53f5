"""Response in AML by the European LeukemiaNet definitions, three-valued, with the version kept.

Source: Döhner et al., Blood 2022;140:1345 (ELN 2022), and Blood 2017;129:424 (ELN 2017). The
categories are tried from best to least; the first that holds is the response, if every better one
is known not to hold. Where a finding is missing, the response is not evaluable and says which
categories remain possible and what would decide; nothing missing counts as good or as bad.

Two readings that the tables leave open, and how they are read here:
CRi has recovery of one line (neutrophils or platelets); with neither, and no CRh, it is MLFS.
The blood criteria that PR needs are the counts and the absence of circulating blasts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from trialrun.values.truth import Truth, of


class Definition(Enum):
    """Which edition of the definitions a response was judged by."""

    ELN_2022 = "eln-2022"
    ELN_2017 = "eln-2017"


class Category(Enum):
    """Response categories; `NE` is a category of its own, never a failure in silence."""

    CR = "CR"
    CRH = "CRh"
    CRI = "CRi"
    MLFS = "MLFS"
    PR = "PR"
    NR = "NR"
    NE = "NE"


REMISSIONS = (Category.CR, Category.CRH, Category.CRI)


class Mrd(Enum):
    """Measurable residual disease, in the words of the ledger."""

    NEGATIVE = "negative"
    POSITIVE = "positive"
    NOT_EVALUATED = "not evaluated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found at one assessment; None is not known. Percent, and 10*9/L for counts.

    `marrow_adequate` is the finding of `marrow_adequate()`; a marrow that is known to be
    inadequate is as good as none.
    """

    marrow_blasts: Decimal | None
    circulating_blasts: bool | None
    extramedullary: bool | None
    neutrophils: Decimal | None
    platelets: Decimal | None
    baseline_blasts: Decimal | None = None
    marrow_adequate: Truth = Truth.UNKNOWN
    auer_rods: bool | None = None  # ELN 2017 only
    mrd: Mrd = Mrd.NOT_EVALUATED


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A response, the definition it was judged by, and what stands open where it is `NE`."""

    category: Category
    definition: Definition
    mrd: Mrd
    possible: tuple[Category, ...] = ()  # of `NE`: what the known findings still allow
    missing: tuple[str, ...] = ()  # of `NE`: names of findings that could decide

    @property
    def remission(self) -> Truth:
        """Whether this is CR, CRh or CRi; UNKNOWN where it is not evaluable and may be."""
        if self.category is not Category.NE:
            return of(self.category in REMISSIONS)
        kinds = {category in REMISSIONS for category in self.possible}
        return of(kinds.pop()) if len(kinds) == 1 else Truth.UNKNOWN

    @property
    def label(self) -> str:
        """The category as reports write it: a remission without MRD says so."""
        if self.category in REMISSIONS and self.mrd is Mrd.NEGATIVE:
            return f"{self.category.value} without MRD"
        return self.category.value


def assess_response(findings: Findings, definition: Definition = Definition.ELN_2022) -> Response:
    """The response that the findings give by the definition."""
    if findings.marrow_blasts is None or findings.marrow_adequate is Truth.FALSE:
        missing = ("marrow_blasts",) if findings.marrow_blasts is None else ("marrow_adequate",)
        rules = dict.fromkeys((*_rules(definition), Category.NR), Truth.UNKNOWN)
        return _not_evaluable(findings, definition, rules, missing)
    rules = {name: rule(findings) for name, rule in _rules(definition).items()}
    for category, holds in rules.items():
        if holds is Truth.TRUE:
            return Response(category=category, definition=definition, mrd=findings.mrd)
        if holds is Truth.UNKNOWN:
            return _not_evaluable(findings, definition, rules, _missing(findings, definition))
    return Response(category=Category.NR, definition=definition, mrd=findings.mrd)


def _not_evaluable(
    findings: Findings,
    definition: Definition,
    rules: dict[Category, Truth],
    missing: tuple[str, ...],
) -> Response:
    possible: list[Category] = []
    for category, holds in rules.items():
        if holds is not Truth.FALSE:
            possible.append(category)
        if holds is Truth.TRUE:
            break
    else:
        if Category.NR not in rules:
            possible.append(Category.NR)
    return Response(
        category=Category.NE,
        definition=definition,
        mrd=findings.mrd,
        possible=tuple(possible),
        missing=missing,
    )


def _missing(findings: Findings, definition: Definition) -> tuple[str, ...]:
    """The missing findings that matter: those whose knowledge could change the rules' answers."""
    names = ["circulating_blasts", "extramedullary", "neutrophils", "platelets"]
    assert findings.marrow_blasts is not None
    if findings.marrow_blasts >= 5:
        names = ["circulating_blasts", "neutrophils", "platelets", "baseline_blasts"]
    elif definition is Definition.ELN_2017:
        names.append("auer_rods")
    missing = [name for name in names if getattr(findings, name) is None]
    if findings.marrow_blasts < 5 and findings.marrow_adequate is Truth.UNKNOWN and not missing:
        missing.append("marrow_adequate")
    return tuple(missing)


# --- the rules, best first -------------------------------------------------------------------


def _rules(definition: Definition) -> dict[Category, Callable[[Findings], Truth]]:
    match definition:
        case Definition.ELN_2022:
            return {
                Category.CR: _complete,
                Category.CRH: _partial_recovery,
                Category.CRI: _incomplete_recovery,
                Category.MLFS: _leukaemia_free,
                Category.PR: _partial,
            }
        case Definition.ELN_2017:
            return {
                Category.CR: lambda found: _complete(found) & _no_auer_rods(found),
                Category.CRI: lambda found: _incomplete_recovery(found) & _no_auer_rods(found),
                Category.MLFS: lambda found: _leukaemia_free(found) & _no_auer_rods(found),
                Category.PR: _partial,
            }


def _complete(found: Findings) -> Truth:
    return _no_leukaemia(found) & _neutrophils(found, "1.0") & _platelets(found, "100")


def _partial_recovery(found: Findings) -> Truth:
    return _no_leukaemia(found) & _neutrophils(found, "0.5") & _platelets(found, "50")


def _incomplete_recovery(found: Findings) -> Truth:
    return _no_leukaemia(found) & (_neutrophils(found, "1.0") | _platelets(found, "100"))


def _leukaemia_free(found: Findings) -> Truth:
    return _no_leukaemia(found) & found.marrow_adequate


def _partial(found: Findings) -> Truth:
    fall = Truth.UNKNOWN
    if found.marrow_blasts is not None and found.baseline_blasts is not None:
        before, now = Fraction(found.baseline_blasts), Fraction(found.marrow_blasts)
        fall = of(before > 0 and 2 * (before - now) >= before)
    return (
        _compare(found.marrow_blasts, lambda blasts: 5 <= blasts <= 25)
        & fall
        & ~of(found.circulating_blasts)
        & _neutrophils(found, "1.0")
        & _platelets(found, "100")
    )


def _no_leukaemia(found: Findings) -> Truth:
    return (
        _compare(found.marrow_blasts, lambda blasts: blasts < 5)
        & ~of(found.circulating_blasts)
        & ~of(found.extramedullary)
    )


def _no_auer_rods(found: Findings) -> Truth:
    return ~of(found.auer_rods)


def _neutrophils(found: Findings, least: str) -> Truth:
    return _compare(found.neutrophils, lambda count: count >= Decimal(least))


def _platelets(found: Findings, least: str) -> Truth:
    return _compare(found.platelets, lambda count: count >= Decimal(least))


def _compare(value: Decimal | None, test: Callable[[Decimal], bool]) -> Truth:
    return Truth.UNKNOWN if value is None else of(test(value))


# --- around the category ---------------------------------------------------------------------


def marrow_adequate(
    *, spicules: bool | None, cells_counted: int | None, cellularity: Decimal | None
) -> Truth:
    """Whether a marrow is more than aplastic: spicules, and 200 cells or cellularity of 10 %."""
    enough = _compare(
        None if cells_counted is None else Decimal(cells_counted), lambda cells: cells >= 200
    )
    return of(spicules) & (enough | _compare(cellularity, lambda percent: percent >= 10))


def mrd_by_flow(share: Decimal | None, limit: Decimal = Decimal("0.1")) -> Mrd:
    """MRD by flow cytometry: negative below `limit` percent of CD45+ cells (ELN MRD 2021: 0.1)."""
    if share is None:
        return Mrd.NOT_EVALUATED
    return Mrd.NEGATIVE if share < limit else Mrd.POSITIVE


def mrd_conversion(before: Mrd, after: Mrd) -> Truth:
    """Whether MRD that was positive is negative; FALSE is only said of an evaluated sample.

    Somebody whose MRD was not positive before cannot convert, and is not in the denominator.
    """
    if before is not Mrd.POSITIVE or after is Mrd.NOT_EVALUATED:
        return Truth.UNKNOWN
    return of(after is Mrd.NEGATIVE)


def relapse(findings: Findings, *, circulating_confirmed: bool | None = None) -> Truth:
    """Relapse after a remission: marrow blasts ≥ 5 %, blasts back in blood, or new disease outside.

    Blasts in blood alone count once a second sample at least a week apart confirms them
    (`circulating_confirmed`).
    """
    marrow = _compare(findings.marrow_blasts, lambda blasts: blasts >= 5)
    if findings.marrow_adequate is Truth.FALSE:
        marrow = Truth.UNKNOWN
    in_blood = of(findings.circulating_blasts) & of(circulating_confirmed)
    return marrow | in_blood | of(findings.extramedullary)


def best_response(responses: Iterable[Response]) -> Response | None:
    """The best of several; a response that was evaluable is better than one that was not."""
    order = list(Category)
    return min(responses, key=lambda response: order.index(response.category), default=None)
