"""The page of the rule language: grammar, nodes, windows, picks, computed values, UNKNOWN."""

from __future__ import annotations

from inspect import getdoc
from itertools import dropwhile, takewhile

from pages.markdown import code, first_sentence, table

from trialrun.criteria import parser
from trialrun.criteria.explain import explain_rule
from trialrun.criteria.methods import METHODS, inputs_of
from trialrun.criteria.nodes import NODE_TYPES, PICKS
from trialrun.criteria.parser import read_rule
from trialrun.criteria.reference import Reason
from trialrun.vocabulary.own import measures
from trialrun.vocabulary.table import variables
from trialrun.wording.catalogue import say

_INTRODUCTION = """\
A criterion's `rule` in `protocol.toml` is written in this language. It states the condition as
the criterion words it: an exclusion is not inverted. Every answer is TRUE, FALSE or UNKNOWN, after
Kleene, and UNKNOWN always has its reason. What a rule of your own means, and what a missing value
does to it, says `trialrun check` on the study's folder; and which rules can come out only one way,
whoever the patient is (`ecog <= 5`, `age >= 18 a or age < 18 a`), and so decide nothing. Variables:
[all of them](variables.md); units: [all of them](units.md).
"""
_EXAMPLES = (
    (
        "alt < 2 x ULN and total_bilirubin < 1.5 x ULN and not active_hepatitis "
        "within 14 days before treatment"
    ),
    "ecog in {0, 1}",
    "sex == female",
    "if cns_leukaemia then alt <= 5 x ULN else alt <= 3 x ULN",
    "if childbearing_potential then not pregnant within 7 days before treatment",
    "creatinine < 1.5 mg/dL or creatinine_clearance by cockcroft-gault-actual > 50 mL/min",
    "since last_chemotherapy_date >= 14 d at treatment",
    "half_lives_since_prior_therapy >= 5 or since last_chemotherapy_date >= 14 d",
    "count (platelets < 20 10*9/L) >= 2 within 28 days before consent",
    "worst platelets >= 20 10*9/L between 3 and 14 days before treatment",
    "not (any arrhythmia within 28 days before treatment)",
    "creatinine <= 1.5 x baseline",
    "at least 2 of (aml, apl, mds)",
    'judgement "fit for the trial in the investigator\'s eyes"',
)
_WINDOWS = (
    ("`within 14 days before treatment`", "day 0 to day 14 before, both included"),
    ("`at treatment`", "everything up to it"),
    ("`at least 28 days before treatment`", "day 28 before and anything earlier"),
    ("`between 14 and 28 days before treatment`", "day 14 to day 28 before, both included"),
    ("`within 14 days after last_dose`", "day 0 to day 14 after, both included"),
    ("`after last_dose`", "everything from it on"),
)
_WINDOW_TEXT = """\
Day 0 is the anchor's own calendar day; where both have a time of day, what was after the anchor is
not before it. A week is seven days. A window stands for everything before it in the same
parentheses that has none of its own. Without a window every fact counts. A fact outside is named
and decides nothing; one whose date is not exact enough to tell is never taken for certain. An
anchor is a word of time that the protocol explains in an `[[anchor]]`: `word` as the rule writes
it, and `means` one of `screening`, `consent`, `enrolment`, `day-zero`, or the id of a `[[regimen]]`
item, whose first administration it is. One that has none is never known; `check` says so.

```toml
[[anchor]]                 # protocol.toml
word = "treatment"
means = "fludarabine"
```
"""
_PICKS = {
    "latest": "the latest value decides (not written); values that may both be it must agree",
    "first": "the first value decides, likewise",
    "any": "TRUE as soon as one value surely in the window is; one that is perhaps in it can only "
    "make it UNKNOWN",
    "all": "FALSE as soon as one value surely in the window is; likewise",
    "worst": "of a variable that the vocabulary knows to be worse when high (or low): below a "
    "limit where all are, above it where any is, each by its own laboratory's limit",
}
_PICK_TEXT = """\
With none of them surely in the window, the answer is UNKNOWN. `count ( … ) >= 2` counts the values
for which the condition in it holds: at least those that surely do, at most all that may. What is
recorded in the window counts as everything that there is to know about it.
"""
_LIMITS = """\
Limits are converted into the unit of the value, exactly, so that a value on a limit never changes
side. A value with a comparator (`<5`) is an interval, and so are months against days (three months
have 89 to 92 days). `100 x 10^9/L` is read as `100 10*9/L`. `x ULN` and `x LLN` take the limit that
the laboratory printed with the value; where it printed none, the site's `limits.toml` in the
study's folder, by sex and date, when facts are recorded or read from a file (the fact's source then
says so); else the answer is UNKNOWN. A value that is itself a multiple (`2.3 x ULN`) decides such
limits only. `x baseline` takes the participant's latest value up to the anchor `baseline`. A value
that nobody can have is questioned, never used.

```toml
[[limit]]                  # limits.toml
variable = "alt"
sex = "female"             # leave out: both
from = 2026-01-01
until = 2026-12-31         # leave out: until further notice
high = "35 U/L"            # low likewise
source = "central laboratory, sheet 4"
```
"""
_SINCE = """\
`since x >= 14 d` takes the latest date (or the latest time that a condition was present) up to the
anchor, or, without one, up to the moment of the question. Days are calendar days; months and years
those of the calendar, so that three months after 31 January is 30 April; hours run by the clock
where both ends have a time of day, and are else the interval that the dates leave. What was asked
for and never was is longer ago than any limit.

A variable that is itself a time since something (`time_since_hsct >= 60 d at treatment`) is counted
in the same way from its date (`hsct_date`), where nobody recorded the time itself in the window.
Only a date feeds it: a condition is noted when somebody looked, which is not when it happened; who
means the condition's own time writes `since`.
"""
_OWN = """\
A protocol may ask for what no variable is. A rule then names a variable of its own: `own_`, the
words, and how it is measured: `own_wobble_index_score >= 7`, `own_cough_duration_time >= 3 mo`. The
name says it all; nothing else is declared. A person enters the value, or a table's mapping says
which column it is; no code of FHIR or OMOP is known for it. It has no plausible range, no worst
value and no laboratory limits.
"""
_UNREAD = """\
`unread "…"` is UNKNOWN, and joins the rest after Kleene: `aml and unread "…"` is FALSE where `aml`
is. A criterion whose status is `partly` or `unread` is UNKNOWN all the same, whatever its rule
gives: the rule is what was understood, and nobody has said how the other words join it. Behind
`alt <= 3 x ULN` they may be `unless liver metastases are present`; a FALSE of the rule would keep
out whom they let in. It is shown beside the criterion, and decides nothing. Once a person has
written the rule, and the status is `computable`, the rule decides, with an `unread` in it too.
"""
_COMPUTED = """\
Where no value is recorded in the window (nor perhaps in it), the first method of the variable
computes it; a rule that names a method (`bsa by du-bois`) takes computed values only, `by recorded`
takes recorded ones only. Inputs of the laboratory and the heart are the latest in the rule's own
window; date of birth, age, sex, height and weight the latest up to its anchor, however old. An
input that is missing, not plausible, not exact, or contradicted at the same time leaves the value
unknown, and is named. Results have 34 digits.
"""


