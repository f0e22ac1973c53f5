"""Body size and clearance: published formulas, computed in decimals, shown with their numbers.

Inputs are exact. A root or a power is taken to 34 significant digits by decimal arithmetic, which
gives the same digits on every machine; nothing is rounded but what is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import Enum
from fractions import Fraction

from trialrun.errors import FactError
from trialrun.values.quantity import Quantity, plain
from trialrun.values.unit import UNITS, Unit

_EXACTLY = Context(prec=34)
_ROOTS = Context(prec=60)
_CM, _KG, _M2 = UNITS["cm"], UNITS["kg"], UNITS["m2"]
_ML_MIN, _INDEXED = UNITS["mL/min"], UNITS["mL/min/{1.73_m2}"]
_MG_DL, _G_DL = UNITS["mg/dL"], UNITS["g/dL"]

CREATININE_MOLAR = Fraction("88.4")  # umol/L per mg/dL, exact by convention
CALCIUM_MOLAR = Fraction(1_000_000, 4008)  # umol/L per mg/dL: 40.08 g/mol


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A number, the formula with its numbers filled in, and where the formula comes from.

    `value` is unrounded (34 digits); `working` shows it rounded. `notes` are codes, worded
    in the catalogue, of limits of the formula that this case meets.
    """

    name: str
    value: Decimal
    unit: Unit
    working: str
    source: str
    notes: tuple[str, ...] = ()


class Surface(Enum):
    """Formulas of body surface area."""

    MOSTELLER = "mosteller"
    DU_BOIS = "du-bois"
    STEVENSON = "stevenson"


class WeightRule(Enum):
    """Which weight goes into Cockcroft–Gault; protocols differ, so it is always stated."""

    ACTUAL = "actual"
    IDEAL = "ideal"
    ADJUSTED = "adjusted"
    # Actual below the ideal weight, ideal up to 1.25 times it, adjusted above (ClinCalc).
    BY_RATIO = "by-ratio"


def body_surface(
    height: Quantity, weight: Quantity, formula: Surface = Surface.MOSTELLER
) -> Computed:
    """Body surface area in m2.

    >>> from trialrun.values.quantity import read_quantity
    >>> body_surface(read_quantity("170 cm"), read_quantity("70 kg")).working
    'BSA (Mosteller) = √(170 cm × 70 kg / 3600) = 1.8181 m2'
    """
    cm, kg = _positive(height, _CM, "height"), _positive(weight, _KG, "weight")
    tall, heavy = f"{_short(cm)} cm", f"{_short(kg)} kg"
    match formula:
        case Surface.MOSTELLER:
            value = _EXACTLY.sqrt(_decimal(cm * kg / 3600))
            working = f"BSA (Mosteller) = √({tall} × {heavy} / 3600)"
            source = "Mosteller RD. N Engl J Med 1987;317:1098"
        case Surface.DU_BOIS:
            powers = _EXACTLY.multiply(_power(cm, "0.725"), _power(kg, "0.425"))
            value = _EXACTLY.multiply(Decimal("0.007184"), powers)
            working = f"BSA (Du Bois) = 0.007184 × ({tall})^0.725 × ({heavy})^0.425"
            source = "Du Bois D, Du Bois EF. Arch Intern Med 1916;17:863"
        case Surface.STEVENSON:
            value = _decimal(Fraction("0.0061") * cm + Fraction("0.0128") * kg - Fraction("0.1529"))
            working = f"BSA (Stevenson) = 0.0061 × {tall} + 0.0128 × {heavy} − 0.1529"
            source = "Stevenson, 1930s, from 10 people measured; as secondary sources give it"
    if value <= 0:
        raise FactError(
            f"{formula.value} gives no body surface for {tall} and {heavy}",
            remedy="Check height and weight, or choose another formula.",
        )
    return Computed(
        name=f"bsa.{formula.value}",
        value=value,
        unit=_M2,
        working=f"{working} = {shown(value, 4)} m2",
        source=source,
    )


def body_mass_index(height: Quantity, weight: Quantity) -> Computed:
    """Body mass index in kg/m2: weight by the square of the height."""
    metres, kg = _positive(height, UNITS["m"], "height"), _positive(weight, _KG, "weight")
    value = kg / metres**2
    return Computed(
        name="bmi.weight-height",
        value=_decimal(value),
        unit=UNITS["kg/m2"],
        working=f"BMI = {_short(kg)} kg / ({_short(metres)} m)² = {shown(value, 2)} kg/m2",
        source="the definition",
    )


