"""A RECORD as people name it: a number known here, or a file."""

from __future__ import annotations

from pathlib import Path

from trialrun.errors import OutsideError, RecordError
from trialrun.readers.registry_cache import cache_folder, cached_record
from trialrun.record.example import example_content, example_numbers
from trialrun.record.opening import ReadRecord, open_record
from trialrun.values.identifier import is_nct


def load_record(argument: str, *, cache: Path | None = None) -> ReadRecord:
    """The record that `argument` names: a record that ships, one fetched before, or a file.

    A record that ships goes before one fetched, so that the same command reads the same record on
    every machine. Raises `RecordError` for anything that is no record, `OutsideError` where a file
    cannot be read.
    """
    number = argument.strip().upper()
    path = Path(argument)
    if is_nct(number) and not path.is_file():
        shipped = example_content(number)
        if shipped is not None:
            return open_record(shipped, where=number)
        kept = cached_record(number, cache or cache_folder())
        if kept is not None:
            return open_record(_read(kept), where=str(kept))
        raise RecordError(
            f"no record of {number} is known here",
            remedy=f"Get it with: trialrun fetch {number}\n"
            f"Or give a file. Numbers that ship: {', '.join(example_numbers())}.",
        )
    return open_record(_read(path), where=argument)


def _read(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise RecordError(
                "this is a folder, not a record", where=str(path), remedy="Give the file in it."
            )
        return path.read_bytes()
    except FileNotFoundError as error:
        raise RecordError(
            "there is no such file, and it is no NCT number (NCT and eight digits)",
            where=str(path),
            remedy=f"Check the name. Numbers that ship: {', '.join(example_numbers())}.",
        ) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise OutsideError(
            f"the file cannot be read: {reason}",
            where=str(path),
            remedy="Check the name and the permission.",
        ) from error
