"""What somebody most likely meant by a rule that cannot be read: what is wrong, and what to write.

Each table is asked at one kind of place; the first pattern that stands there says its sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

from trialrun.vocabulary.table import suggest, variables
from trialrun.vocabulary.variable import Kind, Variable
from trialrun.wording.terminal import columns

Advice: TypeAlias = tuple[str, str]
_Table: TypeAlias = tuple[tuple[re.Pattern[str], str, str], ...]

_WINDOW = "Write within 14 days before treatment, or at treatment for everything up to it."
_QUOTES = 'Words of more than one stand in quotes: before "first dose", at "day 0".'
_SIGN = r"<=|>=|==|!=|<>|=<|=>|[<>≤≥=≠]"


def _table(*rows: tuple[str, str, str]) -> _Table:
    return tuple((re.compile(pattern), what, remedy) for pattern, what, remedy in rows)


# A statement is complete, and something follows that does not go on from it.
_STRAY = _table(
    (
        r"if\b",
        "a condition stands before what it asks for, not behind it",
        "Write the whole rule as if … then …: if cns_leukaemia then alt <= 5 x ULN.",
    ),
    (r"unless\b", "'unless' is no word of a rule", "Write if not … then …."),
    (
        r"(?:then|else)\b",
        "{word} belongs to a rule that begins with if",
        "Write if … then … else ….",
    ),
    (r"otherwise\b", "'otherwise' is no word of a rule", "Write else: if … then … else …."),
    (r"(?:before|prior|preceding|until)\b", "a window says how many days", _WINDOW),
    (
        r"(?:in|during|over|last|past|for)\b",
        "a window begins with within, between, at or after",
        _WINDOW,
    ),
    (
        r"\d+\s*(?:d|days?|wks?|weeks?|months?|years?|hours?|h)\b",
        "a window begins with within",
        _WINDOW,
    ),
    (
        rf"(?:{_SIGN})",
        "one comparison has one limit",
        "Write each with its variable: age >= 18 a and age <= 75 a.",
    ),
    (r"[,;&+]+", "between two conditions stands and, or or", "Write and in place of {found}."),
    (r"[|/]+", "between two conditions stands and, or or", "Write or in place of {found}."),
    (
        r"(?:but|except|without|excluding)\b",
        "{word} is no word of a rule",
        "Write and not: aml and not apl.",
    ),
    (
        r"(?:AND|And|OR|Or|Within|WITHIN|At|AT|If|IF)\b",
        "{word} is not known",
        "Write it in small letters.",
    ),
    (
        r"(?:is|are|was|has|have|present|absent|positive|negative|yes|no|true|false)\b",
        "a condition is named alone",
        "Write its name, such as aml; or not aml.",
    ),
    (r"\)", "this ) closes no (", "Leave it out, or write its ( in front."),
)
# A condition should stand here.
_MISSING = _table(
    (
        r"\d[\d.]*\s+of\b",
        "a number of several begins with at least",
        "Write at least 2 of (aml, apl, mds).",
    ),
    (
        rf"-?\d[\d.]*[^<>=≤≥()]{{0,20}}(?:{_SIGN})",
        "the variable stands first, its limit behind the sign",
        "Write age >= 18 a; two limits are age >= 18 a and age <= 75 a.",
    ),
    (
        r"-?\d",
        "a number stands here without its variable",
        "Write its variable and sign in front; of several levels, ecog in {{0, 1}}.",
    ),
    (
        rf"(?:{_SIGN})",
        "a comparison begins with its variable, also the second time",
        "Write creatinine < 1.5 mg/dL or creatinine < 132 umol/L.",
    ),
    (r"!", "! is no sign of a rule", "Write not."),
    (r"/\s*or\b", "'and/or' can be read two ways", "Write or: one of them, or both."),
    (r"\)", "nothing stands before this )", "Write a condition, or leave the ) out."),
    (
        r"[\"“”'‘’«]",
        "names stand without quotes",
        'Write aml. Words for a person to judge: judgement "fit for the trial".',
    ),
    (r"if\b", "this if stands inside a rule", "Put it in parentheses: ( if … then … )."),
)
# A number should stand here.
_NUMBER = _table(
    (
        r"[<>=]",
        "there is no such sign",
        "The signs are < <= > >= ==; for not equal write not ( … == … ).",
    ),
    (
        r"(?:the\s+)?(?:ULN|LLN|uln|lln|upper|lower|baseline|normal)\b",
        "the multiple is missing",
        "Write 1 x ULN, 1 x LLN or 1 x baseline.",
    ),
)
# Words that are no variables.
_NAMES = _table(
    (r"(?:NOT|AND|OR|IF|No|Not|If)\b", "{word} is not known", "Write it in small letters."),
    (r"unless\b", "'unless' is no word of a rule", "Write if not … then …."),
    (r"when\b|where\b", "{word} is no word of a rule", "Write if … then …."),
    (
        r"(?:max|min|highest|lowest|maximum|minimum|peak|nadir|mean|last|most)\b",
        "{word} does not say which value counts",
        "Write latest, first, any, all or worst in front of the variable.",
    ),
    (r"(?:true|false|yes)\b", "{word} is no condition", "Name the condition: aml, or not aml."),
)


# What the grammar asks for at a place, and how it is written.
EXPECTED = {
    "then": "Write if … then …: if childbearing_potential then not pregnant.",
    "of": "Write at least 2 of (aml, apl, mds).",
    "and": "Write between 14 and 28 days before treatment.",
    "least": "Write at least 2 of (aml, apl, mds).",
    "(": "Write it in parentheses: at least 2 of (aml, apl), count (platelets < 20 10*9/L) >= 2.",
    "{": "Write the values in braces: ecog in {0, 1}.",
    "}": "Between values stands a comma: ecog in {0, 1}.",
}
SIDE = "Say before or after what: within 14 days before treatment."


def at_stray(text: str, at: int) -> Advice:
    """What follows a complete statement and cannot."""
    moment = re.search(r"\b(?:at|before|after)\s+[\w-]+\s*$", text[:at])
    if moment and re.match(r"[\w-]", text[at:]):
        return "a window hangs on one word, or on words in quotes", _QUOTES
    return _first(_STRAY, text, at) or (
        "expected and, or, a window, or the end here",
        "Write and or or between two conditions; a name has no spaces: active_hepatitis.",
    )


def at_no_condition(text: str, at: int) -> Advice:
    """Where a condition should stand."""
    return _first(_MISSING, text, at) or (
        "expected a condition here",
        "Write a variable with its limit, such as age >= 18 a, or a condition's name.",
    )


def at_no_number(text: str, at: int, name: str) -> Advice:
    """Where the number of a limit should stand."""
    return _first(_NUMBER, text, at) or (
        f"expected a number for {name}",
        "Write it as digits: 1.5 mg/dL.",
    )


def of_name(text: str, at: int) -> Advice:
    """A word that no variable is called."""
    word = _word(text, at)
    found = _first(_NAMES, text, at) or _spaced(text, at)
    if found is not None:
        return found
    for row in variables().values():
        if row.kind is Kind.CODED and word.lower() in row.values:
            return f"no variable is called {word!r}", f"Write {row.name} == {word.lower()}."
    near = suggest(word)
    return (
        f"no variable is called {word!r}",
        f"Did you mean {near}?"
        if near
        else "A rule names variables of the vocabulary, such as alt or ecog.",
    )


def of_condition(row: Variable, op: str, said: str) -> Advice:
    """A condition that is compared, with what stands behind the sign."""
    name, word = row.name, said.strip().lower()
    if word in {"true", "yes", "1", "present", "positive"} and op in {"=", "=="}:
        way = f"Write {name}."
    elif word in {"false", "no", "0", "absent", "negative"} and op in {"=", "=="}:
        way = f"Write not {name}."
    else:
        way = f"Write {name}, or not {name}; for how long ago it was, since {name} {op} 3 mo."
    return f"{name} is a condition, present or absent: it is compared with nothing", way


def of_alone(row: Variable, text: str, at: int) -> Advice:
    """A number or a level, with what stands behind it in place of a comparison."""
    name, unit = row.name, "" if row.unit is None else _written(row.unit.code)
    rest = text[at:].lstrip()
    number = re.match(r"(?:is\s+)?(\d[\d.]*)", rest)
    limit = "1" if number is None else number[1]
    example = f"{name} <= {limit}" if row.kind is Kind.ORDINAL else f"{name} >= {limit}{unit}"
    if rest.startswith(("!=", "<>", "≠")):
        return "there is no such sign", f"Write not ({name} == …), or {name} < … or {name} > …."
    if match := re.match(r"(?:between|from)\s+(\S+)(?:\s+[^\s\d]+)?\s+(?:and|to)\s+(\S+)", rest):
        low, high = match.groups()
        way = f"Write {name} >= {low}{unit} and {name} <= {high}{unit}."
        return f"{name} has two limits, which are compared one by one", way
    if row.kind is Kind.ORDINAL and re.match(r"\d\s*(?:[-–,/]|or\b|to\b)\s*\d", rest):
        levels = ", ".join(re.findall(r"\d", rest)[:2])
        return (
            f"{name} is compared, or one of named levels",
            f"Write {name} in {{{levels}}}, or {example}.",
        )
    return f"{name} is a number, and is compared with a limit", f"Compare it: {example}."


def of_unit(number: str, text: str, at: int) -> Advice | None:
    """What stands in the place of a unit, where it is none."""
    rest = text[at:]
    if re.match(r"[eE][+-]?\d", rest):
        return (
            "a number is written in full",
            "Write all its digits, such as 100000.",
        )
    if re.match(r"(?:x|×|\*|times)\s*(?:the\b|upper|lower|normal|limit|of)", rest, re.IGNORECASE):
        return (
            "a multiple is of ULN, LLN or baseline",
            f"Write {number} x ULN, {number} x LLN or {number} x baseline.",
        )
    if re.match(r"(?:x|×|\*)\s*10\d", rest):
        return "the power of ten has lost its sign", f"Write {number} 10*9/L."
    return None


def of_days(count: int, unit: str) -> Advice:
    """The unit of a window that is neither days nor weeks."""
    if unit.startswith("month"):
        way = "A month has no fixed number of days: write so many days, such as 28 or 31."
    elif unit in {"h", "hour", "hours"}:
        way = "Windows go by days. Hours since something: since received_chemotherapy > 48 h."
    elif unit.startswith("year"):
        way = "Windows go by days. Years since something: since hsct_date >= 1 a at treatment."
    else:
        way = "Windows are days or weeks: 14 days."
    return f"a window of {count} {unit or 'what'}?", way


def of_anchor(word: str) -> Advice:
    """What stands where the moment of a window should."""
    if word:
        return f"{word!r} alone names no moment", _QUOTES
    return "a window is before something", f"Name it: within 14 days before treatment. {_QUOTES}"


def of_whole(text: str, at: int) -> Advice:
    """What stands where a whole number should."""
    match = re.match(r"(\d+)\s*[-–]\s*(\d+)", text[at:])
    if match:
        return "a window of two numbers has its own words", (
            f"Write between {match[1]} and {match[2]} days before treatment."
        )
    if re.match(r"\d+\.\d", text[at:]):
        return "a whole number is needed here", "Write 14 days, or 15 days; not 14.5."
    return "expected a whole number here", "Write it as digits: within 14 days, at least 2 of."


def excerpt(text: str, at: int) -> str:
    """The line of the rule, and below it a caret at the place."""
    begin = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    line = text[begin : len(text) if end < 0 else end]
    place = at - begin
    cut = max(0, place - 60)
    head = "…" if cut else ""
    tail = "…" if len(line) > place + 40 else ""
    shown = f"{head}{line[cut : place + 40]}{tail}".replace("\t", " ")
    return f"{shown}\n{' ' * columns(head + line[cut:place])}^"


def _written(code: str) -> str:
    return "" if code in {"1", "{score}"} else f" {code}"


def _spaced(text: str, at: int) -> Advice | None:
    """A name that was written with spaces."""
    words = re.match(r"[A-Za-z]\w*(?:[ -]+[A-Za-z]\w*){1,4}", text[at:])
    parts: list[str] = [] if words is None else re.split(r"[ -]+", words[0])
    for count in range(len(parts), 1, -1):
        name = "_".join(parts[:count]).lower()
        if name in variables():
            return "a name has no spaces", f"Write {name}."
    return None


def _first(table: Iterable[tuple[re.Pattern[str], str, str]], text: str, at: int) -> Advice | None:
    for pattern, what, remedy in table:
        match = pattern.match(text, at)
        if match is not None:
            words = {"word": repr(_word(text, at)), "found": repr(match[0].strip())}
            return what.format(**words), remedy.format(**words)
    return None


def _word(text: str, at: int) -> str:
    match = re.match(r"[\w-]+", text[at:])
    return "" if match is None else match[0]
