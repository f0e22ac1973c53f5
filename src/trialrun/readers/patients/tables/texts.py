"""The columns of a CSV table, each different text once: what is decided is decided by text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialrun.readers.patients.tables.lines import Cells, cells_of
from trialrun.readers.patients.tables.mapping import Mapping
from trialrun.readers.patients.tables.typed import SlowTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BATCH = 20_000  # lines whose cells are held as texts


@dataclass(frozen=True, slots=True)
class Texts:
    """One column: its different texts, and which of them stands in each line."""

    different: list[str]
    codes: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTable:
    """The columns of a table that were asked for. `lines` are the numbers of its lines."""

    names: list[str]
    columns: dict[str, Texts]
    lines: NDArray[np.int64]
    broken: list[int]


def read_texts(path: Path, mapping: Mapping, wanted: Iterable[str]) -> TextTable | None:
    """These columns of a CSV table; None where the table lacks one of them.

    Raises SlowTable where a patient has more than one line, and what `lines_of` raises.
    """
    names, lines = cells_of(path, delimiter=mapping.delimiter, encoding=mapping.encoding)
    # Of two columns with one name the last counts, as in a line.
    places = {name: place for place, name in enumerate(names)}
    kept = sorted(set(wanted))
    if not set(kept) <= set(places):
        return None
    made = _Columns([places[name] for name in kept], kept.index(mapping.patient))
    for batch in iter(lambda: list(islice(lines, _BATCH)), []):
        made.add(batch)
    return TextTable(
        names=names,
        columns=dict(zip(kept, made.columns(), strict=True)),
        lines=made.numbers(),
        broken=made.broken,
    )


class _Columns:
    """The columns as they grow."""

    def __init__(self, places: list[int], patient: int) -> None:
        self._places = places
        self._patient = patient
        self._chunks: list[list[Any]] = [[] for _ in places]
        self._numbers: list[int] = []
        self._seen: set[str] = set()
        self.broken: list[int] = []

    def add(self, batch: list[Cells]) -> None:
        """Take some lines."""
        import pyarrow as pa

        whole = [cells for _, cells in batch if cells is not None]
        self._numbers += [number for number, cells in batch if cells is not None]
        self.broken += [number for number, cells in batch if cells is None]
        columns = list(zip(*whole, strict=True)) if whole else []
        for number, place in enumerate(self._places if whole else ()):
            if number == self._patient:
                self._see([code.strip() for code in columns[place]])
            texts = pa.array(columns[place], type=pa.large_string())
            self._chunks[number].append(texts.dictionary_encode())

    def _see(self, codes: list[str]) -> None:
        there = [code for code in codes if code]
        before = len(self._seen)
        self._seen.update(there)
        if len(self._seen) - before < len(there):
            raise SlowTable("slow_repeated")

    def numbers(self) -> NDArray[np.int64]:
        """The number of each line."""
        import numpy as np

        return np.array(self._numbers, dtype=np.int64)

    def columns(self) -> list[Texts]:
        """Each column, without the blanks around its texts."""
        return [_texts(chunks) for chunks in self._chunks]


def _texts(chunks: list[Any]) -> Texts:
    import numpy as np
    import pyarrow as pa

    if not chunks:
        return Texts([], np.zeros(0, dtype=np.int64))
    whole = pa.chunked_array(chunks).unify_dictionaries().combine_chunks()
    written = [text.strip() for text in whole.dictionary.to_pylist()]
    places = {text: place for place, text in enumerate(dict.fromkeys(written))}
    stripped = np.array([places[text] for text in written], dtype=np.int64)
    return Texts(list(places), stripped[whole.indices.to_numpy()])
