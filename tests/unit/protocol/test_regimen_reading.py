"""The regimen reader: phrase in, dose, days and times out; what is doubtful is never a dose."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.protocol.regimen_reader.cleaned import cleaned
from trialrun.protocol.regimen_reader.days import days_mentions
from trialrun.protocol.regimen_reader.doses import dose_mentions
from trialrun.protocol.regimen_reader.frequency import (
    duration_mentions,
    frequency_mentions,
    times_mentions,
)
from trialrun.protocol.regimen_reader.names import base_name
from trialrun.protocol.regimen_reader.numbers import read_written_number
from trialrun.protocol.regimen_reader.reading import Doubt
from trialrun.protocol.regimen_reader.regimen import Item, Regimen, read_regimen
from trialrun.record.model import Study
from trialrun.record.reader import read_study
from trialrun.values.quantity import plain


def study(
    *interventions: tuple[str, str, str], arms: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
) -> Study:
    """A record of interventions (type, name, description) and arms (label, description, names)."""
    module = {
        "interventions": [
            {"type": kind, "name": name, "description": text} for kind, name, text in interventions
        ],
        "armGroups": [
            {"label": label, "description": text, "interventionNames": list(names)}
            for label, text, names in arms
        ],
    }
    return read_study({"protocolSection": {"armsInterventionsModule": module}}, where="test")


def regimen(text: str, name: str = "Examplumab") -> Regimen:
    return read_regimen(study(("DRUG", name, text)))


def only(text: str, name: str = "Examplumab") -> Item:
    (item,) = regimen(text, name).items
    return item


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("25", "25"), ("1.0", "1.0"), ("1,000", "1000"), ("1+E07", "10000000"), ("1E9", "1E+9"),
        ("2 x 10^6", "2000000"), ("5×10⁷", "50000000"), ("10^8", "100000000"),
        ("3x10e7", "30000000"), ("2.5 × 10^6", "2500000"),
    ],
)  # fmt: skip
def test_numbers(written: str, value: str) -> None:
    assert read_written_number(written) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("25mg/m2", ["= 25 mg/m2 "]),
        (r"30 mg/m\^2", ["= 30 mg/m2 "]),
        ("1.0g/m²", ["= 1 g/m2 "]),
        ("1.8 g/m2/day", ["= 1.8 g/m2 day"]),
        ("30 mg/m2 per day", ["= 30 mg/m2 day"]),
        ("10mg/(m2.d)", ["= 10 mg/m2 day"]),
        ("0.15mg/kg", ["= 0.15 mg/kg "]),
        ("230mcg", ["= 230 ug "]),
        ("2000IU/day", ["= 2000 [IU] day"]),
        ("over 1+E07/ kg", ["> 10000000 {cells}/kg "]),
        ("at least 2 x 10^6 CAR T cells/kg", [">= 2000000 {cells}/kg "]),
        ("2.5 x 10^6 MSC per kg", ["= 2500000 {cells}/kg "]),
        ("200 mg per administration", ["= 200 mg administration"]),
        ("up to 600 mg", ["? 600 mg "]),
        # no doses: strengths, concentrations, rates, gauges, names, lost superscripts, commas
        ("75 mg/mL", []),
        ("200 mg/20 mL vial", []),
        ("10mg tablet", []),
        ("a 20G needle", []),
        ("IL-7Ra CAR T cells", []),
        ("1×106 CAR-T/kg", []),
        ("0,5 mg", []),
        ("0.75 mg/min", []),
    ],
)
def test_amounts(text: str, shown: list[str]) -> None:
    found = dose_mentions(cleaned(text).text)
    assert [f"{one.comparator} {plain(one.low)} {one.unit} {one.per}" for one in found] == shown


def test_a_range_is_one_amount_with_two_ends() -> None:
    (one,) = dose_mentions("750-800 mg/m2")
    assert (one.low, one.high) == (Decimal(750), Decimal(800))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("(-6d to -2d)", [(-6, -5, -4, -3, -2)]),
        ("day -6 to -5", [(-6, -5)]),
        ("day -8 through -6", [(-8, -7, -6)]),
        ("days 1, 8, and 15", [(1, 8, 15)]),
        ("days -5, -4 and -3", [(-5, -4, -3)]),
        (r"D-5\~D-3", [(-5, -4, -3)]),
        ("d1-3", [(1, 2, 3)]),
        ("on Day 1.", [(1,)]),
        ("Day 0", [(0,)]),
        ("days 1-14 twice daily", [tuple(range(1, 15))]),
        ("day -2 to 2", [(-2, -1, 0, 1, 2)]),
        # named, and not to be read in one way only
        ("from day -7", [()]),
        ("day 1 to week 12", [()]),
        ("D-5", [()]),
        ("day -6 -2", [()]),
        ("days 5, -4, 3, -2", [()]),
        ("until day 28", [()]),
        # not study days
        ("Vitamin D 3", []),
        ("EQ-5D 3", []),
        ("within 28 days", []),
    ],
)
def test_days(text: str, days: list[tuple[int, ...]]) -> None:
    assert [one.days for one in days_mentions(cleaned(text).text)] == days


@pytest.mark.parametrize(
    ("text", "a_day", "every"),
    [
        ("QD", 1, None), ("once daily", 1, None), ("BID", 2, None), ("twice a day", 2, None),
        ("three times daily", 3, None), ("2 times/day", 2, None), ("Q3W", None, 21),
        ("every 2 weeks", None, 14), ("every other week", None, 14), ("weekly", None, 7),
        ("of each 21-day cycle", None, 21), ("every 28 days", None, 28), ("daily", 1, None),
    ],
)  # fmt: skip
def test_frequencies(text: str, a_day: int | None, every: int | None) -> None:
    (one,) = frequency_mentions(text)
    assert (one.a_day, one.every_days) == (a_day, every)


@pytest.mark.parametrize("text", ["3-4 times a day", "biweekly", "monthly", "daytime"])
def test_no_frequency(text: str) -> None:
    assert not frequency_mentions(text)


def test_durations_and_times() -> None:
    assert [one.days for one in duration_mentions("for 5 consecutive days")] == [5]
    assert [one.days for one in duration_mentions("for 12 weeks")] == [84]
    assert not duration_mentions("for up to 12 weeks")
    assert [one.times for one in times_mentions("with 3 consecutive infusions")] == [3]
    assert [one.times for one in times_mentions("A single dose")] == [1]
    assert not times_mentions("up to 17 administrations")


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("Omalizumab 300 mg injection", "Omalizumab"),
        ("Fludarabine", "Fludarabine"),
        ("chemotherapy combined with NK cells infusion", ""),
        ("paclitaxel/carboplatin", ""),
        ("A plus B", ""),
        ("Docetaxel (75 mg/m^2)", "Docetaxel"),
    ],
)
def test_names_without_dose_and_form(name: str, base: str) -> None:
    assert base_name(name) == base


# --- whole texts -----------------------------------------------------------------------------


def test_a_dose_with_cycle_days_and_cycle_length() -> None:
    one = only("75 mg/m2 IV over 1 hour on Days 1 and 8 of each 21-day cycle")
    assert (one.dose, one.unit, one.days, one.every_days, one.times) == (
        (Decimal(75),), "mg/m2", (1, 8), 21, None,
    )  # fmt: skip


def test_a_daily_oral_dose() -> None:
    one = only("5 mg orally once daily")
    assert (one.dose, one.unit, one.a_day, one.days) == ((Decimal(5),), "mg", 1, None)


def test_names_and_doses_of_several_drugs_in_one_sentence() -> None:
    record = study(
        ("DRUG", "Fludarabine", ""),
        ("DRUG", "Cyclophosphamide", ""),
        arms=(
            (
                "All",
                (
                    "Fludarabine 30 mg/m2 on days -5, -4 and -3 and cyclophosphamide (Cy) "
                    "500 mg/m2 on days -5 and -4"
                ),
                ("Drug: Fludarabine", "Drug: Cyclophosphamide"),
            ),
        ),
    )
    items = {one.name: one for one in read_regimen(record).items}
    assert items["Fludarabine"].days == (-5, -4, -3)
    assert items["Cyclophosphamide"].dose == (Decimal(500),)
    assert items["Cyclophosphamide"].days == (-5, -4)


def test_amounts_before_their_names() -> None:
    record = study(
        ("DRUG", "Alphamab", ""), ("DRUG", "Betamab", ""),
        arms=(("All", "360 mg Alphamab on Day 1, 15 mg/kg Betamab on Day 1",
               ("Drug: Alphamab", "Drug: Betamab")),),
    )  # fmt: skip
    assert {one.name: str(one.dose[0]) for one in read_regimen(record).items} == {
        "Alphamab": "360", "Betamab": "15",
    }  # fmt: skip


def test_two_places_that_agree_are_one_item_in_one_unit() -> None:
    record = study(
        ("DRUG", "Cyclophosphamide", "1000 mg/m2/day, day -6 to -5"),
        arms=(("All", "Cyclophosphamide 1.0g/m2 (-6d to -5d)", ("Drug: Cyclophosphamide",)),),
    )
    (one,) = read_regimen(record).items
    assert (one.dose, one.unit, one.per, one.days, one.times) == (
        (Decimal(1000),), "mg/m2", "day", (-6, -5), 2,
    )  # fmt: skip
    assert len(one.sources) == 2
    assert not one.clashes


def test_two_places_that_disagree_keep_nothing_of_it() -> None:
    record = study(
        ("DRUG", "Cyclophosphamide", "1000 mg/m2, day -6 to -5"),
        arms=(("All", "Cyclophosphamide 500 mg/m2 on days -6 to -5", ("Drug: Cyclophosphamide",)),),
    )
    (one,) = read_regimen(record).items
    assert one.dose == ()
    assert one.days == (-6, -5)
    assert len(one.clashes) == 2


def test_arms_may_differ_and_are_items_of_their_own() -> None:
    record = study(
        ("DRUG", "Examplumab", ""),
        arms=(
            ("Low", "Examplumab 10 mg once daily", ("Drug: Examplumab",)),
            ("High", "Examplumab 20 mg once daily", ("Drug: Examplumab",)),
        ),
    )
    assert [(str(one.dose[0]), one.arms) for one in read_regimen(record).items] == [
        ("10", (0,)), ("20", (1,)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("10 mg, escalated to 20 mg if tolerated", Doubt.CONDITIONAL),
        ("Cohort 1: 10 mg", Doubt.CONDITIONAL),
        ("10 mg for adults; 5 mg for children", Doubt.CONDITIONAL),
        ("5 to 10 mg daily", Doubt.RANGE),
        ("up to 600 mg", Doubt.BOUNDED),
        ("more than 150 mg", Doubt.BOUNDED),
        ("dissolved beforehand with 100 mg sugar", Doubt.WHOSE),
        ("a capsule with 50 mg of something", Doubt.WHOSE),
        ("0.5 mg/kg for 4 weeks; 0.25 mg/kg for 4 weeks", Doubt.SEVERAL),
    ],
)
def test_what_is_doubtful_is_not_a_dose(text: str, doubt: Doubt) -> None:
    found = regimen(text)
    assert not found.items
    assert doubt in {one.reading.doubt for one in found.doubts}


def test_another_drug_between_name_and_amount_is_not_misread() -> None:
    found = regimen("Examplumab is given after acetaminophen 650 mg orally")
    assert "Examplumab" not in [one.name for one in found.items if one.dose == (Decimal(650),)]


def test_a_strength_in_a_product_name_alone_is_no_dose() -> None:
    found = regimen("", name="Belatacept 250 MG")
    assert not found.items
    assert [one.reading.doubt for one in found.doubts] == [Doubt.STRENGTH]


def test_days_and_duration_that_contradict_each_other_are_not_days() -> None:
    one = only("25 mg/m2/day on days -10 to -2 for 3 days")
    assert one.days is None
    assert one.clashes


def test_the_day_of_something_else_is_not_the_day_of_the_dose() -> None:
    assert only("15 mg/kg every 2 weeks prior to surgery on day 84").days is None


@given(st.text(alphabet="0123456789 mgkd/-,.xX^eE+()~andtoday²⁷", max_size=60))
def test_no_text_makes_a_traceback_and_every_span_is_in_it(text: str) -> None:
    field = cleaned(text)
    for found in (dose_mentions(field.text), days_mentions(field.text)):
        for one in found:
            start, end = field.span(one.start, one.end)
            assert 0 <= start < end <= len(text)
    regimen(text)
