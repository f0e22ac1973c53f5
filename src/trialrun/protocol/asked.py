"""Questions and their choices in words, in every language of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from trialrun.protocol.parts import ChoicePart, QuestionPart
from trialrun.vocabulary.table import variables
from trialrun.wording.catalogue import Locale, say, topic


def question_words(question: QuestionPart, locale: Locale = "en") -> str:
    """The question; one that people wrote themselves is as they wrote it."""
    if question.topic == "criteria.ask_variable":
        asks = variables()[question.values["variable"]].asks(locale)
        return say(question.topic, locale, question=asks)
    return _said(question.topic, question.values, question.words, locale)


def choice_words(choice: ChoicePart, locale: Locale = "en") -> str:
    """What a choice means."""
    return _said(choice.topic, choice.values, choice.label, locale)


def _said(key: str, values: Mapping[str, str], otherwise: str, locale: Locale) -> str:
    """The catalogue's sentence in another language; in English, what stands in the file."""
    name, _, sentence = key.partition(".")
    if locale == "en" or not sentence:
        return otherwise
    try:
        return topic(name, locale)[sentence].format(**values)
    except (FileNotFoundError, KeyError):
        return otherwise  # people wrote it, or another version of Trialrun did
