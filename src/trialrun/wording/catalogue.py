"""The sentences that people read, in English and Simplified Chinese, one TOML file a topic.

A key is `topic.name`; its sentence may hold `{placeholders}`. A sentence that Chinese lacks is an
error found by a test, never a silent fallback.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

Locale = Literal["en", "zh"]
LOCALES: tuple[Locale, ...] = ("en", "zh")


@cache
def topic(name: str, locale: Locale) -> dict[str, str]:
    """All sentences of one topic in one language."""
    source = files("trialrun.wording").joinpath("catalogue", locale, f"{name}.toml")
    sentences = tomllib.loads(source.read_text(encoding="utf-8"))
    return {key: str(sentence) for key, sentence in sentences.items()}


def say(key: str, locale: Locale = "en", /, **values: object) -> str:
    """The sentence of `topic.name`, with its placeholders filled.

    >>> say("common.simulated")
    'SIMULATED'
    """
    topic_name, _, name = key.partition(".")
    return topic(topic_name, locale)[name].format(**values)
