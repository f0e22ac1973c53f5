"""Findings on time: an outcome later than the study's end, a life expectancy that is too short."""

from __future__ import annotations

import re

from trialrun.protocol.findings.finding import Finding
from trialrun.protocol.findings.items import items
from trialrun.record.model import Study

_MONTHS = {"day": 12 / 365.25, "week": 84 / 365.25, "month": 1.0, "year": 12.0}
_TIME = re.compile(
    r"(?<![\d.–-])(\d+(?:\.\d+)?)\s*[- ]?(day|week|month|year)s?\b(?! of age| old)", re.IGNORECASE
)
_EACH = re.compile(
    r"\b(?:every|each|per|previous|past|last|before|prior|ago|birth|age|history)\b", re.I
)
_DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?$")
_LIFE = re.compile(
    r"\b(?:life expectancy|(?:expected|estimated|anticipated) (?:survival|life)(?: time| span)?)"
    r"[^.;\n\d]{0,40}(\d+)\s*(week|month|year)s?",
    re.IGNORECASE,
)
# Outcomes that are times themselves, or are looked for as long as somebody lives.
_OPEN_ENDED = re.compile(
    r"surviv|progress|death|mortal|respon|recur|relaps|adverse|toxic|safety|toler|duration|time to"
    r"|DLT|MTD|event|PFS|OS\b|ORR|remission|dose",
    re.IGNORECASE,
)


def outcome_after_the_end(study: Study) -> tuple[Finding, ...]:
    """A primary outcome whose time frame is longer than the whole study lasts."""
    status = study.protocol.status
    lasts = _between(status.start_date.date, status.completion_date.date)
    if (
        lasts is None
        or lasts <= 0
        or study.protocol.design.study_type != "INTERVENTIONAL"
        or status.overall_status in {"TERMINATED", "WITHDRAWN"}
    ):
        return ()
    found = []
    for number, one in enumerate(study.protocol.outcomes.primary_outcomes):
        frame = one.time_frame or ""
        if _EACH.search(frame):
            continue  # how often, or how far back: not when
        times = [(float(m[1]) * _MONTHS[m[2].lower()], m) for m in _TIME.finditer(frame)]
        longest = max(times, key=lambda pair: pair[0], default=None)
        # A month either way: both dates may be written as months alone.
        if longest and longest[0] > (lasts + 1) * 1.1:
            found.append(
                Finding(
                    rule="outcome-after-the-end",
                    sort="contradiction",
                    where=f"outcomesModule.primaryOutcomes[{number}].timeFrame",
                    quoted=frame,
                    span=(0, len(frame)),
                    values={
                        "frame": longest[1][0],
                        "start": status.start_date.date or "",
                        "end": status.completion_date.date or "",
                    },
                    who="statistician",
                )
            )
    return tuple(found[:1])


def life_expectancy_short(study: Study) -> tuple[Finding, ...]:
    """A life expectancy that is asked for ends before a primary outcome at a fixed time."""
    frames = []
    for one in study.protocol.outcomes.primary_outcomes:
        if _OPEN_ENDED.search(f"{one.measure} {one.time_frame}"):
            return ()
        frames += [
            (float(m[1]) * _MONTHS[m[2].lower()], m[0])
            for m in _TIME.finditer(one.time_frame or "")
        ]
    longest = max(frames, default=None)
    if outcome_after_the_end(study):
        return ()  # that frame is the question
    for item in items(study):
        match = _LIFE.search(item.stored)
        if match is None or longest is None or item.kind != "inclusion":
            continue
        if float(match[1]) * _MONTHS[match[2].lower()] * 1.05 < longest[0]:
            return (item.finding("life-expectancy-short", "gap", match, frame=longest[1]),)
    return ()


def _between(start: str | None, end: str | None) -> float | None:
    """Months from the start to the end of a study; a month alone stands for its middle."""
    known = _DATE.match(start or ""), _DATE.match(end or "")
    if not known[0] or not known[1]:
        return None
    first, last = (
        int(one[1]) * 12 + int(one[2]) + int(one[3] or 15) / 30.44 for one in known if one
    )
    return last - first
