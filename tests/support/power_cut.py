"""A file system for SQLite that remembers what was synced, and shows what a power cut leaves.

Everything that was not synced is lost at the cut: writes since a file's last sync, and the removal
of a file unless its folder was synced with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import apsw


@dataclass(frozen=True)
class Act:
    """One act on one file: write, truncate, sync, delete, or delete with its folder synced."""

    kind: str
    name: str
    offset: int = 0
    data: bytes = b""


class RecordingFile(apsw.VFSFile):
    def __init__(self, vfs: PowerCut, name: Any, flags: list[int]) -> None:
        self.log = vfs.log
        self.name = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self.log.append(Act("write", self.name, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:
        self.log.append(Act("truncate", self.name, newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:
        self.log.append(Act("sync", self.name))
        super().xSync(flags)


class PowerCut(apsw.VFS):
    """The file system; `log` holds every act, in order."""

    def __init__(self, name: str) -> None:
        self.log: list[Act] = []
        super().__init__(name, base="")

    def xOpen(self, name: Any, flags: list[int]) -> RecordingFile:
        return RecordingFile(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.log.append(Act("delete synced" if syncdir else "delete", filename))
        super().xDelete(filename, syncdir)


def _played(contents: bytearray, act: Act) -> bytearray:
    if act.kind == "truncate":
        return contents[: act.offset]
    end = act.offset + len(act.data)
    if len(contents) < end:
        contents.extend(bytes(end - len(contents)))
    contents[act.offset : end] = act.data
    return contents


def left_by_cut(log: list[Act], until: int, chance: Random | None = None) -> dict[str, bytes]:
    """The files that a power cut after `until` acts leaves.

    What was not synced is lost; with `chance`, any part of it may have reached the disk all the
    same, in any order, as a disk with a cache does it.
    """
    now: dict[str, bytearray] = {}
    durable: dict[str, bytearray] = {}
    pending: list[Act] = []
    for act in log[:until]:
        if act.kind in {"write", "truncate"}:
            now[act.name] = _played(now.get(act.name, bytearray()), act)
            pending.append(act)
        elif act.kind == "sync":
            durable[act.name] = bytearray(now.get(act.name, b""))
            pending = [one for one in pending if one.name != act.name]
        else:
            now.pop(act.name, None)
            pending = [one for one in pending if one.name != act.name]
            if act.kind == "delete synced":
                durable.pop(act.name, None)
            else:
                pending.append(act)
    for act in pending if chance is not None else ():
        if chance is not None and chance.random() < 0.5:
            if act.kind == "delete":
                durable.pop(act.name, None)
            else:
                durable[act.name] = _played(durable.get(act.name, bytearray()), act)
    return {name: bytes(data) for name, data in durable.items()}


def write_files(files: dict[str, bytes], folder: Path) -> None:
    """Lay the files out in a folder, by their base names."""
    for name, data in files.items():
        (folder / Path(name).name).write_bytes(data)
