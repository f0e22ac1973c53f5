"""A first protocol from a registry record: what it says, and a question for what it leaves open."""

from __future__ import annotations

import re

from trialrun.errors import NotSupported
from trialrun.protocol.codec import DAYS
from trialrun.protocol.drafting.asking import Notebook, Option, in_record
from trialrun.protocol.drafting.assumptions import draft_assumptions
from trialrun.protocol.drafting.cell_therapy import CellTherapy
from trialrun.protocol.drafting.days import Days, first_day
from trialrun.protocol.drafting.eligibility import (
    combination_of,
    criteria_of,
    draft_anchors,
    draft_criteria,
)
from trialrun.protocol.drafting.enrolment import draft_enrolment
from trialrun.protocol.drafting.open_findings import draft_open_findings
from trialrun.protocol.drafting.outcomes import draft_outcomes
from trialrun.protocol.drafting.phrases import (
    follows_chemotherapy,
    gap_after_treatment,
    interval_in_days,
)
from trialrun.protocol.drafting.products import Groups, Product, draft_groups
from trialrun.protocol.drafting.regimen import Drafter
from trialrun.protocol.drafting.safety import draft_safety, needs_safety_rules
from trialrun.protocol.drafting.schedule import cell_schedule, generic_schedule, nk_schedule
from trialrun.protocol.findings import findings_on
from trialrun.protocol.parts import (
    ActivityPart,
    Asked,
    EnrolmentPart,
    GapPart,
    GatePart,
    Meta,
    RegimenPart,
)
from trialrun.protocol.regimen_reader.regimen import Regimen, read_regimen
from trialrun.protocol.working_copy import ProtocolFile
from trialrun.record.model import Study
from trialrun.values.moment import Moment
from trialrun.values.provenance import Origin, Source

_AML = re.compile(r"acute myelo(?:id|genous|blastic) leuk|\bAML\b", re.IGNORECASE)
_NK = re.compile(r"\bNK\b|natural killer", re.IGNORECASE)
_SEVERE = re.compile(
    r"leuka?em|cancer|carcinoma|tumou?r|lymphoma|myeloma|sarcoma|neoplas|glio|blastoma|metasta",
    re.IGNORECASE,
)


def draft(study: Study, *, record_sha256: str) -> ProtocolFile:
    """The draft of an interventional record; raises NotSupported for a record of another kind."""
    _check_kind(study)
    regimen = read_regimen(study)
    return _Draft(study, record_sha256, regimen, draft_groups(study, regimen)).file()


def _check_kind(study: Study) -> None:
    kind = study.protocol.design.study_type
    if kind != "INTERVENTIONAL":
        said = (kind or "").lower().replace("_", " ")
        raise NotSupported(
            f"not this, because the study is {said or 'of no stated kind'}: "
            "a protocol is drafted for interventional studies, which give participants something",
            where=study.nct_id or "record",
            remedy="trialrun show, criteria and check read the record all the same.",
        )


