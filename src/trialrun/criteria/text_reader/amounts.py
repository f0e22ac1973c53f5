"""Numbers with units as criteria write them: `1,500/mm3`, `1.5 x 109/L`, `2.5 times the ULN`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from trialrun.criteria.text_reader.number_words import NUMBER_WORDS, TIMES_WORDS, number_of_two
from trialrun.criteria.text_reader.powers import SUPERSCRIPT, multiplied, power_alone, read_power
from trialrun.criteria.text_reader.unit_words import END, is_age, read_rate, read_unit_words
from trialrun.criteria.text_reader.weeks_and_days import read_weeks_and_days

_NUMBER = re.compile(
    r"\s*(?:(?P<grouped>\d{1,3}(?:,\d{3})+"
    r"|\d{1,3}(?: \d{3})+(?=\s?(?:/|cells|per\s|mm3|mm³|[µμ]l|cop|I?UI?\b)"
    r"|\s*(?:[;)]|$|[.,](?!\d)))"
    r"|\d{1,3}(?: 000)+)(?!\d)(?!,\d)"
    r"|(?P<plain>\d+(?:\.\d+)?)(?!\d)(?![,.]\d)|(?P<comma>\d+,\d+)(?!\d))"
)
# "three (3) years", "18 (eighteen) years"
_AGAIN = re.compile(r"\s*\(\s*(\w+)\s*\)")
_OPENED, _CLOSED = re.compile(r"\s*[(\[]"), re.compile(r"\s*[)\]]")
_WORD = re.compile(r"\s*([a-z]+)\b", re.IGNORECASE)
_SECOND_WORD = re.compile(r"[\s-]+([a-z]+)\b", re.IGNORECASE)
# "ANA ≥ 1:80"
_TITRE = re.compile(r"\s*1\s?:\s?(\d{1,6})(?![\d:.])")
_OWNERS = (
    r"(?:(?:the|an|its|their|institutional|institution['’]?s?|local|laborator(?:y|ies)['’]?s?|lab|site"
    r"|central|normal(?=\s+upper)|respective|corresponding|age-?\s?adjusted|age-?\s?specific|study)\s+)*"
)
_RANGE = r"(?:\s+(?:reference\s+)?(?:ranges?|values?|limits?|levels?))*"
_INNER = (
    r"(?:the\s+)?(?:institution(?:al|['’]s)?\s+|laboratory\s+|local\s+|age-?\s?adjusted\s+)?"
    r"(?:(?:the\s+)?normal(?:ity|s)?|reference)"
)
_UPPER = (
    r"(?:I?ULN|UNL|IULN|ULNR|URL|upper\s+normal(?!\s+(?:limit|value|range|level|reference))|upper\s+(?:normal|reference)\s+(?:limits?|values?|ranges?|levels?)"
    rf"|normal\s+upper\s+limits?(?:\s+of\s+{_INNER}{_RANGE})?"
    rf"|upper\s+(?:limits?|levels?|end|range|bound|boundary|values?)\s+(?:of|for|from)\s+{_INNER}{_RANGE}"
    r"|upper\s+limits?\s+(?:o[fr]\s+)?normal|upper\s+limits?\s+of\s+(?:the\s+)?normal\s+values?"
    r"|maximum\s+normal\s+(?:value|limit)|high(?:est)?\s+limits?\s+of\s+normal)"
    r"(?:\s*(?:[(\[]\s*I?(?:ULN|UNL)\s*[)\]]))?"
)
_LOWER = (
    r"(?:I?LLN|LNL|lower\s+normal\s+(?:limits?|values?)|normal\s+lower\s+limits?"
    rf"|lower\s+limits?\s+(?:of|for)\s+{_INNER}{_RANGE}|lower\s+limits?\s+normal)"
    r"(?:\s*(?:[(\[]\s*I?LLN\s*[)\]]))?"
)
_NORMAL = rf"(?:(?P<upper>{_UPPER})|(?P<lower>{_LOWER}))"
_ULN = re.compile(rf"\s*{_OWNERS}{_NORMAL}{END}", re.IGNORECASE)
_TIMES_ULN = re.compile(
    rf"\s*-?\s*(?:fold|times|time|x|×|✕|⋅|·|\*)?(?:\s*\(\s*x\s*\))?(?:\s+or\s+(?:more|greater|higher))?(?:\s*(?:of|the|(?:greater|higher|more)\s+than|above|over))*"
    rf"\s*{_OWNERS}{_NORMAL}{END}",
    re.IGNORECASE,
)
_TIMES_ULN_OF = re.compile(
    r"\s*-?\s*(?:fold|times|time|x|×|✕|\*)\s*(?:the\s+)?(?:normal\s+)?upper\s+limits?\s+of(?:\s+the)?(?=\s)",
    re.IGNORECASE,
)
# "10x upper limit", and nothing else
_TIMES_UPPER = re.compile(
    r"\s*-?\s*(?:fold|times|x|×)(?:\s+(?:of|the|institutional|laborator(?:y|ies)|lab|local|normal|their|its))*"
    r"\s+upper\s+limits?(?=\s*(?:[,;.)]|$|(?:and|or|in|for|at|within)\s))",
    re.IGNORECASE,
)
# "twice the upper limit"
_UPPER_ALONE = re.compile(r"\s+(?:the\s+)?upper\s+limits?(?=\s*(?:[,;.)]|$))", re.IGNORECASE)
# "2 times but less than 5 times the ULN": the unit of both
_TIMES_THEN = re.compile(
    r"\s*(?:times|fold|x|×)(?=\s*(?:,|to\b|and\b|but\b|or\b|-)(?:[^.;]|\.(?=\d)){0,32}?\d\s*-?\s*(?:times|fold|x|×)"
    rf"\s*{_OWNERS}{_NORMAL}{END})",
    re.IGNORECASE,
)
# "3 seconds above the ULN": so much more than that
_BEYOND = re.compile(
    r"\s*(?:s|secs?|seconds?)\s+(?:(?:prolonged|longer|prolongation)\s+)?(?:(?:above|over|beyond|compared\s+(?:to|with)"
    r"|(?:longer|greater|higher|more)\s+than|than|of)\s+)+(?:the\s+)?"
    rf"(?:{_OWNERS}(?:{_UPPER})|(?:normal\s+|mean\s+|laborator(?:y|ies)\s+)*(?:controls?|normal)\b)",
    re.IGNORECASE,
)
# "ALT < 2x": of what goes without saying
_TIMES_ALONE = re.compile(r"\s?[x×](?=\s*(?:[,;)]|$|\.(?!\d)|(?:and|or)\s))", re.IGNORECASE)
# "20 % above the ULN", "120 % of the ULN"
_PERCENT_ULN = re.compile(
    r"\s*(?:%|percent)\s*(?:(?P<more>above|over|(?:greater|higher|more)\s+than)|of)"
    rf"\s+{_OWNERS}{_NORMAL}{END}",
    re.IGNORECASE,
)
# "x3 ULN": the factor's sign in front
_FACTOR_FIRST = re.compile(r"\s*[x×]\s?(?P<factor>\d+(?:\.\d+)?)(?!\d)(?![,.]\d)", re.IGNORECASE)
_TIMES = re.compile(r"\s*(?:x|×|✕|\*|times)\s*", re.IGNORECASE)
# "5 x 10^2 copies/mL"
_TENS = re.compile(r"\s*[x×✕*·]\s*10\s*(?P<sign>\^|\*\*)?\s*\(?(?P<exp>[⁰¹²³⁴-⁹]+|\d{1,2})\)?")
_OF_BLOOD = re.compile(r"\s*(?:[,;)]|$|\.(?!\d)|(?:and|or)\s)")
# "5 log10 IU/mL"
_LOG = re.compile(r"\s*-?\s*log(?:s\b|\s?10|₁₀|\s?\(10\)|(?![a-z]))", re.IGNORECASE)
# "3 log10 IU/mL": a whole power of ten of a virus
_CHANGED = re.compile(
    r"(?:reduc|decreas|declin|drop|fall|increas|ris(?:e|ing)|chang)", re.IGNORECASE
)
_OF_VIRUS = frozenset({"[IU]/mL", "{copies}/mL"})
_TIMES_NORMAL = re.compile(
    r"\s*-?\s*(?:fold|times|time|x|×|✕|⋅)"
    r"(?:\s+(?:of|the|institutional|laboratory|(?:greater|higher|more)\s+than|above|over))*\s*(?:normal"
    r"(?:\s+(?:reference\s+)?(?:values?|ranges?|limits?|levels?))?"
    r"|reference\s+(?:values?|ranges?|limits?|levels?)|(?:laboratory\s+)?controls?)(?![a-z])(?!\s+(?:upper|lower))",
    re.IGNORECASE,
)
# "> 2N", "< 1.5 normal for age"
_N = re.compile(
    r"\s*[x×]?\s*(?-i:N)(?![A-Za-z0-9/])"
    r"|\s+normal(?:\s+(?:values?|ranges?|limits?))?(?=\s*(?:[,;.)]|$|for\s|or\s))",
    re.IGNORECASE,
)
# "4/10", "30 points out of 100": how far the scale goes
_OUT_OF = re.compile(
    r"\s*(?:points?\s*)?(?:/|out\s+of(?:\s+(?:a\s+)?(?:maximum\s+(?:of\s+)?)?)?)\s*(?P<most>10|100|30|28)(?![\d.,/])"
    r"(?:\s*points?)?(?!\s*(?:mm|l\b|m?l\b))",
    re.IGNORECASE,
)
# "4 out of 5", "1 of 3": how many there are
_OF_ALL = re.compile(
    rf"\s*(?:out\s+)?of\s+(?:the\s+|these\s+)?(?:\d{{1,2}}|{'|'.join(list(NUMBER_WORDS)[1:10])})(?![\w.,%/])",
    re.IGNORECASE,
)
_MULTIPLES = {"twice": 2, "double": 2, "thrice": 3, "triple": 3}
# "25 years, 11 months"
_AND_MONTHS = re.compile(
    r"\s*,?\s*(?:and\s*)?(?P<months>\d{1,2})[\s-]*mo(?:nth)?s?\b(?P<old>\s*(?:old|of\s+age))?"
    r"(?!\s+(?:of|before|prior|after|since|from)\b)",
    re.IGNORECASE,
)
_UNIT_ASIDE, _CLOSING = re.compile(r"\s*\(\s*(?=[^()]{2,16}\))"), re.compile(r"\s*\)")
_DOUBTFUL = re.compile(r"\d+\.\d{3}$")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit (a UCUM code, or None where none is written), and where it ends.

    `old`: a unit of age ("years old"). `of_upper`: "times the upper limit of" was read, and
    the name of what must follow. `giga`: g/L was written G/L. `slip`: the number can be read in two
    ways.
    `normal`: "times normal" was written, without "upper limit". `mixed`: months, written as years
    and months.
    """

    value: Decimal
    unit: str | None
    end: int
    old: bool = False
    of_upper: bool = False
    giga: bool = False
    slip: bool = False
    normal: bool = False
    mixed: bool = False