def ideal_weight(height: Quantity, *, female: bool) -> Computed:
    """Ideal body weight in kg after Devine; below 60 inches the formula is extrapolated."""
    inches = _positive(height, UNITS["[in_i]"], "height")
    start = Fraction("45.5") if female else Fraction(50)
    value = start + Fraction("2.3") * (inches - 60)
    if value <= 0:
        raise FactError(
            f"Devine's formula gives no weight for a height of {height}",
            remedy="Use the actual weight.",
        )
    return Computed(
        name="weight.ideal",
        value=_decimal(value),
        unit=_KG,
        working=f"IBW (Devine) = {plain(start)} + 2.3 × ({shown(inches, 3)} in − 60)"
        f" = {shown(value, 3)} kg",
        source="Devine, as GlobalRPh gives it",
        notes=("short_height",) if inches < 60 else (),
    )


def adjusted_weight(height: Quantity, weight: Quantity, *, female: bool) -> Computed:
    """Ideal weight plus 0.4 of what the actual weight is above it, in kg."""
    ideal = ideal_weight(height, female=female)
    actual = _positive(weight, _KG, "weight")
    value = Fraction(ideal.value) + Fraction("0.4") * (actual - Fraction(ideal.value))
    return Computed(
        name="weight.adjusted",
        value=_decimal(value),
        unit=_KG,
        working=f"{ideal.working}; adjusted = {shown(ideal.value, 3)} + 0.4 × "
        f"({_short(actual)} − {shown(ideal.value, 3)}) = {shown(value, 3)} kg",
        source=f"{ideal.source}; factor 0.4 as in common practice",
        notes=ideal.notes,
    )


def creatinine_clearance(
    *,
    age: int,
    female: bool,
    weight: Quantity,
    creatinine: Quantity,
    weight_rule: WeightRule = WeightRule.ACTUAL,
    height: Quantity | None = None,
) -> Computed:
    """Creatinine clearance in mL/min after Cockcroft and Gault; `age` in completed years."""
    _check_age(age, below=140)
    chosen, chosen_working, notes = _clearance_weight(weight, height, female, weight_rule)
    serum = _positive(creatinine, _MG_DL, "creatinine", molar=CREATININE_MOLAR)
    value = (140 - age) * chosen / (72 * serum)
    factor = ""
    if female:
        value *= Fraction("0.85")
        factor = " × 0.85"
    return Computed(
        name=f"crcl.cockcroft-gault.{weight_rule.value}",
        value=_decimal(value),
        unit=_ML_MIN,
        working=f"{chosen_working}CrCl (Cockcroft–Gault, {weight_rule.value} weight) = "
        f"(140 − {age}) × {_short(chosen)} kg / (72 × {_short(serum)} mg/dL){factor}"
        f" = {shown(value, 2)} mL/min",
        source="Cockcroft DW, Gault MH. Nephron 1976;16:31",
        notes=notes,
    )


def _clearance_weight(
    weight: Quantity, height: Quantity | None, female: bool, rule: WeightRule
) -> tuple[Fraction, str, tuple[str, ...]]:
    actual = _positive(weight, _KG, "weight")
    if rule is WeightRule.ACTUAL:
        return actual, "", ()
    if height is None:
        raise FactError(
            f"the weight rule {rule.value!r} needs a height",
            remedy="Record the height, or state the weight rule 'actual'.",
        )
    ideal = ideal_weight(height, female=female)
    if rule is WeightRule.BY_RATIO:
        if actual < Fraction(ideal.value):
            return actual, f"{ideal.working}, above actual; ", ideal.notes
        above = actual > Fraction("1.25") * Fraction(ideal.value)
        rule = WeightRule.ADJUSTED if above else WeightRule.IDEAL
    if rule is WeightRule.IDEAL:
        return Fraction(ideal.value), f"{ideal.working}; ", ideal.notes
    adjusted = adjusted_weight(height, weight, female=female)
    return Fraction(adjusted.value), f"{adjusted.working}; ", adjusted.notes


