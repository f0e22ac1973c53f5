"""`trialrun demo`: a study folder, a summary for a clinician, and no harm when it is run again."""

from __future__ import annotations

import hashlib
import re
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from trialrun.cli.app import cli

SECONDS = 10


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, float]:
    """The folder after two runs, the summary, and the processor's seconds of one run."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        begun = time.process_time()
        first = CliRunner().invoke(cli, ["demo"])
        took = time.process_time() - begun
        assert first.exit_code == 0, first.output
        before = digests(folder / "demo")
        second = CliRunner().invoke(cli, ["demo"])
        assert second.exit_code == 0, second.output
    assert digests(folder / "demo") == before
    assert second.output == first.output
    return folder / "demo", first.output, took


def digests(folder: Path) -> dict[str, str]:
    """Every file's SHA-256, but that of the ledger's own file."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("ledger.sqlite")
    }


def test_a_second_run_writes_the_same_and_nothing_else(demo: tuple[Path, str, float]) -> None:
    folder, _, _ = demo
    kept = {path.name for path in folder.iterdir()}
    assert {"record.json", "protocol.toml", "ledger.sqlite", "report"} <= kept
    assert [path.name for path in folder.parent.iterdir()] == ["demo"]


def test_the_summary_says_what_a_clinician_asks(demo: tuple[Path, str, float]) -> None:
    folder, said, _ = demo
    assert "SIMULATED" in said
    assert "one simulated trial of many possible ones" in said
    assert re.search(r"Not eligible +\d+\n +\d+ × [SIED]", said)  # how many, and by which criterion
    for words in ("Enrolled", "Started lymphodepletion", "Infusion 3", "Dose-limiting", "serious",
                  "remission", "NK peak", "NK last found"):  # fmt: skip
        assert words in said, words
    assert re.search(r"\d of \d+ = [\d.]+\s% \([\d.]+–[\d.]+\s%\)", said)  # exact limits
    assert re.search(r"\d+ open questions were answered by assumption", said)
    assert "trialrun rehearse demo --trials 1000" in said
    report = re.search(r"^The report: (\S+)$", said, re.MULTILINE)
    assert report is not None
    assert (folder.parent / report[1]).is_file()
    assert not re.search(r"NCT\d{8}", said)


def test_it_takes_less_than_ten_seconds(demo: tuple[Path, str, float]) -> None:
    assert demo[2] < SECONDS