def read_amount(text: str, at: int) -> Amount | None:
    """The amount that begins at `at`, if one does; `ULN` alone is once the upper limit."""
    alone = _ULN.match(text, at)
    if alone is not None and text[alone.end() : alone.end() + 2].strip()[:1] == "+":
        return None  # "ULN + 4 seconds"
    if alone is not None:
        times = _TIMES.match(text, alone.end())
        factor = None if times is None else _NUMBER.match(text, times.end())
        if factor is not None and factor["plain"]:
            return Amount(Decimal(factor["plain"]), _multiple(alone), factor.end())
        return Amount(Decimal(1), _multiple(alone), alone.end())
    factored = _FACTOR_FIRST.match(text, at)
    upper = None if factored is None else _ULN.match(text, factored.end())
    if factored is not None and upper is not None:
        return Amount(Decimal(factored["factor"]), _multiple(upper), upper.end())
    titre = _TITRE.match(text, at)
    if titre is not None and int(titre[1]) > 1:
        return Amount(Decimal(titre[1]), None, titre.end())
    weeks = read_weeks_and_days(text, at)
    if weeks is not None:
        return Amount(Decimal(weeks.days), "d", weeks.end, old=weeks.old)
    match = _NUMBER.match(text, at)
    if match is None:
        return _in_words(text, at)
    end = match.end()
    again = _AGAIN.match(text, end)
    if again is not None and NUMBER_WORDS.get(again[1].lower(), again[1]) == match.group().strip():
        end = again.end()
    raw = match["grouped"] or match["plain"] or match["comma"].replace(",", ".")
    value = Decimal(raw.replace(",", "").replace(" ", ""))
    power = power_alone(text, match.start()) if raw == "10" else None
    if power is not None:
        return Amount(Decimal(1), power.unit, power.end)
    value, end = multiplied(text, end, value, raw)
    slip = bool(match["comma"]) or bool(match["plain"] and _DOUBTFUL.match(match["plain"]))
    return _with_unit(text, end, value, slip)


