"""Every code that a clinical rule answers with has its words in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import trialrun.assess
from trialrun.assess.aml_response import Category, Findings
from trialrun.assess.exposure import Tail
from trialrun.assess.kinetics import Status
from trialrun.wording.catalogue import LOCALES, Locale, say, topic

ROOM = Path(trialrun.assess.__file__).parent


def codes() -> set[str]:
    found = {one.value for kind in (Category, Tail, Status) for one in kind}
    found |= {name for name in Findings.__dataclass_fields__ if name != "mrd"}
    for module in ROOM.glob("*.py"):
        text = module.read_text(encoding="utf-8")
        found |= set(re.findall(r'NotEvaluable\("(\w+)"\)', text))
        found |= {
            code
            for answer in re.findall(r"reason=(.+)", text)
            for code in re.findall(r'"(\w+)"', answer)
        }
        found |= set(re.findall(r'notes=\("(\w+)"', text))
        found |= set(re.findall(r'\("((?:upper|lower)_limit|baseline)"', text))
    return found


@pytest.mark.parametrize("locale", LOCALES)
def test_every_code_has_words(locale: Locale) -> None:
    found = codes()
    assert len(found) >= 25
    for code in found:
        assert say(f"assess.{code}", locale)


def test_no_words_without_a_code() -> None:
    assert set(topic("assess", "en")) == set(topic("assess", "zh")) == codes()
