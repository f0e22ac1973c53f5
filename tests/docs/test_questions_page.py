"""Every command of the how-to on questions runs, in its order, and does what the page says."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from trialrun.cli.app import cli
from trialrun.criteria.parser import read_rule
from trialrun.protocol.file import read_protocol_file
from trialrun.protocol.model import Protocol
from trialrun.protocol.settling import settle

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "questions.md").read_text(
    encoding="utf-8"
)
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = [line[2:] for kind, text in BLOCKS if kind == "console" for line in text.splitlines()]
ANSWERED = next(text for _, text in BLOCKS if text.startswith("[[question]]"))


def infusion_days(file: bytes) -> tuple[int, ...]:
    protocol = settle(read_protocol_file(file, where="page"), accept_assumed=True)
    assert isinstance(protocol, Protocol)
    return next(item.days for item in protocol.regimen if item.id == "nk-cells")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], list[bytes]]:
    """What each command printed, and `protocol.toml` after each."""
    said, files = {}, []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("page"))
        for line in COMMANDS:
            name, *words = shlex.split(line)
            assert name == "trialrun"
            done = CliRunner().invoke(cli, words)
            # Nearly everything is still open for an approval; the exit code says so.
            assert done.exit_code == ("--for approval" in line), (line, done.output)
            said[line] = done.output
            files.append(Path("nk-aml", "protocol.toml").read_bytes())
    return said, files


def test_an_answer_changes_every_value_that_hangs_on_it(
    run: tuple[dict[str, str], list[bytes]],
) -> None:
    said, files = run
    shown = next(text for kind, text in BLOCKS if kind == "text" and "=" in text)
    assert shown in next(text for line, text in said.items() if " answer " in line)
    assert infusion_days(files[0]) == (0, 1, 2)
    assert infusion_days(files[-1]) == (0, 2, 4)


def test_the_file_says_the_answer_as_the_page_does(
    run: tuple[dict[str, str], list[bytes]],
) -> None:
    kept = run[1][-1].decode()
    block = kept[kept.index('[[question]]\nid = "nk-cells-days"') :].split("\n\n")[0]
    for line in ANSWERED.splitlines():
        assert line.startswith("#") or line in block.splitlines()
    assert tomllib.loads(ANSWERED)["question"][0]["answer"] == "0, 2, 4"


def test_answers_survive_drafting_again(run: tuple[dict[str, str], list[bytes]]) -> None:
    assert COMMANDS[0] == COMMANDS[-1]
    last = read_protocol_file(run[1][-1], where="page")
    assert last.question("nk-cells-days").answer == "0, 2, 4"
    declared = next(one for one in last.criteria if one.id == "I1")
    assert (declared.status, declared.declared_by) == ("judgement", "INV-1")


def test_the_rule_and_the_sources_on_the_page_can_be_read() -> None:
    rules = [text for kind, text in BLOCKS if kind == "text" and "=" not in text]
    assert [bool(read_rule(text.strip())) for text in rules] == [True]
    sources = [text for kind, text in BLOCKS if kind == "toml" and text.startswith("source")]
    assert [bool(tomllib.loads(text)) for text in sources] == [True]
