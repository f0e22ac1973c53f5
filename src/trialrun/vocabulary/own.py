"""A study's own variables: what no row of the table is, named by its words and its measure.

`own_wobble_index_score` is the wobble index, a score. The name holds everything: the words, and
behind the last of them how it is measured. So a rule can ask for anything that a protocol asks for.
No code of any system is known for it, hence no patient record fills it in by itself: a person
enters it, or a table's mapping says which column it is.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from trialrun.values.unit import UNITS, Unit
from trialrun.vocabulary.variable import Kind, Variable

OWN = "own_"
MOST_LETTERS = 80

# How it is measured: the end of the name, and the canonical unit of its dimension.
_MEASURES: dict[str, str] = {
    "ratio": "1",
    "count": "1", "score": "{score}", "level": "{score}", "percent": "%", "cells_per_l": "10*9/L",
    "mg_per_dl": "mg/dL", "umol_per_l": "umol/L", "meq_per_l": "meq/L", "u_per_l": "U/L",
    "iu_per_ml": "[IU]/mL", "copies_per_ml": "{copies}/mL", "g": "g", "cm": "cm", "m2": "m2",
    "ml": "mL", "time": "mo", "celsius": "Cel", "mmhg": "mm[Hg]", "ml_per_min": "mL/min",
    "ml_per_min_per_173m2": "mL/min/{1.73_m2}", "l_per_min_per_m2": "L/min/m2",
    "ml_per_min_per_kg": "mL/min/kg", "per_min": "/min", "mm_per_h": "mm/h", "per_week": "/wk",
    "per_month": "/mo", "mg_per_day": "mg/d", "mg_per_g": "mg/g", "mg_per_mmol": "mg/mmol",
    "mmol_per_mol": "mmol/mol", "drinks": "{drinks}/wk", "cigarettes": "{cigarettes}/d",
    "pack_years": "{pack}.a", "ppb": "[ppb]", "dioptres": "[diop]", "degrees": "deg",
    "mg_per_m2": "mg/m2", "mg_per_kg": "mg/kg", "cells_per_kg": "{cells}/kg",
    "cells_per_m2": "{cells}/m2", "iu": "[IU]", "iu_per_m2": "[IU]/m2", "iu_per_kg": "[IU]/kg",
    "gy": "Gy", "mbq": "MBq", "kg_per_m2": "kg/m2", "m_per_s": "m/s", "min_per_week": "min/wk",
    "hounsfield": "[hnsf'U]", "mutations_per_mb": "{mutations}/Mb", "bethesda": "[beth'U]/mL",
    "ml_per_day": "mL/d", "mv": "mV", "ug_per_min": "ug/min", "ug_per_kg_per_min": "ug/kg/min",
    "volts": "V", "db": "dB", "kcal_per_day": "kcal/d", "ml_per_kg": "mL/kg",
    "ml_per_kg_per_h": "mL/kg/h",
    "ml_per_m2": "mL/m2",
}  # fmt: skip
_TIMES = ("mo", "a", "wk", "d", "h", "min", "s", "ms")
_LONGEST_FIRST = sorted(_MEASURES, key=lambda end: (-len(end), end))
_SUFFIX = {UNITS[code].dimension: end for end, code in _MEASURES.items()} | {
    "time": "time",
    "score": "score",
}
_HIGHEST = Decimal(10)  # of a grade or a stage
_NAME = re.compile(r"own_[a-z0-9]+(?:_[a-z0-9]+)*")


def own_variable(name: str) -> Variable | None:
    """The variable that such a name says; None where it says none."""
    if not _NAME.fullmatch(name) or len(name) > MOST_LETTERS:
        return None
    rest = name.removeprefix(OWN)
    end = next((end for end in _LONGEST_FIRST if rest.endswith(f"_{end}")), None)
    if end is None:
        return None
    words = rest.removesuffix(f"_{end}").replace("_", " ")
    if not re.search("[a-z]", words):
        return None
    unit = UNITS[_MEASURES[end]]
    others = [one for one in UNITS.values() if one.dimension == unit.dimension and one != unit]
    if end == "time":
        others = [UNITS[code] for code in _TIMES[1:]]
    level = end == "level"
    return Variable(
        name=name,
        en=words,
        zh=words,  # the study's own words: nobody has translated them
        group="own",
        kind=Kind.ORDINAL if level else Kind.QUANTITY,
        unit=unit,
        units=(unit,) if level else (unit, *others),
        least=Decimal(0) if level else None,
        most=_HIGHEST if level else None,
    )


def own_name(words: str, unit: Unit, *, level: bool = False) -> str | None:
    """The name of a variable of these words, measured like this; None where there is none.

    `level`: a grade or a stage, a whole number.
    """
    end = "level" if level else _SUFFIX.get(unit.dimension)
    shorter = words.lower().removesuffix(" ratio")
    if end == "count" and shorter != words.lower():
        words, end = shorter, "ratio"
    plain = unicodedata.normalize("NFKD", words.lower().replace("β", "beta").replace("α", "alpha"))
    ascii_only = plain.encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "_", ascii_only).strip("_")
    name = f"{OWN}{slug}_{end}"
    return name if end is not None and slug and own_variable(name) is not None else None


def measures() -> tuple[tuple[str, Unit], ...]:
    """Every way of measuring: the end of the name, and its canonical unit."""
    return tuple((end, UNITS[code]) for end, code in _MEASURES.items())
