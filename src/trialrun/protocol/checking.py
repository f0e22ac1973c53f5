"""What only the whole file shows: names that lead nowhere, unreadable answers and rules."""

from __future__ import annotations

from collections.abc import Iterable

from trialrun.criteria.criterion import read_combination
from trialrun.criteria.parser import read_rule
from trialrun.errors import RuleError
from trialrun.protocol.answers import NONE, fill, hanging
from trialrun.protocol.codec import Unreadable
from trialrun.protocol.parts import Asked, CriterionPart
from trialrun.protocol.tables import Slot, Trouble
from trialrun.protocol.working_copy import ProtocolFile
from trialrun.vocabulary.table import suggest, variables

# Acts that a criterion's word of time may mean, besides the regimen items.
ACTS = ("screening", "consent", "enrolment", "day-zero")


def check_names(file: ProtocolFile, trouble: Trouble) -> None:
    """Every id that a part names must be there."""
    items = {one.id for one in file.regimen}
    interventions = {one.id for one in file.interventions}
    arms = {one.id for one in file.arms}
    for item in file.regimen:
        place = f"regimen.{item.id}"
        _known((item.intervention,), interventions, f"{place}.intervention", trouble)
        _known(item.arms, arms, f"{place}.arms", trouble)
    for arm in file.arms:
        _known(arm.interventions, interventions, f"arm.{arm.id}.interventions", trouble)
    for gap in file.gaps:
        if isinstance(gap.after, tuple):
            _known(gap.after, items, f"gap.{gap.id}.after", trouble)
        if isinstance(gap.before, str):
            _known((gap.before,), items, f"gap.{gap.id}.before", trouble)
    for gate in file.gates:
        _known(gate.before, items, f"gate.{gate.id}.before", trouble)
    for anchor in file.anchors:
        if isinstance(anchor.means, str):
            _known((anchor.means,), items | set(ACTS), f"anchor.{anchor.word}.means", trouble)
    if items and isinstance(file.meta.day_zero, str):
        _known((file.meta.day_zero,), items, "protocol.day_zero", trouble)
    if file.safety is not None:
        for name in ("window_start", "window_end"):
            value = getattr(file.safety, name)
            if isinstance(value, str):
                _known((value,), items, f"safety.{name}", trouble)
    for activity in file.schedule:
        for name in activity.variables:
            if name not in variables():
                near = suggest(name)
                trouble.add(
                    f"activity.{activity.id}.variables",
                    f"no variable is called {name!r}",
                    f"Did you mean {near}?" if near else "Use a variable of the vocabulary.",
                )


def _known(names: tuple[str, ...], known: set[str], place: str, trouble: Trouble) -> None:
    for name in names:
        if name not in known:
            there = ", ".join(sorted(known)) or "none is there"
            trouble.add(place, f"{name!r} leads nowhere", f"What is there: {there}.")


def check_answers(file: ProtocolFile, trouble: Trouble) -> None:
    """Every question that a value hangs on exists, and its answers can be read there."""
    questions = {one.id: one for one in file.questions}
    for question, places in hanging(file).items():
        asked = questions.get(question)
        for place, slot in places:
            if asked is None:
                trouble.add(place, f"no question is called {question!r}")
                continue
            for name, text in (("answer", asked.answer), ("assumed", asked.assumed)):
                if text is not None and (wrong := answer_problem(slot, text)):
                    trouble.add(f"question.{question}.{name}", *wrong)
    if trouble.found:
        return
    for name in ("answer", "assumed"):
        given = {one.id: text for one in file.questions if (text := getattr(one, name)) is not None}
        check_names(fill(file, given), trouble)


def answer_problem(slot: Slot, text: str) -> tuple[str, ...] | None:
    """Why this text cannot be the answer for this key, what to do, and where; or None."""
    if text == NONE and (not slot.required or slot.name == "rule"):
        return None
    try:
        assert slot.codec is not None
        slot.codec.parse(text)
        if slot.name == "rule":
            read_rule(text)
        if slot.name == "combination":
            read_combination(text)
    except Unreadable as error:
        return error.what, error.remedy
    except RuleError as error:
        return error.what, error.remedy, error.excerpt
    return None


def check_rule_texts(criteria: Iterable[CriterionPart], trouble: Trouble) -> None:
    """Every rule can be read; it needs no other part of the file."""
    for one in criteria:
        if isinstance(one.rule, str):
            try:
                read_rule(one.rule, where=f"criterion.{one.id}.rule")
            except RuleError as error:
                trouble.add(error.where, error.what, error.remedy, error.excerpt)


def check_rules(file: ProtocolFile, trouble: Trouble) -> None:
    """Every rule of a criterion can be read, and the tree of criteria holds together."""
    check_rule_texts(file.criteria, trouble)
    ids = {one.id for one in file.criteria}
    for one in file.criteria:
        place = f"criterion.{one.id}"
        if one.parent is not None and (one.parent not in ids or one.parent == one.id):
            trouble.add(f"{place}.parent", f"{one.parent!r} leads nowhere")
        below = any(other.parent == one.id for other in file.criteria)
        if one.status == "computable" and one.rule is None and not below:
            trouble.add(
                f"{place}.rule",
                "a computable criterion needs its rule",
                'Write the rule, or set status = "unread".',
            )
    combination = file.meta.combination
    if not isinstance(combination, Asked):
        try:
            read = read_combination(combination)
        except RuleError as error:
            trouble.add("protocol.combination", error.what, error.remedy)
            return
        top = {one.id for one in file.criteria if one.parent is None}
        for name in () if read is None else read.names():
            _known((name,), top, "protocol.combination", trouble)
