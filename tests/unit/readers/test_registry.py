"""Fetching a record, against a small server on this machine that answers as it is told."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from trialrun.cli.fetch import command
from trialrun.errors import OutsideError, RecordError
from trialrun.readers.record_file import load_record
from trialrun.readers.registry import REGISTRY, Clock, Fetched, fetch_record

RECORD = (Path(__file__).parents[1] / "record" / "records" / "with_results.json").read_bytes()
NUMBER = "NCT99999901"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@dataclass
class Registry:
    """What to answer (the last answer repeats), and what was asked."""

    answers: list[tuple[int, dict[str, str], bytes]] = field(
        default_factory=lambda: [(200, {}, RECORD)]
    )
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    address: str = ""


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """A server on 127.0.0.1; nothing else is asked, not even a proxy."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    told = Registry()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append((self.path, dict(self.headers)))
            place = min(len(told.asked), len(told.answers)) - 1
            status, headers, body = told.answers[place]
            if status == 0:  # hang up without an answer
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    told.address = f"http://127.0.0.1:{server.server_port}/api/v2"
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Waits:
    """A clock that stands still and remembers how long it was asked to wait."""

    seconds: list[float] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def clock(self) -> Clock:
        return Clock(
            now=lambda: NOW,
            sleep=self.seconds.append,
            waiting=lambda reason, _: self.reasons.append(reason),
        )


def fetch(registry: Registry, cache: Path, waits: Waits | None = None, **more: bool) -> Fetched:
    return fetch_record(
        NUMBER,
        cache=cache,
        registry=registry.address,
        clock=(waits or Waits()).clock(),
        fresh=more.get("fresh", False),
    )


def test_the_real_registry_is_the_default() -> None:
    assert REGISTRY == "https://clinicaltrials.gov/api/v2"
    assert REGISTRY in {option.default for option in command.params}


def test_a_damaged_copy_is_fetched_anew(registry: Registry, tmp_path: Path) -> None:
    kept = tmp_path / f"{NUMBER}.json"
    kept.write_bytes(RECORD[:100])
    os.utime(kept, (NOW.timestamp(), NOW.timestamp()))
    assert not fetch(registry, tmp_path).from_cache
    assert kept.read_bytes() == RECORD


def test_a_record_is_kept_exactly_as_received(registry: Registry, tmp_path: Path) -> None:
    fetched = fetch(registry, tmp_path / "cache")
    assert fetched.content == RECORD
    assert fetched.kept == tmp_path / "cache" / f"{NUMBER}.json"
    assert fetched.kept.read_bytes() == RECORD
    assert not fetched.from_cache
    assert load_record(NUMBER, cache=tmp_path / "cache").study == fetched.record.study
    ((path, headers),) = registry.asked
    assert path == f"/api/v2/studies/{NUMBER}"
    assert headers["User-Agent"].startswith("trialrun/")
    assert headers["Accept"] == "application/json"
    assert sorted(p.name for p in (tmp_path / "cache").iterdir()) == [f"{NUMBER}.json"]


@pytest.mark.parametrize(("age", "asked"), [(0, 0), (86_399, 0), (86_401, 1), (-60, 1)])
def test_a_kept_copy_is_used_for_a_day(
    registry: Registry, tmp_path: Path, age: int, asked: int
) -> None:
    kept = tmp_path / f"{NUMBER}.json"
    kept.write_bytes(RECORD)
    at = NOW.timestamp() - age
    os.utime(kept, (at, at))
    assert fetch(registry, tmp_path).from_cache is (asked == 0)
    assert len(registry.asked) == asked
    fetch(registry, tmp_path, fresh=True)
    assert len(registry.asked) == asked + 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_registry_is_asked_again_later_and_later(
    registry: Registry, tmp_path: Path, status: int
) -> None:
    registry.answers = [(status, {}, b"busy")] * 3 + [(200, {}, RECORD)]
    waits = Waits()
    assert fetch(registry, tmp_path, waits).content == RECORD
    assert waits.seconds == [1.0, 2.0, 4.0]
    assert waits.reasons == [f"the registry answered {status}"] * 3


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("Sun, 01 Mar 2026 12:00:30 GMT", 30.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("soon", 1.0),
        ("-5", 1.0),
    ],
)
def test_the_registrys_own_waiting_time_is_kept(
    registry: Registry, tmp_path: Path, header: str, seconds: float
) -> None:
    registry.answers = [(429, {"Retry-After": header}, b""), (200, {}, RECORD)]
    waits = Waits()
    fetch(registry, tmp_path, waits)
    assert waits.seconds == [seconds]


