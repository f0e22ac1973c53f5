"""Rules B: baseline characteristics are there, and their counts add up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trialrun.record.model import Study
from trialrun.record.results_section import (
    BaselineCharacteristicsModule,
    BaselineMeasure,
    MeasureClass,
)
from trialrun.results.registry_rules.cells import COUNTS, analysed, decimal_of, started
from trialrun.results.registry_rules.rule import Level, Rule

_TIME = ("year", "month", "week", "day", "hour")
_UNTITLED = {"", "other", "study-specific measure", "study specific measure"}


def _module(study: Study) -> BaselineCharacteristicsModule:
    return study.results.baseline_characteristics


def age_and_sex(study: Study) -> Iterator[str]:
    titles = [(one.title or "").casefold() for one in _module(study).measures]
    if not any(title.startswith("age") for title in titles):
        yield "Age"
    if not any(title.startswith(("sex", "gender")) for title in titles):
        yield "Sex"


def race_and_ethnicity(study: Study) -> Iterator[str]:
    titles = " / ".join(one.title or "" for one in _module(study).measures).casefold()
    if "race" not in titles:
        yield "Race"
    if "ethnicity" not in titles:
        yield "Ethnicity"


def _total(module: BaselineCharacteristicsModule) -> str | None:
    """The id of the Total, where there are several groups."""
    last = module.groups[-1] if len(module.groups) > 1 else None
    return last.id if last is not None and (last.title or "").casefold() == "total" else None


def as_many_as_started(study: Study) -> Iterator[str]:
    module = _module(study)
    counts, begun = analysed(module.denoms), started(study)
    if counts is None or begun is None or module.population_description:
        return
    total = _total(module)
    own = sum(count for group, count in counts.items() if group != total)
    if own != begun:
        yield f"{own} of {begun}"


def totals(study: Study) -> Iterator[str]:
    module = _module(study)
    total = _total(module)
    if total is None:
        return
    counts = analysed(module.denoms)
    if counts is not None and total in counts:
        own = sum(count for group, count in counts.items() if group != total)
        if own != counts[total]:
            yield f"N: {own}, total {counts[total]}"
    for measure in module.measures:
        if measure.param_type in COUNTS:
            yield from _cell_totals(measure, total)


def _cell_totals(measure: BaselineMeasure, total: str) -> Iterator[str]:
    for one in measure.classes:
        for category in one.categories:
            cells = {cell.group_id: decimal_of(cell.value) for cell in category.measurements}
            known = [
                value for group, value in cells.items() if group != total and value is not None
            ]
            whole = cells.get(total)
            if whole is not None and len(known) == len(cells) - 1 and sum(known) != whole:
                yield f"{measure.title}, {category.title}: {sum(known)}, total {whole}"


def exhaustive(study: Study) -> Iterator[str]:
    module = _module(study)
    default = analysed(module.denoms)
    for measure in module.measures:
        if measure.param_type != "COUNT_OF_PARTICIPANTS":
            continue
        own = analysed(measure.denoms) or default
        for one in measure.classes:
            denominators = analysed(one.denoms) or own
            if len(one.categories) > 1 and denominators is not None:
                yield from _uneven(measure, one, denominators)


def _uneven(
    measure: BaselineMeasure, one: MeasureClass, denominators: Mapping[str, int]
) -> Iterator[str]:
    for group, n in denominators.items():
        cells = [
            decimal_of(cell.value)
            for category in one.categories
            for cell in category.measurements
            if cell.group_id == group
        ]
        known = [value for value in cells if value is not None]
        if known and len(known) == len(cells) and sum(known) != n:
            yield f"{measure.title}, {group}: {sum(known)} of {n}"


def count_units(study: Study) -> Iterator[str]:
    for measure in _module(study).measures:
        if measure.param_type != "COUNT_OF_PARTICIPANTS":
            continue
        if (measure.unit_of_measure or "").casefold() != "participants":
            yield f"{measure.title}: {measure.unit_of_measure}"


def dispersions(study: Study) -> Iterator[str]:
    for measure in _module(study).measures:
        if measure.param_type in COUNTS and measure.dispersion_type not in {None, "NA"}:
            yield f"{measure.title}: {measure.dispersion_type}"
        elif measure.param_type not in {*COUNTS, "NUMBER", None} and not measure.dispersion_type:
            yield f"{measure.title}: none"


def age_unit(study: Study) -> Iterator[str]:
    for measure in _module(study).measures:
        title = (measure.title or "").strip().casefold()
        if title in _UNTITLED:
            yield "a measure without a title"
        if title in {"age, continuous", "age continuous"}:
            unit = (measure.unit_of_measure or "").casefold()
            if not any(word in unit for word in _TIME):
                yield f"{measure.title}: {measure.unit_of_measure}"


RULES = (
    Rule("B1", Level.ERROR, "DED", age_and_sex),
    Rule("B2", Level.ERROR, "DED", race_and_ethnicity),
    Rule("B3", Level.ERROR, "DED", as_many_as_started),
    Rule("B4", Level.ERROR, "AR", totals),
    Rule("B5", Level.ERROR, "DED", exhaustive),
    Rule("B6", Level.ERROR, "DED", count_units),
    Rule("B7", Level.ERROR, "DED", dispersions),
    Rule("B8", Level.ERROR, "PRS", age_unit),
)
