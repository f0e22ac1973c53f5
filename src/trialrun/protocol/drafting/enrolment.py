"""How many, counted as what, by when."""

from __future__ import annotations

from trialrun.errors import FactError
from trialrun.protocol.drafting.asking import Notebook, Option, in_record
from trialrun.protocol.parts import Asked, EnrolmentPart
from trialrun.record.model import Study
from trialrun.values.moment import Moment
from trialrun.values.provenance import Origin, Source

_WHERE = "designModule.enrollmentInfo"
_ASSUMED_TARGET = 20


def draft_enrolment(study: Study, notebook: Notebook, *, cells: bool) -> EnrolmentPart:
    """The target of the record, with the question of what it counts."""
    count = study.protocol.design.enrollment_info.count
    source = Source(Origin.RECORD, f"{_WHERE}.count", words="" if count is None else str(count))
    target: int | Asked
    if count:
        target = count
    else:
        target = notebook.ask(
            "target", "target_missing", who="statistician", source=in_record(_WHERE),
            choices=[Option(str(_ASSUMED_TARGET))], assumed=str(_ASSUMED_TARGET),
        )  # fmt: skip
    kinds = ("enrolled", "started", *(("infused",) if cells else ()), "evaluable", "consented")
    counted = notebook.ask(
        "counted", "counted", who="statistician", source=source,
        choices=[Option(kind, f"counted_{kind}") for kind in kinds], assumed="enrolled",
        count=str(count or _ASSUMED_TARGET),
    )  # fmt: skip
    notebook.ask(
        "replacement", "replacement", who="statistician", source=source,
        choices=[Option("not replaced", "not_replaced"), Option("replaced", "replaced")],
        assumed="not replaced",
    )  # fmt: skip
    status = study.protocol.status
    return EnrolmentPart(
        target=target,
        counted=counted,
        planned_start=_moment(status.start_date.date),
        planned_end=_end(study, notebook),
        source=source,
    )


def _end(study: Study, notebook: Notebook) -> Moment | Asked | None:
    status = study.protocol.status
    written = status.primary_completion_date.date or status.completion_date.date
    end, start = _moment(written), _moment(status.start_date.date)
    if end is not None and (start is None or end.day > start.day):
        return end
    return notebook.ask(
        "planned-end", "planned_end", who="sponsor",
        source=in_record("statusModule.completionDateStruct"),
        choices=[Option("none", "no_end")], assumed="none",
    )  # fmt: skip


def _moment(text: str | None) -> Moment | None:
    if text is None:
        return None
    try:
        return Moment(text)
    except FactError:
        return None
