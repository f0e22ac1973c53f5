"""Criteria that say only that an investigator judges: their words name no fact at all."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.statement import Statement, norms
from trialrun.criteria.text_reader.words import Token

_JUDGES = re.compile(
    r"\b(investigator|researcher|physician|clinician|sponsor|doctor|study team|"
    r"study staff|monitor|PI)(['’]?s)?\b",
    re.IGNORECASE,
)
_JUDGING = re.compile(
    r"\b(opinion|judge?ment|view|discretion|consider\w*|deem\w*|judged?|believ\w*|think\w*|thought|"
    r"determin\w*|assess\w*|decid\w*|feel|felt|evaluat\w*|decision|regard\w*|opine\w*)\b",
    re.IGNORECASE,
)


def is_judgement(said: Statement, tokens: Sequence[Token]) -> bool:
    """Whether the whole item says only that somebody judges whether a person fits.

    `Researchers do not consider it appropriate to participate` is one; `uncontrolled hypertension
    in the opinion of the investigator` names a fact, and is not.
    """
    text = said.text
    if not (_JUDGES.search(text) and _JUDGING.search(text)):
        return False
    if re.search(r"\d", text):
        return False
    return set(norms(tokens)) <= bag("judgement")
