"""Trialrun: from registry record to reported results.

The names below are the public ones; everything else may change from version to version. Each is
loaded from its room when it is first used, so that `import trialrun` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialrun.analysis.cutoff import cutoff_at
    from trialrun.conduct.decide import decide
    from trialrun.conduct.execute import execute
    from trialrun.conduct.refusal import Refusal
    from trialrun.criteria.parser import read_rule
    from trialrun.criteria.verdict import judge
    from trialrun.errors import TrialrunError
    from trialrun.ledger.export import read_entries, write_entries
    from trialrun.ledger.fold import evolve, fold
    from trialrun.ledger.verify import verify
    from trialrun.protocol.draft import draft
    from trialrun.protocol.file import read_protocol_file, write_protocol_file
    from trialrun.protocol.findings import findings_on
    from trialrun.protocol.settling import settle
    from trialrun.readers.record_file import load_record
    from trialrun.record.opening import open_record
    from trialrun.record.writer import write_study
    from trialrun.rehearse.trial import rehearse as rehearse_trial
    from trialrun.results.analysed import analyse
    from trialrun.stores.memory import MemoryStore
    from trialrun.stores.sqlite import SqliteStore
    from trialrun.study.reporting import write_report
    from trialrun.study.session import open_session
    from trialrun.vocabulary.reading import read_fact
    from trialrun.vocabulary.table import variables

# Name → the room that it comes from, in the order of a trial's life.
_HOMES = {
    "load_record": "trialrun.readers.record_file",
    "open_record": "trialrun.record.opening",
    "write_study": "trialrun.record.writer",
    "findings_on": "trialrun.protocol.findings",
    "draft": "trialrun.protocol.draft",
    "read_protocol_file": "trialrun.protocol.file",
    "write_protocol_file": "trialrun.protocol.file",
    "settle": "trialrun.protocol.settling",
    "variables": "trialrun.vocabulary.table",
    "read_fact": "trialrun.vocabulary.reading",
    "read_rule": "trialrun.criteria.parser",
    "judge": "trialrun.criteria.verdict",
    "rehearse_trial": "trialrun.rehearse.trial:rehearse",  # `trialrun.rehearse` is the room
    "decide": "trialrun.conduct.decide",
    "execute": "trialrun.conduct.execute",
    "open_session": "trialrun.study.session",
    "Refusal": "trialrun.conduct.refusal",
    "evolve": "trialrun.ledger.fold",
    "fold": "trialrun.ledger.fold",
    "verify": "trialrun.ledger.verify",
    "read_entries": "trialrun.ledger.export",
    "write_entries": "trialrun.ledger.export",
    "MemoryStore": "trialrun.stores.memory",
    "SqliteStore": "trialrun.stores.sqlite",
    "cutoff_at": "trialrun.analysis.cutoff",
    "analyse": "trialrun.results.analysed",
    "write_report": "trialrun.study.reporting",
    "TrialrunError": "trialrun.errors",
}

__all__ = [
    "MemoryStore",
    "Refusal",
    "SqliteStore",
    "TrialrunError",
    "__version__",
    "analyse",
    "cutoff_at",
    "decide",
    "draft",
    "evolve",
    "execute",
    "findings_on",
    "fold",
    "judge",
    "load_record",
    "open_record",
    "open_session",
    "read_entries",
    "read_fact",
    "read_protocol_file",
    "read_rule",
    "rehearse_trial",
    "settle",
    "variables",
    "verify",
    "write_entries",
    "write_protocol_file",
    "write_report",
    "write_study",
]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        value: object = version("trialrun")
    elif name in _HOMES:
        room, _, inside = _HOMES[name].partition(":")
        value = getattr(importlib.import_module(room), inside or name)
    else:
        raise AttributeError(f"trialrun has no public name {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
