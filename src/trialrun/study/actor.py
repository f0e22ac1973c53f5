"""Who acts on the command line, and in which of their roles."""

from __future__ import annotations

from trialrun.conduct.commands import Command
from trialrun.conduct.decide import participant_of
from trialrun.conduct.permissions import SPONSOR, roles_for
from trialrun.conduct.refusal import Refusal
from trialrun.ledger.state import Participant, StudyState


def resolve_role(state: StudyState, command: Command, actor: str) -> str:
    """The role in which a person does this, where they name none.

    The first role in the order of the table that they hold and that permits the command. Where
    there is none, one that they hold, so that the refusal can say what is missing. Whoever starts
    a study acts as its sponsor.
    """
    if state.started is None:
        return SPONSOR.value
    about = participant_of(state, command)
    if not isinstance(about, Refusal):
        fitting = roles_for(
            state, command, actor=actor, about=about if isinstance(about, Participant) else None
        )
        if fitting:
            return fitting[0].value
    held = sorted(role for person, role, _ in state.roles if person == actor)
    return held[0] if held else ""
