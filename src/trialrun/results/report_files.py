"""The files of a report, as bytes: the page, the registry JSON, and the entries they stand on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from trialrun.analysis.cutoff import cutoff_at
from trialrun.ledger.entry import Entry
from trialrun.ledger.export import write_entries
from trialrun.protocol.model import Protocol
from trialrun.protocol.parts import QuestionPart
from trialrun.results.analysed import analyse
from trialrun.results.html import render_html
from trialrun.results.registry import MoreInfo, results_json
from trialrun.results.report import Edition
from trialrun.values.identifier import unnumbered
from trialrun.wording.catalogue import Locale

PAGE, RESULTS, ENTRIES = "index.html", "results.json", "entries.jsonl"


def edition_of(
    protocol: Protocol,
    entries: Sequence[Entry],
    *,
    software: str,
    questions: Sequence[QuestionPart] = (),
) -> Edition:
    """What a report is made of, at the last of these entries; raises where there are none."""
    return Edition(
        results=analyse(cutoff_at(protocol, entries)),
        entries=tuple(entries),
        questions=tuple(questions),
        software=software,
    )


def report_files(
    edition: Edition, *, locale: Locale = "en", more: MoreInfo | None = None
) -> Mapping[str, bytes]:
    """Each file by its name inside the report's folder; a rehearsal's hold no issued number."""
    results = results_json(edition.results, edition.entries, edition.software, more)
    texts = {
        PAGE: render_html(edition, locale),
        RESULTS: json.dumps(results, ensure_ascii=False, indent=1) + "\n",
    }
    if edition.simulated:
        texts = {name: unnumbered(text) for name, text in texts.items()}
    return {
        **{name: text.encode("utf-8") for name, text in texts.items()},
        ENTRIES: b"".join(write_entries(edition.entries)),
    }
