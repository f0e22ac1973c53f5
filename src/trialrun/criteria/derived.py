"""Values that are computed from others where nobody recorded them, by a stated method.

Laboratory inputs are the latest in the window of the atom; what the body is (sex, height, weight,
date of birth) the latest up to its anchor. An input that is missing, not exact or not plausible
leaves the value unknown, and is named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from trialrun.assess import formulas
from trialrun.assess.formulas import Computed, Surface, WeightRule
from trialrun.criteria.deciding import unit_of
from trialrun.criteria.evaluation import Situation
from trialrun.criteria.interval import Interval
from trialrun.criteria.nodes import LLN, ULN, Comparison, Window
from trialrun.criteria.placing import contenders, latest, place
from trialrun.errors import FactError
from trialrun.values.moment import Moment
from trialrun.values.quantity import Quantity, plain
from trialrun.values.unit import factor
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.reading import plausibility
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind

COMPUTED = "computed."  # how the id of a computed fact begins; then its method
AGE = f"{COMPUTED}birth-date"  # of a computed age; its source ends with the age and its unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A computed value as a fact, or what is missing for it.

    `fact` has the working as its source; `value` is the interval it stands for, where its inputs
    are not exact to the day. `needs` are the variables to record; `no_moment` says that nobody
    said as of when.
    """

    fact: Fact | None = None
    value: Interval | None = None
    inputs: tuple[Fact, ...] = ()
    needs: tuple[str, ...] = ()
    no_moment: bool = False


def derive(atom: Comparison, method: str, situation: Situation) -> Derived:
    """The value of the atom's variable by this method."""
    if method == "birth-date":
        return _age(atom, situation)
    inputs = _Inputs(atom=atom, situation=situation)
    try:
        computed = _FORMULAS[method](inputs)
    except FactError:
        return Derived(inputs=tuple(inputs.used), needs=(atom.variable,))
    except _Missing:
        return Derived(
            inputs=tuple(inputs.used), needs=tuple(inputs.needs), no_moment=inputs.no_moment
        )
    at = situation.moment(atom.anchor) or _last(inputs.used)
    fact = Fact(
        id=f"{COMPUTED}{method}",
        variable=atom.variable,
        value=plain(computed.value),
        unit=computed.unit.code,
        at=at,
        source=computed.working,
    )
    return Derived(fact=fact, inputs=tuple(inputs.used))


class _Missing(Exception):
    """Something that the formula needs is not there."""


@dataclass(slots=True)
class _Inputs:
    """What the formulas take, noted as it is taken."""

    atom: Comparison
    situation: Situation
    used: list[Fact] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    no_moment: bool = False

    def measured(self, name: str) -> Fact | None:
        """The latest value in the atom's own window."""
        return self._take(name, self.atom.window)

    def body(self, name: str) -> Fact | None:
        """The latest value up to the atom's anchor, however old."""
        anchor = self.atom.anchor
        return self._take(name, None if anchor is None else Window(anchor=anchor))

    def age(self) -> int | None:
        """Completed years at the anchor, by the date of birth, or else as they were recorded."""
        at = self.situation.moment(self.atom.anchor)
        born = self.body("birth_date")
        if born is not None and at is not None:
            least, most = _completed(Moment(born.value), at, "a")
            if least == most and least >= 0:
                return least
        recorded = self.body("age")
        if recorded is not None and unit_of(recorded).dimension == "calendar":
            return int(Fraction(recorded.number) * unit_of(recorded).factor / 12)
        if born is not None and at is None:
            self.no_moment = True
        else:
            self.lack("birth_date")
        return None

    def female(self) -> bool | None:
        """Whether the formula for women holds."""
        sex = self.body("sex")
        if sex is None or sex.value not in {"female", "male"}:
            self.lack("sex")
            return None
        return sex.value == "female"

    def amount(self, name: str, *, body: bool = False) -> Quantity | None:
        """A number with its unit."""
        fact = self.body(name) if body else self.measured(name)
        if fact is None:
            self.lack(name)
            return None
        return Quantity(fact.number, unit_of(fact))

    def lack(self, name: str) -> None:
        """This is missing."""
        if name not in self.needs:
            self.needs.append(name)

    def complete(self) -> None:
        """Stops where something was missing."""
        if self.needs or self.no_moment:
            raise _Missing

    def _take(self, name: str, window: Window | None) -> Fact | None:
        anchor = None if window is None else self.situation.moment(window.anchor)
        placed = place(self.situation.of(name), window, anchor)
        candidates = contenders(placed)
        found = latest(candidates)
        if not placed.inside or found is None or any(not _usable(one) for one in candidates):
            return None
        if len({_canonical(one) for one in candidates}) != 1:
            return None
        self.used.append(found)
        return found


def _usable(fact: Fact) -> bool:
    """Whether a formula can take it: a number "2 x ULN" is one of nobody knows what."""
    multiple = fact.unit is not None and unit_of(fact) in {ULN, LLN}
    return not fact.comparator and not multiple and plausibility(fact) is None


