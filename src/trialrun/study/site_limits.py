"""The site's own laboratory limits, in a study's folder."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.placing import latest
from trialrun.criteria.site_limits import SiteLimit, read_site_limits, with_site_limits
from trialrun.errors import InputError
from trialrun.study.directory import StudyDirectory
from trialrun.vocabulary.fact import Fact


def site_limits(study: StudyDirectory) -> tuple[SiteLimit, ...]:
    """The rows of `limits.toml`; none where there is no such file."""
    file = study.path / "limits.toml"
    if not file.exists():
        return ()
    try:
        text = study.read_bytes(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("this is not text in UTF-8", where=str(file)) from error
    return read_site_limits(text, where=str(file))


def limited(
    study: StudyDirectory, facts: Sequence[Fact], known: Sequence[Fact] = ()
) -> tuple[Fact, ...]:
    """One participant's facts, with the site's limits where they have none of their own.

    The sex is the latest among these facts and those that are `known` already.
    """
    limits = site_limits(study)
    sex = latest([fact for fact in (*known, *facts) if fact.variable == "sex"])
    return with_site_limits(facts, limits, None if sex is None else sex.value)
