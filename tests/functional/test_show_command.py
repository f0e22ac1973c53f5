"""`trialrun show` as a person runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from trialrun.cli.show import command
from trialrun.record.example import example_numbers

RECORDS = Path(__file__).parents[1] / "unit" / "record" / "records"
(EXAMPLE,) = example_numbers()


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "trialrun", "show", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, **environment},
        check=False,
    )


@pytest.mark.parametrize("form", ["text", "html", "json"])
def test_the_example_is_shown_in_every_format(form: str) -> None:
    result = CliRunner().invoke(command, [EXAMPLE, "--format", form])
    assert result.exit_code == 0
    assert "NK Cell Infusion" in result.output
    if form == "json":
        assert json.loads(result.output)["record"]["hasResults"] is False


def test_output_goes_to_a_file(tmp_path: Path) -> None:
    target = tmp_path / "record.html"
    result = CliRunner().invoke(command, [EXAMPLE, "--format", "html", "-o", str(target)])
    assert result.output == f"{target}\n"
    assert target.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_status_is_derived_for_the_day_asked_for() -> None:
    path = str(RECORDS / "observational.json")
    before = CliRunner().invoke(command, [path, "--as-of", "2026-02-28"])
    after = CliRunner().invoke(command, [path, "--as-of", "2026-03-01"])
    assert "Recruiting ·" in before.output
    assert "Unknown status ·" in after.output


def test_output_is_equal_under_other_hash_seeds_time_zones_and_locales() -> None:
    path = str(RECORDS / "with_results.json")
    outputs = {
        run(path, "--format", form, PYTHONHASHSEED=seed, TZ=zone, LC_ALL=locale).stdout
        for form in ("text", "html", "json")
        for seed, zone, locale in (("0", "UTC", "C.UTF-8"), ("7", "Asia/Shanghai", "C"))
    }
    assert len(outputs) == 3


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["no-such-file.json"], 3, "no such file"),
        (["NCT00000000"], 3, "trialrun fetch NCT00000000"),
        ([EXAMPLE, "--as-of", "yesterday"], 2, "does not match"),
        ([EXAMPLE, "--format", "pdf"], 2, "not one of"),
        ([EXAMPLE, "-o", "/no/such/folder/x.html"], 8, "/no/such/folder"),
    ],
)
def test_errors_are_sentences_with_exit_codes(arguments: list[str], code: int, says: str) -> None:
    result = run(*arguments, TRIALRUN_CACHE="/nonexistent")
    assert result.returncode == code
    assert says in result.stderr
    assert "Traceback" not in result.stderr


def test_a_terminal_without_the_characters_gets_no_traceback() -> None:
    result = run(EXAMPLE, PYTHONIOENCODING="ascii")
    assert "Traceback" not in result.stderr
    assert result.returncode == 0
    assert "NK Cell Infusion" in result.stdout
