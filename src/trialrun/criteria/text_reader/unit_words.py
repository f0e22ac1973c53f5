"""How criteria write units: one expression for all, in the order in which they are tried."""

from __future__ import annotations

import re

MICRO = (
    r"(?:mm\s?(?:3|³|\^\s?3|\(3\))|cubic\s?mill?imet(?:er|re)s?|cu\.?\s?mm|c\.?mm|mmc|mm\s?cube"
    r"|(?:[µμu]|mc|micro)\s?-?l(?:it(?:er|re)s?)?)"
)
LITRE = r"(?:l(?:it(?:er|re)s?)?)"
PER = r"\s*(?:cells?\s*)?(?:/|per\s|⁄)\s*"
END = r"(?![A-Za-z0-9^])"
_M2 = r"m\s?(?:2|²|\^\s?2|\(2\))"
_MIN = r"mi?n(?:ute)?s?"
_DL = r"(?:d\s?l|deci\s?lit(?:er|re)s?)"
_ML = r"(?:m\s?l|mill?i\s?lit(?:er|re)s?)"
_A = r"\s*(?:/|per\s)\s*"
_UG = r"(?:[µμu]g|mcg|micro[\s-]?g(?:rams?)?|ug)"
_DAY = r"\s*(?:/|per\s|a\s|each\s|every\s|-)\s*(?:day|d|24\s*-?\s*h(?:ou)?r?s?)|\s*(?:daily|QD)"
# "10 mg of prednisone (or its equivalent) daily"
_DRUG = (
    r"(?:\s+of)?(?:\s+oral)?\s+(?!twice|three|four|times)[a-z]{4,}(?:\s+propionate)?(?:[\s(]+or)?"
    r"(?:\s+(?:its\s+)?equivalents?\)?)?"
)
_WEEK = r"\s*(?:/|per\s|a\s|each\s|every\s)\s*(?:week(?:ly)?|wk)|\s*weekly"
_OLD = r"(?:\s*-?\s*(?:olds?|of[\s-]+age|of\s+life(?!\s+expect)))?"
_DOT, _MINUS = r"\s?[.·•⋅∙*]?\s?", r"\s?\^?\s?[-−–⁻]\s?"
_WHOLE = r"(?:consecutive|continuous|successive|calendar|full|completed?)"
_PREDICTED = r"(?:\s*(?:of\s+)?(?:the\s+)?predicted(?:\s+(?:normal|values?))*)?"
_CR = r"(?:[\s·.-]*(?:of\s+)?cr(?:eat(?:inine)?)?\b\.?)?"  # "g/gCr"
_IU = r"(?:I\.?U\.?|UI|international[\s-]+units?)"

