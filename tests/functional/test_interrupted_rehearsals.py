"""A full disk, Ctrl-C, a folder of somebody else's, a missing part: nothing is half-written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from support.study_folder import Shell
from trialrun.record.example import example_content, example_numbers
from trialrun.record.opening import open_record
from trialrun.record.writer import write_study
from trialrun.study.rehearsal import _put_in_place

(EXAMPLE,) = example_numbers()
# The worked example in so few people that its rehearsal takes a second.
PEOPLE = 2
# Runs the command line where no file may grow beyond so many bytes, as on a full disk.
FULL_DISK = """
import resource, sys
size = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
from trialrun.cli import main
main()
"""


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    content = example_content(EXAMPLE)
    assert content is not None
    study = write_study(open_record(content, where="example").study)
    text = json.dumps(study).replace('"enrollmentInfo": {"count": 10',
                                     f'"enrollmentInfo": {{"count": {PEOPLE}')  # fmt: skip
    assert f'"count": {PEOPLE}' in text
    path = tmp_path_factory.mktemp("record") / "few.json"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def rehearsed(record: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rehearsed")
    run = started(folder, "-m", "trialrun", "rehearse", str(record), "-o", "sim")
    _, err = run.communicate()
    assert (run.returncode, err) == (0, "")
    return folder / "sim"


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    return Shell(monkeypatch, tmp_path)


def started(folder: Path, *words: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(one.relative_to(folder)): one.read_bytes()
        for one in sorted(folder.rglob("*"))
        if one.is_file()
    }


def copied(source: Path, target: Path) -> dict[str, bytes]:
    for name, data in contents(source).items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(data)
    return contents(target)


# --- a full disk -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "where"),
    [
        (1, "record.json"),
        (20_000, "protocol.toml"),
        (120_000, "ledger.sqlite"),
        (300_000, "ledger.sqlite"),
    ],
)
def test_a_full_disk_is_said_and_leaves_what_was_there(
    record: Path, rehearsed: Path, tmp_path: Path, size: int, where: str
) -> None:
    before = copied(rehearsed, tmp_path / "sim")
    run = started(tmp_path, "-c", FULL_DISK, str(size), "rehearse", str(record), "-o", "sim")
    out, err = run.communicate()
    assert (run.returncode, out) == (8, ""), err
    assert err.startswith("error: ") and where in err.splitlines()[0], err
    assert "room" in err
    assert "Traceback" not in err
    assert contents(tmp_path / "sim") == before
    assert [one.name for one in tmp_path.iterdir()] == ["sim"]


def test_a_report_on_a_full_disk_leaves_the_report_that_was_there(
    rehearsed: Path, tmp_path: Path
) -> None:
    before = copied(rehearsed, tmp_path / "sim")
    run = started(tmp_path, "-c", FULL_DISK, "9000", "report", "sim", "--locale", "zh")
    out, err = run.communicate()
    assert (run.returncode, out) == (8, ""), err
    assert "room" in err
    assert contents(tmp_path / "sim") == before


def test_a_draft_on_a_full_disk_leaves_the_draft_that_was_there(
    record: Path, tmp_path: Path
) -> None:
    for there in (False, True):
        before = contents(tmp_path)
        run = started(tmp_path, "-c", FULL_DISK, "9000", "draft", str(record), "-o", "study")
        out, err = run.communicate()
        assert (run.returncode, out) == (8, ""), err
        assert "study/protocol.toml" in err.splitlines()[0] and "room" in err
        assert contents(tmp_path) == before
        assert (tmp_path / "study").exists() is there
        if not there:
            whole = started(tmp_path, "-m", "trialrun", "draft", EXAMPLE, "-o", "study")
            assert whole.wait() == 0
            whole.communicate()


# --- Ctrl-C ----------------------------------------------------------------------------------


def stopped(run: subprocess.Popen[str], when: Callable[[], bool]) -> tuple[int, str, str]:
    """Press Ctrl-C, for all processes of the command, as soon as something is the case."""
    for _ in range(1200):
        if when() or run.poll() is not None:
            break
        time.sleep(0.05)
    assert run.poll() is None, run.communicate()
    os.killpg(run.pid, signal.SIGINT)
    out, err = run.communicate(timeout=30)
    return run.returncode, out, err


def ledger_grows(folder: Path) -> Callable[[], bool]:
    ledger = folder / "ledger.sqlite"
    return lambda: ledger.exists() and ledger.stat().st_size > 50_000


def test_a_rehearsal_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    run = started(tmp_path, "-m", "trialrun", "rehearse", EXAMPLE, "-o", "sim")
    code, out, err = stopped(run, ledger_grows(tmp_path / ".sim.part"))
    assert (code, out) == (130, "")
    assert err.strip() == "Stopped. Nothing was half-written."
    assert list(tmp_path.iterdir()) == []


def test_a_rehearsal_that_is_stopped_leaves_the_one_before(rehearsed: Path, tmp_path: Path) -> None:
    before = copied(rehearsed, tmp_path / "sim")
    run = started(tmp_path, "-m", "trialrun", "rehearse", EXAMPLE, "-o", "sim")
    assert stopped(run, ledger_grows(tmp_path / ".sim.part"))[0] == 130
    assert contents(tmp_path / "sim") == before
    assert [one.name for one in tmp_path.iterdir()] == ["sim"]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_many_trials_that_are_stopped_leave_the_single_one_whole(
    record: Path, rehearsed: Path, tmp_path: Path, workers: str
) -> None:
    page = tmp_path / "sim" / "report" / "index.html"
    since: list[float] = []

    def well_into_the_many() -> bool:
        if page.exists() and not since:
            since.append(time.monotonic())
        return bool(since) and time.monotonic() > since[0] + 2

    run = started(
        tmp_path, "-m", "trialrun", "rehearse", str(record), "-o", "sim", "--trials", "2000",
        "--workers", workers,
    )  # fmt: skip
    code, out, err = stopped(run, well_into_the_many)
    assert (code, out) == (130, "")
    assert err.strip() == "Stopped. Nothing was half-written."
    whole, made = contents(rehearsed), contents(tmp_path / "sim")
    assert made.keys() == whole.keys()
    assert [name for name in whole if made[name] != whole[name] and ".sqlite" not in name] == []
    with pytest.raises(ProcessLookupError):  # no worker is left behind
        os.killpg(run.pid, 0)


# --- what is in the way ----------------------------------------------------------------------


def test_a_folder_that_holds_something_else_is_left_alone(
    shell: Shell, record: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    shell.ok("draft", str(record), "-o", "study")
    (tmp_path / "file").write_text("a file")
    before = contents(tmp_path)
    for name, code in (("mine", 3), ("study", 3), ("file", 2), ("file/below", 8)):
        answer = shell.run("rehearse", str(record), "-o", name)
        assert answer.code == code, answer
        assert name.split("/")[0] in answer.err
        assert contents(tmp_path) == before


def test_a_real_study_is_never_replaced(shell: Shell, rehearsed: Path, tmp_path: Path) -> None:
    """Whatever its protocol's file says: its ledger says that it is real."""
    copied(rehearsed, tmp_path / "study")
    protocol = tmp_path / "study" / "protocol.toml"
    protocol.write_text(protocol.read_text().replace('title = "SIMULATED: ', 'title = "'))
    before = contents(tmp_path)
    assert shell.run("rehearse", EXAMPLE, "-o", "study").code == 3
    assert contents(tmp_path) == before


