"""The parameter file: every number sourced and graded, none idle, errors in words."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from trialrun.errors import InputError
from trialrun.rehearse.draws import Draws, Purpose
from trialrun.rehearse.nk_aml.anchors import anchors, run_anchor
from trialrun.rehearse.nk_aml.clinical import clinical_courses, draw_chances
from trialrun.rehearse.nk_aml.dosing import Regimen, planned_doses
from trialrun.rehearse.nk_aml.parameters import (
    GROUPS,
    Parameter,
    Parameters,
    model_file,
    read_parameters,
    shipped_parameters,
)
from trialrun.rehearse.nk_aml.participants import Disease, draw_participants
from trialrun.rehearse.nk_aml.reactions import reaction_grades
from trialrun.rehearse.nk_aml.trajectory import simulate
from trialrun.values.provenance import Grade


class Watched(Mapping[str, Parameter]):
    """Remembers which numbers were asked for."""

    def __init__(self, numbers: Mapping[str, Parameter]) -> None:
        self.numbers = numbers
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> Parameter:
        self.asked.add(name)
        return self.numbers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.numbers)

    def __len__(self) -> int:
        return len(self.numbers)

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self.numbers else default


def test_every_number_has_unit_basis_and_grade() -> None:
    for one in shipped_parameters():
        assert one.unit, one
        assert len(one.basis) > 3, one
        assert one.symbol != one.name, one
        assert isinstance(one.grade, Grade)
    assert set(model_file()) == {*GROUPS, "format", "reaction", "complication", "anchor"}


def idle(shipped: Parameters) -> set[str]:
    """The numbers that neither the model nor the clinical layer nor the table asks for."""
    watched = Watched(shipped.numbers)
    parameters = dataclasses.replace(shipped, numbers=watched)
    for disease in Disease:
        people = draw_participants(
            Draws.of_trial(1, range(3), Purpose.PHYSIOLOGY), disease, parameters
        )
    doses = planned_doses(people, Regimen(nk_cells=1e7, nk_days=(0,)))
    seen = simulate(people, parameters, doses, from_day=0, record_at=range(31))
    draws = Draws.of_trial(1, range(3), Purpose.CLINICAL)
    reaction_grades(draws, 1, parameters)
    clinical_courses(
        seen,
        first_infusion=people.cytokine,
        responding=~people.relapsed,
        response_day=28,
        chances=draw_chances(draws, parameters),
        parameters=parameters,
    )
    for anchor in anchors():
        if not anchor.people:  # replaced rows are a copy, which is not watched
            run_anchor(anchor, parameters, participants=2)
    return set(shipped.numbers) - watched.asked


def test_no_number_is_idle() -> None:
    shipped = shipped_parameters()
    assert idle(shipped) == set()
    extra = dataclasses.replace(shipped["donor_nk.loss"], name="donor_nk.luck")
    assert idle(dataclasses.replace(shipped, numbers={**shipped.numbers, extra.name: extra})) == {
        "donor_nk.luck"
    }


def test_a_scenario_changes_one_number_and_says_so() -> None:
    shipped = shipped_parameters()
    changed = shipped.with_value("donor_nk.rejection", 0.002)
    assert changed.value("donor_nk.rejection") == 0.002
    assert changed["donor_nk.rejection"].log_sd == shipped["donor_nk.rejection"].log_sd
    assert changed["donor_nk.rejection"].grade is Grade.ASSUMED
    assert "0.0011" in changed["donor_nk.rejection"].basis
    assert shipped.value("donor_nk.rejection") == 1.1e-3
    with pytest.raises(InputError, match="no parameter"):
        shipped.with_value("donor_nk.luck", 1)
    with pytest.raises(InputError, match="not a number"):
        shipped.with_value("donor_nk.rejection", float("nan"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"value": "many"}, "'many', not a number"),
        ({"value": True}, "True, not a number"),
        ({"value": float("inf")}, "inf, not a number"),
        ({"grade": "guessed"}, "grade of 'donor_nk.loss' is 'guessed'"),
        ({"log_sd": -0.1}, "log_sd of 'donor_nk.loss' is negative"),
        ({"basis": None}, "'donor_nk.loss' has no basis"),
        ({"unit": None}, "'donor_nk.loss' has no unit"),
    ],
)
def test_a_number_that_cannot_be_read_is_named(change: dict[str, Any], words: str) -> None:
    table = copy.deepcopy(model_file())
    row = table["donor_nk"]["loss"]
    row.update(change)
    for key in [key for key, value in change.items() if value is None]:
        del row[key]
    with pytest.raises(InputError, match=words):
        read_parameters(table)


def test_shares_above_one_are_refused() -> None:
    table = copy.deepcopy(model_file())
    table["complication"][0]["outcome"][0]["share"] = 0.99
    with pytest.raises(InputError, match="shares of 'cytokine-release'"):
        read_parameters(table)
