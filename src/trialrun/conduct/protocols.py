"""The protocol in force in a state, read once from the bytes that the ledger carries."""

from __future__ import annotations

import base64
from functools import lru_cache

from trialrun.errors import AlteredLedger
from trialrun.ledger.state import StudyState
from trialrun.protocol.file import read_protocol_file
from trialrun.protocol.model import Protocol
from trialrun.protocol.settling import Unsettled, settle
from trialrun.protocol.working_copy import ProtocolFile


@lru_cache(maxsize=16)
def settled_file(
    file: bytes, *, accept_assumed: bool
) -> tuple[ProtocolFile, Protocol | tuple[Unsettled, ...]]:
    """A protocol file and what it settles to; a thousand rehearsals settle the same bytes once."""
    read = read_protocol_file(file, where="protocol.toml")
    return read, settle(read, accept_assumed=accept_assumed)


class Protocols:
    """Settled protocols by the hash of their file; one cache may serve many studies."""

    def __init__(self) -> None:
        self._settled: dict[tuple[str, bool], Protocol] = {}

    def in_force(self, state: StudyState) -> Protocol | None:
        """The protocol of the approval in force; None before any."""
        approval = state.approval
        if approval is None:
            return None
        key = (approval.event.file_sha256, state.rehearsal)
        if key not in self._settled:
            file = base64.b64decode(approval.event.file_base64)
            _, protocol = settled_file(file, accept_assumed=state.rehearsal)
            if not isinstance(protocol, Protocol):
                raise AlteredLedger(
                    f"the approved protocol {approval.event.version} cannot be executed",
                    remedy="It was approved by another version of Trialrun; use that one.",
                )
            self._settled[key] = protocol
        return self._settled[key]
