"""Findings on discretion: an exclusion without a reason, an exception that swallows its rule."""

from __future__ import annotations

import re

from trialrun.protocol.findings.finding import Finding
from trialrun.protocol.findings.items import items
from trialrun.record.model import Study

_WHO = (
    r"(?:(?:principal |study |treating |site )?(?:investigators?|physicians?|doctors?"
    r"|clinicians?)|PI)"
)
_JUDGED = re.compile(
    rf"\b(?:(?:at|in) the (?:sole )?(?:discretion|opinion|judge?ment|view) of (?:the )?{_WHO}"
    rf"|{_WHO}(?:['’]s?)? (?:discretion|opinion|judge?ment|decision)"
    rf"|(?:judged|deemed|considered|determined|assessed|thought"
    rf"|believed) [^.;\n]{{0,40}}by (?:the )?{_WHO}"
    rf"|{_WHO} (?:judges?|deems?|considers?|determines?|believes?|thinks?|feels?))\b",
    re.IGNORECASE,
)
_UNSUITABLE = re.compile(
    r"\b(?:unsuitable|not suitable|inappropriate|not appropriate|not be appropriate|unfit|not fit"
    r"|ineligible|not eligible|should not (?:participate|be (?:included|enrol\w*))|inadequate"
    r"|not (?:be )?(?:a )?(?:good|suitable|appropriate) candidates?|poor candidates?"
    r"|exclu\w+|other (?:reasons?|conditions?|factors?|circumstances?))\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:risks?|safety|safely|interfer\w*|complian\w*|comply|confound\w*|because|due to|affect\w*"
    r"|jeopardi\w*|compromis\w*|interpret\w*|preclud\w*|prevent\w*|impair\w*|impact\w*|harm\w*"
    r"|influenc\w*|limit\w*|preparation|complet\w*|withdraw\w*|findings?|consent|understand"
    r"|cooperat\w*|adhere\w*|such as|e\.g"
    r"|includ(?:e|es|ing)\b|hinder\w*|ability|unable|disease|disorder|illness|abnormal\w*|abuse"
    r"|medical|infection|contraindicat\w*|treatment|therapy|surgery|psych\w*|drug|allerg\w*)",
    re.IGNORECASE,
)
_CATCH_ALL = re.compile(
    r"\W*(?:and |with )?(?:any|other|others|all|subjects?|patients?|participants?|individuals?"
    r"|those|people"
    r"|persons?|who|the investigators?|investigators?|considered|judged|deemed|conditions?"
    r"|situations?|circumstances|not|unsuitable|inappropriate|in the|at the|a )\b",
    re.IGNORECASE,
)
# Left-over toxicity is always judged; a brochure is no person.
_USUAL = re.compile(r"toxicit|adverse event|\bAEs?\b|brochure|grade", re.IGNORECASE)
_UNLESS = re.compile(
    rf"\b(?:unless|except(?: (?:if|when|where))?)\s[^.;\n]{{0,80}}?"
    rf"(?:\b(?:approved|agreed|permitted|allowed|judged|deemed|considered|felt"
    rf"|discussed)\b[^.;\n]{{0,40}}"
    rf"\b(?:{_WHO}|sponsor|medical monitor|study (?:chair|team))\b"
    rf"|\b(?:{_WHO}|sponsor|medical monitor)\b[^.;\n]{{0,25}}\b(?:approv\w+|agree\w*|permit\w*"
    rf"|judge\w*|deem\w*|consider\w*|discretion|opinion)\b"
    rf"|(?:discretion|opinion|judge?ment) of (?:the )?(?:{_WHO}|sponsor|medical monitor))",
    re.IGNORECASE,
)


def discretion_without_reason(study: Study) -> tuple[Finding, ...]:
    """An exclusion by judgement alone, without a ground, in an open, randomized comparison."""
    # Where everybody knows the arm, a free exclusion can choose who gets into which comparison;
    # elsewhere it is the catch-all that most protocols end with.
    info = study.protocol.design.design_info
    if info.masking_info.masking != "NONE" or info.allocation != "RANDOMIZED":
        return ()
    return tuple(
        item.finding("discretion-without-reason", "ambiguity")
        for item in items(study)
        if item.kind == "exclusion"
        and not item.above
        and _JUDGED.search(item.stored)
        and _UNSUITABLE.search(item.stored)
        and not _REASON.search(item.stored)
        and _CATCH_ALL.match(item.stored)
        and len(item.stored.split()) <= 25
    )


def exception_by_judgement(study: Study) -> tuple[Finding, ...]:
    """A limit or an exclusion that holds unless somebody decides otherwise."""
    return tuple(
        item.finding("exception-by-judgement", "ambiguity", match)
        for item in items(study)
        for match in [_UNLESS.search(item.stored)]
        if match and not _USUAL.search(item.stored)
    )
