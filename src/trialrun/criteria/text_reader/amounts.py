"""Numbers with units as criteria write them: `1,500/mm3`, `1.5 x 109/L`, `2.5 times the ULN`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from trialrun.criteria.text_reader.words import NUMBER_WORDS

_MICRO = (
    r"(?:mm\s?(?:3|³|\^3)|cubic\s?mill?imet(?:er|re)s?|cu\.?\s?mm|c\.?mm|mmc"
    r"|(?:[µμu]|mc|micro)\s?-?l(?:it(?:er|re)s?)?)"
)
_LITRE = r"(?:l(?:it(?:er|re)s?)?)"
_PER = r"\s*(?:cells?\s*)?(?:/|per\s)\s*"
_END = r"(?![A-Za-z0-9^])"
_POWER = re.compile(
    r"\s*(?P<times>[x×✕*·]\s*)?10\s*(?P<sign>\^|\*\*|\*|[e])?\s*\(?(?P<exp>[⁰¹²³⁴-⁹]+|\d{1,2})\)?"
    rf"{_PER}(?:(?P<litre>{_LITRE})|(?P<micro>{_MICRO})|(?P<milli>ml)){_END}",
    re.IGNORECASE,
)
_POWERS = {
    ("litre", 9): "10*9/L", ("litre", 6): "10*6/L", ("litre", 12): "10*12/L",
    ("micro", 3): "10*3/uL", ("micro", 4): "10*4/uL", ("micro", 6): "10*6/uL",
    ("milli", 6): "10*6/mL",
}  # fmt: skip
# In order: the first that fits. Years, months, weeks and days take "old" and "of age" along.
_UNITS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(r"\s*" + pattern + _END, re.IGNORECASE), code)
    for pattern, code in (
        (rf"k\s*(?:cells\s*)?{_PER}{_MICRO}", "10*3/uL"),
        (rf"(?:g|giga)\s*/\s*{_LITRE}(?=\s*cells)", "10*9/L"),
        (rf"giga\s*/\s*{_LITRE}", "10*9/L"),
        (rf"(?:cells?|leu[ck]ocytes|neutrophils|platelets)?{_PER}{_MICRO}", "/uL"),
        (r"m?l\s*/\s*min(?:ute)?\s*(?:/|per)\s*1\.73\s*m\s?(?:2|²|\^2)", "mL/min/{1.73_m2}"),
        (r"ml\s*(?:/|per)\s*min(?:ute)?(?!\s*/)(?!\s*per\s*1)", "mL/min"),
        (r"cc\s*/\s*min(?:ute)?", "mL/min"),
        (r"mg\s*(?:/|per)\s*d\s?l", "mg/dL"), (r"mg\s*%", "mg/dL"),
        (r"gm?s?\s*(?:/|per)\s*d\s?l", "g/dL"), (r"gr(?:am)?s?\s*/\s*d\s?l", "g/dL"),
        (r"gm?s?\s*(?:/|per)\s*l(?:iter|itre)?", "g/L"), (r"g\s*/\s*100\s*ml", "g/dL"),
        (r"mmol\s*/\s*l(?:iter|itre)?", "mmol/L"),
        (r"(?:[µμu]|mc|micro)\s?mol\s*/\s*l(?:iter|itre)?", "umol/L"),
        (r"ng\s*/\s*ml", "ng/mL"), (r"pg\s*/\s*ml", "pg/mL"), (r"mg\s*/\s*l", "mg/L"),
        (r"(?:[µμu]|mc)g\s*/\s*l", "ug/L"),
        (r"(?:units?|u)\s*/\s*l", "U/L"), (r"iu\s*/\s*l", "[IU]/L"), (r"iu\s*/\s*ml", "[IU]/mL"),
        (r"meq\s*/\s*l", "meq/L"),
        (r"kg\s*/\s*m\s?(?:2|²|\^2)", "kg/m2"),
        (r"kg\s*per\s*(?:square\s*met(?:er|re)|m2)", "kg/m2"),
        (r"(?:%|percent|per\s?cent)(?:\s*(?:of\s+)?(?:the\s+)?predicted(?:\s+(?:normal|values?))*)?",
         "%"),
        (r"mm\s?hg", "mm[Hg]"),
        (r"(?:ms(?:ec)?s?|milliseconds?)", "ms"), (r"(?:s|secs?|seconds?)", "s"),
        (r"(?:°\s?c|℃|degrees?\s+c(?:elsius)?|º\s?c)", "Cel"),
        (r"(?:bpm|beats?\s*(?:/|per)\s*min(?:ute)?|times\s*/\s*min(?:ute)?|/\s?min)", "/min"),
        (r"-?\s?(?:years?|yrs?\.?|y(?:\.?o\.?)?)(?:\s*-?\s*(?:old|of\s+age))?", "a"),
        (r"-?\s?(?:months?|mos?\.?)(?:\s*-?\s*(?:old|of\s+age))?", "mo"),
        (r"-?\s?(?:weeks?|wks?\.?)(?:\s*-?\s*(?:old|of\s+age))?", "wk"),
        (r"-?\s?days?(?:\s*-?\s*(?:old|of\s+age))?", "d"),
        (r"hours?", "h"),
        (r"(?:kgs?|kilograms?|kilos?)", "kg"), (r"(?:lbs?|pounds?)", "[lb_av]"), (r"grams?", "g"),
        (r"cm", "cm"), (r"(?:points?|scores?|grades?)", "{score}"),
    )
)  # fmt: skip
_NUMBER = re.compile(
    r"\s*(?:(?P<grouped>\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+(?=\s?(?:/|cells|per\s)))(?!\d)(?!,\d)"
    r"|(?P<plain>\d+(?:\.\d+)?)(?![\d,.]\d)|(?P<comma>\d+,\d+)(?!\d))"
)
_WORD = re.compile(r"\s*([a-z]+)\b", re.IGNORECASE)
_OWNERS = (
    r"(?:(?:the|an|its|institutional|institution['’]?s?|local|laborator(?:y|ies)['’]?s?|lab|site|central"
    r"|normal(?=\s+upper)|respective|corresponding|institution)\s+)*"
)
_NORMAL = (
    r"(?:I?ULN|UNL|upper\s+normal\s+(?:limits?|values?)|normal\s+upper\s+limits?|upper\s+limits?\s+of\s+"
    r"(?:the\s+)?(?:institution(?:al|['’]s)\s+|laboratory\s+|local\s+)?(?:normal|the\s+normal)"
    r"(?:\s+(?:reference\s+)?(?:ranges?|values?|limits?))*"
    r"|upper\s+limits?\s+of\s+(?:the\s+)?reference\s+(?:ranges?|values?)|upper\s+limits?\s+normal)"
    r"(?:\s*[(\[]\s*I?(?:ULN|UNL)\s*[)\]])?"
)
_ULN = re.compile(rf"\s*{_OWNERS}{_NORMAL}{_END}", re.IGNORECASE)
_TIMES_ULN = re.compile(
    rf"\s*-?\s*(?:fold|times|time|x|×|✕|\*)?(?:\s*(?:of|the))*\s*{_OWNERS}{_NORMAL}{_END}",
    re.IGNORECASE,
)
_TIMES_ULN_OF = re.compile(
    r"\s*-?\s*(?:fold|times|time|x|×|✕|\*)\s*(?:the\s+)?(?:normal\s+)?upper\s+limits?\s+of(?:\s+the)?(?=\s)",
    re.IGNORECASE,
)
_TIMES = re.compile(r"\s*(?:x|×|✕|\*|times)\s*", re.IGNORECASE)
_DOUBTFUL = re.compile(r"\d+\.\d{3}$")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit (a UCUM code, or None where none is written), and where it ends.

    `old`: a unit of age ("years old"). `of_upper`: "times the upper limit of" was read, and
    the name of what must follow. `giga`: g/L was written G/L. `slip`: the number can be read in two
    ways.
    """

    value: Decimal
    unit: str | None
    end: int
    old: bool = False
    of_upper: bool = False
    giga: bool = False
    slip: bool = False


