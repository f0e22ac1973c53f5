"""What is said of the donor, and not of the participant: `Donor must be 18 to 70 years old`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialrun.criteria.criterion import Status
from trialrun.criteria.nodes import Atom, Comparison, Node, atoms, mapped
from trialrun.criteria.text_reader.item_reading import Found
from trialrun.criteria.text_reader.statement import Statement
from trialrun.criteria.text_reader.words import Token, read_tokens
from trialrun.vocabulary.own import OWN, own_name
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind

# "the haploidentical related donor must …"; not "donor lymphocytes", "donor chimerism"
_OPENS = re.compile(
    r"\W*(?:(?:the|all|each|any|an?|every|related|unrelated|haplo\w*|sibling|healthy|adult|family|nk"
    r"|stem|cells?|matched|mismatched|hla|identical|eligible|potential|prospective|selected|living"
    r"|suitable|available|allogeneic|alternative|product|hpc)[\s/,-]+){0,6}donors?"
    r"(?:\s*:|\s*[<>≤≥=]|\s*\(?\s*(?:inclusion|exclusion|eligibility|selection)\b|\s+(?:criteria|must"
    r"|should|shall|will|may|can|is|are|has|have|who|with|aged?|weigh\w*|weight|body\s+weight|needs?"
    r"|meets?|between|at\s+least|over|under|older|younger|not|does|do|requirements?)\b)",
    re.IGNORECASE,
)
# These say nothing of which donor.
_ANY = frozenset(
    {"the", "all", "each", "any", "a", "an", "every", "eligible", "potential", "prospective",
     "selected", "suitable"}
)  # fmt: skip
_OTHERS = re.compile(r"\b(?:patient|participant|recipient|subject)s?\b", re.IGNORECASE)


def speaks_of_donors(text: str) -> bool:
    """Whether an item, or the heading above it, speaks of donors and of nobody else."""
    return _OPENS.match(text) is not None and _OTHERS.search(text) is None


def without_donor(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Tokens without "the donor" in front, where these words say nothing of which donor."""
    for at, token in enumerate(tokens):
        if token.norm == "donor":
            return tuple(tokens[at + 1 :])
        if token.norm not in _ANY:
            break
    return tuple(tokens)


def of_donor(said: Statement, found: Found) -> Found:
    """The same limits as the donor's. What has no name as a donor's is not understood."""
    mentions = tuple(
        replace(mention, atoms=kept)
        for mention in found.mentions
        if (kept := tuple(one for one in map(_donors, mention.atoms) if one is not None))
    )
    if found.node is None or found.status is Status.JUDGEMENT:
        return replace(found, mentions=mentions)
    node = _donors_all(found.node)
    if node is None:
        ask = said.ask("not_understood", read_tokens(said.text))
        return Found(Status.UNREAD, None, (ask,), mentions, found.unknown)
    return replace(found, node=node, mentions=mentions)


def _donors_all(node: Node) -> Node | None:
    if any(_donors(atom) is None for atom in atoms(node)):
        return None
    return mapped(node, lambda atom: _donors(atom) or atom)


def _donors(atom: Atom) -> Atom | None:
    """The atom as one of the donor; None where no variable can say so."""
    row = variables()[atom.variable]
    if row.group == "donor" or row.name.startswith((f"{OWN}donor_", "donor_")):
        return atom
    if not isinstance(atom, Comparison) or row.kind is not Kind.QUANTITY or row.unit is None:
        return None
    if atom.variable == "age":
        return replace(atom, variable="donor_age")
    if atom.limit.unit.dimension != row.unit.dimension:
        return None  # a multiple of normal
    words = row.name.removeprefix(OWN)
    own = own_name(f"donor {words}", row.unit)
    return None if own is None else replace(atom, variable=own)
