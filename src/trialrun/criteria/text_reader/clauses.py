"""A sentence or a part of one: read where every word is accounted for, and then joined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from trialrun.criteria.nodes import Comparison, Node, Presence, atoms, joined, with_window
from trialrun.criteria.text_reader.conditions import negated, read_condition
from trialrun.criteria.text_reader.consent import read_consent
from trialrun.criteria.text_reader.joining import MODIFIERS, Group, Separator, join
from trialrun.criteria.text_reader.lexicon import CONDITION, NUMERIC, find
from trialrun.criteria.text_reader.phrases import bag, known_words, phrases
from trialrun.criteria.text_reader.special import SIMPLE
from trialrun.criteria.text_reader.statement import Reading, Statement, norms
from trialrun.criteria.text_reader.windows import Window, take_window, without_sexes, without_when
from trialrun.criteria.text_reader.words import Token, phrase
from trialrun.vocabulary.table import variables

_EDGES = frozenset({",", ";", ".", ":"})
_MOST = 14  # pieces of one list
DEEPEST, LONGEST = 6, 150  # levels of lists in lists; tokens of a clause


@dataclass(frozen=True, slots=True)
class _Piece:
    tokens: tuple[Token, ...]
    before: Separator | None


def read_clause(said: Statement, tokens: Sequence[Token], depth: int = 0) -> Reading | None:
    """The rule of these tokens, all of them; None where any word is not understood."""
    tokens = trimmed(tokens)
    if not tokens or depth > DEEPEST or len(tokens) > LONGEST or not _all_known(tokens):
        return None
    if tokens not in said.seen:
        said.seen[tokens] = None  # so that a part never waits for itself
        said.seen[tokens] = _read(said, tokens, depth)
    return said.seen[tokens]


def _read(said: Statement, tokens: tuple[Token, ...], depth: int) -> Reading | None:
    reading = _simple(said, tokens)
    if reading is not None:
        return reading
    for reader in (_labelled, _fallback, _denied_list, _windowed, _listed):
        reading = reader(said, tokens, depth)
        if reading is not None:
            return reading
    return None


def _all_known(tokens: Sequence[Token]) -> bool:
    """A word that no list knows cannot be accounted for; most clauses end here."""
    known = known_words()
    return all(token.kind != "word" or token.norm in known for token in tokens)


def trimmed(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Without punctuation around, and without a parenthesis around all of it."""
    tokens = tuple(tokens)
    while tokens and tokens[0].norm in _EDGES:
        tokens = tokens[1:]
    while tokens and tokens[-1].norm in _EDGES:
        tokens = tokens[:-1]
    return tokens


def _simple(said: Statement, tokens: tuple[Token, ...]) -> Reading | None:
    """One statement, without lists."""
    for candidate in dict.fromkeys((tokens, without_when(tokens), without_sexes(tokens))):
        for reader in SIMPLE:
            reading = reader(said, candidate)
            if reading is not None:
                return reading
    return read_consent(said, tokens)


def _windowed(said: Statement, tokens: tuple[Token, ...], depth: int) -> Reading | None:
    window, rest = take_window(said, tokens)
    if window is None:
        return None
    reading = read_clause(said, rest, depth + 1)
    return None if reading is None else with_asked_window(said, reading, window)


def with_asked_window(said: Statement, reading: Reading, window: Window) -> Reading | None:
    """A reading with its window, and what the window leaves open."""
    asks = list(reading.asks)
    sure = reading.sure
    if any(atom.variable in _TIMELESS for atom in atoms(reading.node)):
        return None
    if window.calendar:
        asks.append(said.ask("calendar", window.words))
        sure = False
    if window.anchor is None:
        asks.append(said.ask("no_anchor", window.words))
        return replace(reading, asks=tuple(asks), sure=False)
    if window.vague:
        asks.append(said.ask("anchor", window.words))
    if not _one_kind(reading.node):
        asks.append(said.ask("readings", window.words))
        sure = False
    node = with_window(reading.node, anchor=window.anchor, window_days=window.days)
    return Reading(node=node, asks=tuple(asks), sure=sure)


_TIMELESS = frozenset(
    {"age", "sex", "informed_consent", "donor_informed_consent", "able_to_comply"}
)


def _one_kind(node: Node) -> bool:
    """Whether a window behind a list must be meant for all of it."""
    found = list(atoms(node))
    if len(found) == 1 or all(isinstance(atom, Comparison) for atom in found):
        return True
    return all(variables()[atom.variable].group == "treatment" for atom in found)


def _labelled(said: Statement, tokens: tuple[Token, ...], depth: int) -> Reading | None:
    """`Heart: …`, `Relapsed and refractory AML: …`: a label that adds nothing."""
    for at, token in enumerate(tokens[:12]):
        if token.norm != ":" or at == 0 or at == len(tokens) - 1:
            continue
        label, rest = tokens[:at], tokens[at + 1 :]
        if set(norms(label)) <= bag("labels"):
            return read_clause(said, rest, depth + 1)
        reading = read_clause(said, rest, depth + 1)
        if reading is not None and _names_all(label, reading.node):
            return reading
        return None
    return None


