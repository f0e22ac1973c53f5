"""The site's own laboratory limits, in a study's folder."""

from __future__ import annotations

from trialrun.criteria.site_limits import SiteLimit, read_site_limits
from trialrun.errors import InputError
from trialrun.study.directory import StudyDirectory


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
