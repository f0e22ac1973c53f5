"""Drafts: what a record says is in the file with its words; what it leaves open is a question."""

from __future__ import annotations

from typing import Any

import pytest

from trialrun.errors import NotSupported
from trialrun.protocol.draft import draft
from trialrun.protocol.drafting.outcomes import day_of, measure_of
from trialrun.protocol.file import ProtocolFile, read_protocol_file, write_protocol_file
from trialrun.protocol.model import Kind, Measure, Protocol
from trialrun.protocol.parts import PEOPLE, Asked
from trialrun.protocol.settling import approval_problems, settle
from trialrun.record.example import example_content, example_numbers
from trialrun.record.model import Study
from trialrun.record.opening import open_record
from trialrun.record.reader import read_study
from trialrun.wording.catalogue import topic


def record(**modules: Any) -> Study:
    """A small interventional record; modules given replace the default ones."""
    known: dict[str, Any] = {
        "identificationModule": {"nctId": "NCT99999990", "briefTitle": "A trial of lamps"},
        "statusModule": {
            "startDateStruct": {"date": "2030-01"},
            "completionDateStruct": {"date": "2031-12"},
        },
        "conditionsModule": {"conditions": ["Insomnia"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE2"],
            "designInfo": {"allocation": "RANDOMIZED", "interventionModel": "PARALLEL"},
            "enrollmentInfo": {"count": 40},
        },
        "armsInterventionsModule": {
            "armGroups": [
                {"label": "Lamp", "type": "EXPERIMENTAL", "interventionNames": ["Drug: Lampamine"]},
                {
                    "label": "Placebo",
                    "type": "PLACEBO_COMPARATOR",
                    "interventionNames": ["Drug: Placebo"],
                },
            ],
            "interventions": [
                {
                    "type": "DRUG",
                    "name": "Lampamine",
                    "description": "5 mg orally once daily for 14 days",
                },
                {"type": "DRUG", "name": "Placebo", "description": "One pill"},
            ],
        },
        "outcomesModule": {
            "primaryOutcomes": [{"measure": "Responders at week 4", "timeFrame": "Week 4"}]
        },
        "eligibilityModule": {
            "eligibilityCriteria": "Inclusion Criteria:\n\n* Age 18 years or older\n",
            "minimumAge": "18 Years",
        },
    }
    return read_study({"protocolSection": known | modules}, where="test")


CELLS = {
    "conditionsModule": {"conditions": ["Lymphoma"]},
    "designModule": {
        "studyType": "INTERVENTIONAL",
        "phases": ["PHASE1"],
        "designInfo": {"interventionModel": "SINGLE_GROUP"},
        "enrollmentInfo": {"count": 6},
    },
    "armsInterventionsModule": {
        "armGroups": [
            {
                "label": "CAR-T",
                "description": "Fludarabine 30 mg/m2 and cyclophosphamide 300 mg/m2 on days -5, -4 "
                "and -3, followed by 2 x 10^6 CAR-T cells/kg at least 48 h after chemotherapy.",
                "interventionNames": ["Biological: CAR-T cells with chemotherapy"],
            }
        ],
        "interventions": [{"type": "BIOLOGICAL", "name": "CAR-T cells combined with chemotherapy"}],
    },
    "outcomesModule": {},
}
CELLS["armsInterventionsModule"]["armGroups"][0]["interventionNames"] = [  # type: ignore[index]
    "Biological: CAR-T cells combined with chemotherapy"
]


def drafted(study: Study) -> ProtocolFile:
    file = draft(study, record_sha256="0" * 64)
    assert read_protocol_file(write_protocol_file(file).encode(), where="x") == file
    return file


def rehearsed(file: ProtocolFile) -> Protocol:
    settled = settle(file, accept_assumed=True)
    assert isinstance(settled, Protocol), [one.words() for one in settled]
    return settled


def asked(file: ProtocolFile) -> dict[str, str | None]:
    return {one.id: one.assumed for one in file.questions}


def test_a_parallel_trial_has_its_arms_doses_days_and_outcomes() -> None:
    file = drafted(record())
    protocol = rehearsed(file)
    assert [one.title for one in protocol.arms] == ["Lamp", "Placebo"]
    lamp = protocol.item("lampamine")
    assert lamp.dose is not None
    assert str(lamp.dose.amount) == "5 mg"
    assert lamp.days == tuple(range(14))
    assert lamp.arms == ("lamp",)
    assert protocol.outcomes[0].measure is Measure.GENERIC_RESPONSE
    assert protocol.outcomes[0].day == 28
    assert protocol.enrolment.target == 40
    assert protocol.rehearsal_model == "generic"
    assert protocol.safety is None
    assert protocol.gates == ()


def test_every_question_has_words_choices_an_assumption_and_a_person() -> None:
    for study in (record(), record(**CELLS)):
        for one in drafted(study).questions:
            assert one.words, one.id
            assert one.asked_of in PEOPLE
            assert one.choices, one.id
            assert one.assumed in [choice.value for choice in one.choices], one.id
            room, _, key = one.topic.partition(".")
            assert key in topic(room, "en") and key in topic(room, "zh")
            assert one.source.place or one.source.words, one.id


def test_a_dose_that_was_not_read_is_a_question_and_nothing_is_made_up() -> None:
    file = drafted(record())
    assert asked(file)["placebo-dose"] == "none"
    assert rehearsed(file).item("placebo").dose is None


def test_a_cell_therapy_has_its_gap_gates_and_safety_rules() -> None:
    file = drafted(record(**CELLS))
    protocol = rehearsed(file)
    assert [one.kind for one in protocol.interventions] == [
        Kind.DRUG, Kind.DRUG, Kind.CELL_PRODUCT,
    ]  # fmt: skip
    (gap,) = protocol.gaps
    assert set(gap.after) == {"fludarabine", "cyclophosphamide"}
    assert (gap.before, gap.least_hours) == ("car-t-cells", 48)
    assert [(one.id, one.repeats) for one in protocol.gates] == [
        ("lymphodepletion", False), ("infusion", True),
    ]  # fmt: skip
    assert protocol.day_zero == "car-t-cells"
    assert protocol.safety is not None
    assert protocol.safety.window_start == "fludarabine"
    assert protocol.safety.window_end == "car-t-cells"
    assert len(protocol.safety.suspend_at) == 6
    assert protocol.rehearsal_model == "generic"
    assert {"gap-from", "day-zero", "counted", "dose-limiting-definition", "staggering",
            "fludarabine-clearance", "body-surface", "outcomes"} <= asked(file).keys()  # fmt: skip


def test_cells_without_chemotherapy_before_them_are_no_such_therapy() -> None:
    module = {
        "armGroups": [{"label": "MSC", "interventionNames": ["Biological: MSCs"]}],
        "interventions": [
            {"type": "BIOLOGICAL", "name": "MSCs", "description": "2 x 10^6 MSC per kg on Day 1"}
        ],
    }
    file = drafted(record(armsInterventionsModule=module))
    assert file.gaps == () and file.gates == ()
    assert file.interventions[0].kind == "cell-product"
    assert rehearsed(file).item("mscs").days == (0,)  # the record's day 1 is our day 0


def test_places_that_disagree_open_a_question_with_both_amounts() -> None:
    module = {
        "armGroups": [
            {
                "label": "All",
                "description": "Lampamine 5 mg daily",
                "interventionNames": ["Drug: Lampamine"],
            }
        ],
        "interventions": [
            {"type": "DRUG", "name": "Lampamine", "description": "10 mg daily for 5 days"}
        ],
    }
    file = drafted(record(armsInterventionsModule=module))
    question = file.question("lampamine-dose")
    assert [one.value for one in question.choices] == ["5 mg", "10 mg", "none"]
    assert file.regimen[0].dose == Asked("lampamine-dose")


def test_cycles_and_open_ends_are_asked_for() -> None:
    module = {
        "armGroups": [],
        "interventions": [
            {
                "type": "DRUG",
                "name": "Aamab",
                "description": "200 mg IV on Day 1 of each 21-day cycle",
            },
            {"type": "DRUG", "name": "Bbmab", "description": "5 mg orally once daily"},
        ],
    }
    file = drafted(record(armsInterventionsModule=module))
    assert asked(file)["aamab-days"] == "1, 22, 43, 64"
    assert asked(file)["bbmab-days"] == "1, 29, 57"
    protocol = rehearsed(file)
    assert protocol.item("aamab").days == (0, 21, 42, 63)


@pytest.mark.parametrize("kind", ["OBSERVATIONAL", "EXPANDED_ACCESS", None])
def test_other_kinds_of_records_are_not_drafted_and_the_sentence_says_why(kind: str | None) -> None:
    design: dict[str, Any] = {} if kind is None else {"studyType": kind}
    with pytest.raises(NotSupported, match="not this, because") as caught:
        draft(record(designModule=design), record_sha256="")
    assert caught.value.exit_code == 4
    assert caught.value.remedy


@pytest.mark.parametrize("gone", ["armsInterventionsModule", "eligibilityModule", "outcomesModule",
                                  "statusModule", "conditionsModule"])  # fmt: skip
def test_a_record_that_lacks_a_whole_module_is_still_drafted(gone: str) -> None:
    file = drafted(record(**{gone: {}}))
    assert file.questions
    settled = settle(file, accept_assumed=True)
    if gone == "armsInterventionsModule":
        assert not isinstance(settled, Protocol)
        assert [one.rule for one in settled] == ["no-regimen"]
    else:
        assert isinstance(settled, Protocol)


def test_a_draft_is_the_same_twice() -> None:
    first, second = (write_protocol_file(drafted(record(**CELLS))) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("title", "measure"),
    [
        ("Number of participants with dose-limiting toxicities", Measure.DOSE_LIMITING),
        ("Treatment-emergent adverse events", Measure.ADVERSE_EVENTS),
        ("Overall survival", Measure.SURVIVAL),
        ("Objective response rate", Measure.GENERIC_RESPONSE),
        ("Change in FEV1", Measure.OTHER),
    ],
)
def test_the_words_of_an_outcome_suggest_its_measure(title: str, measure: Measure) -> None:
    assert measure_of(title) is measure


@pytest.mark.parametrize(
    ("frame", "day"),
    [("12 weeks", 84), ("Day 28", 28), ("At week 4", 28), ("up to 30 days", 30),
     ("6 months", None), ("Weeks 4 and 8", None), ("Baseline, week 12", None), ("", None)],
)  # fmt: skip
def test_a_time_frame_names_one_day_or_none(frame: str, day: int | None) -> None:
    assert day_of(frame) == day


# --- the worked example ----------------------------------------------------------------------


def example() -> ProtocolFile:
    (number,) = example_numbers()
    content = example_content(number)
    assert content is not None
    return drafted(open_record(content, where=number).study)


def test_the_worked_example_opens_the_questions_of_practice() -> None:
    """One row a question of "Questions that NCT04221971 leaves open" in the practice notes."""
    questions = asked(example())
    assert {
        "nk-cells-days", "day-zero", "gap-from", "chemotherapy-hour", "nk-cells-dose-per",
        "nk-cells-counted", "nk-cells-most", "nk-cells-most-cd3", "D.apl.exclusion",
        "I1.not_understood", "I4.alternative", "S.age.age_upper", "anchor-treatment",
        "anchor-nk-cell-therapy", "I8.not_understood", "I6.3.upper_limit", "E6.variable",
        "E3.variable", "D.pregnancy.exclusion", "D.hiv.exclusion", "D.hcv.exclusion",
        "product-source", "donor-who", "donor-hla", "donor-antibodies", "donor-same",
        "fresh-or-frozen", "cytokine-support", "repeat-courses", "transplant-after", "counted",
        "replacement", "populations-differ", "several-products", "cell-product-type", "outcomes",
        "follow-up", "dose-limiting-definition", "dose-limiting-window", "suspension",
        "staggering", "withholding", "fludarabine-clearance", "supportive-care", "body-surface",
        "weight-change", "dose-rounding",
    } <= questions.keys()  # fmt: skip


def test_answering_differently_changes_calendar_and_kinetics() -> None:
    from trialrun.protocol.editing import answered

    file = example()
    assert rehearsed(file).item("nk-cells").days == (0, 1, 2)
    other = rehearsed(answered(file, "nk-cells-days", "0, 2, 4", by="INV", section="6.2"))
    assert other.item("nk-cells").days == (0, 2, 4)
    assert other.activity("nk-before").days == (0, 2, 4)
    assert other.activity("nk-after").days == (0, 2, 4)


def test_the_worked_example_as_settled_for_a_rehearsal() -> None:
    protocol = rehearsed(example())
    assert protocol.rehearsal_model == "nk-aml"
    assert [(one.id, one.days) for one in protocol.regimen] == [
        ("fludarabine", (-6, -5, -4, -3, -2)), ("cyclophosphamide", (-6, -5)),
        ("nk-cells", (0, 1, 2)),
    ]  # fmt: skip
    dose = protocol.item("nk-cells").dose
    assert dose is not None
    assert (dose.comparator, str(dose.amount), dose.counts) == (
        ">", "10000000 {cells}/kg", "viable_nk_per_kg",
    )  # fmt: skip
    assert protocol.anchors == {"treatment": "fludarabine", "NK cell therapy": "nk-cells"}
    assert str(protocol.criteria.root) == "(I1 and I3) or I4"
    assert {"criterion.I1", "criterion.I8", "criterion.E1"} <= set(protocol.assumed)


def test_an_answer_that_the_rule_does_not_follow_is_not_taken_in_silence() -> None:
    from trialrun.protocol.editing import answered

    file = answered(
        example(), "I6.3.upper_limit", "the laboratory's upper limit", by="A", section="5"
    )
    result = settle(file, accept_assumed=True)
    assert isinstance(result, tuple)
    assert [(one.rule, one.place) for one in result] == [("answer-not-in-rule", "criterion.I6.3")]


def test_what_is_not_settled_names_its_place_once() -> None:
    problems = approval_problems(example())
    for one in problems:
        line, words = one.line(), one.words()
        named = one.place if one.question is None else one.question.id
        assert named in line and line.endswith(words)
        assert line.count(f"{named}: {named}") == 0
        assert one.line("zh").endswith(one.words("zh"))
    lines = [one.line() for one in problems]
    assert any(line.startswith("regimen.fludarabine cites only") for line in lines)
    assert any(line.startswith("Not answered: nk-cells-days.") for line in lines)