# In order: the first that fits. Years, months, weeks and days take "old" and "of age" along.
_ROWS: tuple[tuple[str, str], ...] = (
    (rf"k\s*(?:cells\s*)?{PER}{MICRO}", "10*3/uL"),
    (rf"(?:g|giga)\s*/\s*{LITRE}(?=\s*cells)", "10*9/L"),
    (rf"giga\s*/\s*{LITRE}", "10*9/L"),
    ((r"(?:million|billion)?\s*(?:platelets|cells?|leu[ck]ocytes|neutrophils|eosinophils|lymphocytes|cd4\+?)?"
     rf"{PER}{MICRO}"), "/uL"),
    ((rf"m?l\s*/\s*{_MIN}(?:\s*\(min\))?\s*(?:/|per)?\s*1[.,]73?\s*"
      rf"(?:{_M2}|met(?:er|re)s?\s+squared?|(?:sq(?:uare)?\.?)\s*m(?:et(?:er|re)s?)?|\(BSA\))"
      rf"|ml\s*/\s*{_MIN}\s*/\s*BSA"), "mL/min/{1.73_m2}"),
    ((rf"milli\s?lit(?:er|re)s?\s*(?:/|per)\s*{_MIN}\s*(?:/|per)\s*1[.,]73\s*(?:{_M2}|met(?:er|re)\s"
     r"squared?|square\smet(?:er|re)s?)"), "mL/min/{1.73_m2}"),
    # "ml/min/1,73 m*m", "mL / min / 1.73m"; with exponents: "ml•min-1•1.73m-2"
    ((rf"m?l\s*(?:/|per)\s*{_MIN}\s*(?:/|per)\s*1[.,]73\s*(?:m\s?[*x×]\s?m|m(?!\s?[\^(²]))"
      rf"|m?l{_DOT}{_MIN}{_MINUS}1{_DOT}1[.,]73\s*m{_MINUS}[2²]"), "mL/min/{1.73_m2}"),
    (rf"kg{_DOT}m{_MINUS}[2²]", "kg/m2"), (rf"ml{_DOT}{_MIN}{_MINUS}1(?!{_DOT}\d)", "mL/min"),
    (rf"ml\s*/\s*kg\s*/\s*{_MIN}|ml\s*/\s*{_MIN}\s*/\s*kg", "mL/min/kg"),
    (rf"(?:ml|milli\s?lit(?:er|re)s?)\s*(?:/|per)\s*{_MIN}(?!\s*/)(?!\s*per\s*1)", "mL/min"),
    (rf"l(?:it(?:er|re)s?)?\s*(?:/|per)\s*{_MIN}\s*/\s*{_M2}", "L/min/m2"),
    (rf"l(?:it(?:er|re)s?)?\s*(?:/|per)\s*{_MIN}", "L/min"),
    (rf"cc\s*(?:/|per)\s*{_MIN}", "mL/min"),
    (r"ml\s*/\s*s(?:ec)?", "mL/s"),
    (rf"(?:mg|milligrams?)\s*(?:/|per)\s*{_DL}", "mg/dL"),
    (r"mgs?\s*%|mgs?\s*/\s*d\s?l|mgs?\s*/\s*100\s*(?:ml|cc)", "mg/dL"),
    (rf"(?:gm?s?|grams?)\s*(?:/|per)\s*{_DL}", "g/dL"), (rf"gr(?:am)?s?\s*/\s*{_DL}", "g/dL"),
    (rf"(?:gm?s?|grams?)\s*(?:/|per)\s*{LITRE}", "g/L"),
    (r"(?:gm?s?|grams?)\s*(?:/\s*100\s*(?:ml|cc)|%|percent)", "g/dL"),
    (rf"mmol(?:e?s)?\s*(?:/|per)\s*{LITRE}", "mmol/L"),
    (rf"(?:[µμu]|mc|micro)\s?mol(?:e?s|ar)?\s*(?:/|per)\s*{LITRE}", "umol/L"),
    (r"(?-i:[µμ]M)|micro\s?molar", "umol/L"),
    (r"(?-i:mM)|milli\s?molar", "mmol/L"), (r"(?-i:nM)|nano\s?molar", "nmol/L"),
    (rf"nmol\s*/\s*{LITRE}", "nmol/L"), (rf"pmol\s*/\s*{LITRE}", "pmol/L"),
    (r"mmol\s*/\s*mol", "mmol/mol"),
    (rf"mg\s*/\s*mmol{_CR}", "mg/mmol"), (rf"mg\s*/\s*gm?{_CR}(?![a-z])", "mg/g"),
    (rf"{_UG}\s*/\s*mg{_CR}", "mg/g"),
    (rf"mg\s*/\s*mg{_CR}", "1"), (rf"g\s*/\s*g{_CR}", "1"),
    # written out
    (rf"milli\s?moles?{_A}{LITRE}", "mmol/L"), (rf"milli\s?moles?{_A}mole?", "mmol/mol"),
    (rf"nano\s?moles?{_A}{LITRE}", "nmol/L"), (rf"pico\s?moles?{_A}{LITRE}", "pmol/L"),
    (rf"(?:ng|nanograms?){_A}{_ML}", "ng/mL"), (rf"(?:pg|picograms?){_A}{_ML}", "pg/mL"),
    (rf"{_UG}{_A}{_ML}", "ug/mL"), (rf"(?:mg|milligrams?){_A}{_ML}", "mg/mL"),
    (rf"(?:mg(?-i:A)?|milligrams?){_A}{LITRE}", "mg/L"), (rf"{_IU}{_A}{_ML}", "[IU]/mL"),
    (rf"milli[\s-]?{_IU}{_A}{_ML}", "m[IU]/mL"), (rf"milli\s?equivalents?{_A}{LITRE}", "meq/L"),
    (rf"(?:mg|milligrams?){_A}(?:g|gram)", "mg/g"), (rf"{_UG}{_A}g(?:ram)?", "ug/g"),
    (rf"mut(?:ation)?s?{_A}(?:mb|mega\s?bases?)", "{mutations}/Mb"),
    (rf"(?:(?-i:BU)|Bethesda\s+units?)(?:{_A}{_ML})?", "[beth'U]/mL"),
    (r"(?:(?-i:HU)|Hounsfield\s+units?)", "[hnsf'U]"),
    (rf"(?:minutes?|mins?)(?:\s+of\s+exercise)?{_A}week", "min/wk"),
    (rf"(?:hours?|hrs?){_A}week", "h/wk"),
    (rf"(?:cm|centimet(?:er|re)s?){_A}s(?:ec(?:ond)?)?", "cm/s"),
    (rf"(?:km|kilomet(?:er|re)s?){_A}h(?:r|our)?", "km/h"),
    (rf"(?:m|met(?:er|re)s?){_A}s(?:ec(?:ond)?)?", "m/s"),
    (rf"{_ML}{_A}kg{_A}h(?:r|our)?", "mL/kg/h"), (rf"{_ML}{_A}kg(?!\s*(?:/|per))", "mL/kg"),
    (rf"{_ML}{_A}{_M2}", "mL/m2"), (rf"(?:{_IU}|units?|u){_A}{_DL}", "[IU]/dL"),
    (rf"(?:{_ML}|cc){_A}(?:day|d|24\s*-?\s*h(?:ou)?r?s?)", "mL/d"),
    (rf"{LITRE}{_A}d(?:ay)?", "L/d"),
    (rf"{_UG}\s*/\s*kg\s*/\s*{_MIN}", "ug/kg/min"), (rf"{_UG}{_A}{_MIN}", "ug/min"),
    (r"(?-i:mV)", "mV"), (r"teaspoon(?:ful)?s?|tsp", "[tsp_us]"),
    (r"(?-i:[µμ]m)|microns?|micromet(?:er|re)s?", "um"), (r"(?-i:fL)|femtolit(?:er|re)s?", "fL"),
    (r"cm\s?(?:of\s)?H\s?[2₂]\s?O|centimet(?:er|re)s?\s+of\s+water", "cm[H2O]"),
    (r"ng\s*/\s*ml", "ng/mL"), (r"pg\s*/\s*ml", "pg/mL"), (rf"mg\s*/\s*{LITRE}", "mg/L"),
    (rf"ng\s*/\s*{LITRE}", "ng/L"), (rf"ng\s*/\s*{_DL}", "ng/dL"), (r"mg\s*/\s*ml", "mg/mL"),
    (rf"{_UG}\s*/\s*{LITRE}", "ug/L"), (rf"{_UG}\s*/\s*ml", "ug/mL"),
    (rf"{_UG}\s*/\s*{_DL}", "ug/dL"),
    (rf"(?:units?|u)\s*(?:/|per)\s*{LITRE}", "U/L"), (rf"{_IU}\s*/\s*{LITRE}", "[IU]/L"),
    (rf"{_IU}\s*/\s*ml", "[IU]/mL"), (rf"{_IU}{_A}{LITRE}", "[IU]/L"),
    (r"m(?:I?U|iu|UI)\s*/\s*ml", "m[IU]/mL"),
    (rf"m(?:I?U|UI)\s*/\s*{LITRE}", "m[IU]/L"), (r"[µμu]I?U\s*/\s*ml", "u[IU]/mL"),
    (rf"(?:kU|kilo\s*-?\s*units?)\s*(?:\(kUA?\))?\s*(?:/|per)\s*{LITRE}", "k[IU]/L"),
    (rf"kI?U\s*_?\(?A\)?\s*(?:/|per)\s*{LITRE}", "kUA/L"),
    (rf"kI?U\s*/\s*{LITRE}", "k[IU]/L"), (r"kU\s*/\s*ml", "k[IU]/mL"),
    (r"(?:units?|u)\s*/\s*ml", "U/mL"),
    (r"(?:HIV-?1?\s*)?(?:RNA\s*|DNA\s*)?c(?:op(?:ies|y)|ps?)?\s*(?:/|per\s)\s*m(?:l|illilit(?:er|re))",
     "{copies}/mL"),
    (r"cop(?:ies|y)\s*/\s*l", "{copies}/L"),
    (r"meq\s*/\s*l", "meq/L"),
    (rf"kg\s*/\s*{_M2}", "kg/m2"), (r"kg\s*/\s*m(?=[\s,;.)]|$)", "kg/m2"),
    (r"kg\s*/\s*sq\.?\s*m(?:eter)?", "kg/m2"),
    (rf"(?:kg|kilograms?)\s*(?:per|/)\s*(?:square\s*met(?:er|re)s?|met(?:er|re)s?\s*squared?|{_M2})",
     "kg/m2"),
    (r"(?:mg|milligrams?)\s*(?:/|per)\s*kg\s*(?:/|per\s)\s*(?:day|d)", "mg/kg/d"),
    (r"(?:g|grams?)\s*(?:/|per)\s*kg(?:\s*(?:/|per\s)\s*(?:day|d))?", "g/kg"),
    (rf"(?:units?|(?-i:U)|{_IU})\s*(?:/|per)\s*kg(?:\s*(?:/|per\s)\s*(?:day|d))?", "[IU]/kg"),
    # of opioids, in morphine
    ((r"(?:mg\s+)?(?:(?-i:MMEs?|OMEs?|MEDDs?|OMEDDs?)|(?:oral\s+)?morphine\s+milligram"
      rf"\s+equivalents?(?:\s*\((?-i:MMEs?)\))?)(?:{_DAY})?"), "mg/d"),
    (r"mg\s*(?:/|per)\s*kg\s*(?:/|per\s)\s*(?:h(?:(?:ou)?rs?)?|min(?:ute)?s?)", "?"),
    (r"mg\s*(?:/|per)\s*kg", "mg/kg"), (rf"{_UG}\s*/\s*kg", "ug/kg"),
    (rf"mg\s*/\s*{_M2}\s*(?:/|per\s)\s*d(?:ay)?", "mg/m2/d"),
    (rf"mg\s*/\s*{_M2}", "mg/m2"), (rf"g\s*/\s*{_M2}", "g/m2"),
    (rf"(?:mg|milligrams?){_DRUG}(?:{_DAY})", "mg/d"), (rf"{_UG}{_DRUG}(?:{_DAY})", "ug/d"),
    (rf"(?:mg|milligrams?)(?:{_DAY})", "mg/d"), (rf"{_UG}(?:{_DAY})", "ug/d"),
    (rf"(?:g|gm|grams?)(?:\s*of\s*(?:pure\s*)?(?:alcohol|ethanol))?(?:{_DAY})", "g/d"),
    (rf"g(?:rams?)?(?:\s*of\s*(?:pure\s*)?(?:alcohol|ethanol))?(?:{_WEEK})", "g/wk"),
    (rf"mg(?:{_WEEK})", "mg/wk"),
    (rf"(?:alcoholic\s+|standard\s+|alcohol\s+)*(?:drinks?|units?)(?:\s*of\s*alcohol)?(?:{_WEEK})",
     "{drinks}/wk"),
    (rf"(?:alcoholic\s+|standard\s+|alcohol\s+)*(?:drinks?|units?)(?:\s*of\s*alcohol)?(?:{_DAY})",
     "{drinks}/d"),
    (rf"cigarettes?(?:{_DAY})", "{cigarettes}/d"),
    (r"[-/]?\s?packs?\s*[-/·]?\s*y(?:ea)?rs?|(?-i:PY)s?", "{pack}.a"),
    (rf"(?:%|％|percent|per\s?cent|percentage){_PREDICTED}", "%"),
    ((r"mm\s?[./-]?\s?hg(?:\.?\s*art\b\.?)?|mm\s?mercury(?:\s*\(hg\))?|mm\s?of\s?(?:hg|mercury)"
      r"|millimet(?:er|re)s\s+of\s+mercury|torr"), "mm[Hg]"),
    (r"kpa", "kPa"), (r"mm\s*/\s*(?:h(?:r|our)?|1st\s*h)", "mm/h"),
    (r"(?:ms(?:ec)?s?\.?|milli\s?-?seconds?)", "ms"), (r"(?:s|secs?|seconds?)", "s"),
    (r"(?:°\s?c(?:elsius)?|℃|degrees?\s+c(?:elsius|entigrade)?|º\s?c|˚\s?c|(?-i:oC))", "Cel"),
    # "38C": no other number has such a letter
    (r"(?-i:(?:(?<=3[5-9])|(?<=4[0-3])|(?<=3[5-9]\s)|(?<=3[5-9]\.\d)|(?<=3[5-9]\.\d\s))C)", "Cel"),
    ((r"(?:°\s?f(?:ahrenheit)?|℉|degrees?\s+f(?:ahrenheit)?|º\s?f|(?-i:oF)"
      r"|(?-i:(?<=\d\s)F|(?<=\d)F))"), "[degF]"),
    ((rf"(?:bpm|beats?\s*(?:/|per)\s*{_MIN}|times\s*/\s*{_MIN}|rpm|breaths?\s*(?:/|per)\s*{_MIN}"
     rf"|/\s?{_MIN}|(?:times\s+)?per\s+minute)"), "/min"),
    ((r"(?:times?|episodes?|exacerbations?|days?|attacks?|events?|relapses?)\s*(?:/|per|a|in\s+the"
     r"\s+(?:past|last|previous))\s*(?:week|wk)"), "/wk"),
    ((r"(?:times?|episodes?|exacerbations?|days?|attacks?|headache\s+days?|migraine\s+days?)\s*"
     r"(?:/|per|a)\s*month"), "/mo"),
    # "3 times daily", "2x/week", "2 per week", "3 nights a week"
    (rf"(?:times?|x|×)(?:{_DAY})|(?:/\s*|per\s)(?:day|24\s*-?\s*h(?:ou)?rs?)", "/d"),
    (rf"(?:times?|x|×)(?:{_WEEK})|(?:/\s*|per\s)(?:week|wk)", "/wk"),
    (rf"(?:days?|nights?|mornings?|evenings?)(?:{_WEEK})", "/wk"),
    ((r"(?:(?:times?|x|×)\s*(?:/|per\s|a\s|each\s|every\s)|/|per\s)\s*month"
      r"|(?:times?|x|×)\s*monthly|(?:days?|nights?)\s*(?:/|per|each|every|a)\s*month"), "/mo"),
    (r"(?:times?|episodes?|exacerbations?|attacks?|relapses?)\s*(?:/|per|a)\s*year", "/a"),
    (rf"-?\s?(?:year['’]s|years['’]|years?|yrs?\.?|y(?:\.?\s?/?o\.?a?\.?)?){_OLD}", "a"),
    (rf"-?\s?(?:{_WHOLE}\s+)?(?:months['’]|month['’]s|months?|mos?\.?){_OLD}", "mo"),
    (rf"-?\s?(?:{_WHOLE}\s+)?(?:week['’]s|weeks['’]|weeks?|wks?\.?){_OLD}", "wk"),
    (rf"-?\s?(?:{_WHOLE}\s+)?(?:day['’]s|days['’]|days?){_OLD}", "d"),
    (rf"-?\s?(?:hours['’]|hours?|hrs?\.?|h(?![a-z/])){_OLD}", "h"),
    (r"-?\s?(?:minutes?|mins?\.?)", "min"),
    (r"(?:kgs?|kilograms?|kilos?(?!\s*(?:units?|immuno|I\.?U|U\b)))", "kg"),
    (r"(?:lbs?\.?|pounds?)", "[lb_av]"),
    (r"(?:grams?|gms?|g)", "g"), (rf"{_UG}", "ug"), (r"(?:mg|milligrams?)", "mg"),
    (r"(?:cm|centimet(?:er|re)s?)(?!\s?(?:2|²|\^|3|³|H|square|cube))", "cm"),
    (r"(?:mm|millimet(?:er|re)s?)(?!\s?(?:2|²|\^|3|³))", "mm"),
    ((r"cm\s?(?:2|²|\^2)|(?:square|sq\.?)\s*(?:cm|centimet(?:er|re)s?)"
      r"|(?:cm|centimet(?:er|re)s?)\s+squared?"), "cm2"),
    (r"mm\s?(?:2|²|\^2)", "mm2"), (r"cm\s?(?:3|³|\^3)", "mL"),
    (r"(?:km|kilomet(?:er|re)s?)", "km"), (r"miles?", "[mi_i]"),
    (r"m\s?(?:2|²|\^2)|(?:square|sq\.?)\s*met(?:er|re)s?|met(?:er|re)s?\s+squared?", "m2"),
    (r"(?:met(?:er|re)s?|m)(?!\s?(?:2|²|\^))", "m"),
    (r"(?:inch(?:es)?)", "[in_i]"), (r"(?:feet|ft)", "[ft_i]"),
    (r"(?:ml|cc|milli\s?lit(?:er|re)s?)(?!\s?/\s?kg)", "mL"), (r"(?:l|lit(?:er|re)s?)", "L"),
    (r"(?:Wood['’]?s?[\s-]*units?|(?-i:WU))", "1"),  # of vascular resistance
    (rf"milli[\s-]?units?{_A}{_ML}", "m[IU]/mL"),
    (r"ppb", "[ppb]"), (r"ppm", "[ppm]"), (r"cGy|centigrays?", "cGy"), (r"Gy|grays?", "Gy"),
    (r"(?:dioptres?|diopters?)(?:\s*\(D\))?|(?-i:D)", "[diop]"),
    (r"(?:degrees?|deg|°|º)", "deg"), (r"dB(?:\s*HL)?|decibels?", "dB"),
    (rf"(?:kcal|kilo\s?calories?)(?:{_DAY})", "kcal/d"), (r"kcal", "kcal"),
    (r"volts?|(?-i:V)(?=[\s,;.)]|$)", "V"),
    ((r"(?:(?:cd34\s?\+?|viable|nucleated|total|car\+?|t|nk|mononuclear)[\s-]*){0,3}cells?\s*/\s*kg"
      r"|/\s*kg(?=[\s,;.)]|$)"), "{cells}/kg"),
    (r"(?:points?|pts?|scores?|grades?(?!\s*[≤≥<>=]?\s*(?:\d|[IV])))", "{score}"),
    (rf"{_IU}|(?-i:U)(?![A-Za-z/])", "[IU]"),  # where activity is meant, U are IU
    (r"(?:cells?\s*)?(?:[µμu]l|mm\s?\^?\s?3|mm³)", "/uL"),  # "150 µL", where counts are meant
)  # fmt: skip
_ALL = re.compile(
    r"\s*(?:" + "|".join(f"(?P<u{at}>{pattern})" for at, (pattern, _) in enumerate(_ROWS)) + r")"
    + END,
    re.IGNORECASE,
)  # fmt: skip
_RATE = re.compile(
    r"\s*(?:times?|x|×)?\s*(?:/|per\b|a\b|each\b|every\b|in\s+a\b)?"
    r"\s*(?:(?P<day>daily|days?|24\s*-?\s*h(?:ou)?rs?)|(?P<week>week(?:ly)?|wk)"
    r"|(?P<month>month(?:ly)?)|(?P<year>year(?:ly)?|annually))" + END, re.IGNORECASE,
)  # fmt: skip
_RATES = {"day": "/d", "week": "/wk", "month": "/mo", "year": "/a"}
_GLUED = re.compile(r"\s*[%％](?=[A-Za-z])")
_AGED = re.compile(r"old|of[\s-]+(?:age|life)|y\.?\s?/?oa?", re.IGNORECASE)


def read_unit_words(text: str, at: int) -> tuple[str, int, str] | None:
    """The UCUM code of the unit written at `at`, where it ends, and its words; None for none."""
    match = _ALL.match(text, at)
    if match is None or match.lastgroup is None:
        glued = _GLUED.match(text, at)  # "12%reversibility"
        return None if glued is None else ("%", glued.end(), "%")
    return _ROWS[int(match.lastgroup[1:])][1], match.end(), match.group().strip()


def read_rate(text: str, at: int) -> tuple[str, int] | None:
    """The unit of "a week" or "daily" behind "once", and where it ends; None for none."""
    match = _RATE.match(text, at)
    return None if match is None else (_RATES[str(match.lastgroup)], match.end())


def is_age(words: str) -> bool:
    """Whether the words of a unit say that an age is meant."""
    return _AGED.search(words) is not None
