"""How `trialrun screen` answers: one patient, many in counts, many by rows; text, JSON, a page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trialrun.cli.progress import progress_line
from trialrun.errors import NotSupported
from trialrun.wording.catalogue import Locale, say

if TYPE_CHECKING:
    from trialrun.conduct.execute import Accepted, Stale
    from trialrun.conduct.refusal import Refusal
    from trialrun.criteria.verdict import Eligibility
    from trialrun.readers.patients.opening import PatientSource
    from trialrun.readers.patients.patient import Patient
    from trialrun.readers.patients.tally import Tally
    from trialrun.study.screening.counts import PopulationCounts
    from trialrun.study.screening.opening import Screening


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The form, the language and the place of an answer."""

    form: str
    output: Path | None
    locale: Locale
    site: str | None

    def patient(self, screening: Screening, patient: Patient, tally: Tally | None) -> None:
        """One patient of a file, judged now, with what the reader set aside."""
        from trialrun.study.screening.single import all_later, screen_one

        left = [] if tally is None else tally.lines(self.locale)
        if patient.died:
            left.insert(0, say("screen.died", self.locale, at=patient.died))
        if all_later(screening, patient.facts):
            left.insert(0, say("screen.all_later", self.locale, at=screening.as_of))
        self.one(screening, patient.code, screen_one(screening, patient.facts), left, tally)

    def one(
        self, screening: Screening, who: str, found: Eligibility, left: Iterable[str] = (),
        tally: Tally | None = None,
    ) -> None:  # fmt: skip
        """All verdicts about one person; what was set aside in words, and for JSON in numbers."""
        from trialrun.study.screening import single_text
        from trialrun.study.screening.counts import SIMULATED

        lines = list(left)
        match self.form:
            case "json":
                told = single_text.single_json(screening, who, found, self.locale)
                told["left_out"] = lines
                if tally is not None:
                    told["reading"] = tally.listing()
                self._write([json.dumps(told, ensure_ascii=False, indent=2)])
            case "jsonl":
                self._write([_line(single_text.line_json(who, found))])
            case "html":
                from trialrun.study.screening.page import single_page

                simulated = screening.simulated or who.startswith(SIMULATED)
                self._write(
                    [single_page(screening, who, found, lines, simulated=simulated,
                                 locale=self.locale)]
                )  # fmt: skip
            case _:
                self._write(single_text.single_lines(screening, who, found, lines, self.locale))

    def rows(self, screening: Screening, source: PatientSource) -> None:
        """A line a patient, judged one by one; the first who exists needs the approval."""
        from trialrun.study.screening import population
        from trialrun.study.screening.single_text import line_json

        def told() -> Iterator[str]:
            with progress_line(say("screen.screening", self.locale), total=None) as done:
                named = population.named_patients(screening, source, self.site, done)
                for patient, found in named:
                    yield self._row(line_json(patient.code, found))

        self._write(told())
        if self.form != "jsonl":
            self._note(source)

    def _row(self, row: dict[str, Any]) -> str:
        if self.form in {"json", "jsonl"}:
            return _line(row)
        verdict = say(f"screen.badge_{row['verdict'].lower()}", self.locale)
        because = ", ".join(row["decided_by"])
        return f"{row['patient']}  {verdict}  {because}  {' '.join(row['missing'])}".rstrip()

    def counts(
        self, screening: Screening, source: PatientSource, engine: str, *, name: str
    ) -> None:
        """Counts and the funnel, and what the reader set aside."""
        from trialrun.study.screening import population
        from trialrun.study.screening.counts_text import counts_json, counts_lines

        if _columns(screening, source, engine):
            found = population.count_at_once(screening, source)
        else:
            with progress_line(say("screen.screening", self.locale), total=None) as done:
                found = population.count_one_by_one(screening, source, done)
        left = source.tally.lines(self.locale)
        if found.all_later:
            left.insert(0, say("screen.all_later", self.locale, at=screening.as_of))
        match self.form:
            case "json":
                told = {**counts_json(screening, found), "left_out": source.tally.listing()}
                self._write([json.dumps(told, ensure_ascii=False, indent=2)])
            case "html":
                self._write([self._page(screening, found, left, name)])
            case _:
                self._write(counts_lines(screening, found, left, name, self.locale))

    def _page(
        self, screening: Screening, found: PopulationCounts, left: list[str], name: str
    ) -> str:
        from trialrun.results.figures.funnel import funnel
        from trialrun.study.screening.page import population_page
        from trialrun.study.screening.population import figure_steps

        simulated = screening.simulated or found.simulated
        picture = funnel(
            figure_steps(found, self.locale),
            total=found.total,
            simulated=simulated,
            locale=self.locale,
        )
        return population_page(
            screening, found, picture, left, source=name, simulated=simulated, locale=self.locale
        )

    def recorded(
        self, result: Accepted | Refusal | Stale | None, participant: str, screening: Screening
    ) -> None:
        """What was recorded, then the verdicts as the ledger has them now."""
        from trialrun.cli.outcome import answer
        from trialrun.conduct.eligibility import eligibility
        from trialrun.conduct.execute import Accepted

        if result is None:
            click.echo(say("screen.nothing_new", self.locale), err=self.form != "text")
            who = None if screening.state is None else screening.state.participants.get(participant)
        elif isinstance(result, Accepted):
            if self.form == "text":
                answer(result, "text", self.locale)
            who = result.state.participants[participant]
        else:
            answer(result, "json" if self.form == "json" else "text", self.locale)
            return
        if who is not None:
            found = eligibility(screening.protocol, who, screening.as_of)
            self.one(screening, participant, found)

    def _note(self, source: PatientSource) -> None:
        for line in source.tally.lines(self.locale):
            click.echo(line, err=True)

    def _write(self, lines: Iterable[str]) -> None:
        """To standard output, or whole to a file: a file is there only when all of it is."""
        if self.output is None:
            for line in lines:
                click.echo(line)
            return
        from trialrun.study.whole_files import write_whole

        write_whole({self.output: "".join(f"{line}\n" for line in lines).encode()})
        click.echo(say("screen.written", self.locale, file=self.output))


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _columns(screening: Screening, source: PatientSource, engine: str) -> bool:
    """Whether the columns engine does it: where it is asked for, or the data are a database.

    A site's table of limits is applied patient by patient.
    """
    if engine == "columns" and screening.limits:
        raise NotSupported(
            "limits.toml is applied patient by patient",
            where=str(screening.directory.path),
            remedy="Leave --engine away, or use --engine reference.",
        )
    return engine == "columns" or (engine == "auto" and source.at_once and not screening.limits)
