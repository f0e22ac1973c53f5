"""A closed table of units with exact factors; UCUM codes are the names.

Each unit belongs to a dimension and has an exact factor to that dimension's first unit. Amount of
substance and mass convert only through a variable's own molar factor (`vocabulary`), never here.
`mL/min/{1.73_m2}` is not `mL/min`. Months and years are calendar units, not multiples of a day.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

from trialrun.errors import UnitError


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its UCUM code, its dimension, and its exact factor within the dimension."""

    code: str
    dimension: str
    factor: Fraction


_DIMENSIONS: dict[str, dict[str, str]] = {
    # dimension: {UCUM code: factor to the first one}
    "count": {"1": "1", "{cells}": "1", "10*6": "1000000", "10*9": "1000000000"},
    "score": {"{score}": "1"},
    "fraction": {"%": "1"},
    "count concentration": {
        "10*9/L": "1", "10*6/L": "1/1000", "/uL": "1/1000", "10*3/uL": "1", "10*4/uL": "10",
        "10*6/uL": "1000", "10*6/mL": "1", "/mL": "1/1000000", "10*12/L": "1000",
    },
    "mass concentration": {
        "mg/dL": "1", "g/dL": "1000", "g/L": "100", "mg/L": "1/10", "ug/L": "1/10000",
        "ug/mL": "1/10", "ng/mL": "1/10000", "pg/mL": "1/10000000", "ug/dL": "1/1000",
        "ng/dL": "1/1000000", "mg/mL": "100", "ng/L": "1/10000000",
    },
    "substance concentration": {
        "umol/L": "1", "mmol/L": "1000", "nmol/L": "1/1000", "pmol/L": "1/1000000",
        "mol/L": "1000000",
    },
    "equivalent concentration": {"meq/L": "1"},
    "catalytic concentration": {"U/L": "1", "[IU]/L": "1", "ukat/L": "60", "U/mL": "1000"},
    "arbitrary concentration": {"[IU]/mL": "1", "[IU]/dL": "1/100", "m[IU]/mL": "1/1000",
                                "[EU]/mL": "1",
                                "m[IU]/L": "1/1000000",
                                "u[IU]/mL": "1/1000000", "k[IU]/L": "1", "k[IU]/mL": "1000",
                                "kUA/L": "1"},
    "copy concentration": {"{copies}/mL": "1", "{copies}/L": "1/1000"},
    "mass": {"g": "1", "kg": "1000", "mg": "1/1000", "ug": "1/1000000", "ng": "1/1000000000",
             "[lb_av]": "45359237/100000"},
    "length": {"cm": "1", "m": "100", "mm": "1/10", "um": "1/10000", "[in_i]": "254/100",
               "[ft_i]": "3048/100", "km": "100000", "[mi_i]": "1609344/10"},
    "area": {"m2": "1", "cm2": "1/10000", "mm2": "1/1000000"},
    "volume": {"mL": "1", "L": "1000", "uL": "1/1000", "dL": "100",
               "[tsp_us]": "4.92892159375", "fL": "1/1000000000000"},
    "time": {"d": "1", "wk": "7", "h": "1/24", "min": "1/1440", "s": "1/86400",
             "ms": "1/86400000"},
    "calendar": {"mo": "1", "a": "12"},
    "temperature": {"Cel": "1"},
    "pressure": {"mm[Hg]": "1", "kPa": "7.50061683",
                 "cm[H2O]": "0.735559240359195"},
    "flow": {"mL/min": "1", "mL/s": "60", "L/min": "1000", "L/h": "1000/60"},
    "indexed flow": {"mL/min/{1.73_m2}": "1"},
    "flow per area": {"L/min/m2": "1"},
    "flow per mass": {"mL/min/kg": "1"},
    "frequency": {"/min": "1"},
    "volume a day": {"mL/d": "1", "L/d": "1000"},
    "voltage": {"mV": "1"},
    "threshold voltage": {"V": "1"},
    "loudness": {"dB": "1"},
    "energy a day": {"kcal/d": "1"},
    "volume per mass": {"mL/kg": "1"},
    "volume per mass an hour": {"mL/kg/h": "1"},
    "volume per area": {"mL/m2": "1"},
    "mass a minute": {"ug/min": "1", "mg/min": "1000"},
    "mass per mass a minute": {"ug/kg/min": "1"},
    "speed": {"m/s": "1", "cm/s": "1/100", "km/h": "10/36"},
    "sedimentation": {"mm/h": "1"},
    "times a week": {"/wk": "1", "/d": "7"},
    "minutes a week": {"min/wk": "1", "h/wk": "60"},
    "times a month": {"/mo": "1", "/a": "1/12"},
    "mass a day": {"mg/d": "1", "g/d": "1000", "ug/d": "1/1000", "g/wk": "1000/7",
                   "mg/wk": "1/7"},
    "mass ratio": {"mg/g": "1"},
    "mass per substance": {"mg/mmol": "1"},
    "substance ratio": {"mmol/mol": "1"},
    "drinks": {"{drinks}/wk": "1", "{drinks}/d": "7"},
    "cigarettes": {"{cigarettes}/d": "1"},
    "smoked": {"{pack}.a": "1"},
    "parts": {"[ppb]": "1", "[ppm]": "1000"},
    "attenuation": {"[hnsf'U]": "1"},
    "mutations": {"{mutations}/Mb": "1"},
    "inhibition": {"[beth'U]/mL": "1"},
    "refraction": {"[diop]": "1"},
    "angle": {"deg": "1"},
    "mass per area": {"mg/m2": "1", "g/m2": "1000", "ug/m2": "1/1000", "mg/m2/d": "1"},
    "mass per mass": {"mg/kg": "1", "g/kg": "1000", "ug/kg": "1/1000", "ng/kg": "1/1000000",
                      "ug/g": "1", "mg/kg/d": "1"},
    "cells per mass": {"{cells}/kg": "1", "10*6/kg": "1000000"},
    "cells per area": {"{cells}/m2": "1"},
    "arbitrary amount": {"[IU]": "1", "10*6.[IU]": "1000000"},
    "arbitrary amount per area": {"[IU]/m2": "1", "10*6.[IU]/m2": "1000000"},
    "arbitrary amount per mass": {"[IU]/kg": "1", "[EU]/kg": "1"},
    "absorbed dose": {"Gy": "1", "cGy": "1/100"},
    "activity": {"MBq": "1", "GBq": "1000", "mCi": "37"},
    "multiple of upper limit": {"xULN": "1"},
    "multiple of lower limit": {"xLLN": "1"},
    "multiple of baseline": {"xBaseline": "1"},
    "body mass index": {"kg/m2": "1"},
}  # fmt: skip


