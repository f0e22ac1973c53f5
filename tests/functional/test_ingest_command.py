"""`trialrun ingest`: what comes in, what replaces what, what is set aside, stopped and gone on."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from support.study_folder import Shell
from trialrun.registry.change import Change
from trialrun.stores.trials import FILE, TrialStore


def study(number: int, updated: str = "2026-01-01", **fields: Any) -> dict[str, Any]:
    return {
        "protocolSection": {
            "identificationModule": {"nctId": f"NCT{number:08}", "briefTitle": f"Trial {number}"},
            "statusModule": {"lastUpdatePostDateStruct": {"date": updated}},
            **fields,
        }
    }


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    return Shell(monkeypatch, tmp_path)


def put(name: str, *studies: dict[str, Any]) -> None:
    Path(name).write_text("\n".join(map(json.dumps, studies)), encoding="utf-8")


def test_a_newer_version_replaces_and_keeps_what_changed(shell: Shell) -> None:
    put("one.jsonl", study(1), study(2))
    told = shell.ok("ingest", "one.jsonl", "--registry", "reg").out
    assert told == "2 records read:\n  2 new\nThe registry holds 2 records: reg\n"
    newer = study(1, "2026-02-01", designModule={"phases": ["PHASE1"]})
    put("two.jsonl", newer, study(2, "2025-01-01"), {"nct": "NCT00000002", "title": "less"})
    told = shell.ok("ingest", "two.jsonl", "--registry", "reg").out.splitlines()
    assert told[1:4] == [
        "  1 in place of an older version; what changed is kept",
        "  1 older than what is there, which stays",
        "  1 that say less than what is there, which stays",
    ]
    store = TrialStore(Path("reg"), writable=False)
    kept = store.get("NCT00000001")
    assert kept is not None and kept.data == newer and kept.updated == "2026-02-01"
    (revision,) = store.revisions("NCT00000001")
    assert (revision.updated_before, revision.updated_after) == ("2026-01-01", "2026-02-01")
    place = "protocolSection.statusModule.lastUpdatePostDateStruct.date"
    assert revision.changes == (
        Change(place=place, before="2026-01-01", after="2026-02-01"),
        Change(place="protocolSection.designModule", before=None, after={"phases": ["PHASE1"]}),
    )
    assert [one.nct_id for one in store.since(0)] == ["NCT00000002", "NCT00000001"]
    assert [one.nct_id for one in store.since(2)] == ["NCT00000001"]
    assert store.revisions("NCT00000002") == () and len(store) == 2
    store.close()


def test_the_same_files_again_change_nothing(shell: Shell) -> None:
    put("one.jsonl", *(study(at) for at in range(1, 1200)))
    shell.ok("ingest", "one.jsonl", "--registry", "reg")
    first = list(TrialStore(Path("reg"), writable=False).since(0, size=100))
    told = shell.ok("ingest", "one.jsonl", "--registry", "reg", "--format", "json").json
    assert told["effects"] == {"new": 0, "replaces": 0, "same": 1199, "older": 0, "less": 0}
    assert list(TrialStore(Path("reg"), writable=False).since(0)) == first


def test_what_was_set_aside_is_counted_shown_and_written(shell: Shell) -> None:
    Path("bad.jsonl").write_text(
        "\n".join([json.dumps(study(1)), "nope", *(['{"a": 1}'] * 5), ""]), encoding="utf-8"
    )
    answer = shell.ok("ingest", "bad.jsonl", "--registry", "reg", "--aside", "aside.tsv").out
    assert "1 record read:" in answer and "6 set aside:" in answer
    assert "  5 × no study and no row with a number and a title\n    bad.jsonl, line 3" in answer
    rows = [row.split("\t") for row in Path("aside.tsv").read_text().splitlines()]
    assert [(row[0], row[1]) for row in rows] == [
        ("bad.jsonl, line 2", "broken"),
        *((f"bad.jsonl, line {at}", "no_study") for at in range(3, 8)),
    ]
    assert "and 2 more" in shell.ok("ingest", "bad.jsonl", "--registry", "reg").out
    counted = shell.ok("ingest", "bad.jsonl", "--registry", "reg", "--format", "json").json
    assert counted["read"] == 7 == sum(counted["effects"].values()) + sum(counted["aside"].values())
    chinese = shell.ok("ingest", "bad.jsonl", "--registry", "reg", "--locale", "zh").out
    assert "搁置6项" in chinese and "登记库共有1条记录" in chinese


def test_stopped_in_the_middle_it_keeps_whole_batches_and_goes_on(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("many.jsonl", *(study(at) for at in range(1, 1801)))
    written = TrialStore.add
    calls = iter(range(10))

    def add(self: TrialStore, batch: Any) -> Any:
        if next(calls) == 2:
            raise KeyboardInterrupt
        return written(self, batch)

    monkeypatch.setattr(TrialStore, "add", add)
    stopped = shell.run("ingest", "many.jsonl", "--registry", "reg")
    assert stopped.code == 130
    assert "Stopped. 1000 records are kept; the same command goes on from there." in stopped.err
    monkeypatch.setattr(TrialStore, "add", written)
    told = shell.ok("ingest", "many.jsonl", "--registry", "reg").out.splitlines()
    assert told[1:3] == ["  800 new", "  1,000 as they were"]


def test_where_no_record_was_read_it_says_so_with_its_exit_code(shell: Shell) -> None:
    Path("wrong.json").write_text('{"protocolSection": {"identificationModule": {"nctId": "NCT0')
    answer = shell.run("ingest", "wrong.json", "--registry", "reg")
    assert answer.code == 3 and answer.out.startswith("No record was read.\n1 set aside:\n")
    assert "1 × cut off" in answer.out and "holds 0 records" in answer.out
    Path("nothing").mkdir()
    answer = shell.run("ingest", "nothing", "--registry", "reg", "--locale", "zh")
    assert answer.code == 3 and answer.out.startswith("没有读到任何记录。\n登记库共有0条记录")


def test_the_registry_of_this_user_without_an_option(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIALRUN_REGISTRY", "mine")
    Path("one.json.gz").write_bytes(gzip.compress(json.dumps(study(1)).encode()))
    assert "The registry holds 1 record: mine" in shell.ok("ingest", "one.json.gz").out


def test_wrong_registries_are_told_apart(shell: Shell) -> None:
    put("one.jsonl", study(1))
    shell.ok("ingest", "one.jsonl", "--registry", "reg")
    import sqlite3

    connection = sqlite3.connect(f"reg/{FILE}")
    connection.execute("PRAGMA user_version = 9")
    connection.close()
    answer = shell.run("ingest", "one.jsonl", "--registry", "reg")
    assert answer.code == 4 and "format 9; this Trialrun knows 1" in answer.err
    Path("broken").mkdir()
    Path("broken", FILE).write_bytes(b"no database at all, but long enough to be read as one" * 99)
    answer = shell.run("ingest", "one.jsonl", "--registry", "broken")
    assert answer.code == 3 and "damaged, or is no registry" in answer.err
    assert shell.run("ingest", "none.jsonl").code == 2