def rules_page() -> str:
    """The whole page."""
    return "\n".join(
        (
            "# The rule language\n\nGenerated from the nodes, the parser and the vocabulary.\n",
            _INTRODUCTION,
            "## Examples\n",
            table(("rule", "in words", "中文"), (_example(text) for text in _EXAMPLES)),
            f"\n## Grammar\n\n```text\n{_grammar()}\n```\n",
            "## Nodes\n",
            table(
                ("node", "what it says"),
                ((code(one.__name__), first_sentence(getdoc(one))) for one in NODE_TYPES),
            ),
            (
                "\n`if` gives the answer of the arm that the condition chooses; where the "
                "condition is UNKNOWN, the answer on which both arms agree, a missing `else` being "
                "TRUE.\n"
            ),
            _UNREAD,
            "## Limits\n",
            _LIMITS,
            "## Windows\n",
            table(("written", "facts that count"), _WINDOWS),
            f"\n{_WINDOW_TEXT}",
            "## Which value\n",
            table(("word", "what it means"), ((code(one), _PICKS[one]) for one in PICKS)),
            f"\n{_PICK_TEXT}",
            "## Time since\n",
            _SINCE,
            "## Computed values\n",
            _COMPUTED,
            table(("variable", "method", "from", "formula", "source"), _methods()),
            "\n## Own variables\n",
            _OWN,
            table(
                ("the name ends with", "units, the canonical one first"),
                ((code(f"_{end}"), _own_units(end)) for end, _ in measures()),
            ),
            "\n## Why a rule is UNKNOWN\n",
            table(("reason", "in words"), ((code(one.value), _why(one)) for one in Reason)),
            (
                "\nEdge cases stand as tables, facts in and expected answer out, in [tests/spec]"
                "(../../tests/spec):"
                " every engine must give what they say.\n"
            ),
        )
    )


def _own_units(end: str) -> str:
    return ", ".join(code(unit.code) for unit in variables()[f"own_x_{end}"].units)


def _example(text: str) -> tuple[str, str, str]:
    rule = read_rule(text)
    return code(text), explain_rule(rule), explain_rule(rule, "zh")


def _grammar() -> str:
    lines = str(parser.__doc__).splitlines()
    begun = dropwhile(lambda line: not line.startswith("    rule"), lines)
    return "\n".join(line[4:] for line in takewhile(str.strip, begun))


def _methods() -> list[tuple[str, ...]]:
    rows = []
    for row in variables().values():
        for number, name in enumerate(row.methods):
            method = METHODS[name]
            inputs = ", ".join(
                " or ".join(map(code, slot.split("|"))) for slot in inputs_of(row, name)
            )
            default = " (default)" if number == 0 else ""
            rows.append(
                (code(row.name), code(name) + default, inputs, method.formula, method.source)
            )
    return rows


def _why(reason: Reason) -> str:
    return say(
        f"criteria.why_{reason.value}", value="the value", at="its date", anchor="the anchor",
        needs="the inputs by name",
    )  # fmt: skip
