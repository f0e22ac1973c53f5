"""The ledger in words: one sentence for each entry, in every language."""

from __future__ import annotations

from dataclasses import fields
from enum import Enum

from trialrun.criteria.explain import show_fact
from trialrun.ledger import events as ev
from trialrun.ledger.correction import text_of
from trialrun.ledger.entry import Entry
from trialrun.ledger.state import StudyState
from trialrun.values.quantity import plain
from trialrun.values.truth import Truth
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.table import variables
from trialrun.wording.catalogue import Locale, say, topic


def sentence(event: ev.Event, locale: Locale = "en") -> str:
    """What an entry says happened."""
    return say(f"log.{type(event).__name__}", locale, **_values(event, locale))


def about(entry: Entry) -> str:
    """The participant whom an entry concerns, or the stream it belongs to."""
    code = getattr(entry.event, "participant", None)
    return entry.stream if code is None else str(code)


def concerns(entry: Entry, state: StudyState, participant: str) -> bool:
    """Whether an entry belongs to a participant's history, products included."""
    event = entry.event
    if getattr(event, "participant", None) == participant:
        return True
    product = state.products.get(getattr(event, "product", None) or "")
    if isinstance(event, ev.Corrected) and event.target in state.products:
        product = state.products[event.target]
    return product is not None and product.received.event.participant == participant


def fact_words(fact: Fact, locale: Locale = "en") -> str:
    """A fact as people write it: creatinine 0.9 mg/dL (2026-03-02)."""
    label = variables()[fact.variable].label(locale)
    return f"{label} {show_fact(fact, locale)} ({fact.at})"


def _values(event: ev.Event, locale: Locale) -> dict[str, str]:
    """The event's fields as text, for the placeholders of its sentence."""
    values = {one.name: _text(getattr(event, one.name), locale) for one in fields(event)}
    match event:
        case ev.FactRecorded():
            values["fact"] = fact_words(event.fact, locale)
        case ev.CriterionJudged():
            values["met"] = _word("no-obstacle" if event.met else "obstacle", locale)
        case ev.EligibilityDecided():
            open_ones = [one.criterion for one in event.verdicts if one.verdict is not Truth.TRUE]
            values["verdict"] = _word(f"verdict-{event.verdict.value.lower()}", locale)
            values["criteria"] = _joined(tuple(open_ones), locale)
        case ev.AdministrationGiven():
            values["unit"] = _unit(event.unit)
            values["planned_unit"] = _unit(event.planned_unit or "")
        case ev.Corrected():
            values["changes"] = _joined(
                tuple(f"{one.field}: {one.old or '-'} → {one.new or '-'}" for one in event.changes),
                locale,
            )
        case ev.ProductReleased():
            key = "released-conditionally" if event.conditional else "released-fully"
            values["release"] = _word(key, locale)
        case ev.AdverseEventChanged():
            told = ("grade", "ended", "serious", "dose_limiting", "outcome")
            values["changes"] = _joined(
                tuple(
                    f"{name} {values[name]}" for name in told if getattr(event, name) is not None
                ),
                locale,
            )
        case ev.DeviationRecorded():
            key = f"deviation_{event.category}"
            words = topic("conduct", locale).get(key)
            values["what"] = event.category if words is None else words
            values["weight"] = _word("important" if event.important else "not-important", locale)
        case ev.EnrolmentSuspended():
            words = topic("conduct", locale).get(f"suspended_{event.reason}")
            values["reason"] = event.reason if words is None else words
        case _:
            pass
    return values


def _text(value: object, locale: Locale) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return say("common.yes" if value else "common.no", locale)
    if isinstance(value, tuple):
        return _joined(tuple(_text(one, locale) for one in value), locale)
    if isinstance(value, ev.Measured):
        return f"{value.variable} {plain(value.value)} {_unit(value.unit)}"
    if isinstance(value, ev.CheckAnswer):
        return value.check
    if isinstance(value, ev.Causality):
        return f"{value.intervention} {_word('related' if value.related else 'unrelated', locale)}"
    if isinstance(value, ev.SeenFact | ev.CriterionVerdict | ev.FieldChange | Fact):
        return ""  # said by `_values` where the sentence needs it
    if isinstance(value, Enum):
        return str(value.value)
    return text_of(value) or "-"


def _unit(code: str) -> str:
    """A unit without UCUM's braces."""
    return code.replace("{", "").replace("}", "")


def _joined(parts: tuple[str, ...], locale: Locale) -> str:
    comma = "、" if locale == "zh" else ", "
    return comma.join(part for part in parts if part) or "-"


def _word(key: str, locale: Locale) -> str:
    return say(f"log.{key}", locale)
