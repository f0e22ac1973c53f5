"""The last to read a limit: of the study's own variable, where words beside it name one."""

from __future__ import annotations

from dataclasses import replace

from trialrun.criteria.text_reader.denials import denied_before
from trialrun.criteria.text_reader.durations import lasting, lasting_for, lately, own_duration
from trialrun.criteria.text_reader.fit import fits
from trialrun.criteria.text_reader.frequencies import is_frequency, own_frequency
from trialrun.criteria.text_reader.lexicon import NUMERIC, named
from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.own_changes import own_change
from trialrun.criteria.text_reader.own_days import own_days
from trialrun.criteria.text_reader.own_distances import own_distance
from trialrun.criteria.text_reader.own_scores import least_score, own_score
from trialrun.criteria.text_reader.own_sides import own_side
from trialrun.criteria.text_reader.own_subjects import own_age, own_subject
from trialrun.criteria.text_reader.scan import Scan, add_limit
from trialrun.criteria.text_reader.subjects import Subject, subject_behind
from trialrun.criteria.text_reader.words import phrase as words_of
from trialrun.vocabulary.own import OWN
from trialrun.vocabulary.table import variables

_REMEDIES = ("inhibitor", "tki", "therapy", "treatment", "regimen", "agent", "drug", "antibody")
_NEAR = 12  # terminals


def read_own(scan: Scan, at: int, phrase: Phrase) -> int:
    """Reads a limit of which no variable of the vocabulary is the subject; where to go on, or 0."""
    start = scan.row[at].start
    if start and scan.tokens[start - 1].norm == "range":
        return phrase.end  # "score (range 0 - 12) of at least 4": the name stands in front of both
    own = own_side(scan, at, phrase) or own_days(scan, at, phrase) or own_age(scan, at, phrase)
    own = own or own_duration(scan, at, phrase)
    own = own or own_distance(scan, at, phrase) or own_change(scan, at, phrase)
    own = own or (own_frequency if is_frequency(scan, phrase) else own_subject)(scan, at, phrase)
    own = own or own_score(scan, at, phrase)
    if own is None:
        return 0
    own = _in_vocabulary(scan, own, phrase)
    if _is_failed(scan, at, own):
        own = replace(own, names=("failed_treatments",))
    first = min(own.start, phrase.places[0])
    if len(phrase.bounds) > 1 and own.denied != denied_before(scan.tokens, scan.row, first):
        return 0  # "unable to bear 2 - 4 injections": the contrary of a range is none
    end = add_limit(scan, own, phrase)
    if own.names[0].startswith(OWN) or not _goes_on(scan, end):
        scan.last = None  # "score ≥ 2 in at least 2 domains": the second is of another thing
    return end


def _in_vocabulary(scan: Scan, own: Subject, phrase: Phrase) -> Subject:
    """The vocabulary's variable, where the words that were put together are exactly its name."""
    if not own.names[0].startswith(OWN):
        return own
    words = own.names[0].removeprefix(OWN).replace("_", " ")
    name = named(words_of(words), NUMERIC)
    amounts = [one.amount for one in (scan.row[at] for at in phrase.places) if one.amount]
    if name is None or not all(fits(variables()[name], one) for one in amounts):
        return own
    return replace(own, names=(name,))


def _is_failed(scan: Scan, at: int, own: Subject) -> bool:
    """`failure of at least two kinase inhibitors`: how many treatments failed."""
    name = own.names[0].removesuffix("_count")
    if name == own.names[0] or not name.endswith(_REMEDIES):
        return False
    before = [
        token.norm for token in scan.tokens[max(scan.row[at].start - 3, 0) : scan.row[at].start]
    ]
    return any(word.startswith("fail") or word == "refractory" for word in before)


def _goes_on(scan: Scan, end: int) -> bool:
    """`for less than 6 months in …, or for less than 12 months`: the same thing again."""
    row = scan.row[end : end + _NEAR]
    at = next((at for at, one in enumerate(row) if one.letter in "GL"), 0)
    if at < 2 or row[at - 2].letter not in "RA":
        return False
    words = [scan.tokens[one.start].norm for one in row]
    return words[at - 1] == "for"


def read_least(scan: Scan, at: int) -> int:
    """Reads "a minimum wobble score of 14"; where to go on, or 0."""
    found = least_score(scan, at)
    if found is None:
        return 0
    subject, phrase = found
    if subject is None:
        subject = own_side(scan, at, phrase)
        subject = None if subject is None else _in_vocabulary(scan, subject, phrase)
    if subject is None:
        amount = next(one.amount for one in scan.row[at : phrase.end] if one.amount is not None)
        subject = subject_behind(scan.tokens, scan.row, phrase.end, amount)
    return 0 if subject is None else add_limit(scan, subject, phrase)


def read_past(scan: Scan, at: int) -> int:
    """Reads how long something has lasted until now; where to go on, or 0.

    "A cough for at least the last 2 years", "on a stable dose for 3 months before screening".
    """
    phrase = lately(scan, at)
    if phrase is not None:
        amount = phrase.amount(scan.row, 1)
        said = lasting(scan.tokens, scan.row, at, phrase.end, amount)
        said = said or own_duration(scan, at, phrase)
        return 0 if said is None else add_limit(scan, said, phrase)
    known = lasting_for(scan, at)
    if known is None:
        return 0
    subject, phrase = known
    return add_limit(scan, subject, phrase)
