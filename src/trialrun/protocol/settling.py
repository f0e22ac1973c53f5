"""From the working copy to the settled protocol, or everything that still stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from trialrun.criteria.criterion import Criteria, Criterion, Status, read_combination
from trialrun.criteria.parser import read_rule
from trialrun.errors import RuleError
from trialrun.protocol.answers import effective_answers, fill, hanging
from trialrun.protocol.asked import question_words
from trialrun.protocol.model import Protocol
from trialrun.protocol.parts import Asked, CriterionPart, QuestionPart
from trialrun.protocol.schedule import unmet_gaps
from trialrun.protocol.settled import settled_protocol
from trialrun.protocol.working_copy import ProtocolFile
from trialrun.values.provenance import Origin, Source
from trialrun.wording.catalogue import Locale, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """One thing that stands in the way of rehearsing or approving; `place` is in the file."""

    rule: str
    place: str
    values: Mapping[str, str] = field(default_factory=dict)
    asked_of: str = ""
    question: QuestionPart | None = None

    def words(self, locale: Locale = "en") -> str:
        """What is not settled, as a sentence."""
        values = dict(self.values)
        if self.question is not None and "words" in values:
            values["words"] = question_words(self.question, locale)
        return say(f"protocol.unsettled_{self.rule.replace('-', '_')}", locale, **values)

    def line(self, locale: Locale = "en") -> str:
        """The sentence behind its place in the file, where it does not name the place itself."""
        words = self.words(locale)
        named = self.place in words or self.place.removeprefix("question.") in words
        return words if named else f"{self.place}: {words}"


def settle(
    file: ProtocolFile, *, accept_assumed: bool, judged: bool = True
) -> Protocol | tuple[Unsettled, ...]:
    """The protocol that can be executed, or all that is not settled.

    With `accept_assumed` (a rehearsal) our assumed answers count, values may cite the record
    alone, and a criterion that is unread or partly read becomes a judgement of the simulated
    investigator; `Protocol.assumed` names each of these. Without it (an approval) every question
    needs a person's answer with its section, and every part a section of the document. Without
    `judged` (real patients, nothing approved) what was not read stays so: no signature decides it.
    """
    answers = effective_answers(file, accept_assumed=accept_assumed)
    found = [] if accept_assumed else [*_unanswered(file), *_uncited(file), *_undeclared(file)]
    found += _open(file, answers) if accept_assumed else []
    found += [] if accept_assumed else _without_logic(file)
    found += _missing_wholes(file, accept_assumed)
    found += _not_in_the_rule(file)
    if found:
        return tuple(found)
    settled = fill(file, answers)
    try:
        criteria = _criteria(settled, judged=judged)
    except RuleError as error:
        return (Unsettled(rule="criteria", place="criterion", values={"why": error.what}),)
    assumed = tuple(
        one.id for one in file.questions if one.answer is None and one.assumed is not None
    ) + tuple(
        f"criterion.{one.id}" for one in settled.criteria if judged and one.status in _NOT_READ
    )
    protocol = settled_protocol(
        settled, criteria, assumed=assumed if accept_assumed else (), settings=answers
    )
    gaps = tuple(
        Unsettled(
            rule="gap-not-met",
            place=f"gap.{gap.gap.id}",
            values={
                "hours": gap.hours,
                "least": gap.least,
                "after": gap.after,
                "before": gap.before,
            },
            asked_of="pharmacist",
        )
        for gap in unmet_gaps(protocol)
    )
    return gaps or protocol


def approval_problems(file: ProtocolFile) -> tuple[Unsettled, ...]:
    """Everything that keeps the file from being approved."""
    result = settle(file, accept_assumed=False)
    return () if isinstance(result, Protocol) else result


_NOT_READ = {"unread", "partly"}


def _unanswered(file: ProtocolFile) -> list[Unsettled]:
    """Questions without an answer, without a person behind it, or without its section."""
    return [
        Unsettled(
            rule="unanswered" if one.answer is None else "answer-without-section",
            place=f"question.{one.id}",
            values={"id": one.id, "words": one.words},
            asked_of=one.asked_of,
            question=one,
        )
        for one in file.questions
        if not one.settled
    ]


def _uncited(file: ProtocolFile) -> list[Unsettled]:
    """Executable parts that cite no section of the protocol document."""
    found = []
    for place, part in file.placed():
        if isinstance(part, QuestionPart):
            continue
        source: Source | None = getattr(part, "source", None)
        if source is not None and source.origin is not Origin.DOCUMENT:
            found.append(
                Unsettled(
                    rule="cites-only-the-record"
                    if source.origin is Origin.RECORD
                    else "cites-only-an-assumption",
                    place=place,
                    values={"place": place, "words": source.words},
                    asked_of=_ANSWERS_FOR.get(place.partition(".")[0], "investigator"),
                )
            )
    return found


# Who confirms a part of the protocol.
_ANSWERS_FOR = {
    "regimen": "pharmacist",
    "gap": "pharmacist",
    "outcome": "statistician",
    "safety": "statistician",
    "enrolment": "sponsor",
    "protocol": "sponsor",
}


def _undeclared(file: ProtocolFile) -> list[Unsettled]:
    """Criteria that nobody has written as a rule, or declared a judgement by name and reason."""
    found = []
    for one in file.criteria:
        if one.status in _NOT_READ:
            rule = "criterion-not-read"
        elif one.status == "judgement" and not (one.declared_by and one.reason):
            rule = "judgement-undeclared"
        else:
            continue
        found.append(
            Unsettled(
                rule=rule,
                place=f"criterion.{one.id}",
                values={"id": one.id, "text": one.text},
                asked_of="investigator",
            )
        )
    return found


def _not_in_the_rule(file: ProtocolFile) -> list[Unsettled]:
    """Answers about a criterion that its rule does not follow, and that fill no value.

    A rule that cites the document was written by a person, who has seen the answer.
    """
    places = hanging(file)
    confirmed = {one.id for one in file.criteria if one.source.origin is Origin.DOCUMENT}
    found = []
    for one in file.questions:
        idle = one.topic.startswith("criteria.") and one.id not in places
        if not idle or one.answer is None or one.answer == one.assumed:
            continue
        criterion = max(
            (known.id for known in file.criteria if one.id.startswith(f"{known.id}.")),
            key=len,
            default="",
        )
        if criterion and criterion not in confirmed:
            found.append(
                Unsettled(
                    rule="answer-not-in-rule",
                    place=f"criterion.{criterion}",
                    values={"id": criterion, "question": one.id, "answer": one.answer},
                    asked_of=one.asked_of,
                    question=one,
                )
            )
    return found


def _without_logic(file: ProtocolFile) -> list[Unsettled]:
    """Criteria that exclude by several parts of which nothing says whether one is enough."""
    found = []
    for one in file.criteria:
        below = [other.id for other in file.criteria if other.parent == one.id]
        parts = len(below) + (one.rule is not None)
        stands = one.kind == "exclusion" and one.logic is None and one.status != "judgement"
        if below and stands and parts > 1:
            found.append(
                Unsettled(
                    rule="no-logic",
                    place=f"criterion.{one.id}",
                    values={"id": one.id, "parts": ", ".join(below)},
                    asked_of="investigator",
                )
            )
    return found


def _open(file: ProtocolFile, answers: Mapping[str, str]) -> list[Unsettled]:
    """Values that hang on a question nobody, and no assumption, has answered."""
    return [
        Unsettled(
            rule="value-missing",
            place=places[0][0],
            values={"place": places[0][0], "id": question, "words": file.question(question).words},
            asked_of=file.question(question).asked_of,
            question=file.question(question),
        )
        for question, places in hanging(file).items()
        if question not in answers
    ]


def _missing_wholes(file: ProtocolFile, accept_assumed: bool) -> list[Unsettled]:
    """Sections without which nothing can be run."""
    found = []
    if not file.arms:
        found.append(Unsettled(rule="no-arms", place="arm", asked_of="investigator"))
    if not file.regimen:
        found.append(Unsettled(rule="no-regimen", place="regimen", asked_of="pharmacist"))
    if accept_assumed:
        return found
    if file.safety is None:
        found.append(Unsettled(rule="no-safety", place="safety", asked_of="statistician"))
    if not file.outcomes:
        found.append(Unsettled(rule="no-outcomes", place="outcome", asked_of="statistician"))
    if not file.criteria:
        found.append(Unsettled(rule="no-criteria", place="criterion", asked_of="investigator"))
    return found


def _criteria(file: ProtocolFile, *, judged: bool) -> Criteria:
    combination = file.meta.combination
    assert isinstance(combination, str)
    return Criteria(
        all=tuple(_criterion(one, judged=judged) for one in file.criteria),
        root=read_combination(combination),
    )


def _criterion(one: CriterionPart, *, judged: bool) -> Criterion:
    status = Status(one.status)
    if judged and status in {Status.UNREAD, Status.PARTLY}:
        status = Status.JUDGEMENT
    assert not isinstance(one.rule, Asked)
    kind, logic = one.kind, one.logic
    return Criterion(
        id=one.id,
        parent=one.parent,
        kind="inclusion" if kind == "inclusion" else "exclusion",
        logic=None if logic is None else "and" if logic == "and" else "or",
        text=one.text,
        span=one.span,
        status=status,
        rule=None if one.rule is None else read_rule(one.rule, where=f"criterion {one.id}"),
    )
