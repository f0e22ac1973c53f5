"""A protocol's working copy made a rehearsal's: SIMULATED in its title, no issued number in it."""

from __future__ import annotations

from dataclasses import replace

from trialrun.protocol.file import read_protocol_file, write_protocol_file
from trialrun.protocol.working_copy import ProtocolFile
from trialrun.values.identifier import unnumbered

MARK = "SIMULATED"


def simulated(file: ProtocolFile, record_sha256: str) -> bytes:
    """The bytes of a rehearsal's `protocol.toml`; it cites the record by its hash alone.

    Words that were quoted from the record may hold a registry number: each is written over.
    """
    title = file.meta.title.removeprefix(f"{MARK}: ")
    meta = replace(file.meta, title=f"{MARK}: {title}", record_sha256=record_sha256)
    text = write_protocol_file(replace(file, meta=meta))
    data = unnumbered(text).encode("utf-8")
    read_protocol_file(data, where="the rehearsal's protocol.toml")  # still a protocol
    return data
