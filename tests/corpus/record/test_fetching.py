"""Fetching, against a local server that is made from the registry's OpenAPI file."""

from __future__ import annotations

import gzip
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from trialrun.errors import RecordError
from trialrun.readers.registry import fetch_record
from trialrun.record.writer import write_study

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


class Api:
    """The operation `fetchStudy` as the file describes it, answering with real records."""

    def __init__(self) -> None:
        described = yaml.safe_load((DATA / "forms" / "ctg-api-v2.yaml").read_text())
        (server,) = described["servers"]
        self.root = urlsplit(server["url"]).path
        self.path = "/studies/{nctId}"
        self.operation = described["paths"][self.path]["get"]
        self.parameters = {one["name"]: one for one in self.operation["parameters"]}
        with gzip.open(DATA / "records" / "records.jsonl.gz", "rt", encoding="utf-8") as lines:
            self.records = {
                json.loads(line)["protocolSection"]["identificationModule"]["nctId"]: line
                for line, _ in zip(lines, range(60), strict=False)
            }
        self.faults: list[str] = []

    def answer(self, target: str, accept: str) -> tuple[int, str, bytes]:
        """Status, content type, body; a request that the file does not allow is a fault."""
        split = urlsplit(target)
        pattern = re.escape(self.root) + "/studies/([^/]+)"
        match = re.fullmatch(pattern, split.path)
        if match is None:
            self.faults.append(f"no such path: {split.path}")
            return self.refusal(404)
        for name, values in parse_qs(split.query).items():
            allowed = self.parameters.get(name, {}).get("schema", {}).get("enum", values)
            if name not in self.parameters or not set(values) <= set(allowed):
                self.faults.append(f"parameter {name}={values}")
        if not re.search(self.parameters["nctId"]["schema"]["pattern"], match[1]):
            self.faults.append(f"number {match[1]}")
            return self.refusal(400)
        record = self.records.get(match[1].upper())
        if record is None:
            return self.refusal(404)
        content_type = "application/json"
        if accept not in {content_type, "*/*"} or (
            content_type not in self.operation["responses"]["200"]["content"]
        ):
            self.faults.append(f"accepts {accept}")
        return 200, content_type, record.encode()

    def refusal(self, status: int) -> tuple[int, str, bytes]:
        (content_type,) = self.operation["responses"][str(status)]["content"]
        return (
            status,
            content_type,
            self.operation["responses"][str(status)]["description"].encode(),
        )


@pytest.fixture(scope="module")
def api() -> Api:
    return Api()


@pytest.fixture
def address(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, content_type, body = api.answer(self.path, self.headers.get("Accept", ""))
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}{api.root}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_records_are_fetched_as_the_file_describes(api: Api, address: str, tmp_path: Path) -> None:
    for number, line in list(api.records.items())[:20]:
        fetched = fetch_record(number.lower(), cache=tmp_path, registry=address)
        assert write_study(fetched.record.study) == json.loads(line)
        assert fetched.kept is not None
        assert fetched.kept.read_bytes() == line.encode()
    assert api.faults == []


def test_an_unknown_number_is_the_files_404(api: Api, address: str, tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="has no record"):
        fetch_record("NCT00000000", cache=tmp_path, registry=address)
    assert api.faults == []
