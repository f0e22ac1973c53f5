"""Adverse event terms of CTCAE v5.0, and the system organ classes that the registry takes."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

TERMINOLOGY = "CTCAE 5.0"

# The 27 names that a ClinicalTrials.gov results record may give as organ system.
REGISTRY_SOCS: tuple[str, ...] = (
    "Blood and lymphatic system disorders",
    "Cardiac disorders",
    "Congenital, familial and genetic disorders",
    "Ear and labyrinth disorders",
    "Endocrine disorders",
    "Eye disorders",
    "Gastrointestinal disorders",
    "General disorders",
    "Hepatobiliary disorders",
    "Immune system disorders",
    "Infections and infestations",
    "Injury, poisoning and procedural complications",
    "Investigations",
    "Metabolism and nutrition disorders",
    "Musculoskeletal and connective tissue disorders",
    "Neoplasms benign, malignant and unspecified (incl cysts and polyps)",
    "Nervous system disorders",
    "Pregnancy, puerperium and perinatal conditions",
    "Product Issues",
    "Psychiatric disorders",
    "Renal and urinary disorders",
    "Reproductive system and breast disorders",
    "Respiratory, thoracic and mediastinal disorders",
    "Skin and subcutaneous tissue disorders",
    "Social circumstances",
    "Surgical and medical procedures",
    "Vascular disorders",
)

# The one class whose name in CTCAE and MedDRA is not the registry's.
_REGISTRY_NAMES = {"General disorders and administration site conditions": "General disorders"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One adverse event term, its system organ class, and the grades it has."""

    name: str
    soc: str
    grades: tuple[int, ...]

    @property
    def registry_soc(self) -> str:
        """The class as a results record names it."""
        return registry_soc(self.soc)


@cache
def terms() -> tuple[Term, ...]:
    """All terms that are shipped, by class and name."""
    source = files("trialrun.assess").joinpath("ctcae_terms.toml")
    rows = tomllib.loads(source.read_text(encoding="utf-8"))["term"]
    return tuple(
        Term(name=row["name"], soc=row["soc"], grades=tuple(row["grades"])) for row in rows
    )


def term(name: str) -> Term | None:
    """The term of this name, in any case of letters; None where it is not shipped."""
    return next((one for one in terms() if one.name.casefold() == name.casefold()), None)


def registry_soc(soc: str) -> str:
    """A system organ class as the registry names it; an unknown one stays as it is."""
    return _REGISTRY_NAMES.get(soc, soc)