def read_amount(text: str, at: int) -> Amount | None:
    """The amount that begins at `at`, if one does; `ULN` alone is once the upper limit."""
    alone = _ULN.match(text, at)
    if alone is not None:
        times = _TIMES.match(text, alone.end())
        factor = None if times is None else _NUMBER.match(text, times.end())
        if factor is not None and factor["plain"]:
            return Amount(Decimal(factor["plain"]), "xULN", factor.end())
        return Amount(Decimal(1), "xULN", alone.end())
    match = _NUMBER.match(text, at)
    if match is None:
        return _in_words(text, at)
    raw = match["grouped"] or match["plain"] or match["comma"].replace(",", ".")
    value = Decimal(raw.replace(",", "").replace(" ", ""))
    slip = bool(match["comma"]) or bool(match["plain"] and _DOUBTFUL.match(match["plain"]))
    return _with_unit(text, match.end(), value, slip)


def _with_unit(text: str, at: int, value: Decimal, slip: bool) -> Amount:
    times = _TIMES_ULN.match(text, at)
    if times is not None:
        return Amount(value, "xULN", times.end(), slip=slip)
    times = _TIMES_ULN_OF.match(text, at)
    if times is not None:
        return Amount(value, "xULN", times.end(), of_upper=True, slip=slip)
    power = _POWER.match(text, at)
    if power is not None and (power["times"] or power["sign"] or not power["exp"].isascii()):
        exponent = int(power["exp"].translate(_SUPERSCRIPT))
        place = next(name for name in ("litre", "micro", "milli") if power[name])
        return Amount(value, _POWERS.get((place, exponent), "?"), power.end(), slip=slip)
    for pattern, code in _UNITS:
        unit = pattern.match(text, at)
        if unit is not None:
            old = bool(re.search(r"old|of\s+age|y\.?o", unit.group(), re.IGNORECASE))
            giga = unit.group().strip().startswith("G/")  # G/L: a count, where counts are meant
            return Amount(value, code, unit.end(), old=old, giga=giga, slip=slip)
    return Amount(value, None, at, slip=slip)


def _in_words(text: str, at: int) -> Amount | None:
    word = _WORD.match(text, at)
    if word is None or word[1].lower() not in NUMBER_WORDS:
        return None
    return _with_unit(text, word.end(), Decimal(NUMBER_WORDS[word[1].lower()]), slip=False)


_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
