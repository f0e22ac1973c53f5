"""From the database's own vocabulary and source codes to our variables and units."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from trialrun.readers.patients.codes import (
    ICD,
    ICD9CM,
    ICD10CM,
    LOINC,
    OMOP,
    SNOMED,
    codes_of,
    variables_of,
)
from trialrun.readers.patients.omop.database import Database, rows_of
from trialrun.vocabulary.variable import Variable

if TYPE_CHECKING:
    import ibis

Declared = Mapping[tuple[str, str], Variable]
Cited = tuple[tuple[Variable, ...], str]  # the variables of a code, and how to cite it

# A source value has no system beside it; its form must tell. E8 and E9 are codes in both editions
# of ICD and mean different things, so they tell nothing.
_LOINC = re.compile(r"\d{1,5}-\d\Z")
_SNOMED = re.compile(r"\d{6,18}(?:\.0)?\Z")
_ICD10 = re.compile(r"(?!E[89])[A-Z]\d[0-9A-Z]\.?[0-9A-Z]{0,4}\Z")
_ICD9 = re.compile(r"(?:\d{3}\.?\d{0,2}|V\d\d\.?\d{0,2})\Z")


def concept_variables(database: Database, declared: Declared) -> dict[int, Cited]:
    """The variables of each concept: by its code, by `Maps to`, and below it in the hierarchy.

    A code that stands for more than one variable is not followed down: what is below "malignant
    neoplasm" includes the very disease that a trial is about.
    """
    concept = database.tables.get("concept")
    if concept is None:
        return {}
    found: dict[int, Cited] = {}
    for number, vocabulary, code in _known_concepts(concept):
        rows = variables_of(OMOP[vocabulary], code)
        if rows:
            found[number] = (rows, f"{OMOP[vocabulary]} {code}")
    for number, vocabulary, code in _declared_concepts(concept, declared):
        own = declared.get((vocabulary, code)) or declared.get(("", code))
        if own is not None:
            found[number] = ((own,), f"declared code {code}")
    coded = {
        number for number, (_, cited) in found.items() if not cited.startswith(("ICD", "declared"))
    }
    for source, target in _pairs(database, "concept_relationship", coded):
        found.setdefault(target, found[source])
    alone = {number for number in coded if len(found[number][0]) == 1}
    for above, below in _pairs(database, "concept_ancestor", alone):
        found.setdefault(below, found[above])
    return found


def _known_concepts(concept: ibis.Table) -> list[tuple[int, str, str]]:
    """Concepts whose code may be one of ours."""
    exact = [code for system in (LOINC, SNOMED) for code in codes_of(system)]
    heads = sorted({code[:3] for system in ICD for code in codes_of(system)})
    wanted = concept.filter(
        (concept.vocabulary_id.isin(["LOINC", "SNOMED"]) & concept.concept_code.isin(exact))
        | (concept.vocabulary_id.isin(["ICD10CM", "ICD9CM"]) & concept.concept_code[:3].isin(heads))
    )
    listed = rows_of(wanted.select("concept_id", "vocabulary_id", "concept_code"))
    return sorted(
        (row["concept_id"], row["vocabulary_id"], row["concept_code"])
        for row in listed
        if row["concept_id"] is not None
    )


def _declared_concepts(concept: ibis.Table, declared: Declared) -> list[tuple[int, str, str]]:
    """Concepts with a code that the site declares."""
    if not declared:
        return []
    chosen = concept.filter(concept.concept_code.isin(sorted({code for _, code in declared})))
    listed = rows_of(chosen.select("concept_id", "vocabulary_id", "concept_code"))
    return sorted(
        (row["concept_id"], row["vocabulary_id"] or "", row["concept_code"])
        for row in listed
        if row["concept_id"] is not None
    )


def _pairs(database: Database, name: str, sources: set[int]) -> list[tuple[int, int]]:
    """From these concepts to others, by mapping or by hierarchy."""
    table = database.tables.get(name)
    if table is None or not sources:
        return []
    if name == "concept_relationship":
        table = table.filter(table.relationship_id == "Maps to")
        columns = ["concept_id_1", "concept_id_2"]
    else:
        columns = ["ancestor_concept_id", "descendant_concept_id"]
    chosen = table.filter(table[columns[0]].isin(sorted(sources))).select(columns).distinct()
    listed = rows_of(chosen)
    pairs = [(row[columns[0]], row[columns[1]]) for row in listed]
    return sorted(pair for pair in pairs if None not in pair and pair[0] != pair[1])


def source_variables(text: str, *, diagnosis: bool) -> Cited:
    """The variables of a source value, by the form of the code; ICD only for diagnoses."""
    code = text.strip()
    if _LOINC.match(code):
        return variables_of(LOINC, code), f"LOINC {code}"
    if _SNOMED.match(code):
        bare = code.removesuffix(".0")
        return variables_of(SNOMED, bare), f"SNOMED CT {bare}"
    if not diagnosis:
        return (), ""
    by_edition = [
        (variables_of(system, code), f"{system} {code}")
        for system, form in ((ICD10CM, _ICD10), (ICD9CM, _ICD9))
        if form.match(code)
    ]
    named = [one for one in by_edition if one[0]]
    return named[0] if len(named) == 1 else ((), "")


def concept_names(database: Database, numbers: set[int]) -> dict[int, tuple[str, str, str]]:
    """Vocabulary, code and name of these concepts, as far as the database knows them."""
    concept = database.tables.get("concept")
    if concept is None or not numbers:
        return {}
    chosen = concept.filter(concept.concept_id.isin(sorted(numbers)))
    found: dict[int, tuple[str, str, str]] = {}
    for row in rows_of(chosen):
        found[row["concept_id"]] = (
            row["vocabulary_id"] or "", row["concept_code"] or "", row["concept_name"] or "",
        )  # fmt: skip
    return found


def by_variable(found: dict[int, Cited]) -> dict[str, list[int]]:
    """The concepts of each variable."""
    grouped: dict[str, list[int]] = defaultdict(list)
    for number, (rows, _) in sorted(found.items()):
        for row in rows:
            grouped[row.name].append(number)
    return dict(grouped)