def test_a_registry_that_stays_busy_is_left_alone(registry: Registry, tmp_path: Path) -> None:
    registry.answers = [(503, {}, b"")]
    with pytest.raises(OutsideError, match="busy"):
        fetch(registry, tmp_path)
    assert len(registry.asked) == 5
    registry.answers = [(429, {"Retry-After": "3600"}, b"")]
    registry.asked.clear()
    with pytest.raises(OutsideError) as caught:
        fetch(registry, tmp_path)
    assert len(registry.asked) == 1
    assert "3600 seconds" in caught.value.remedy


def test_an_unknown_number_is_told(registry: Registry, tmp_path: Path) -> None:
    registry.answers = [(404, {"Content-Type": "text/plain"}, b"NCT number not found")]
    with pytest.raises(RecordError, match=f"no record {NUMBER}"):
        fetch(registry, tmp_path)
    assert len(registry.asked) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "number", ["NCT123", "04221971", "", "NCT99999901/../x", "NCT９９９９９９０１"]
)
def test_a_malformed_number_is_never_asked_for(
    registry: Registry, tmp_path: Path, number: str
) -> None:
    with pytest.raises(RecordError, match="not a registry number"):
        fetch_record(number, cache=tmp_path, registry=registry.address)
    assert registry.asked == []


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        ((400, {}, b"bad  request\nhere"), RecordError, "bad request here"),
        ((403, {}, b"<html>no</html>"), OutsideError, "answered 403"),
        ((200, {}, b"<html>Sign in</html>"), OutsideError, "HTML"),
        ((200, {}, RECORD[:500]), OutsideError, "cut off"),
        ((200, {}, b'{"studies": []}'), OutsideError, "list of 0 studies"),
        ((200, {}, b""), OutsideError, "empty"),
        ((301, {"Location": "/api/v2/again"}, b""), OutsideError, "reached"),
    ],
)
def test_an_answer_that_is_no_record_is_told_and_not_kept(
    registry: Registry, tmp_path: Path, answer: tuple, error: type, says: str
) -> None:
    registry.answers = [answer]
    with pytest.raises(error, match=says):
        fetch(registry, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_endless_answer_is_not_read_to_its_end(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trialrun.readers.registry._MOST_BYTES", 1000)
    with pytest.raises(OutsideError, match="larger than"):
        fetch(registry, tmp_path)


def test_a_broken_connection_is_tried_twice_again(registry: Registry, tmp_path: Path) -> None:
    registry.answers = [(0, {}, b""), (0, {}, b""), (200, {}, RECORD)]
    waits = Waits()
    assert fetch(registry, tmp_path, waits).content == RECORD
    assert waits.seconds == [1.0, 2.0]


def test_no_network_is_told_with_the_copy_that_is_kept(registry: Registry, tmp_path: Path) -> None:
    registry.address = "http://127.0.0.1:9/api/v2"  # the discard port: nobody listens
    with pytest.raises(OutsideError, match="cannot be reached") as caught:
        fetch(registry, tmp_path)
    assert "network" in caught.value.remedy
    kept = tmp_path / f"{NUMBER}.json"
    kept.write_bytes(RECORD)
    at = datetime(2026, 1, 5, tzinfo=UTC).timestamp()
    os.utime(kept, (at, at))
    with pytest.raises(OutsideError) as caught:
        fetch(registry, tmp_path)
    assert "A copy of 2026-01-05 is kept" in caught.value.remedy


@pytest.mark.parametrize("address", ["nonsense", "ftp://127.0.0.1", "http://[bad"])
def test_an_address_that_is_none_is_told(address: str, tmp_path: Path) -> None:
    with pytest.raises(OutsideError):
        fetch_record(NUMBER, cache=tmp_path, registry=address, clock=Waits().clock())


def test_a_cache_that_cannot_be_written_does_not_lose_the_record(
    registry: Registry, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    fetched = fetch(registry, tmp_path / "file")
    assert (fetched.kept, fetched.content) == (None, RECORD)


def test_the_command_says_where_the_record_lies(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIALRUN_CACHE", str(tmp_path / "cache"))
    options = [NUMBER, "--registry", registry.address]
    result = CliRunner().invoke(command, options)
    kept = tmp_path / "cache" / "records" / f"{NUMBER}.json"
    assert result.output.startswith(f"fetched {NUMBER}: Lamp Light")
    assert result.output.endswith(f"(data of 2026-02-04)\n{kept}\n")
    again = CliRunner().invoke(command, [*options, "-o", str(tmp_path / "out.json")])
    assert again.output.startswith("kept copy of")
    assert (tmp_path / "out.json").read_bytes() == RECORD
    piped = CliRunner().invoke(command, [*options, "-o", "-"])
    assert json.loads(piped.output) == json.loads(RECORD)
    assert len(registry.asked) == 1


def test_the_command_refuses_to_lose_the_record(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("TRIALRUN_CACHE", str(tmp_path / "file"))
    result = CliRunner().invoke(command, [NUMBER, "--registry", registry.address])
    assert isinstance(result.exception, OutsideError)
    assert "TRIALRUN_CACHE" in result.exception.remedy