def _with_unit(text: str, at: int, value: Decimal, slip: bool) -> Amount:
    beyond = _BEYOND.match(text, at)
    if beyond is not None:
        return Amount(value, "?", beyond.end(), slip=slip)
    times = _TIMES_ULN.match(text, at)
    if times is not None:
        return Amount(value, _multiple(times), times.end(), slip=slip)
    share = _PERCENT_ULN.match(text, at)
    if share is not None:
        whole = value / 100 + (1 if share["more"] else 0)
        return Amount(whole, _multiple(share), share.end(), slip=slip)
    times = _TIMES_UPPER.match(text, at)
    if times is not None:
        return Amount(value, "xULN", times.end(), slip=slip)
    times = _TIMES_ULN_OF.match(text, at)
    if times is not None:
        return Amount(value, "xULN", times.end(), of_upper=True, slip=slip)
    times = _TIMES_THEN.match(text, at)
    if times is not None:
        return Amount(value, _multiple(times), times.end(), slip=slip)
    normal = _TIMES_NORMAL.match(text, at) or _N.match(text, at) or _TIMES_ALONE.match(text, at)
    if normal is not None:
        return Amount(value, "xULN", normal.end(), slip=slip, normal=True)
    power = read_power(text, at)
    if power is not None:
        return Amount(value, power.unit, power.end, slip=slip)
    tens = _TENS.match(text, at)
    if tens is not None and (tens["sign"] or not tens["exp"].isascii()):
        exponent, at = int(tens["exp"].translate(SUPERSCRIPT)), tens.end()
        if exponent == 9 and _OF_BLOOD.match(text, at):
            return Amount(value, "10*9/L", at, slip=slip)  # the litre is left out
        value *= 10**exponent
    virus = _of_virus(text, at, value, slip)
    if virus is not None:
        return virus
    logarithm = _LOG.match(text, at)
    if logarithm is not None:
        return Amount(value, "?", logarithm.end(), slip=slip)  # not the number itself
    scale = _OUT_OF.match(text, at)
    if scale is not None and value <= int(scale["most"]):  # "160/100" are two pressures
        return Amount(value, "{score}", scale.end(), slip=slip)
    some = _OF_ALL.match(text, at)
    if some is not None and read_unit_words(text, some.end()) is None:
        return Amount(value, None, some.end(), slip=slip)
    aside = _UNIT_ASIDE.match(text, at)
    if aside is not None:  # "≥ 9 (g/dL)"
        inner = _with_unit(text, aside.end(), value, slip)
        closing = _CLOSING.match(text, inner.end)
        if closing is not None and inner.unit is not None and "/" in inner.unit:
            return replace(inner, end=closing.end())
    return _in_unit(text, at, value, slip)


