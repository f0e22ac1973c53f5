"""Dose-limiting toxicity, staggering and suspension: proposals, each with its question."""

from __future__ import annotations

from fractions import Fraction

from trialrun.protocol.drafting.asking import ASSUMED, Notebook, Option, in_record
from trialrun.protocol.drafting.phrases import cited
from trialrun.protocol.parts import Asked, RegimenPart, SafetyPart
from trialrun.protocol.suspension import suspension_counts
from trialrun.record.model import Study
from trialrun.values.provenance import Source
from trialrun.wording.catalogue import say

_WHERE = "descriptionModule.detailedDescription"


def needs_safety_rules(study: Study) -> bool:
    """Whether the record is of an early trial, where a person's toxicity can stop enrolment."""
    return bool({"PHASE1", "EARLY_PHASE1"} & set(study.protocol.design.phases))


def draft_safety(
    study: Study,
    notebook: Notebook,
    *,
    start: RegimenPart,
    end: RegimenPart,
    target: int,
    cell_therapy: bool,
) -> SafetyPart:
    """The safety rules of an early trial; the window runs from `start` to days after `end`."""
    said = cited(study, r"dose[- ]limiting(?: toxicit\w*)?|\bDLTs?\b|stopping rules?")
    source = said or in_record(_WHERE)
    ask = notebook.ask
    proposal = say("protocol.definition_cells" if cell_therapy else "protocol.definition_generic")
    definition = ask(
        "dose-limiting-definition", "dose_limiting_definition", who="investigator", source=source,
        choices=[Option(proposal, label=proposal)], assumed=proposal,
    )  # fmt: skip
    grade = ask(
        "dose-limiting-grade", "dose_limiting_grade", who="investigator", source=source,
        choices=[Option("3", "grade_3"), Option("4", "grade_4")], assumed="3",
    )  # fmt: skip
    window = ask(
        "dose-limiting-window", "dose_limiting_window", who="investigator", source=source,
        choices=[Option("28 d"), Option("21 d"), Option("42 d")], assumed="28 d",
        start=start.id, end=end.id,
    )  # fmt: skip
    days = "28 d" if cell_therapy else "0 d"
    stagger = ask(
        "staggering", "staggering", who="investigator", source=source,
        choices=[Option("28 d"), Option("14 d"), Option("7 d"), Option("0 d", "no_stagger")],
        assumed=days,
    )  # fmt: skip
    return SafetyPart(
        window_start=start.id,
        window_end=end.id,
        window_after_last=window,
        definition=definition,
        least_grade=grade,
        stagger=stagger,
        suspend_at=_ask_suspension(notebook, target, source),
        source=ASSUMED,
    )


def _ask_suspension(notebook: Notebook, target: int, source: Source) -> Asked:
    rules = [
        (Fraction(3, 10), Fraction(9, 10), "30", "90"),
        (Fraction(2, 10), Fraction(9, 10), "20", "90"),
        (Fraction(3, 10), Fraction(8, 10), "30", "80"),
    ]
    options = []
    for limit, certainty, percent, sure in rules:
        counts = suspension_counts(target, limit=limit, certainty=certainty)
        options.append(
            Option(
                ", ".join(map(str, counts)),
                "suspension",
                values={"limit": percent, "certainty": sure},
            )
        )
    return notebook.ask(
        "suspension", "suspension", who="statistician", source=source,
        choices=options, assumed=options[0].value,
    )  # fmt: skip