class _Draft:
    """One draft under way."""

    def __init__(self, study: Study, record_sha256: str, regimen: Regimen, groups: Groups) -> None:
        self.study = study
        self.record_sha256 = record_sha256
        self.read = regimen
        self.groups = groups
        self.notebook = Notebook()
        self.findings = findings_on(study)
        self.cells = [one for one in groups.products if one.cells]
        self.conditions = " ".join((*study.protocol.conditions.conditions, study.title))
        self.aml = _AML.search(self.conditions) is not None
        self.cell_therapy = self._is_cell_therapy()
        self.early = needs_safety_rules(study) or self.cell_therapy

    def _is_cell_therapy(self) -> bool:
        """A cell product, and chemotherapy that the record gives before it."""
        drugs = [one for one in self.groups.products if one.chemotherapy]
        if not self.cells or not drugs:
            return False
        keys = {one.substance.key for one in drugs if one.substance is not None}
        days = [
            day for item in self.read.items if item.substance.key in keys for day in item.days or ()
        ]
        return (bool(days) and min(days) < 0) or follows_chemotherapy(self.study)

    def file(self) -> ProtocolFile:
        """Everything, in the order of the file; questions come as their parts do."""
        regimen = self._regimen()
        gaps, gates = self._gaps_and_gates(regimen)
        zero = self._day_zero(regimen)
        criteria = criteria_of(self.study)
        written = draft_criteria(self.study, criteria, self.notebook)
        names = {one.part.id: one.part.name for one in self.groups.products}
        items = [(one.id, names[one.intervention]) for one in self._by_day(regimen)]
        anchors = draft_anchors(self.study, criteria, self.notebook, items)
        combination = combination_of(criteria, self.notebook)
        ages = any(one.id.startswith("S.age") for one in self.notebook.questions)
        elsewhere = {"donor-criteria-missing"} if self.cell_therapy else set()
        if self.early:
            elsewhere.add("safety-rules-missing")
        hanging = draft_open_findings(
            self.findings,
            self.notebook,
            criteria_ask_age=ages,
            asked_elsewhere=frozenset(elsewhere),
        )
        enrolment = draft_enrolment(self.study, self.notebook, cells=bool(self.cells))
        outcomes = draft_outcomes(
            self.study, self.notebook, cells=self.cell_therapy, aml=self.aml, early=self.early
        )
        schedule = self._schedule(
            regimen, tuple(one.day for one in outcomes if isinstance(one.day, int))
        )
        safety = None
        if self.early and regimen:
            ordered = self._by_day(regimen)
            cells = {one.part.id for one in self.cells}
            end = next((one for one in ordered if one.intervention in cells), ordered[-1])
            safety = draft_safety(
                self.study, self.notebook, start=ordered[0], end=end,
                target=_number(enrolment), cell_therapy=self.cell_therapy,
            )  # fmt: skip
        meta = self._meta(zero, combination, regimen)
        return ProtocolFile(
            meta=meta,
            anchors=anchors,
            interventions=tuple(one.part for one in self.groups.products),
            arms=self.groups.arms,
            regimen=regimen,
            gaps=gaps,
            gates=gates,
            schedule=schedule,
            outcomes=outcomes,
            safety=safety,
            enrolment=enrolment,
            criteria=(*written, *hanging),
            assumptions=draft_assumptions(
                target=_number(enrolment),
                months=_months(enrolment),
                cells=bool(self.cells),
                severe=_SEVERE.search(self.conditions) is not None,
                last_day=self._last_day(regimen, schedule),
            ),
            questions=tuple(self.notebook.questions),
        )

    def _regimen(self) -> tuple[RegimenPart, ...]:
        days = Days(
            notebook=self.notebook,
            first=first_day(self.read),
            interval=interval_in_days(self.study),
            cell_therapy=self.cell_therapy,
        )
        drafter = Drafter(
            regimen=self.read,
            groups=self.groups,
            notebook=self.notebook,
            days=days,
            cell_therapy=self.cell_therapy,
            gap=gap_after_treatment(self.study),
        )
        return drafter.parts()

    def _days(self, part: RegimenPart | ActivityPart) -> tuple[int, ...]:
        """The days of a part, by our assumption where they are asked."""
        if isinstance(part.days, tuple):
            return part.days
        asked = part.days.question
        text = next(one.assumed for one in self.notebook.questions if one.id == asked)
        days: tuple[int, ...] = DAYS.parse(text or "0")
        return days

    def _dose(self, part: RegimenPart) -> str:
        """The dose of a part in words, by our assumption where it is asked."""
        if isinstance(part.dose, Asked):
            asked = part.dose.question
            return next(one.assumed for one in self.notebook.questions if one.id == asked) or ""
        return "" if part.dose is None else str(part.dose)

    def _by_day(self, regimen: tuple[RegimenPart, ...]) -> list[RegimenPart]:
        return sorted(regimen, key=lambda one: self._days(one)[:1])

    def _gaps_and_gates(
        self, regimen: tuple[RegimenPart, ...]
    ) -> tuple[tuple[GapPart, ...], tuple[GatePart, ...]]:
        if not self.cell_therapy:
            return (), ()
        by_id: dict[str, Product] = {one.part.id: one for one in self.groups.products}
        cells = tuple(one for one in self._by_day(regimen) if by_id[one.intervention].cells)
        start = self._days(cells[0])[0]
        drugs = tuple(
            one
            for one in self._by_day(regimen)
            if by_id[one.intervention].chemotherapy and self._days(one)[0] < start
        )
        if not drugs:
            return (), ()
        therapy = CellTherapy(
            study=self.study,
            notebook=self.notebook,
            chemotherapy=drugs,
            cells=cells,
            drugs=tuple(
                one for part in drugs if (one := by_id[part.intervention].substance) is not None
            ),
            product=by_id[cells[0].intervention],
        )
        gaps = therapy.gaps()
        therapy.ask_donor()
        therapy.ask_clearance()
        therapy.ask_rules()
        source = next(one for one in self.notebook.questions if one.id == "product-source")
        return gaps, therapy.gates(donor=source.assumed == "allogeneic")

    def _day_zero(self, regimen: tuple[RegimenPart, ...]) -> str | Asked:
        if not regimen:
            return ""
        ordered = self._by_day(regimen)
        cells = {one.part.id for one in self.cells}
        of_cells = next((one for one in ordered if one.intervention in cells), None)
        if of_cells is None or not self.cell_therapy:
            least = next((one for one in ordered if self._days(one)[0] >= 0), ordered[-1])
            return least.id
        finding = next((one for one in self.findings if one.rule == "day-zero-missing"), None)
        source = (
            of_cells.source
            if finding is None
            else Source(Origin.RECORD, finding.where, finding.span, finding.quoted)
        )
        others = [one for one in ordered if one is not of_cells]
        return self.notebook.ask(
            "day-zero",
            "day_zero",
            who="investigator",
            source=source,
            choices=[
                Option(one.id, "first_of", values={"name": one.id}) for one in (of_cells, *others)
            ],
            assumed=of_cells.id,
        )

    def _schedule(
        self, regimen: tuple[RegimenPart, ...], outcome_days: tuple[int, ...]
    ) -> tuple[ActivityPart, ...]:
        if not regimen:
            return ()
        first = min(self._days(one)[0] for one in regimen)
        cells = {one.part.id: one for one in self.cells}
        of_cells = [one for one in regimen if one.intervention in cells]
        if self.cell_therapy and of_cells:
            if _NK.search(cells[of_cells[0].intervention].part.name):
                return nk_schedule(of_cells[0].days, first - 1, self._follow_up())
            return cell_schedule(first - 1, self._follow_up())
        later = sorted({day for day in outcome_days if day > first})[:8] or [first + 28]
        by_body = any("/m2" in self._dose(one) or "/kg" in self._dose(one) for one in regimen)
        return generic_schedule((first, *later), dosed_by_body=by_body)

    def _follow_up(self) -> Asked:
        return self.notebook.ask(
            "follow-up", "follow_up", who="investigator",
            source=in_record("outcomesModule"),
            choices=[Option("60"), Option("60, 90, 180"), Option("60, 180, 365")], assumed="60",
        )  # fmt: skip

    def _last_day(
        self, regimen: tuple[RegimenPart, ...], schedule: tuple[ActivityPart, ...]
    ) -> int:
        parts: list[RegimenPart | ActivityPart] = [*regimen, *schedule]
        return max((self._days(one)[-1] for one in parts), default=28)

    def _meta(
        self, zero: str | Asked, combination: str | Asked, regimen: tuple[RegimenPart, ...]
    ) -> Meta:
        info = self.study.protocol.design.design_info
        title = self.study.title
        surface: str | Asked = "mosteller"
        per_area = next((one for one in regimen if "/m2" in self._dose(one)), None)
        if per_area is not None:
            surface = self._ask_body(per_area.source)
        nk = any(_NK.search(one.part.name) for one in self.cells)
        return Meta(
            version="0.1",
            title=title,
            record_sha256=self.record_sha256,
            allocation=info.allocation or "NA",
            model=info.intervention_model or "SINGLE_GROUP",
            body_surface=surface,
            day_zero=zero,
            rehearsal_model="nk-aml" if nk and self.aml and self.cell_therapy else "generic",
            combination=combination,
            source=Source(Origin.RECORD, "identificationModule.briefTitle", words=title),
        )

    def _ask_body(self, source: Source) -> Asked:
        self.notebook.ask(
            "weight-change", "weight_change", who="pharmacist", source=source,
            choices=[Option("10 %"), Option("5 %"), Option("none", "no_recalculation")],
            assumed="10 %",
        )  # fmt: skip
        return self.notebook.ask(
            "body-surface", "body_surface", who="pharmacist", source=source,
            choices=[Option("mosteller"), Option("du-bois"), Option("stevenson")],
            assumed="mosteller",
        )  # fmt: skip


def _number(enrolment: EnrolmentPart) -> int:
    return enrolment.target if isinstance(enrolment.target, int) else 20


def _months(enrolment: EnrolmentPart) -> int | None:
    start, end = enrolment.planned_start, enrolment.planned_end
    if isinstance(start, Moment) and isinstance(end, Moment):
        return max((end.day - start.day).days // 30, 1)
    return None
