"""Comparisons anywhere in an item, also where the rest of its sentence is not understood."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialrun.criteria.text_reader.age_limits import SINCE, age_alone
from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.doubtful_limits import (
    ask_bare,
    changed_around,
    read_change,
    read_misfit,
    says_a_change,
)
from trialrun.criteria.text_reader.durations import lasting
from trialrun.criteria.text_reader.durations.daily import is_daily
from trialrun.criteria.text_reader.exact_counts import read_exact_count
from trialrun.criteria.text_reader.fallen import read_fallen
from trialrun.criteria.text_reader.fit import PLAIN, fitting
from trialrun.criteria.text_reader.frequencies import read_counted_rate
from trialrun.criteria.text_reader.further_doses import read_further_dose
from trialrun.criteria.text_reader.graded import GENERAL, graded
from trialrun.criteria.text_reader.implied_subjects import (
    class_of_ige,
    counts_what_follows,
    is_described,
    level_of_event,
    pregnant_for,
    score_behind,
    subject_within,
    tumour_near,
    unit_alone,
    wheal_beside,
)
from trialrun.criteria.text_reader.joined_amounts import read_joined
from trialrun.criteria.text_reader.lesser_doses import lesser_dose
from trialrun.criteria.text_reader.lexicon import with_acronyms
from trialrun.criteria.text_reader.limit_places import Phrase, find_phrase, find_scores
from trialrun.criteria.text_reader.lost_signs import read_lost_age
from trialrun.criteria.text_reader.number_words import NUMBER_WORDS
from trialrun.criteria.text_reader.own_changes import in_steps
from trialrun.criteria.text_reader.own_distances import is_distance
from trialrun.criteria.text_reader.own_limits import read_least, read_own, read_past
from trialrun.criteria.text_reader.own_words import note_unknown
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.respective_limits import read_respectively
from trialrun.criteria.text_reader.row import ROMAN
from trialrun.criteria.text_reader.scan import (
    Mention,
    Scan,
    Unknown,
    add_limit,
    amount_near,
    on_scale,
    past,
)
from trialrun.criteria.text_reader.second_limits import carried
from trialrun.criteria.text_reader.sex_limits import read_for_sex
from trialrun.criteria.text_reader.shared_signs import read_shared_sign
from trialrun.criteria.text_reader.special_limits import (
    read_other_pressure,
    read_pressure,
    read_reversed,
    read_scale,
)
from trialrun.criteria.text_reader.spelling import well_spelt
from trialrun.criteria.text_reader.spinal_levels import read_spinal_levels, spinal_levels
from trialrun.criteria.text_reader.statement import Statement
from trialrun.criteria.text_reader.subjects import (
    Subject,
    scale_behind,
    subject_before,
    subject_behind,
)
from trialrun.criteria.text_reader.terminals import read_terminals
from trialrun.criteria.text_reader.weight_changes import read_weight_change
from trialrun.criteria.text_reader.words import Token
from trialrun.vocabulary.own import OWN
from trialrun.vocabulary.table import variables

_BEGINS = frozenset("GLENBF")
_AGES = frozenset({"a", "mo", "wk", "d"})
_NUMBERED = frozenset(
    {
        *NUMBER_WORDS,
        *ROMAN,
        "uln",
        "lln",
        "unl",
        "class",
        "grade",
        "stage",
        "pugh",
        "degree",
        "ais",
        "asia",
        "bclc",
        "binet",
        "frankel",
        "schizas",
    }
)
_STAGE = re.compile(r"(?:i{1,3}|iv)[abcd]|[fgs][0-5][ab]?|[abc]1?\d")
_TIMES = _AGES | {"h", "min"}
_ANCHORED = frozenset({"before", "prior", "preceding", "after", "of", "following", "ago"})
# "grade 3", "stage III": of an adverse event, of a tumour, if nothing beside says otherwise
_NAMED = 3  # "> Wobble grade 1"


def read_mentions(
    said: Statement, tokens: Sequence[Token]
) -> tuple[tuple[Mention, ...], tuple[Unknown, ...]]:
    """Every comparison that is surely read, with questions about others, as the text has them.

    Beside them, the limits of things that the vocabulary does not know.
    """
    if not any(_may_limit(one) for one in tokens):
        return (), ()
    tokens = with_acronyms(said.text, well_spelt(tokens))
    scan = Scan(said, tokens, read_terminals(said.text, tokens), [])
    at = 0
    while at < len(scan.row):
        at = _read(scan, at) if scan.row[at].letter in _BEGINS else at + 1
    return tuple(scan.found), tuple(scan.unknown)


def _may_limit(token: Token) -> bool:
    """Whether a limit can begin with a token, or with what stands near it."""
    numbered = token.kind in {"number", "op"} or token.norm in _NUMBERED
    return numbered or _STAGE.fullmatch(token.norm) is not None


def _read(scan: Scan, at: int) -> int:
    """Reads the limit that begins at a terminal, if one does; where to go on."""
    for reader in (
        read_scale,
        read_pressure,
        read_other_pressure,
        read_respectively,
        read_reversed,
        read_for_sex,
        read_joined,
        read_weight_change,
        read_fallen,
        _inside,
        read_counted_rate,
        _behind_subject,
        _before_scale,
        _alone,
        read_least,
        read_shared_sign,
        read_exact_count,
        read_spinal_levels,
        read_further_dose,
        read_lost_age,
        read_past,
    ):
        end = reader(scan, at)
        if end > at:
            return end
    return at + 1


def _inside(scan: Scan, at: int) -> int:
    """`over the age of 18`, `≥ grade 3`: the comparison in front of its variable."""
    row = scan.row
    if row[at].letter not in "GLBF" or _is_treated_under(scan, at):
        return 0
    place = past(row, at + 1, "f")
    behind = past(row, place + 1, "f:")
    if (
        place >= len(row)
        or row[place].letter != "V"
        or amount_near(row[: behind + 1], behind) is None
    ):
        place = _grade_behind(scan, at)
        behind = place + 1
    amount = row[behind].amount if behind < len(row) else None
    variable = None if amount is None else fitting(row[place], amount)
    if amount is None or variable is None:
        return 0
    subject = Subject((variable.name,), at, place + 1)
    if variable.name in GENERAL:
        named = subject_before(scan.tokens, row, at, amount)
        if named is not None and on_scale(named) and named.start >= scan.ended:
            subject = named
    phrase = find_phrase(row, behind, scale=on_scale(subject), leading=at)
    return 0 if phrase is None else graded(scan, subject, phrase, place)


def _is_treated_under(scan: Scan, at: int) -> bool:
    """`controlled under the step 3 treatment`: which one it is, and no upper limit."""
    tokens = scan.tokens[scan.row[at].start :][:8]
    said = scan.said.text[tokens[0].start : tokens[0].end].lower()
    near = {token.norm for token in tokens}
    return said == "under" and bool({"treatment", "therapy"} & near) and bool({"step"} & near)


def _grade_behind(scan: Scan, at: int) -> int:
    """`> NCI-CTCAE v5.0 grade 1`: where "grade" stands; the end where it does not."""
    row, tokens = scan.row, scan.tokens
    for place in range(at + 1, min(at + 12, len(row) - 1)):
        one = row[place]
        if one.letter == "V" and tokens[one.end - 1].norm in {"grade", "level"}:
            words = {token.norm for token in tokens[row[at].end : one.end]}
            close = place - at <= _NAMED and all(a.letter == "w" for a in row[at + 1 : place])
            return place if close or words & bag("grading") else len(row)
        if one.letter in "GLBF":
            break
    return len(row)


def _behind_subject(scan: Scan, at: int) -> int:
    """`ALT ≤ 3 x ULN`, and a second limit of the same thing."""
    amount = amount_near(scan.row, at)
    if amount is None:
        return 0
    subject = _named_behind(scan, at, amount)
    if subject is None:
        if not counts_what_follows(scan.tokens, scan.row, at, amount):
            subject = subject_before(scan.tokens, scan.row, at, amount)
        if subject is None or not _is_free(scan, subject, at):
            subject = carried(scan, at, amount)
    if subject is None:
        return 0
    if subject.names == ("symptom_duration",) and _on_days(scan, at, amount):
        return 0  # "a symptom on at least 2 days"
    phrase = find_phrase(scan.row, at, scale=on_scale(subject))
    if phrase is None and _is_score(subject):
        phrase = find_scores(scan.row, at)
    if phrase is None or says_a_change(scan, subject, phrase):
        return 0
    daily = subject.names == ("symptom_duration",) and is_daily(scan, phrase.end)
    if daily or in_steps(scan, at, phrase) is not None:
        return 0
    if is_distance(scan, phrase) and "distance" not in subject.names[0]:
        return 0  # "a tumour less than 2 cm from the hilum"
    if _is_whole_scale(scan, subject, phrase) or is_described(scan.row, at, amount):
        return phrase.end
    if _is_window(scan, subject, phrase, amount):
        scan.last, scan.ended = None, phrase.end
        return phrase.end
    return graded(scan, subject, phrase, subject.start)


def _on_days(scan: Scan, at: int, amount: Amount) -> bool:
    first = scan.row[at].start
    return amount.unit == "d" and first > 0 and scan.tokens[first - 1].norm in {"in", "on"}


def _is_score(subject: Subject) -> bool:
    units = {row.unit.code for row in map(variables().get, subject.names) if row and row.unit}
    return units == {"{score}"}


def _is_free(scan: Scan, subject: Subject, at: int) -> bool:
    """Whether no limit was read behind a subject yet, but in a parenthesis of its own."""
    if subject.start >= scan.ended:
        return True
    last = None if scan.last is None else variables()[scan.last.names[0]].group
    if last is None and _has_counted(scan):
        last = "count"
    if last == "count" and variables()[subject.names[0]].group != "count":
        return True  # "at least one lesion that is ≥ 10 mm"
    depth, inside = 0, False
    for place in range(subject.end, at):
        depth += (scan.row[place].letter == "P") - (scan.row[place].letter == "Q")
        if scan.row[place].amount is not None:
            inside = depth > 0
            if not inside:
                return False
    return inside


def _has_counted(scan: Scan) -> bool:
    """Whether the limit in front counts a thing of the study's own: `≥ 2 loads above 50 copies`."""
    atoms = scan.found[-1].atoms if scan.found else ()
    name = atoms[-1].variable if atoms else ""
    return name.startswith(OWN) and name.endswith("_count")


