"""One record from the registry's API v2: asked for politely, tried again, kept as received.

The only place where Trialrun uses the internet. A kept copy younger than a day is given instead
of asking again. A busy registry (429 or 5xx) is asked again after its own `Retry-After`, else
after 1, 2, 4 and 8 seconds; a registry that cannot be reached, twice.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path

import httpx

from trialrun.errors import OutsideError, RecordError
from trialrun.readers.registry_cache import cached_record
from trialrun.record.opening import ReadRecord, RecordKind, open_record
from trialrun.values.identifier import is_nct

REGISTRY = "https://clinicaltrials.gov/api/v2"

_BUSY = frozenset({429, 500, 502, 503, 504})
_WAITS = (1.0, 2.0, 4.0, 8.0)  # seconds before the second try, the third, …
_WAITS_UNREACHED = _WAITS[:2]
_LONGEST_WAIT = 60.0  # seconds; a registry that asks for more is left alone
_KEPT_FOR = 86_400.0  # seconds
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_MOST_BYTES = 50_000_000  # the largest records hold a few megabytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A record as received; `kept` is its file in the cache, None where none could be written."""

    record: ReadRecord
    content: bytes
    kept: Path | None
    from_cache: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The shell's time, so that tests need not wait: now (UTC), sleep, what to say meanwhile."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep
    waiting: Callable[[str, float], None] = lambda reason, seconds: None


def fetch_record(
    number: str,
    *,
    cache: Path,
    registry: str = REGISTRY,
    fresh: bool = False,
    clock: Clock | None = None,
) -> Fetched:
    """The record of this number, from the cache if it is a day old at most and `fresh` is not set.

    Raises `RecordError` for a number that is malformed or unknown to the registry, `OutsideError`
    where the registry cannot be reached or does not answer with a record.
    """
    clock = clock or Clock()
    code = number.strip().upper()
    if not is_nct(code):
        raise RecordError(
            f"{number!r} is not a registry number",
            remedy="A number of ClinicalTrials.gov is NCT and eight digits: NCT01234567.",
        )
    kept = cached_record(code, cache)
    if kept is not None and not fresh:
        known = _kept(kept, clock.now())
        if known is not None:
            return known
    try:
        content = _ask(code, registry, clock)
    except OutsideError as error:
        if kept is not None:
            day = datetime.fromtimestamp(kept.stat().st_mtime, UTC).date()
            error.remedy += f"\nA copy of {day} is kept: trialrun show {code}"
        raise
    record = _opened(content, code)
    return Fetched(
        record=record, content=content, kept=_keep(content, code, cache), from_cache=False
    )


def _kept(path: Path, now: datetime) -> Fetched | None:
    """The kept copy, if it is young enough and whole."""
    if not 0 <= now.timestamp() - path.stat().st_mtime <= _KEPT_FOR:
        return None
    content = path.read_bytes()
    try:
        record = open_record(content, where=str(path))
    except RecordError:
        return None
    return Fetched(record=record, content=content, kept=path, from_cache=True)


def _ask(code: str, registry: str, clock: Clock) -> bytes:
    url = f"{registry.rstrip('/')}/studies/{code}"
    headers = {"User-Agent": f"trialrun/{version('trialrun')}", "Accept": "application/json"}
    tried = unreached = 0
    with httpx.Client(timeout=_TIMEOUT, headers=headers, follow_redirects=True) as client:
        while True:
            try:
                status, answer, body = _answer(client, url)
            except (httpx.TransportError, httpx.TooManyRedirects) as error:
                if unreached >= len(_WAITS_UNREACHED):
                    raise _unreached(url, error) from error
                wait, reason = _WAITS_UNREACHED[unreached], _reason(error)
                unreached += 1
            except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
                raise OutsideError(str(error), where=url, remedy="Check --registry.") from error
            else:
                if status == 200:
                    return body
                if status not in _BUSY:
                    raise _refused(status, body, code, url)
                asked = _retry_after(answer, clock.now())
                wait = _WAITS[min(tried, len(_WAITS) - 1)] if asked is None else asked
                reason = f"the registry answered {status}"
                if tried >= len(_WAITS) or wait > _LONGEST_WAIT:
                    raise _busy(status, wait, url)
                tried += 1
            clock.waiting(reason, wait)
            clock.sleep(wait)


def _answer(client: httpx.Client, url: str) -> tuple[int, httpx.Headers, bytes]:
    """Status, headers and body; a body that is too large to be a record is not read to its end."""
    with client.stream("GET", url) as response:
        parts: list[bytes] = []
        size = 0
        for part in response.iter_bytes():
            size += len(part)
            if size > _MOST_BYTES:
                raise OutsideError(
                    f"the answer is larger than {_MOST_BYTES // 1_000_000} MB",
                    where=url,
                    remedy="This is no record. Check --registry.",
                )
            parts.append(part)
        return response.status_code, response.headers, b"".join(parts)


def _retry_after(headers: httpx.Headers, now: datetime) -> float | None:
    """Seconds of a Retry-After header, which gives seconds or a date."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - now).total_seconds())


def _reason(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "the registry did not answer in time"
    return "the registry cannot be reached"


def _unreached(url: str, error: Exception) -> OutsideError:
    detail = f" ({error})" if str(error) else ""
    return OutsideError(
        f"{_reason(error)}{detail}",
        where=url,
        remedy="Check the network, a proxy (HTTPS_PROXY), or try again later.",
    )


def _busy(status: int, wait: float, url: str) -> OutsideError:
    return OutsideError(
        f"the registry is busy (it answered {status})",
        where=url,
        remedy=f"Try again in {max(wait, 60.0):.0f} seconds or later.",
    )


def _refused(status: int, body: bytes, code: str, url: str) -> RecordError | OutsideError:
    if status == 404:
        return RecordError(
            f"the registry has no record {code}",
            where=url,
            remedy="Check the number; a record that was never public is not given out.",
        )
    text = " ".join(body[:200].decode("utf-8", "replace").split())
    if status == 400:
        return RecordError(f"the registry refused {code}: {text}", where=url, remedy="Check it.")
    return OutsideError(
        f"the registry answered {status}: {text}",
        where=url,
        remedy="Try again later. A proxy may have answered in its place.",
    )


def _opened(content: bytes, code: str) -> ReadRecord:
    try:
        record = open_record(content, where=code)
    except RecordError as error:
        raise OutsideError(
            f"the answer is not a record: {error.what}",
            where=code,
            remedy="A proxy or a sign-in page may have answered in the registry's place.",
        ) from error
    if record.kind is not RecordKind.API:
        raise OutsideError(
            "the answer is not JSON", where=code, remedy="Check --registry and any proxy."
        )
    return record


def _keep(content: bytes, code: str, cache: Path) -> Path | None:
    """Write the file whole or not at all; None where the cache cannot be written."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=cache, prefix=f".{code}-")
    except OSError:
        return None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        target = cache / f"{code}.json"
        Path(name).replace(target)
    except OSError:
        Path(name).unlink(missing_ok=True)
        return None
    return target