def _rows() -> dict[str, Unit]:
    return {
        code: Unit(code, dimension, Fraction(factor))
        for dimension, codes in _DIMENSIONS.items()
        for code, factor in codes.items()
    }


UNITS: dict[str, Unit] = _rows()

# How people and records write them. Keys are folded by `_fold`; values are UCUM codes.
_SPELLINGS: dict[str, str] = {
    "x10^9/l": "10*9/L", "10^9/l": "10*9/L", "10e9/l": "10*9/L", "g/l(cells)": "10*9/L",
    "k/ul": "10*3/uL", "k/mm3": "10*3/uL", "10^3/ul": "10*3/uL", "x10^3/ul": "10*3/uL",
    "10^3/mm3": "10*3/uL", "x10^3/mm3": "10*3/uL", "/mm3": "/uL", "/mmc": "/uL", "mm3": "/uL",
    "/mm^3": "/uL", "cells/mm3": "/uL", "cells/ul": "/uL", "ul": "uL", "/microl": "/uL",
    "/cmm": "/uL", "k/mcl": "10*3/uL", "/mcl": "/uL",
    "10^6/l": "10*6/L", "10^6/ul": "10*6/uL", "10^12/l": "10*12/L",
    "10^4/ul": "10*4/uL", "x10^4/ul": "10*4/uL", "x10^6/l": "10*6/L",
    "mg%": "mg/dL", "gm/dl": "g/dL", "gr/dl": "g/dL", "mcg/l": "ug/L", "mcg/ml": "ug/mL",
    "mcmol/l": "umol/L", "micromol/l": "umol/L", "um": "umol/L",
    "iu/l": "[IU]/L", "u/l": "U/L", "units/l": "U/L", "iu/ml": "[IU]/mL", "miu/ml": "m[IU]/mL",
    "eu/ml": "[EU]/mL", "eu/kg": "[EU]/kg", "copies/ml": "{copies}/mL", "meq/l": "meq/L",
    "kilograms": "kg", "kilogram": "kg", "kgs": "kg", "gram": "g", "grams": "g", "mcg": "ug",
    "lb": "[lb_av]", "lbs": "[lb_av]", "in": "[in_i]", "inch": "[in_i]", "inches": "[in_i]",
    "m^2": "m2", "milliliter": "mL", "liter": "L", "ml": "mL", "l": "L", "cc": "mL",
    "day": "d", "days": "d", "week": "wk", "weeks": "wk", "hour": "h", "hours": "h", "hr": "h",
    "hrs": "h", "minute": "min", "minutes": "min", "second": "s", "seconds": "s", "sec": "s",
    "msec": "ms", "milliseconds": "ms", "month": "mo", "months": "mo", "year": "a", "years": "a",
    "yr": "a", "yrs": "a", "y": "a", "c": "Cel", "celsius": "Cel", "°c": "Cel", "℃": "Cel",
    "mmhg": "mm[Hg]", "ml/min": "mL/min", "ml/minute": "mL/min", "cc/min": "mL/min",
    "ml/sec": "mL/s", "l/min": "L/min",
    "ml/min/1.73m2": "mL/min/{1.73_m2}", "ml/min/1.73m^2": "mL/min/{1.73_m2}",
    "ml/min/{1.73m2}": "mL/min/{1.73_m2}", "bpm": "/min",
    "beats/min": "/min", "breaths/min": "/min",
    "mg/m^2": "mg/m2", "g/m^2": "g/m2", "gm/m2": "g/m2", "mg/sqm": "mg/m2", "mcg/m2": "ug/m2",
    "mg/m2/day": "mg/m2/d", "mg/kg/day": "mg/kg/d", "mcg/kg": "ug/kg",
    "cells/kg": "{cells}/kg", "/kg": "{cells}/kg", "10^6/kg": "10*6/kg", "x10^6/kg": "10*6/kg",
    "10^6cells/kg": "10*6/kg", "x10^6cells/kg": "10*6/kg", "cells/m2": "{cells}/m2",
    "cells": "{cells}", "iu": "[IU]", "mu": "10*6.[IU]", "miu": "10*6.[IU]", "iu/kg": "[IU]/kg",
    "iu/m2": "[IU]/m2", "miu/m2": "10*6.[IU]/m2", "mu/m2": "10*6.[IU]/m2",
    "percent": "%", "score": "{score}", "points": "{score}",
    "xuln": "xULN", "uln": "xULN", "xlln": "xLLN", "lln": "xLLN", "xbaseline": "xBaseline",
    "timesuln": "xULN", "timesupperlimitofnormal": "xULN", "kg/m^2": "kg/m2",
}  # fmt: skip


