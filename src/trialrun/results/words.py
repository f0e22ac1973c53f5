"""Words that are chosen before anybody has chosen a language: kept in each, said at the end."""

from __future__ import annotations

from dataclasses import dataclass

from trialrun.vocabulary.table import variables
from trialrun.wording.catalogue import Locale, say


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in English and in Simplified Chinese."""

    en: str
    zh: str

    def said(self, locale: Locale) -> str:
        """The words in one language."""
        return self.zh if locale == "zh" else self.en


def words(key: str, /, **values: object) -> Words:
    """A sentence of the catalogue; a value that is `Words` is said in the language of each."""
    return Words(*(_said(key, locale, values) for locale in ("en", "zh")))


def _said(key: str, locale: Locale, values: dict[str, object]) -> str:
    return say(
        key,
        locale,
        **{
            name: value.said(locale) if isinstance(value, Words) else value
            for name, value in values.items()
        },
    )


def counted(key: str, n: int) -> Words:
    """The sentence for so many; one of them has its own, `KEY_one`."""
    return words(f"{key}_one") if n == 1 else words(key, n=n)


def literal(text: str) -> Words:
    """Words of the record, the protocol or the ledger, which have one language."""
    return Words(text, text)


def joined(parts: tuple[Words, ...], between: str) -> Words:
    """Several words in a row."""
    return Words(between.join(one.en for one in parts), between.join(one.zh for one in parts))


def variable_words(name: str) -> Words:
    """The name of a variable; one that the vocabulary does not know keeps its code."""
    row = variables().get(name)
    return literal(name) if row is None else Words(row.en, row.zh)


def listed(parts: tuple[Words, ...]) -> Words:
    """Words as a list that is read aloud: "a, b and c"."""
    if len(parts) < 2:
        return joined(parts, "")
    head = joined(parts[:-1], ", ")
    return words("report.list_and", first=head, last=parts[-1])


def capitalised(said: Words) -> Words:
    """The words with a capital, where the first word is not a code or a symbol."""
    en = said.en
    plain = len(en) > 1 and en[0].islower() and (en[1].islower() or en[1] == " ")
    return Words(en[0].upper() + en[1:] if plain else en, said.zh)


def value_words(name: str, value: str) -> Words:
    """A coded value, a level, or yes and no, as people say it."""
    row = variables().get(name)
    for choice in () if row is None else row.choices:
        if choice.code == value:
            return Words(choice.en, choice.zh)
    if value in {"true", "false"}:
        return words("common.yes" if value == "true" else "common.no")
    return literal(value)