def _canonical(fact: Fact) -> Fraction | str:
    """The value in one unit, to see whether two facts agree."""
    row = variables()[fact.variable]
    unit = unit_of(fact) if row.kind is Kind.QUANTITY else None
    if unit is None or row.unit is None:
        return fact.value
    if unit.dimension == row.unit.dimension or row.molar is not None:
        return Fraction(fact.number) * factor(unit, row.unit, molar=row.molar)
    return f"{fact.value} {unit.code}"


def _last(facts: list[Fact]) -> Moment:
    found = latest(facts)
    assert found is not None
    return found.at


def _age(atom: Comparison, situation: Situation) -> Derived:
    """Completed years, months, weeks or days since birth; of a birth year alone, an interval."""
    inputs = _Inputs(atom=atom, situation=situation)
    born, at = inputs.body("birth_date"), situation.moment(atom.anchor)
    if born is None:
        return Derived(needs=("birth_date",))
    if at is None:
        return Derived(inputs=(born,), no_moment=True)
    code = atom.limit.unit.code if atom.limit.unit.code in {"a", "mo", "wk", "d"} else "a"
    least, most = _completed(Moment(born.value), at, code)
    if least < 0:
        return Derived(inputs=(born,), needs=("birth_date",))
    exact = least == most
    span = str(least) if exact else f"{least}–{most}"
    fact = Fact(
        id=AGE,
        variable=atom.variable,
        value=str(least),
        unit=code,
        comparator="" if exact else ">=",
        at=at,
        source=f"{born.value} → {at}: {span} {code}",
    )
    return Derived(fact=fact, value=Interval(Fraction(least), Fraction(most)), inputs=(born,))


def _completed(born: Moment, at: Moment, code: str) -> tuple[int, int]:
    """The least and the greatest number of whole units from birth to a moment."""
    return _whole(born.last_day, at.day, code), _whole(born.day, at.last_day, code)


def _whole(born: date, at: date, code: str) -> int:
    if code in {"d", "wk"}:
        return (at - born).days // (7 if code == "wk" else 1)
    months = (at.year - born.year) * 12 + at.month - born.month - (at.day < born.day)
    return months // 12 if code == "a" else months


def _clearance(rule: WeightRule) -> Callable[[_Inputs], Computed]:
    def computed(inputs: _Inputs) -> Computed:
        age, female = inputs.age(), inputs.female()
        weight = inputs.amount("weight", body=True)
        height = None if rule is WeightRule.ACTUAL else inputs.amount("height", body=True)
        creatinine = inputs.amount("creatinine")
        inputs.complete()
        assert age is not None and female is not None
        assert weight is not None and creatinine is not None
        return formulas.creatinine_clearance(
            age=age,
            female=female,
            weight=weight,
            creatinine=creatinine,
            weight_rule=rule,
            height=height,
        )

    return computed


def _filtration(inputs: _Inputs) -> Computed:
    age, female, creatinine = inputs.age(), inputs.female(), inputs.amount("creatinine")
    inputs.complete()
    assert age is not None and female is not None and creatinine is not None
    return formulas.filtration_rate(age=age, female=female, creatinine=creatinine)


def _size(inputs: _Inputs) -> tuple[Quantity, Quantity]:
    height, weight = inputs.amount("height", body=True), inputs.amount("weight", body=True)
    inputs.complete()
    assert height is not None and weight is not None
    return height, weight


def _calcium(inputs: _Inputs) -> Computed:
    calcium, albumin = inputs.amount("calcium"), inputs.amount("albumin")
    inputs.complete()
    assert calcium is not None and albumin is not None
    return formulas.corrected_calcium(calcium, albumin)


def _corrected_qt(inputs: _Inputs) -> Computed:
    qt, beat = inputs.amount("qt"), inputs.measured("rr_interval")
    rate = None if beat is not None else inputs.amount("heart_rate")
    inputs.complete()
    assert qt is not None
    if beat is not None:
        return formulas.corrected_qt(qt, rr=Quantity(beat.number, unit_of(beat)))
    assert rate is not None
    return formulas.corrected_qt(qt, rate=rate)


_FORMULAS: dict[str, Callable[[_Inputs], Computed]] = {
    "mosteller": lambda inputs: formulas.body_surface(*_size(inputs), Surface.MOSTELLER),
    "du-bois": lambda inputs: formulas.body_surface(*_size(inputs), Surface.DU_BOIS),
    "weight-height": lambda inputs: formulas.body_mass_index(*_size(inputs)),
    "cockcroft-gault-actual": _clearance(WeightRule.ACTUAL),
    "cockcroft-gault-ideal": _clearance(WeightRule.IDEAL),
    "cockcroft-gault-adjusted": _clearance(WeightRule.ADJUSTED),
    "cockcroft-gault-by-ratio": _clearance(WeightRule.BY_RATIO),
    "ckd-epi-2021": _filtration,
    "payne": _calcium,
    "fridericia": _corrected_qt,
}