def _fold(text: str) -> str:
    # NFKC turns ² into 2, µ (micro) into μ (mu), full-width letters into plain ones; it would also
    # turn 10⁹ into 109, so a power of ten is written out first.
    text = re.sub("10(?=[⁰¹²³⁴-⁹])", "10^", text)
    text = unicodedata.normalize("NFKC", text).replace("μ", "u").replace("×", "x")
    text = re.sub(r"\s+", "", text).lower().rstrip(".")
    return text.replace("10*", "10^") if "10*" in text and "[" not in text else text


_FOLDED = {_fold(code): code for code in UNITS} | {_fold(k): v for k, v in _SPELLINGS.items()}


def read_unit(text: str) -> Unit:
    """The unit that `text` names.

    >>> read_unit("mg / dl").code
    'mg/dL'
    >>> read_unit("×10⁹/L").code
    '10*9/L'
    """
    if text in UNITS:
        return UNITS[text]
    code = _FOLDED.get(_fold(text))
    if code is None:
        raise UnitError(
            f"unknown unit {text!r}",
            remedy="Write a unit that Trialrun knows, such as mg/dL, umol/L, 10*9/L, mg/m2, xULN.",
        )
    return UNITS[code]


def factor(source: Unit, target: Unit, *, molar: Fraction | None = None) -> Fraction:
    """Exact factor f with `value in target = f × value in source`.

    `molar` is the variable's umol/L per mg/dL; without it, mass and substance do not convert.
    """
    if source.dimension == target.dimension:
        return source.factor / target.factor
    pair = (source.dimension, target.dimension)
    if molar is not None and pair == ("mass concentration", "substance concentration"):
        return source.factor * molar / target.factor
    if molar is not None and pair == ("substance concentration", "mass concentration"):
        return source.factor / molar / target.factor
    raise UnitError(
        f"{source.code} does not convert to {target.code}",
        remedy=f"Give the value in {target.code}, or in another unit of {target.dimension}.",
    )