def _names_all(label: Sequence[Token], node: Node) -> bool:
    """Whether a label only names, in short, what stands behind it."""
    known = {
        word
        for atom in atoms(node)
        for word in (*atom.variable.split("_"), *phrase(variables()[atom.variable].en))
    }
    at = 0
    content = 0
    while at < len(label):
        found = find(label, at, len(label), CONDITION | NUMERIC)
        if found is not None and (
            variables()[found[0]].group == "diagnosis"
            or found[0] in {atom.variable for atom in atoms(node)}
        ):
            at = found[1]
            content += 1
        elif label[at].norm in {"and", "or", "/", "patient", "with", "the", ","}:
            at += 1
        elif label[at].norm in known:
            at += 1
            content += 1
        else:
            return False
    return content > 0


def _fallback(said: Statement, tokens: tuple[Token, ...], depth: int) -> Reading | None:
    """`A; or if creatinine exceeds the upper limit, B`: A or B."""
    for at in range(1, len(tokens) - 4):
        if norms(tokens[at : at + 2]) != ("or", "if"):
            continue
        first = read_clause(said, tokens[:at], depth + 1)
        if first is None or not isinstance(first.node, Comparison):
            return None
        found = find(tokens, at + 2, len(tokens), NUMERIC)
        if found is None or found[0] != first.node.variable:
            return None
        stop = found[1]
        while stop < len(tokens) and tokens[stop].norm in {"is", "exceed", ">", "above", "higher"}:
            stop += 1
        for words in phrases("upper_limit"):
            if norms(tokens[stop : stop + len(words)]) == words:
                break
        else:
            return None
        end = stop + len(words)
        if end >= len(tokens) or tokens[end].norm not in {",", ":"}:
            return None
        second = read_clause(said, tokens[end + 1 :], depth + 1)
        if second is None:
            return None
        limit = first.node.limit
        ask = said.ask("upper_limit", tokens[at:end], limit=str(limit))
        return Reading(
            node=joined((first.node, second.node), "or"),
            asks=(*first.asks, ask, *second.asks),
            sure=first.sure and second.sure,
        )
    return None


def _denied_list(said: Statement, tokens: tuple[Token, ...], depth: int) -> Reading | None:
    """`no A, B or C`: none of them."""
    denies = negated(tokens)
    if not denies:
        return None
    pieces = _pieces(tokens[denies:])
    seps = {piece.before for piece in pieces[1:]}
    if len(pieces) < 2 or not seps <= {"comma", "or", "comma-or", "slash", "nor"}:
        return None
    if seps <= {"comma"}:
        return None
    bare = [piece.tokens for piece in pieces]
    readings = _shared_all(bare, lambda part: read_condition(said, part))
    if readings is None or any(negated(part) for part in bare):
        return None
    nodes: list[Node] = []
    for reading, _ in readings:
        if not isinstance(reading.node, Presence) or not reading.node.present:
            return None
        nodes.append(replace(reading.node, present=False))
    first = norms(bare[0])
    if first[0] in MODIFIERS and not all(norms(part)[0] in MODIFIERS for part in bare):
        return None
    asks = tuple(ask for reading, _ in readings for ask in reading.asks)
    return Reading(node=joined(tuple(nodes), "and"), asks=asks)


def _listed(said: Statement, tokens: tuple[Token, ...], depth: int) -> Reading | None:
    """Parts joined by commas, semicolons, and, or; each must be read."""
    pieces = _pieces(tokens)
    if not 2 <= len(pieces) <= _MOST:
        return None
    groups = _grouped(said, tokens, pieces, depth)
    if groups is None:
        bare = [piece.tokens for piece in pieces]
        readings = _shared_all(bare, lambda part: _simple(said, part))
        if readings is None:
            return None
        groups = [
            (reading, whole, piece.before)
            for (reading, whole), piece in zip(readings, pieces, strict=True)
        ]
    return join(said, groups)


def _part(said: Statement, tokens: tuple[Token, ...], depth: int) -> Reading | None:
    """One part of a list: a statement with its label and window, no list itself."""
    tokens = trimmed(tokens)
    if not tokens or not _all_known(tokens):
        return None
    return (
        _simple(said, tokens)
        or _labelled(said, tokens, depth + 1)
        or _windowed(said, tokens, depth + 1)
    )


def _pieces(tokens: Sequence[Token]) -> list[_Piece]:
    """The parts between separators that stand in no parenthesis."""
    pieces: list[_Piece] = []
    depth, start, before = 0, 0, None
    at = 0
    while at < len(tokens):
        norm = tokens[at].norm
        depth += (norm == "(") - (norm == ")")
        separator, width = _separator(tokens, at) if depth == 0 else (None, 1)
        if separator is not None and at > start:
            pieces.append(_Piece(tuple(tokens[start:at]), before))
            start, before = at + width, separator
        elif separator is not None:
            start, before = at + width, separator if before is None else before
        at += width
    if start < len(tokens):
        pieces.append(_Piece(tuple(tokens[start:]), before))
    return pieces