def filtration_rate(*, age: int, female: bool, creatinine: Quantity) -> Computed:
    """Estimated glomerular filtration rate, CKD-EPI 2021, in mL/min per 1.73 m2 of surface."""
    _check_age(age, below=150)
    serum = _positive(creatinine, _MG_DL, "creatinine", molar=CREATININE_MOLAR)
    kappa = Fraction("0.7") if female else Fraction("0.9")
    alpha = "-0.241" if female else "-0.302"
    ratio = serum / kappa
    value = _EXACTLY.multiply(Decimal(142), _power(min(ratio, Fraction(1)), alpha))
    value = _EXACTLY.multiply(value, _power(max(ratio, Fraction(1)), "-1.200"))
    value = _EXACTLY.multiply(value, _EXACTLY.power(Decimal("0.9938"), Decimal(age)))
    if female:
        value = _EXACTLY.multiply(value, Decimal("1.012"))
    divided = f"{_short(serum)}/{plain(kappa)}"
    return Computed(
        name="egfr.ckd-epi-2021",
        value=value,
        unit=_INDEXED,
        working=f"eGFR (CKD-EPI 2021) = 142 × min({divided}, 1)^{alpha} × max({divided}, 1)^-1.200"
        f" × 0.9938^{age}{' × 1.012' if female else ''} = {shown(value, 2)} mL/min/1.73 m2",
        source="Inker LA et al. N Engl J Med 2021;385:1737",
        notes=("for_adults",) if age < 18 else (),
    )


def corrected_calcium(calcium: Quantity, albumin: Quantity) -> Computed:
    """Total calcium corrected to an albumin of 4 g/dL, in mg/dL (Payne); a rough estimate."""
    total = _positive(calcium, _MG_DL, "calcium", molar=CALCIUM_MOLAR)
    protein = _positive(albumin, _G_DL, "albumin")
    value = total + Fraction("0.8") * (4 - protein)
    return Computed(
        name="calcium.corrected",
        value=_decimal(value),
        unit=_MG_DL,
        working=f"corrected Ca = {_short(total)} mg/dL + 0.8 × (4 − {_short(protein)} g/dL)"
        f" = {shown(value, 2)} mg/dL",
        source="Payne RB et al. BMJ 1973;4:643",
    )


def corrected_qt(
    qt: Quantity, *, rr: Quantity | None = None, rate: Quantity | None = None
) -> Computed:
    """QT interval in ms by the cube root of the RR interval in seconds (Fridericia).

    The RR interval as measured, or 60 s by the heart `rate` per minute.
    """
    raw = _positive(qt, UNITS["ms"], "QT interval")
    if rr is not None:
        beat = _positive(rr, UNITS["s"], "RR interval")
        spelled = f"{_short(beat)} s"
    elif rate is not None:
        per_minute = _positive(rate, UNITS["/min"], "heart rate")
        beat, spelled = 60 / per_minute, f"60 s / {_short(per_minute)}"
    else:
        raise FactError("Fridericia's formula needs an RR interval or a heart rate")
    # With digits to spare, so that the root of a perfect cube is exact.
    root = _ROOTS.power(_ROOTS.divide(beat.numerator, beat.denominator), _ROOTS.divide(1, 3))
    value = _EXACTLY.divide(_decimal(raw), _EXACTLY.plus(root))
    return Computed(
        name="qtcf.fridericia",
        value=value,
        unit=UNITS["ms"],
        working=f"QTcF = {_short(raw)} ms / ({spelled})^(1/3) = {shown(value, 2)} ms",
        source="Fridericia LS. Acta Med Scand 1920;53:469",
    )


def shown(value: Decimal | Fraction, places: int) -> str:
    """The number rounded for reading, halves away from zero, with all its places.

    >>> shown(Fraction(1, 8), 2)
    '0.13'
    """
    number = value if isinstance(value, Decimal) else _decimal(value)
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, context=Context(prec=60))
    return format(rounded, "f")


def _short(value: Fraction) -> str:
    """All digits of a number that has few, else four places."""
    text = plain(value)
    return shown(value, 4) if "/" in text or len(text.partition(".")[2]) > 4 else text


def _decimal(value: Fraction) -> Decimal:
    return _EXACTLY.divide(Decimal(value.numerator), Decimal(value.denominator))


def _power(base: Fraction, exponent: str) -> Decimal:
    return _EXACTLY.power(_decimal(base), Decimal(exponent))


def _positive(value: Quantity, unit: Unit, name: str, *, molar: Fraction | None = None) -> Fraction:
    number = value.exact(unit, molar=molar)
    if number <= 0:
        raise FactError(f"{name} {value} is not above zero", remedy=f"Check the {name}.")
    return number


def _check_age(age: int, *, below: int) -> None:
    if not 0 <= age < below:
        raise FactError(f"age {age} years is not usable here", remedy="Check the date of birth.")
