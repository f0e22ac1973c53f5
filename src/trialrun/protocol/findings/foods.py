"""Whether all that a study gives is food, a supplement, or an allergen that people meet anyway."""

from __future__ import annotations

import re

from trialrun.record.model import Study

LASTING = frozenset({"DRUG", "BIOLOGICAL", "GENETIC", "RADIATION", "COMBINATION_PRODUCT"})
_SUPPLEMENT = (
    r"curcumin|turmeric|supplements?|vitamins?|(?:pre|pro|syn)biotics?|fish oil|omega-3"
    r"|honey|fib(?:re|er)"
)
_FOOD = (
    r"flours?|milk|peanuts?|(?:wal|hazel|cashew )?nuts?|eggs?|wheat|oats?|foods?|casein|formula"
    r"|diets?|dietary|pollen|grass(?:es)?|birch|ragweed|mites?|cockroach|allergens?|allergoids?"
)
_CONTROL = re.compile(r"placebo|diluent|vehicle|saline|control|sham", re.IGNORECASE)


def only_foods(study: Study) -> bool:
    """Whether every product that is no control is a food, a supplement or a natural allergen."""
    return _only(study, f"{_SUPPLEMENT}|{_FOOD}")


def only_supplements(study: Study) -> bool:
    """Whether every product that is no control is a supplement: nothing that one may react to."""
    return _only(study, _SUPPLEMENT)


def _only(study: Study, words: str) -> bool:
    names = [
        " ".join((one.name or "", *one.other_names))
        for one in study.protocol.arms_interventions.interventions
        if one.type in LASTING and not _CONTROL.search(one.name or "")
    ]
    pattern = re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    return bool(names) and all(pattern.search(name) for name in names)
