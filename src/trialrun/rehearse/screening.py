"""The screening of one simulated candidate, from registration to a decision on eligibility."""

from __future__ import annotations

from datetime import datetime, timedelta

from trialrun.conduct import commands as do
from trialrun.criteria.criterion import Status
from trialrun.ledger.events import ScreeningEnd
from trialrun.protocol.model import Kind
from trialrun.rehearse import people
from trialrun.rehearse.biography import Candidate
from trialrun.rehearse.stage import Stage
from trialrun.values.moment import of_datetime
from trialrun.values.truth import Truth
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.table import variable
from trialrun.vocabulary.variable import Kind as VariableKind

CONSENT_FORM = "SIM-ICF-1.0"


class Screening:
    """Register, consent, record facts, judge, decide."""

    def __init__(self, stage: Stage, code: str, candidate: Candidate) -> None:
        self.stage = stage
        self.code = code
        self.candidate = candidate

    def run(self, at: datetime) -> bool:
        """Whether the candidate may be enrolled."""
        register = do.RegisterParticipant(participant=self.code, site=people.SITE)
        self.stage.must(register, actor=people.COORDINATOR, at=at)
        if self.candidate.declines:
            return self._end(ScreeningEnd.DECLINED, at + timedelta(minutes=30))
        self._consent(at + timedelta(minutes=30))
        facts = do.RecordFacts(participant=self.code, facts=self._facts(at + timedelta(hours=2)))
        self.stage.must(facts, actor=people.COORDINATOR, at=at + timedelta(hours=3))
        self._judge(at + timedelta(hours=5))
        decide = do.DecideEligibility(participant=self.code)
        self.stage.must(decide, actor=people.INVESTIGATOR, at=at + timedelta(hours=6))
        decision = self.stage.state.participants[self.code].decision
        assert decision is not None
        verdict = decision.event.verdict
        if verdict is Truth.TRUE:
            return True
        reason = ScreeningEnd.NOT_ELIGIBLE if verdict is Truth.FALSE else ScreeningEnd.FACTS_MISSING
        return self._end(reason, at + timedelta(hours=6, minutes=30))

    def _end(self, reason: ScreeningEnd, at: datetime) -> bool:
        end = do.EndScreening(participant=self.code, reason=reason)
        self.stage.must(end, actor=people.COORDINATOR, at=at)
        return False

    def _consent(self, at: datetime) -> None:
        self._consents("participant", None, at)
        kinds = {one.kind for one in self.stage.protocol.interventions}
        if Kind.CELL_PRODUCT in kinds:
            self._consents("donor", f"{self.code}-D", at + timedelta(minutes=45))

    def _consents(self, subject: str, donor: str | None, at: datetime) -> None:
        command = do.RecordConsent(
            participant=self.code,
            subject=subject,
            donor=donor,
            form_version=CONSENT_FORM,
            language="en",
            explained_by=people.INVESTIGATOR,
            given_at=of_datetime(at),
            copy_given=True,
        )
        self.stage.must(command, actor=people.COORDINATOR, at=at + timedelta(minutes=5))

    def _facts(self, at: datetime) -> tuple[Fact, ...]:
        moment = of_datetime(at)
        return tuple(
            Fact(
                id=f"{self.code}.{name}.screening",
                variable=name,
                value=_dated(name, value, at),
                unit=None if (unit := variable(name).unit) is None else unit.code,
                at=moment,
                source="simulated",
                high=self.candidate.upper_limits.get(name),
                low=None,
            )
            for name, value in self.candidate.baseline.items()
            if name not in self.candidate.lacks
        )

    def _judge(self, at: datetime) -> None:
        judged = [
            criterion
            for criterion in self.stage.protocol.criteria
            if criterion.status is Status.JUDGEMENT
        ]
        for number, criterion in enumerate(judged):
            unfit = self.candidate.judged_unfit and number == len(judged) - 1
            command = do.JudgeCriterion(
                participant=self.code,
                criterion=criterion.id,
                met=not unfit,
                reason="simulated judgement",
            )
            self.stage.must(command, actor=people.INVESTIGATOR, at=at)


def _dated(name: str, value: str, at: datetime) -> str:
    """A date as such: it is drawn as so many days ago."""
    if variable(name).kind is not VariableKind.DATE:
        return value
    return (at - timedelta(days=int(value))).date().isoformat()
