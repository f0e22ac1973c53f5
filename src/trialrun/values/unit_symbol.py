"""A unit as people write it, beside the UCUM code by which programs know it."""

from __future__ import annotations

import re
from functools import cache

_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_WHOLE = {
    "1": "", "Cel": "°C", "deg": "°", "cm[H2O]": "cmH₂O", "mm[Hg]": "mmHg", "[lb_av]": "lb",
    "[in_i]": "in", "[ft_i]": "ft", "[mi_i]": "mi", "[tsp_us]": "tsp", "[hnsf'U]": "HU",
    "[beth'U]/mL": "BU/mL",
    "[diop]": "dpt", "[ppb]": "ppb", "[ppm]": "ppm", "{pack}.a": "pack-years",
}  # fmt: skip
_BRACED = re.compile(r"\{([^}]*)\}")
_UNITS_OF = re.compile(r"\[([IE]U)\]")
_POWER = re.compile(r"10\*(\d+)\.?")
_SQUARE = re.compile(r"(?<=m)([23])(?![\w.])")
_MICRO = re.compile(r"(?<![A-Za-zµ])u(?=(?:g|L|m|mol|kat|IU)(?![A-Za-z]))")


@cache
def symbol(code: str) -> str:
    """The unit as it stands in a laboratory's report; nothing for a bare number.

    >>> [symbol(code) for code in ("10*9/L", "umol/L", "Cel", "mL/min/{1.73_m2}", "{score}")]
    ['× 10⁹/L', 'µmol/L', '°C', 'mL/min/1.73 m²', '']
    """
    if code in _WHOLE:
        return _WHOLE[code]
    if code == "{score}":
        return ""
    text = _BRACED.sub(lambda found: found[1].replace("_", " "), code)
    text = _UNITS_OF.sub(r"\1", text)
    text = _POWER.sub(lambda found: f"× 10{found[1].translate(_SUPERSCRIPT)} ", text)
    text = _SQUARE.sub(lambda found: found[1].translate(_SUPERSCRIPT), text)
    text = _MICRO.sub("µ", text)
    return text.replace(" /", "/").strip()
