"""What a study screens by: the protocol in force, or the working copy, and the site's limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trialrun.criteria.site_limits import SiteLimit
from trialrun.errors import NotSupported
from trialrun.ledger.events import RecordSearchApproved
from trialrun.ledger.state import StudyState
from trialrun.protocol.file import read_protocol_file
from trialrun.protocol.model import Protocol
from trialrun.protocol.settling import settle
from trialrun.study.directory import StudyDirectory, open_directory
from trialrun.study.session import open_session, wall_clock
from trialrun.study.site_limits import site_limits
from trialrun.values.moment import Moment, before, of_datetime
from trialrun.values.truth import Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """A protocol to screen by, at one moment.

    `approved`: it is in force; else it is the working copy, with our assumed answers, but for one:
    what was not read of a criterion is left to nobody's judgement, and stays UNKNOWN. `state` is
    the ledger's, None where nothing has happened yet. Windows whose act has not happened count
    back from `as_of`; `now` is when somebody asks, and decides what they may see.
    """

    directory: StudyDirectory
    protocol: Protocol
    approved: bool
    state: StudyState | None
    limits: tuple[SiteLimit, ...]
    as_of: Moment
    now: Moment

    @property
    def anchors(self) -> Mapping[str, Moment]:
        """The moment that each word of time in the criteria means for somebody new."""
        return dict.fromkeys(self.protocol.anchors, self.as_of)

    @property
    def simulated(self) -> bool:
        """Whether the study is a rehearsal."""
        return self.state is not None and self.state.rehearsal

    def leave(self, site: str | None) -> RecordSearchApproved | None:
        """The approval by which people may be listed now, of this site or of the only one.

        None where there is none in force: then only counts may be shown.
        """
        kept = () if self.state is None else self.state.searches
        valid = [
            one.event
            for one in kept
            if before(one.event.valid_until, self.now) is not Truth.TRUE
            and before(self.now, one.event.approval_date) is not Truth.TRUE
        ]
        if site is not None:
            valid = [one for one in valid if one.site == site]
        return valid[-1] if len({one.site for one in valid}) == 1 else None


def open_screening(
    study: Path, as_of: Moment | None = None, now: Moment | None = None
) -> Screening:
    """The protocol in force in a study's folder, or its working copy.

    `now` is the machine's time where it is not given, and `as_of` is `now` where it is not.
    Raises InputError for what is no study, NotSupported for a working copy that is not settled.
    """
    now = of_datetime(wall_clock()) if now is None else now
    directory = open_directory(study)
    limits = site_limits(directory)
    state = None
    if directory.ledger.is_file():
        with open_session(study, writable=False) as session:
            state = session.state
            if session.protocol is not None:
                return Screening(
                    directory=directory, protocol=session.protocol, approved=True, state=state,
                    limits=limits, as_of=as_of or now, now=now,
                )  # fmt: skip
    return Screening(
        directory=directory, protocol=_working_copy(directory), approved=False, state=state,
        limits=limits, as_of=as_of or now, now=now,
    )  # fmt: skip


def _working_copy(directory: StudyDirectory) -> Protocol:
    data = directory.read_bytes(directory.protocol)
    where = str(directory.protocol)
    file = read_protocol_file(data, where=where)
    settled = settle(file, accept_assumed=True, judged=False)
    if isinstance(settled, Protocol):
        return settled
    raise NotSupported(
        "the working copy cannot be screened by yet",
        where=where,
        remedy="\n".join(f"- {one.place}: {one.words()}" for one in settled),
    )
