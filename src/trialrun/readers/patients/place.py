"""Where something stands in a source, so that whoever keeps the source can find and mend it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from trialrun.wording.catalogue import Locale, say


@dataclass(frozen=True, slots=True)
class Place:
    """A file, or a table of a database, and what in it; nothing of what stands there.

    `number` counts as `unit` says: a `line` of a text file and an `entry` of a bundle from 1, a
    `row` of a Parquet file from 1, or the `key` that a row of a database has. `column` is a column,
    or a field of a FHIR resource.
    """

    file: str
    unit: str = ""
    number: str = ""
    column: str = ""

    def at(self, column: str) -> Place:
        """The same row, in this column."""
        return replace(self, column=column)

    def words(self, locale: Locale = "en") -> str:
        """Where it is within the file."""
        shown = say(f"patients.place_{self.unit}", locale, number=self.number) if self.unit else ""
        if self.column and shown:
            return say("patients.place_column", locale, row=shown, column=self.column)
        return self.column or shown

    def listing(self) -> dict[str, str | int]:
        """For JSON: `file`, the number under the name of what it counts, and `column`."""
        told: dict[str, str | int] = {"file": self.file}
        if self.unit:
            told[self.unit] = int(self.number) if self.unit != "key" else self.number
        if self.column:
            told["column"] = self.column
        return told


# What is cheap to keep of every row: its file, what is counted there (and the column), the number.
Spot = tuple[Place, int]


def place_at(spot: Spot) -> Place:
    """The place of a row."""
    return replace(spot[0], number=str(spot[1]))


def places_words(places: tuple[Place, ...], more: int, locale: Locale = "en") -> str:
    """Some places, those of one file together, and how many more there are."""
    by_file: dict[str, list[str]] = {}
    for place in places:
        by_file.setdefault(place.file, []).append(place.words(locale))
    between = say("criteria.listed_between", locale)
    shown = say("criteria.between", locale).join(
        say("patients.place_file", locale, file=file, rows=between.join(filter(None, rows)))
        if any(rows)
        else file
        for file, rows in by_file.items()
    )
    return shown if more <= 0 else say("patients.and_more", locale, shown=shown, more=more)