def _named_behind(scan: Scan, at: int, amount: Amount) -> Subject | None:
    """`≥ 100 mmHg (diastolic)`: the name in a parenthesis behind."""
    row = scan.row
    place = at + 1 if row[at].letter in "GL" else at
    if [one.letter for one in row[place : place + 4]] != ["N", "P", "V", "Q"]:
        return None
    variable = fitting(row[place + 2], amount)
    if variable is None or not row[place + 2].means[0].exact:
        return None
    return Subject((variable.name,), at, at)


def _is_window(scan: Scan, subject: Subject, phrase: Phrase, amount: Amount) -> bool:
    """`antibiotics up to 30 days before …`: when something was, and not how long it took."""
    if amount.unit not in _TIMES or phrase.end >= len(scan.row):
        return False
    behind = scan.tokens[scan.row[phrase.end].start].norm
    if subject.names == ("age",) and behind in SINCE - {"of"}:
        return amount.unit != "a"  # "of childbearing age, at least 6 months after injection"
    return scan.row[phrase.places[0]].letter == "L" and behind in _ANCHORED


def _is_whole_scale(scan: Scan, subject: Subject, phrase: Phrase) -> bool:
    """`HSS7 (range 0 - 21)`: how far the scale goes, and no limit."""
    amounts = [scan.row[place].amount for place in phrase.places]
    values = [one.value for one in amounts if one is not None]
    row = variables()[subject.names[0]]
    return (
        len(values) == 2
        and row.unit is not None
        and row.unit.code in PLAIN
        and (values == [row.least, row.most])
    )


