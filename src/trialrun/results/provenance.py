"""Where the results come from: questions answered by assumption, approvals, the ledger's head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trialrun.ledger.entry import Entry
from trialrun.protocol.parts import QuestionPart
from trialrun.record.model import Study
from trialrun.results.analysed import Analysed
from trialrun.results.registry import results_section
from trialrun.results.registry_rules import RULES, Level, check_results
from trialrun.results.section import Block, Facts, Prose, Question, Questions, Tone
from trialrun.results.words import Words, literal, words
from trialrun.wording.catalogue import say


def question_blocks(results: Analysed, questions: Sequence[QuestionPart]) -> list[Block | None]:
    """The questions that were answered by our assumption, with who may answer them."""
    assumed = results.cutoff.protocol.assumed
    known = {one.id: one for one in questions}
    if not assumed:
        return [Prose(words("report.nothing_assumed"), Tone.NOTE)]
    asked = [_question(code, known.get(code)) for code in assumed if not _criterion(code)]
    unread = [code.removeprefix("criterion.") for code in assumed if _criterion(code)]
    blocks: list[Block | None] = [
        Prose(words("report.assumed_means", n=len(assumed))),
        Questions(tuple(asked)),
    ]
    if unread:
        names = literal(", ".join(unread))
        blocks.append(Prose(words("report.assumed_criteria", criteria=names), Tone.NOTE))
    return blocks


def _criterion(code: str) -> bool:
    return code.startswith("criterion.")


def _question(code: str, part: QuestionPart | None) -> Question:
    if part is None:
        return Question(
            id=code, asked=literal(code), assumed=words("report.see_protocol"),
            asked_of=literal(""),
        )  # fmt: skip
    chosen = next((one for one in part.choices if one.value == part.assumed), None)
    assumed = literal(part.assumed or "") if chosen is None else _told(
        chosen.topic, chosen.label, part.values
    )  # fmt: skip
    return Question(
        id=code,
        asked=_told(part.topic, part.words, part.values),
        assumed=assumed,
        asked_of=words(f"report.asked_{part.asked_of.replace('-', '_')}"),
    )


def _told(topic: str, english: str, values: Mapping[str, str]) -> Words:
    """A sentence of the catalogue where it has one, else as it stands in the protocol file."""
    if not topic:
        return literal(english)
    try:
        return Words(english, say(topic, "zh", **values))
    except KeyError:  # a file of a version whose sentence has another name
        return literal(english)


def approval_blocks(results: Analysed) -> list[Block | None]:
    """The protocol in force and what it was approved by."""
    protocol, state = results.cutoff.protocol, results.cutoff.state
    pairs = [
        (words("report.protocol_version"), literal(protocol.version)),
        (words("report.record"), literal(f"SHA-256 {protocol.record_sha256}")),
        (words("report.allocation"), literal(f"{protocol.allocation}, {protocol.model}")),
    ]
    if state.approval is None:
        pairs.append((words("report.approval"), words("report.not_approved")))
    for kept in state.approvals:
        event = kept.event
        document = f"{event.document_number}, {event.document_version}, {event.document_date.text}"
        approved = f"{event.committee}, {event.approval_reference}, {event.approval_date.text}"
        pairs += [
            (words("report.document", version=event.version), literal(document)),
            (words("report.approval"), literal(approved)),
            (words("report.file_hash"), literal(f"SHA-256 {event.file_sha256}")),
        ]
        if event.authority_reference:
            pairs.append((words("report.authority"), literal(event.authority_reference)))
    blocks: list[Block | None] = [Facts(tuple(pairs))]
    if state.rehearsal:
        blocks.insert(0, Prose(words("report.approval_simulated"), Tone.NOTE))
    return blocks


def registry_blocks(results: Analysed) -> list[Block | None]:
    """The registry draft: what it is, and what the rules find in it."""
    findings = check_results(Study(results=results_section(results)))
    errors = [one for one in findings if one.rule.level is Level.ERROR]
    counted = words(
        "report.registry_rules",
        rules=len(RULES),
        errors=len(errors),
        warnings=len(findings) - len(errors),
    )
    found = [
        Prose(
            words(
                "report.registry_finding",
                level=words(f"report.level_{one.rule.level.value}"),
                words=words(f"report.rule_{one.rule.id}"),
                where=literal(f"{one.rule.id}, {one.where}"),
            ),
            Tone.CAUTION,
        )
        for one in findings
    ]
    return [Prose(words("report.registry_means")), Prose(counted), *found]


def ledger_blocks(results: Analysed, entries: Sequence[Entry], software: str) -> list[Block | None]:
    """The ledger position that every number was read at, and its head."""
    last = entries[-1]
    pairs = (
        (words("report.study"), literal(last.study)),
        (words("report.position"), literal(str(last.position))),
        (words("report.head"), literal(last.hash.hex())),
        (words("report.created"), literal(last.recorded_at)),
        (words("report.software"), literal(software)),
    )
    return [Facts(pairs), Prose(words("report.head_means"), Tone.NOTE)]
