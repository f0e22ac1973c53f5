"""The methods by which values are computed: from what, by which formula, from which source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trialrun.vocabulary.variable import Variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method. `body` inputs are the latest up to the anchor, `measured` the latest in the
    window; `|` names alternatives, the first before the second.
    """

    body: tuple[str, ...] = ()
    measured: tuple[str, ...] = ()
    formula: str
    source: str

    @property
    def inputs(self) -> tuple[str, ...]:
        """Every variable that it may take."""
        return tuple(name for one in (*self.body, *self.measured) for name in one.split("|"))


_CLEARANCE = "(140 − age) × weight / (72 × creatinine), × 0.85 for women"
_COCKCROFT = "Cockcroft DW, Gault MH. Nephron 1976;16:31"
_WHO = ("birth_date|age", "sex", "weight")
SINCE = "since-date"  # of a variable with a date that it is the time since
METHODS: Mapping[str, Method] = {
    SINCE: Method(
        formula="the time from the latest such date up to the anchor, as `since` counts it",
        source="the calendar",
    ),
    "birth-date": Method(
        body=("birth_date",),
        formula="completed years, months, weeks or days, by the unit of the limit",
        source="the calendar",
    ),
    "mosteller": Method(
        body=("height", "weight"),
        formula="√(cm × kg / 3600)",
        source="Mosteller RD. N Engl J Med 1987;317:1098",
    ),
    "du-bois": Method(
        body=("height", "weight"),
        formula="0.007184 × cm^0.725 × kg^0.425",
        source="Du Bois D, Du Bois EF. Arch Intern Med 1916;17:863",
    ),
    "weight-height": Method(body=("height", "weight"), formula="kg / m²", source="the definition"),
    "cockcroft-gault-actual": Method(
        body=_WHO, measured=("creatinine",), formula=_CLEARANCE, source=_COCKCROFT
    ),
    "cockcroft-gault-ideal": Method(
        body=(*_WHO, "height"),
        measured=("creatinine",),
        formula=f"{_CLEARANCE}; weight after Devine: 50 kg (women 45.5) + 2.3 × (inches − 60)",
        source=f"{_COCKCROFT}; Devine, as GlobalRPh gives it",
    ),
    "cockcroft-gault-adjusted": Method(
        body=(*_WHO, "height"),
        measured=("creatinine",),
        formula=f"{_CLEARANCE}; weight: ideal + 0.4 × (actual − ideal)",
        source=f"{_COCKCROFT}; Devine, as GlobalRPh gives it; factor 0.4 as in common practice",
    ),
    "cockcroft-gault-by-ratio": Method(
        body=(*_WHO, "height"),
        measured=("creatinine",),
        formula=f"{_CLEARANCE}; weight: actual below the ideal, ideal up to 1.25 times it, "
        "adjusted above",
        source=f"{_COCKCROFT}; weight as ClinCalc chooses it",
    ),
    "ckd-epi-2021": Method(
        body=("birth_date|age", "sex"),
        measured=("creatinine",),
        formula="142 × min(S/κ, 1)^α × max(S/κ, 1)^−1.200 × 0.9938^age, × 1.012 for women; "
        "κ 0.9 (women 0.7), α −0.302 (women −0.241)",
        source="Inker LA et al. N Engl J Med 2021;385:1737",
    ),
    "payne": Method(
        measured=("calcium", "albumin"),
        formula="calcium mg/dL + 0.8 × (4 − albumin g/dL)",
        source="Payne RB et al. BMJ 1973;4:643",
    ),
    "fridericia": Method(
        measured=("qt", "rr_interval|heart_rate"),
        formula="QT / ∛(RR in seconds); RR is 60 s / heart rate where it is not recorded",
        source="Fridericia LS. Acta Med Scand 1920;53:469",
    ),
}


def inputs_of(row: Variable, method: str) -> tuple[str, ...]:
    """What a method takes for a variable, alternatives joined by `|`."""
    if method == SINCE:
        return (row.since,)
    return (*METHODS[method].body, *METHODS[method].measured)