def _in_unit(text: str, at: int, value: Decimal, slip: bool) -> Amount:
    """A number with the unit that stands right behind it, or with none."""
    unit = read_unit_words(text, at)
    if unit is not None:
        code, end, words = unit
        giga = words.startswith("G/")  # G/L: a count, where counts are meant
        more = _AND_MONTHS.match(text, end) if code == "a" else None
        if more is not None and int(more["months"]) < 12:
            months = value * 12 + int(more["months"])
            old = is_age(words) or more["old"] is not None
            return Amount(months, "mo", more.end(), old=old, slip=slip, mixed=True)
        end = _unit_again(text, end, code)
        return Amount(value, code, end, old=is_age(words), giga=giga, slip=slip)
    return Amount(value, None, at, slip=slip)


def _of_virus(text: str, at: int, value: Decimal, slip: bool) -> Amount | None:
    """A load given as a logarithm, where the number itself is whole."""
    log = _LOG.match(text, at)
    unit = None if log is None else read_unit_words(text, log.end())
    if unit is None or unit[0] not in _OF_VIRUS:
        return None
    nearby = text[max(at - 80, 0) : at] + text[unit[1] : unit[1] + 40]
    if value not in range(13) or _CHANGED.search(nearby) is not None:
        return Amount(value, "?", unit[1], slip=slip)  # no number with an end; a factor
    return Amount(Decimal(10) ** int(value), unit[0], unit[1], slip=slip)


