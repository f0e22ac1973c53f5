"""The criteria of a draft: as the text reader has them, their words of time, their questions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialrun.criteria.criterion import Criteria, Criterion, Question, Status
from trialrun.criteria.explain import ask
from trialrun.criteria.nodes import And, Comparison, joined
from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader import read_criteria
from trialrun.protocol.drafting.asking import Notebook, Option
from trialrun.protocol.parts import AnchorPart, Asked, ChoicePart, CriterionPart, QuestionPart
from trialrun.record.model import Study
from trialrun.values.provenance import Origin, Source

TEXT = "eligibilityModule.eligibilityCriteria"
_FIELDS = {"S.age": "eligibilityModule.minimumAge", "S.sex": "eligibilityModule.sex"}
# Who tells what no variable of the vocabulary is; the first is what the text reader assumes.
_WHO_FILLS_IN = (
    Option("a person enters it", "own_entered"),
    Option("a table's column holds it", "own_mapped"),
)
_STARTS_TREATMENT = re.compile(r"treat|therap|drug|dos|infusion|chemo|medication|interven", re.I)


def criteria_of(study: Study) -> Criteria:
    """What the text reader makes of the record's eligibility."""
    known = study.protocol.eligibility
    return read_criteria(
        known.eligibility_criteria,
        minimum_age=known.minimum_age,
        maximum_age=known.maximum_age,
        sex=known.sex,
    )


def draft_criteria(
    study: Study, criteria: Criteria, notebook: Notebook
) -> tuple[CriterionPart, ...]:
    """Every criterion with its source, and its questions noted."""
    text = study.protocol.eligibility.eligibility_criteria or ""
    parts = []
    for one in criteria:
        source = _source(one)
        limit = _limit_in_doubt(one)
        rule: str | Asked | None = None if one.rule is None else write_rule(one.rule)
        for question in one.questions:
            if question.topic != "anchor":  # words of time are asked once each, for all criteria
                asked = _question(question, one, text)
                notebook.questions.append(asked if limit is None else _with_rules(asked, limit))
        if limit is not None:
            rule = Asked(one.questions[0].id)
        parts.append(
            CriterionPart(
                id=one.id,
                parent=one.parent,
                kind=one.kind,
                logic=one.logic,
                text=one.text,
                span=one.span,
                status=one.status.value,
                rule=rule,
                reason="the words of the criterion" if one.status is Status.JUDGEMENT else "",
                source=source,
            )
        )
    return tuple(parts)


def _source(one: Criterion) -> Source:
    place = _FIELDS.get(one.id, TEXT)
    return Source(Origin.RECORD, place, one.span, one.text)


def _question(question: Question, one: Criterion, text: str) -> QuestionPart:
    span = question.span
    source = _source(one)
    if span is not None:
        source = Source(Origin.RECORD, TEXT, span, text[span[0] : span[1]])
    choices = tuple(ChoicePart(value=choice, label=choice) for choice in question.choices)
    assumed = question.assumed
    if question.topic == "own":
        choices = tuple(one.part() for one in _WHO_FILLS_IN)
    if not choices:
        unread = one.status in {Status.UNREAD, Status.PARTLY}
        first = Option("judgement", "left_to_judgement") if unread else Option("as read", "as_read")
        choices = (first.part(), Option("other", "as_in_document").part())
        assumed = first.value
    return QuestionPart(
        id=question.id,
        topic=f"criteria.ask_{question.topic}",
        values=dict(question.words),
        words=ask(question, "en"),
        asked_of=question.asked_of.value,
        source=source,
        choices=choices,
        assumed=assumed,
    )


def _limit_in_doubt(one: Criterion) -> tuple[str, str] | None:
    """The rule with and without a limit of which the only question is whether it holds."""
    if len(one.questions) != 1 or not isinstance(one.rule, And):
        return None
    dropped = {"age_upper": ("<", "<="), "age_lower": (">", ">=")}.get(one.questions[0].topic)
    if dropped is None:
        return None
    kept = tuple(
        part for part in one.rule.parts if not (isinstance(part, Comparison) and part.op in dropped)
    )
    if len(kept) != len(one.rule.parts) - 1:
        return None
    return write_rule(one.rule), write_rule(joined(kept, "and"))


def _with_rules(question: QuestionPart, rules: tuple[str, str]) -> QuestionPart:
    """The same question, its two answers being the rules that they make."""
    labels = (Option(rules[0], "limit_holds"), Option(rules[1], "limit_dropped"))
    return replace(question, choices=tuple(one.part() for one in labels), assumed=rules[0])


def combination_of(criteria: Criteria, notebook: Notebook) -> str | Asked:
    """How top criteria combine: the answer to a question of alternatives, where there is one."""
    if criteria.root is None:
        return "all required"
    written = str(criteria.root)
    asked = [
        one
        for one in notebook.questions
        if one.topic == "criteria.ask_alternative" and one.assumed == written
    ]
    return Asked(asked[0].id) if asked else written


def draft_anchors(
    study: Study, criteria: Criteria, notebook: Notebook, items: Sequence[tuple[str, str]]
) -> tuple[AnchorPart, ...]:
    """Each word of time in the criteria, with the regimen items (id, name) that it may mean."""
    words: dict[str, Criterion] = {}
    for one in criteria:
        for atom in one.atoms:
            if atom.anchor is not None:
                words.setdefault(atom.anchor, one)
    return tuple(
        AnchorPart(word=word, means=_means(word, one, study, criteria, notebook, items))
        for word, one in words.items()
    )


def _said(word: str, one: Criterion, criteria: Criteria, text: str) -> Source:
    """The words in which the criteria name a time, where the reader has asked about them."""
    for question in criteria.questions:
        said = question.span is not None and question.topic == "anchor"
        if said and word.lower() in question.words.get("words", "").lower():
            span = question.span
            assert span is not None
            return Source(Origin.RECORD, TEXT, span, text[span[0] : span[1]])
    return _source(one)


def _means(
    word: str,
    one: Criterion,
    study: Study,
    criteria: Criteria,
    notebook: Notebook,
    items: Sequence[tuple[str, str]],
) -> str | Asked:
    text = study.protocol.eligibility.eligibility_criteria or ""
    if word.lower() in {"screening", "consent", "enrolment"}:
        return word.lower()
    folded = _folded(word)
    named = [code for code, name in items if _folded(name) in folded or folded in _folded(name)]
    treats = bool(items) and _STARTS_TREATMENT.search(word) is not None
    assumed = named[0] if len(named) == 1 else items[0][0] if treats else "enrolment"
    options = [Option(code, "start_of", values={"name": name}) for code, name in items]
    options += [Option("enrolment", "enrolment"), Option("screening", "screening")]
    return notebook.ask(
        f"anchor-{'-'.join(re.findall('[a-z0-9]+', word.lower())) or 'word'}",
        "anchor",
        who="investigator",
        source=_said(word, one, criteria, text),
        choices=options,
        assumed=assumed,
        word=word,
    )


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]|s$", "", name.lower())