def _separator(tokens: Sequence[Token], at: int) -> tuple[Separator | None, int]:
    words = norms(tokens[at : at + 4])
    if words[:3] == ("and", "/", "or"):
        return "or", 3
    if words[:4] in {(",", "and", "/", "or")}:
        return "comma-or", 4
    if words[:2] == (",", "and"):
        return "comma-and", 2
    if words[:2] == (",", "or"):
        return "comma-or", 2
    if words[:2] == (";", "and"):
        return "semi-and", 2
    if words[:2] == (";", "or"):
        return "semi-or", 2
    if words[0] == "/" and not _between_words(tokens, at):
        return None, 1
    single: dict[str, Separator] = {
        ",": "comma", ";": "semi", "and": "and", "or": "or", "nor": "nor", "/": "slash", "&": "and",
    }  # fmt: skip
    return single.get(words[0]), 1


def _between_words(tokens: Sequence[Token], at: int) -> bool:
    around = (*tokens[max(at - 1, 0) : at], *tokens[at + 1 : at + 2])
    return len(around) == 2 and all(token.kind == "word" for token in around)


def _grouped(
    said: Statement, tokens: tuple[Token, ...], pieces: list[_Piece], depth: int
) -> list[Group] | None:
    """Neighbouring pieces put together until each group is read; the longest groups first.

    "between 18 and 75" and "after induction and consolidation" hold an "and" of their own.
    """
    known: dict[int, list[Group] | None] = {len(pieces): []}
    for start in range(len(pieces) - 1, -1, -1):
        known[start] = None
        for size in range(min(len(pieces) - start, 4), 0, -1):
            rest = known[start + size]
            if rest is None or size == len(pieces):
                continue  # the whole was tried before
            group = pieces[start : start + size]
            part = _between(tokens, group[0].tokens[0], group[-1].tokens[-1])
            reading = _part(said, part, depth)
            if reading is not None:
                known[start] = [(reading, part, group[0].before), *rest]
                break
    return known[0]


def _between(tokens: Sequence[Token], first: Token, last: Token) -> tuple[Token, ...]:
    return tuple(tokens[tokens.index(first) : tokens.index(last) + 1])


def _shared_all(
    parts: Sequence[tuple[Token, ...]], read: Callable[[tuple[Token, ...]], Reading | None]
) -> list[tuple[Reading, tuple[Token, ...]]] | None:
    """Every part read, with all its words: some lack words that they share with the others.

    "bone marrow or organ transplant" shares its end, "hepatitis B or C" its beginning.
    """
    readings: list[tuple[Reading, tuple[Token, ...]]] = []
    first = named = trimmed(parts[0])
    for place, part in enumerate(parts):
        part = trimmed(part)
        if not part:
            return None
        found = None if (reading := read(part)) is None else (reading, part)
        if found is not None and part[0].kind == "word":
            named = part  # "…, or diastolic BP < 50 or > 100 mmHg": the last name counts
        if found is None and place < len(parts) - 1:
            found = _with_end(parts[-1], part, read)
        if found is None and place:
            found = _with_beginning(named if part[0].kind == "op" else first, part, read)
        if found is None or (place and _ambiguous(first, *found, read)):
            return None
        readings.append(found)
    return readings


def _ambiguous(
    first: tuple[Token, ...],
    reading: Reading,
    part: tuple[Token, ...],
    read: Callable[[tuple[Token, ...]], Reading | None],
) -> bool:
    """Whether words in front of the first part, put in front of this one, say something else.

    "active hepatitis B or hepatitis C": is the second one active as well?
    """
    if not isinstance(reading.node, Presence):
        return False
    for stop in range(1, len(first)):
        other = read((*first[:stop], *part))
        if other is not None and other.node != reading.node:
            return True
    return False


def _with_end(
    last: tuple[Token, ...],
    part: tuple[Token, ...],
    read: Callable[[tuple[Token, ...]], Reading | None],
) -> tuple[Reading, tuple[Token, ...]] | None:
    for start in range(1, len(last)):
        whole = (*part, *last[start:])
        reading = read(whole)
        if reading is not None:
            return reading, whole
    return None


def _with_beginning(
    first: tuple[Token, ...],
    part: tuple[Token, ...],
    read: Callable[[tuple[Token, ...]], Reading | None],
) -> tuple[Reading, tuple[Token, ...]] | None:
    limit = next((at for at, token in enumerate(first) if token.kind != "word"), len(first))
    for stop in range(min(limit, len(first) - 1), 0, -1):
        whole = (*first[:stop], *part)
        reading = read(whole)
        if reading is not None:
            return reading, whole
    return None
