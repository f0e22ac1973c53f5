"""Findings on the record as questions: what may become a criterion does, the rest is a setting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trialrun.protocol.drafting.asking import Notebook, Option, code_of
from trialrun.protocol.drafting.eligibility import TEXT
from trialrun.protocol.findings.finding import Finding
from trialrun.protocol.parts import Asked, CriterionPart, QuestionPart
from trialrun.values.provenance import Origin, Source
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind
from trialrun.wording.catalogue import say

# Asked elsewhere in the draft, in words of their own.
_ELSEWHERE = {
    "doses-differ", "day-zero-missing", "interval-reads-two-ways", "outcomes-missing",
    "size-missing", "headings-missing",
}  # fmt: skip
# About the registration alone: nothing in the protocol hangs on the answer.
_OF_THE_REGISTRATION = {
    "reached-in-the-future", "start-passed", "end-passed", "primary-reached-while-open",
    "completed-before-its-end", "size-zero", "size-reached-while-open", "masked-nobody",
    "criterion-twice",
}  # fmt: skip
_MOST = 4  # of one rule
# Finding on something missing → (id of the criterion, rule that would be added).
_MISSING = {
    "HIV": ("D.hiv", "hiv"),
    "HCV": ("D.hcv", "hepatitis_c"),
    "pregnancy": ("D.pregnancy", "pregnant or breastfeeding"),
}


def draft_open_findings(
    findings: Sequence[Finding],
    notebook: Notebook,
    *,
    criteria_ask_age: bool,
    asked_elsewhere: frozenset[str],
) -> tuple[CriterionPart, ...]:
    """Note a question for each finding; give the criteria that hang on some of them."""
    criteria: list[CriterionPart] = []
    skipped = _ELSEWHERE | _OF_THE_REGISTRATION | asked_elsewhere
    counts: dict[str, int] = {}
    for one in findings:
        counts[one.rule] = counts.get(one.rule, 0) + 1
        if one.rule in skipped or counts[one.rule] > _MOST:
            continue
        if one.rule.startswith("age-") and criteria_ask_age:
            continue
        added = list(_criteria(one, notebook))
        criteria += added
        if not added:
            _note(one, notebook, _options(one))
    return tuple(criteria)


def _criteria(one: Finding, notebook: Notebook) -> Iterator[CriterionPart]:
    if one.rule == "excluded-in-description-only":
        name = one.values["name"]
        variable = _variable(name)
        if variable is not None:
            yield _hanging(one, notebook, f"D.{variable}", variable, variable, one.quoted or name)
    elif one.rule == "serology-missing":
        for name in one.values["missing"].split(", "):
            code, rule = _MISSING[name]
            yield _hanging(one, notebook, code, rule, "none", name, missing=name)
    elif one.rule == "pregnancy-missing":
        code, rule = _MISSING["pregnancy"]
        text = say("protocol.criterion_pregnancy")
        yield _hanging(one, notebook, code, rule, "none", text)


def _hanging(
    one: Finding,
    notebook: Notebook,
    code: str,
    rule: str,
    assumed: str,
    text: str,
    **values: str,
) -> CriterionPart:
    """An exclusion that stands only if its question is answered with its rule."""
    question = _note(
        one,
        notebook,
        (Option(rule, "add_exclusion", values={"rule": rule}), Option("none", "no_criterion")),
        code=f"{code}.exclusion",
        assumed=assumed,
        values=values,
    )
    return CriterionPart(
        id=code,
        kind="exclusion",
        text=text,
        status="computable",
        rule=Asked(question),
        source=_source(one),
    )


def _variable(name: str) -> str | None:
    """The condition of the vocabulary that is written like this."""
    return next(
        (
            row.name
            for row in variables().values()
            if row.kind is Kind.BOOLEAN
            and name.lower() in {row.name, row.en.lower(), *(s.lower() for s in row.synonyms)}
        ),
        None,
    )


def _options(one: Finding) -> tuple[Option, ...]:
    """The answers to a finding that changes nothing executable by itself."""
    match one.rule:
        case "several-products":
            return (Option("one entry each", "one_entry_each"), Option("as registered", "as_is"))
        case "cell-product-type":
            return (Option("BIOLOGICAL", "biological"), Option("as registered", "as_is"))
        case "populations-differ":
            return (Option("criteria", "criteria_hold"), Option("other", "as_in_document"))
        case _:
            return (Option("as registered", "as_is"), Option("other", "as_in_document"))


def _note(
    one: Finding,
    notebook: Notebook,
    options: Sequence[Option],
    *,
    code: str = "",
    assumed: str | None = None,
    values: dict[str, str] | None = None,
) -> str:
    filling = dict(one.values) | (values or {})
    key = f"findings.{one.rule.replace('-', '_')}"
    question = QuestionPart(
        id=code or code_of(one.rule, [known.id for known in notebook.questions]),
        topic=key,
        values=filling,
        words=say(key, "en", **filling),
        asked_of=one.who,
        source=_source(one),
        choices=tuple(option.part() for option in options),
        assumed=assumed if assumed is not None else options[0].value,
    )
    notebook.questions.append(question)
    return question.id


def _source(one: Finding) -> Source:
    return Source(Origin.RECORD, one.where or TEXT, one.span, one.quoted)
