"""Old entries in today's shape: what a stored body of an earlier schema version becomes.

A stored entry is never rewritten. When a class of `events` changes its fields, its schema version
grows and a step is added here, from the body as it was stored to the body of the next version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from trialrun.errors import AlteredLedger
from trialrun.ledger.canonical import Canonical

Step = Callable[[dict[str, Canonical]], dict[str, Canonical]]

# (type, from version) → the body of the next version.
STEPS: Mapping[tuple[str, int], Step] = {}


def upcast(
    kind: str,
    version: int,
    to: int,
    body: Canonical,
    steps: Mapping[tuple[str, int], Step] = STEPS,
) -> Canonical:
    """The body in the shape of version `to`."""
    if version > to:
        raise AlteredLedger(
            f"an entry of type {kind} has schema version {version}; this Trialrun knows {to}",
            remedy="Read it with the newer version that wrote it.",
        )
    while version < to:
        step = steps.get((kind, version))
        if step is None or not isinstance(body, dict):
            raise AlteredLedger(f"no way from version {version} of {kind} to the next is known")
        body = step(dict(body))
        version += 1
    return body
