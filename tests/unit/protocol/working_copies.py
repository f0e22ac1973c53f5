"""Working copies for tests: a small whole one, and a strategy that reaches every key."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from trialrun.protocol import parts
from trialrun.protocol.codec import Codec
from trialrun.protocol.parts import Asked
from trialrun.protocol.tables import slots
from trialrun.protocol.working_copy import ProtocolFile
from trialrun.values.moment import Moment
from trialrun.values.provenance import Origin, Source
from trialrun.values.quantity import Quantity, read_quantity
from trialrun.values.unit import UNITS

RECORD = Source(Origin.RECORD, "armsInterventionsModule.armGroups[0].description", (3, 9), "words")
DOCUMENT = Source(Origin.DOCUMENT, "6.2")
ASSUMED = Source(Origin.ASSUMED)


def question(code: str, **more: Any) -> parts.QuestionPart:
    """A question about anything."""
    known: dict[str, Any] = {
        "words": "What holds?", "asked_of": "investigator", "source": RECORD, "assumed": "yes",
    }  # fmt: skip
    return parts.QuestionPart(id=code, **(known | more))


def small(source: Source = DOCUMENT, **changes: Any) -> ProtocolFile:
    """A whole working copy: chemotherapy, a gap of 48 h, a cell product on days that are asked."""
    values: dict[str, Any] = {
        "meta": parts.Meta(
            version="0.1", title="A study", record_sha256="0" * 64, allocation="NA",
            model="SINGLE_GROUP", body_surface="mosteller", day_zero="cells",
            rehearsal_model="generic", source=source,
        ),
        "anchors": (parts.AnchorPart(word="treatment", means="chemo"),),
        "interventions": (
            parts.InterventionPart(
                id="chemo", name="Chemo", kind="drug", registry_type="DRUG", source=source
            ),
            parts.InterventionPart(
                id="cells", name="Cells", kind="cell-product", registry_type="BIOLOGICAL",
                source=source,
            ),
        ),
        "arms": (
            parts.ArmPart(
                id="all", title="All", type="EXPERIMENTAL", interventions=("chemo", "cells"),
                source=source,
            ),
        ),
        "regimen": (
            parts.RegimenPart(
                id="chemo", intervention="chemo", dose=read_quantity("25 mg/m2"),
                days=(-6, -5, -4, -3, -2), hour=9, duration=read_quantity("30 min"), source=source,
            ),
            parts.RegimenPart(
                id="cells", intervention="cells", comparator=">",
                dose=read_quantity("10000000 {cells}/kg"), days=Asked("days"), hour=11,
                duration=read_quantity("1 h"), source=source,
            ),
        ),
        "gaps": (
            parts.GapPart(
                id="chemo-cells", after=("chemo",), before="cells", least=read_quantity("48 h"),
                source=source,
            ),
        ),
        "schedule": (
            parts.ActivityPart(
                id="counts", title="Counts", variables=("anc",), days=(0, 7, 28),
                earlier=read_quantity("1 d"), later=read_quantity("1 d"), source=source,
            ),
        ),
        "outcomes": (
            parts.OutcomePart(
                id="response", type="PRIMARY", title="Response", measure="response",
                population="started", day=28, source=source,
            ),
        ),
        "safety": parts.SafetyPart(
            window_start="chemo", window_end="cells", window_after_last=read_quantity("28 d"),
            definition="Grade 3 or more, related", least_grade=3, stagger=read_quantity("14 d"),
            suspend_at=(2, 2, 2), source=source,
        ),
        "enrolment": parts.EnrolmentPart(target=10, counted="infused", source=source),
        "criteria": (
            parts.CriterionPart(
                id="I1", kind="inclusion", text="Adults", status="computable", rule="age >= 18 a",
                source=source,
            ),
        ),
        "questions": (
            question(
                "days", assumed="0, 1, 2",
                choices=(
                    parts.ChoicePart(value="0, 1, 2", label="every day"),
                    parts.ChoicePart(value="0, 2, 4", label="a day between"),
                ),
            ),
        ),
    }  # fmt: skip
    return ProtocolFile(**(values | changes))


# --- a strategy for every kind of value -------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
CODES = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)


@st.composite
def quantities(draw: st.DrawFn, *dimensions: str) -> Quantity:
    """A quantity of one of these dimensions."""
    unit = draw(st.sampled_from([u for u in UNITS.values() if u.dimension in dimensions]))
    value = draw(st.decimals(0, 10**9, allow_nan=False, allow_infinity=False, places=3))
    return Quantity(value, unit)


SPANS = st.tuples(st.integers(0, 50), st.integers(50, 99))
SOURCES = st.one_of(
    st.just(ASSUMED),
    st.builds(
        Source,
        st.just(Origin.DOCUMENT),
        st.from_regex(r"[0-9A-Z][0-9.]{0,5}", fullmatch=True),
    ),
    st.builds(
        Source,
        st.just(Origin.RECORD),
        st.from_regex(r"[a-zA-Z.\[\]0-9]{1,20}", fullmatch=True),
        st.none() | SPANS,
        TEXTS,
    ),
)
BY_CODEC: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXTS,
    "whole number": st.integers(-(10**6), 10**6),
    "yes or no": st.booleans(),
    "names": st.lists(TEXTS, max_size=4).map(tuple),
    "study days": st.lists(st.integers(-90, 900), max_size=6, unique=True).map(
        lambda days: tuple(sorted(days))
    ),
    "mass per area": quantities("mass per area", "mass per mass", "cells per mass", "mass"),
    "time": quantities("time"),
    "mass": quantities("mass"),
    "cells per mass": quantities("cells per mass"),
    "number": st.decimals(-(10**6), 10**6, allow_nan=False, places=4).map(
        lambda n: Decimal(format(n, "f"))
    ),
    "date": st.dates().map(lambda d: Moment(d.isoformat())),
    "hour": st.integers(0, 23),
    "source": SOURCES,
    "span": SPANS,
    "words": st.dictionaries(TEXTS, TEXTS, max_size=3),
    "whole numbers": st.lists(st.integers(0, 10), max_size=5).map(tuple),
}


def _accepted(codec: Codec) -> st.SearchStrategy[Any]:
    if codec.name != "word":
        return BY_CODEC[codec.name]
    words = [*parts.PEOPLE, *parts.PER, *parts.COUNTED, "and", "or", "=", ">", ">=", "PRIMARY",
             "drug", "other", "assumed", "measured", "generic", "nk-aml", "computable", "unread",
             "inclusion", "exclusion", "mosteller", "du-bois", "kinetics", "response"]  # fmt: skip
    return st.sampled_from([word for word in words if _reads(codec, word)])


def _reads(codec: Codec, word: str) -> bool:
    try:
        codec.read(word)
    except Exception:
        return False
    return True


def parts_of(part: type) -> st.SearchStrategy[Any]:
    """Any part of this class, each key given, absent, or asked for where it may be."""
    values: dict[str, st.SearchStrategy[Any]] = {}
    for slot, one in zip(slots(part), fields(part), strict=True):
        if slot.codec is None:
            assert slot.part is not None
            strategy: st.SearchStrategy[Any] = st.lists(parts_of(slot.part), max_size=3).map(tuple)
        else:
            strategy = _accepted(slot.codec)
        if slot.askable:
            strategy = strategy | CODES.map(Asked)
        if one.default is None:
            strategy = strategy | st.none()
        values[slot.name] = strategy
    return st.builds(part, **values)