def _before_scale(scan: Scan, at: int) -> int:
    """`class III or IV according to NYHA`: levels in front of their scale."""
    amount = amount_near(scan.row, at)
    phrase = None if amount is None else find_phrase(scan.row, at, scale=True)
    if amount is None or phrase is None:
        return 0
    subject = scale_behind(scan.tokens, scan.row, phrase.end, amount)
    if subject is None and amount.unit == "{code}":  # "NSCLC (IIIB-IV)"
        start, end = scan.row[at].start, scan.row[phrase.end - 1].end
        near = tumour_near(scan.tokens, start, end)
        return add_limit(scan, Subject(("disease_stage",), at, at), phrase) if near else 0
    if subject is None or subject.names[0] in GENERAL:
        return 0
    return add_limit(scan, subject, phrase)


def _alone(scan: Scan, at: int) -> int:
    """`at least 2 prior regimens`, `adults over 18 years`, `> 10 pack-years`."""
    amount = amount_near(scan.row, at)
    phrase = None if amount is None else find_phrase(scan.row, at, scale=False)
    if amount is None:
        return 0
    if phrase is None:
        return read_change(scan, at) or ask_bare(scan, at)
    subject = (
        changed_around(scan, at, phrase)
        or lesser_dose(scan, at, amount)
        or class_of_ige(scan.tokens, scan.row, at, phrase.end)
        or level_of_event(scan.tokens, scan.row, at, phrase.end)
        or subject_behind(scan.tokens, scan.row, phrase.end, amount)
        or subject_within(scan.tokens, scan.row, phrase.places, amount)
        or wheal_beside(scan.tokens, scan.row, phrase.end, amount)
        or pregnant_for(scan.tokens, scan.row, at, phrase.end, amount)
        or score_behind(scan.tokens, scan.row, phrase.end, amount)
        or spinal_levels(scan.tokens, scan.row, at, phrase.end, amount)
        or age_alone(scan, at, phrase)
        or lasting(scan.tokens, scan.row, at, phrase.end, amount)
        or unit_alone(scan.tokens, scan.row, at, amount)
    )
    if subject is not None:
        return add_limit(scan, subject, phrase)
    end = read_own(scan, at, phrase) or read_misfit(scan, at, phrase)
    return end or note_unknown(scan, at, phrase)
