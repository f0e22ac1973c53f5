"""`trialrun screen STUDY WHO`: eligibility of one person, or of everybody in a hospital's data."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trialrun.cli.outcome import locale_option
from trialrun.errors import InputError
from trialrun.wording.catalogue import Locale

if TYPE_CHECKING:
    from trialrun.cli.screen_answer import Answer
    from trialrun.criteria.verdict import Eligibility
    from trialrun.readers.patients.opening import PatientSource
    from trialrun.readers.patients.patient import Patient
    from trialrun.readers.patients.tally import Tally
    from trialrun.study.screening.opening import Screening


@click.command()
@click.argument("study", type=click.Path(path_type=Path))
@click.argument("who", metavar="PARTICIPANT|PATIENTS")
@click.option("--as-of", metavar="MOMENT", help="Windows count back from it; without it, from now.")
@click.option("--patient", metavar="CODE", help="Only this one of the patients.")
@click.option(
    "--mapping", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE",
    help="What the columns of a table mean; trialrun mapping proposes one.",
)  # fmt: skip
@click.option("--rows", is_flag=True, help="List people, not counts; needs a recorded approval.")
@click.option("--site", metavar="SITE", help="The site whose records these are.")
@click.option(
    "--engine", type=click.Choice(["auto", "reference", "columns"]), default="auto",
    show_default=True, help="Count patient by patient, or all at once; the counts are the same.",
)  # fmt: skip
@click.option("--record", metavar="PARTICIPANT", help="Record this patient's facts in the ledger.")
@click.option("--actor", metavar="PERSON", help="Who records them.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "jsonl", "html"]), default="text",
    show_default=True, help="How to answer; jsonl is a line a patient.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write the answer to a file.",
)  # fmt: skip
@locale_option
def command(
    study: Path, who: str, as_of: str | None, patient: str | None, mapping: Path | None,
    rows: bool, site: str | None, engine: str, record: str | None, actor: str | None, form: str,
    output: Path | None, locale: Locale,
) -> None:  # fmt: skip
    """Say whether somebody is eligible, and which facts to get next.

    On the recorded facts of PARTICIPANT; or on a patient's data: a FHIR R4 bundle, a list of facts,
    a table with its mapping. PATIENTS may be many: a folder of bundles, a bulk export, an OMOP
    database. Then it counts, and says who is left after each criterion. By the approved protocol;
    without one, by the working copy, which is said. Nothing is written without --record. Exit code
    0 whatever the verdict.
    """
    from trialrun.cli.screen_answer import Answer
    from trialrun.study.screening.opening import open_screening
    from trialrun.values.moment import Moment, of_datetime

    at = None if as_of is None else Moment(as_of)
    answer = Answer(form=form, output=output, locale=locale, site=site)
    screening = open_screening(study, at, of_datetime(_now()))
    if not _is_data(who):
        answer.one(screening, who, _recorded(screening, who))
        return
    read = _read(Path(who), mapping, patient)
    if record is not None:
        _record(study, screening, read, record, actor, who, answer)
    elif read.patient is not None:
        answer.patient(screening, read.patient, read.tally)
    else:
        assert read.source is not None
        if rows or form == "jsonl":
            answer.rows(screening, read.source)
        else:
            answer.counts(screening, read.source, engine, name=Path(who).name)


def _now() -> datetime:
    from trialrun.study.session import wall_clock

    return wall_clock()


def _is_data(who: str) -> bool:
    path = Path(who)
    return path.exists() or bool(path.suffix) or len(path.parts) > 1


def _recorded(screening: Screening, participant: str) -> Eligibility:
    """The verdicts on what the ledger holds of a participant."""
    from trialrun.conduct.eligibility import eligibility

    known = {} if screening.state is None else screening.state.participants
    if participant not in known or not screening.approved:
        raise InputError(
            f"there is no such file, and no participant is called {participant}",
            where=str(screening.directory.path),
            remedy=f"There are: {', '.join(known) or 'none'}. Or give a patient's file.",
        )
    return eligibility(screening.protocol, known[participant], screening.as_of)


class _Read:
    """What a path holds: one patient with what was set aside, or a source of many."""

    def __init__(
        self, patient: Patient | None, source: PatientSource | None = None,
        tally: Tally | None = None,
    ) -> None:  # fmt: skip
        self.patient = patient
        self.source = source
        self.tally = tally


def _read(path: Path, mapping: Path | None, code: str | None) -> _Read:
    """One patient where the file holds one, or where one is asked for; else the whole source."""
    from trialrun.readers.patients.opening import open_patients
    from trialrun.readers.patients.patient import Patient
    from trialrun.study.screening.facts_file import read_facts_file

    facts = read_facts_file(path)
    if facts is not None:
        return _Read(Patient(code=path.name, facts=facts))
    source = open_patients(path, mapping=mapping)
    if code is not None:
        found = source.patient(code)
        if found is None:
            raise InputError(
                f"there is no patient {code!r}",
                where=str(path),
                remedy="The code is the source's own: FHIR Patient.id, OMOP person_id.",
            )
        return _Read(found[0], tally=found[1])
    if path.is_dir() or source.at_once:
        return _Read(None, source)
    several = source.patients()
    first, second = next(several, None), next(several, None)
    if first is None:
        raise InputError(
            "there is no patient in it", where=str(path), remedy="\n".join(source.tally.lines())
        )
    return _Read(first, tally=source.tally) if second is None else _Read(None, source)


def _record(
    study: Path,
    screening: Screening,
    read: _Read,
    participant: str,
    actor: str | None,
    who: str,
    answer: Answer,
) -> None:
    """Record one patient's facts, then say what the ledger now gives."""
    from trialrun.study.screening.recording import record_patient

    if actor is None:
        raise click.UsageError("--actor is missing: who records it?")
    if read.patient is None:
        raise InputError(
            "many patients are not recorded at once",
            where=who,
            remedy="Name one of them with --patient.",
        )
    result = record_patient(study, screening, read.patient, participant, actor, Path(who).name)
    answer.recorded(result, participant, screening)
