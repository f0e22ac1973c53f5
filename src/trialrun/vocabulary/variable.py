"""A clinical variable: what can be known about a participant, a donor or a product, as one row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from trialrun.values.unit import Unit
from trialrun.wording.catalogue import Locale


class Kind(Enum):
    """What the values of a variable are."""

    QUANTITY = "quantity"  # a number with a unit
    ORDINAL = "ordinal"  # a whole number on a closed scale
    BOOLEAN = "boolean"  # a condition, present or absent
    CODED = "coded"  # one of a few named values
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a public system, with its official display and where it was verified.

    `source` holds letters: S Synthea, M MIMIC code's LOINC maps, O OpenSAFELY's haematological
    cancer list, C the mCODE guide, I the ICD-10-CM 2021 order file, F FHIR R4 vital signs, B the
    Synthea bulk export, D the MIMIC-IV demo on FHIR, E the names in the vocabulary of OHDSI's
    Eunomia data set Synthea27Nj, T the ICD-10-CM tabular list of April 2026. An ICD code covers
    the codes below it.
    """

    system: str
    code: str
    display: str
    source: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a coded variable."""

    code: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One row of the table.

    `least` and `most` bound what is plausible, in `unit`, both included. `molar` is umol/L per
    mg/dL. `methods` name how it is computed where nobody recorded it, the first one without being
    asked for. `ever` says that the condition covers the whole past ("history of" adds nothing).
    `asks_en` and `asks_zh` are what stays open whenever a criterion names this variable.
    """

    name: str
    en: str
    zh: str
    group: str
    kind: Kind
    unit: Unit | None = None
    units: tuple[Unit, ...] = ()  # accepted, the canonical one first
    least: Decimal | None = None
    most: Decimal | None = None
    worse: str = ""  # "low" or "high": which way a value is worse, where that is beyond doubt
    molar: Fraction | None = None
    methods: tuple[str, ...] = ()
    since: str = ""  # the date that the time since it is computed from
    choices: tuple[Choice, ...] = ()
    ever: bool = False
    synonyms: tuple[str, ...] = ()
    bare: Unit | None = None  # of a number without unit, as far as it can be one
    with_unit: tuple[str, ...] = ()  # names that mean it only beside a limit that fits it
    after: tuple[str, ...] = ()  # variables that a shared name of these means first
    codes: tuple[Code, ...] = ()
    ctcae: str = ""
    asks_en: str = ""
    asks_zh: str = ""

    def label(self, locale: Locale) -> str:
        """What people call it."""
        return self.zh if locale == "zh" else self.en

    def asks(self, locale: Locale) -> str:
        """What stays open whenever a criterion names it, or nothing."""
        return self.asks_zh if locale == "zh" else self.asks_en

    @property
    def own_codes(self) -> tuple[Code, ...]:
        """The codes that mean the variable and not a kind of it: whoever does not have one of them
        does not have it. Each bears the variable's name, and is the only one of its system.
        """
        name = _folded(self.en)
        return tuple(
            code
            for code in self.codes
            if _folded(code.display) == name
            and sum(code.system == other.system for other in self.codes) == 1
        )

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels of an ordinal, in their order."""
        if self.kind is not Kind.ORDINAL or self.least is None or self.most is None:
            return ()
        return tuple(str(level) for level in range(int(self.least), int(self.most) + 1))

    @property
    def values(self) -> tuple[str, ...]:
        """Every value that is possible, where they are few: levels, codes, true and false."""
        match self.kind:
            case Kind.ORDINAL:
                return self.levels
            case Kind.CODED:
                return tuple(choice.code for choice in self.choices)
            case Kind.BOOLEAN:
                return ("true", "false")
            case Kind.QUANTITY | Kind.DATE:
                return ()

    def choice(self, code: str) -> Choice:
        """The choice of this code."""
        return next(choice for choice in self.choices if choice.code == code)


def _folded(text: str) -> str:
    """A name without what spelling alone changes: leukaemia is leukemia."""
    return re.sub(r"\s*\[[^\]]*\]", "", text.casefold().replace("ae", "e")).strip()