def _unit_again(text: str, at: int, code: str) -> int:
    """Past "(kg/m²)" behind "kilograms per square metre"."""
    opened = _OPENED.match(text, at)
    unit = None if opened is None else read_unit_words(text, opened.end())
    closed = None if unit is None or unit[0] != code else _CLOSED.match(text, unit[1])
    return at if closed is None else closed.end()


def _multiple(match: re.Match[str]) -> str:
    return "xULN" if match["upper"] else "xLLN"


def _in_words(text: str, at: int) -> Amount | None:
    word = _WORD.match(text, at)
    if word is not None and word[1].lower() in _MULTIPLES:
        value = Decimal(_MULTIPLES[word[1].lower()])
        times = _TIMES_ULN.match(text, word.end())
        if times is not None:
            return Amount(value, _multiple(times), times.end())
        bare = _UPPER_ALONE.match(text, word.end())
        if bare is not None:
            return Amount(value, "xULN", bare.end())
    if word is not None and word[1].lower() in TIMES_WORDS:  # "once a week"
        rate = read_rate(text, word.end())
        value = Decimal(TIMES_WORDS[word[1].lower()])
        return None if rate is None else Amount(value, *rate)
    if word is None or word[1].lower() not in NUMBER_WORDS:
        return None
    number, end = NUMBER_WORDS[word[1].lower()], word.end()
    second = _SECOND_WORD.match(text, end)
    both = None if second is None else number_of_two(word[1].lower(), second[1].lower())
    if second is not None and both is not None:
        number, end = both, second.end()
    again = _AGAIN.match(text, end)
    if again is not None and again[1] == number:
        end = again.end()
    return _with_unit(text, end, Decimal(number), slip=False)


def unit_aside(text: str, start: int, end: int) -> str | None:
    """The unit in a parenthesis behind a name: `Hemoglobin (g/dL): ≥ 9`."""
    opening = _UNIT_ASIDE.match(text, start, end)
    if opening is None:
        return None
    inner = _with_unit(text, opening.end(), Decimal(1), slip=False)
    closes = _CLOSING.match(text, inner.end, end) is not None
    return inner.unit if closes and inner.unit is not None and "/" in inner.unit else None
