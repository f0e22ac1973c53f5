"""The registry's baseline characteristics module: the enrolled, with a Total of several arms."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.analysis.baseline import Categories, Characteristic, Number
from trialrun.analysis.estimate import Traced
from trialrun.analysis.spread import Limited, Spread
from trialrun.record.results_section import (
    BaselineCharacteristicsModule,
    BaselineMeasure,
    Denom,
    DenomCount,
    MeasureCategory,
    MeasureClass,
    MeasureGroup,
    Measurement,
)
from trialrun.results.analysed import Analysed
from trialrun.results.flow_tables import row_unit
from trialrun.results.registry_groups import arms, description, ids, titles
from trialrun.results.traced_text import number, text_of
from trialrun.results.words import capitalised, value_words, variable_words
from trialrun.wording.catalogue import say

PARTICIPANTS = "Participants"
# How the registry names units; others are written in UCUM.
_UNITS = {"a": "years", "kg": "kg", "cm": "cm", "%": "percent", "mo": "months", "d": "days",
          "{score}": "score on a scale", "1": "ratio"}  # fmt: skip
_DISEASES = {"morphological": "disease_morphological",
             "mrd-positive remission": "disease_mrd_positive_remission",
             "mrd-negative remission": "disease_mrd_negative_remission"}  # fmt: skip


def baseline_characteristics(results: Analysed) -> BaselineCharacteristicsModule:
    """Age and sex first, race and ethnicity as not collected, then what the trial recorded."""
    codes = ids("BG", results.groups)
    measures: list[BaselineMeasure] = []
    for place, shape in enumerate(results.whole.baseline):
        each = [one.baseline[place] for one in results.groups]
        measures.append(_measure(shape, each, codes))
    measures.insert(2, _not_collected(codes))
    return BaselineCharacteristicsModule(
        population_description=say("report.reg_baseline_population"),
        groups=_groups(results, codes),
        denoms=(_denom([one.course.enrolled for one in results.groups], codes),),
        measures=tuple(measures),
    )


def _groups(results: Analysed, codes: Sequence[str]) -> tuple[MeasureGroup, ...]:
    groups = [
        MeasureGroup(id=code, title=title, description=description(results, one.group))
        for code, title, one in zip(codes, titles(results), arms(results), strict=False)
    ]
    if results.whole.group.total:
        words = say("report.reg_total")
        groups.append(MeasureGroup(id=codes[-1], title="Total", description=words))
    return tuple(groups)


def _denom(counts: Sequence[Traced[int]], codes: Sequence[str]) -> Denom:
    return Denom(
        units=PARTICIPANTS,
        counts=tuple(
            DenomCount(group_id=code, value=text_of(count))
            for code, count in zip(codes, counts, strict=True)
        ),
    )


def _not_collected(codes: Sequence[str]) -> BaselineMeasure:
    counts = tuple(DenomCount(group_id=code, value="0") for code in codes)
    return BaselineMeasure(
        title="Race and Ethnicity Not Collected",
        population_description=say("report.reg_race"),
        param_type="COUNT_OF_PARTICIPANTS",
        unit_of_measure=PARTICIPANTS,
        classes=(MeasureClass(denoms=(Denom(units=PARTICIPANTS, counts=counts),)),),
    )


def _measure(
    shape: Characteristic, each: Sequence[Characteristic], codes: Sequence[str]
) -> BaselineMeasure:
    if isinstance(shape, Number):
        spreads = [one.spread for one in each if isinstance(one, Number)]
        return _number(shape.variable, spreads, codes)
    return _categories(shape, [one for one in each if isinstance(one, Categories)], codes)


def _number(name: str, spreads: Sequence[Spread], codes: Sequence[str]) -> BaselineMeasure:
    code = row_unit(name) or "1"
    missing = any(one.missing.value for one in spreads)
    return BaselineMeasure(
        title="Age, Continuous" if name == "age" else capitalised(variable_words(name)).en,
        population_description=say("report.reg_with_value") if missing else None,
        param_type="MEDIAN",
        dispersion_type="FULL_RANGE",
        unit_of_measure=_UNITS.get(code, code),
        denoms=(_denom([one.n for one in spreads], codes),) if missing else (),
        classes=(
            MeasureClass(
                categories=(
                    MeasureCategory(
                        measurements=tuple(
                            range_of(one, code) for one, code in zip(spreads, codes, strict=True)
                        )
                    ),
                )
            ),
        ),
    )


def range_of(one: Spread, group: str, decimals: int | None = None) -> Measurement:
    """Median and full range of one group; NA with its reason where there is none."""
    if one.median.value is None:
        return Measurement(
            group_id=group,
            value=text_of(one.n, "NA"),
            lower_limit="NA",
            upper_limit="NA",
            comment=say("report.reg_no_value"),
        )
    values = (one.median.value, one.least.value, one.greatest.value)
    below = [value for value in values if value is not None and value.below]
    comment = None
    if below:
        limit = number(max(value.value for value in below), decimals)
        comment = say("report.reg_below", limit=limit)
    return Measurement(
        group_id=group,
        value=_limited(one.median, decimals),
        lower_limit=_limited(one.least, decimals),
        upper_limit=_limited(one.greatest, decimals),
        comment=comment,
    )


def _limited(one: Traced[Limited | None], decimals: int | None) -> str:
    if one.value is None or one.value.below:
        return text_of(one, "NA")
    return text_of(one, number(one.value.value, decimals))


def _categories(
    shape: Categories, each: Sequence[Categories], codes: Sequence[str]
) -> BaselineMeasure:
    missing = any(one.missing.value for one in each)
    name = shape.variable
    return BaselineMeasure(
        title={"sex": "Sex: Female, Male", "disease": say("report.disease_before")}.get(
            name, capitalised(variable_words(name)).en
        ),
        population_description=say("report.reg_with_value") if missing else None,
        param_type="COUNT_OF_PARTICIPANTS",
        unit_of_measure=PARTICIPANTS,
        denoms=(_denom([one.known for one in each], codes),) if missing else (),
        classes=(
            MeasureClass(
                categories=tuple(
                    MeasureCategory(
                        title=_category(name, value),
                        measurements=tuple(
                            Measurement(group_id=code, value=text_of(one.categories[place][1]))
                            for code, one in zip(codes, each, strict=True)
                        ),
                    )
                    for place, (value, _) in enumerate(shape.categories)
                )
            ),
        ),
    )


def _category(name: str, value: str) -> str:
    if name == "disease":
        return say(f"analysis.{_DISEASES[value]}")
    return capitalised(value_words(name, value)).en
