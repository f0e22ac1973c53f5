"""The adverse event terms, and the names of the registry's system organ classes."""

from __future__ import annotations

from trialrun.assess.ctcae import REGISTRY_SOCS, registry_soc, term, terms


def test_the_registry_knows_27_classes() -> None:
    assert len(set(REGISTRY_SOCS)) == 27
    assert list(REGISTRY_SOCS) == sorted(REGISTRY_SOCS, key=str.casefold)


def test_every_term_has_grades_and_a_class_of_the_registry() -> None:
    names = [one.name for one in terms()]
    assert len(names) == len(set(names))
    assert 40 <= len(names) <= 80
    for one in terms():
        assert one.registry_soc in REGISTRY_SOCS
        assert one.grades
        assert set(one.grades) <= {1, 2, 3, 4, 5}


def test_a_term_is_found_in_any_case_of_letters() -> None:
    found = term("FEBRILE neutropenia")
    assert found is not None
    assert found.grades == (3, 4, 5)
    assert term("common cold") is None


def test_the_general_class_is_called_otherwise_by_the_registry() -> None:
    assert registry_soc("General disorders and administration site conditions") == (
        "General disorders"
    )
    assert registry_soc("Eye disorders") == "Eye disorders"