def test_a_changed_ledger_is_neither_sound_nor_reported(
    shell: Shell, rehearsed: Path, tmp_path: Path
) -> None:
    copied(rehearsed, tmp_path / "sim")
    ledger = tmp_path / "sim" / "ledger.sqlite"
    data = ledger.read_bytes()
    assert data.count(b'"variable":"weight"') > 1
    ledger.write_bytes(data.replace(b'"variable":"weight"', b'"variable":"height"', 1))
    before = contents(tmp_path)
    for words in (["verify"], ["report"], ["report", "--format", "json"], ["log"], ["status"]):
        answer = shell.run(words[0], "sim", *words[1:])
        assert answer.code == 5, (words, answer)
        assert "sim" in answer.err and "the body part or its salt was changed" in answer.err
        assert answer.out == ""
    act = ("do", "sim", "AddPerson", "--actor", "SIM-SPONSOR", "--json", '{"person": "SIM-2"}')
    assert shell.run(*act).code == 5
    (tmp_path / "sim" / "ledger.sqlite.lock").unlink()  # stays, and means nothing by itself
    assert contents(tmp_path) == before


def test_another_studys_record_is_noticed(shell: Shell, rehearsed: Path, tmp_path: Path) -> None:
    copied(rehearsed, tmp_path / "sim")
    shell.ok("draft", EXAMPLE, "-o", "other")
    (tmp_path / "other" / "record.json").replace(tmp_path / "sim" / "record.json")
    for command in ("verify", "report", "log", "status"):
        answer = shell.run(command, "sim")
        assert answer.code == 5, (command, answer)
        assert "another record" in answer.err and "sim" in answer.err


# --- without the pictures' renderer ----------------------------------------------------------


def test_without_the_renderer_there_is_a_report_that_says_how_to_get_pictures(
    record: Path, tmp_path: Path
) -> None:
    (tmp_path / "stub").mkdir()
    (tmp_path / "stub" / "vl_convert.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'vl_convert'\", name='vl_convert')\n"
    )
    stub = {"PYTHONPATH": str(tmp_path / "stub")}
    run = started(tmp_path, "-m", "trialrun", "rehearse", str(record), "-o", "sim",
                  "--trials", "3", "--workers", "1", **stub)  # fmt: skip
    out, err = run.communicate()
    assert (run.returncode, err) == (0, "")
    said = "pip install 'trialrun[report]'"
    for name in ("index.html", "forecast.html"):
        page = (tmp_path / "sim" / "report" / name).read_text(encoding="utf-8")
        assert said in page.replace("&#39;", "'").replace("&#x27;", "'"), name
        assert "<table" in page
    run = started(tmp_path, "-m", "trialrun", "report", "sim", **stub)
    out, err = run.communicate()
    assert (run.returncode, err) == (0, "")
    assert said in out


@pytest.mark.parametrize("failing", [1, 2])
def test_the_earlier_rehearsal_stays_when_the_new_one_cannot_be_put_in_its_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failing: int
) -> None:
    for name in ("new", "sim"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "which").write_text(name)
    calls = 0
    replace = Path.replace

    def stopped_at(self: Path, target: Path) -> Path:
        nonlocal calls
        calls += 1
        if calls == failing:
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", stopped_at)
    with pytest.raises(KeyboardInterrupt):
        _put_in_place(tmp_path / "new", tmp_path / "sim")
    assert (tmp_path / "sim" / "which").read_text() == "sim"
    assert {one.name for one in tmp_path.iterdir()} == {"new", "sim"}
    _put_in_place(tmp_path / "new", tmp_path / "sim")
    assert (tmp_path / "sim" / "which").read_text() == "new"
    assert {one.name for one in tmp_path.iterdir()} == {"sim"}
