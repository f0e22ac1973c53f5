"""The worked examples that ship with Trialrun: one record a file, named by its number."""

from __future__ import annotations

from importlib.resources import files


def example_numbers() -> tuple[str, ...]:
    """The registry numbers of the records that ship."""
    return tuple(sorted(_names()))


def example_content(number: str) -> bytes | None:
    """The bytes of a record that ships, or None."""
    name = _names().get(number)
    return None if name is None else (_folder / name).read_bytes()


_folder = files("trialrun.record").joinpath("examples")


def _names() -> dict[str, str]:
    return {one.name.partition(".")[0]: one.name for one in _folder.iterdir() if one.is_file()}
