"""The shape of the house: size caps, names, and words for everything that people read."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from trialrun.wording.catalogue import LOCALES, topic

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "trialrun"
MODULES = sorted(SOURCE.rglob("*.py"))
CAP = 400
# The closed vocabularies, and nothing else, may be longer.
LONGER = {"ledger/events.py": 600, "conduct/commands.py": 600}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "services", "managers", "base", "misc"}


@pytest.mark.parametrize("module", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_modules_are_small_and_named_by_their_noun(module: Path) -> None:
    name = str(module.relative_to(SOURCE))
    assert len(module.read_text().splitlines()) <= LONGER.get(name, CAP)
    assert not FORBIDDEN_NAMES & set(module.relative_to(SOURCE).with_suffix("").parts)


@pytest.mark.parametrize("module", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_functions_are_short(module: Path) -> None:
    tree = ast.parse(module.read_text())
    long = [
        f"{node.name}: {(node.end_lineno or 0) - node.lineno + 1} lines"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > 60
    ]
    assert not long


def test_no_module_knows_a_registry_number() -> None:
    number = re.compile(r"NCT\d{8}")
    where = [
        str(module.relative_to(SOURCE))
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and number.fullmatch(node.value)
    ]
    assert not where


def test_every_sentence_is_in_every_language() -> None:
    folder = SOURCE / "wording" / "catalogue"
    names = {locale: {p.stem for p in (folder / locale).glob("*.toml")} for locale in LOCALES}
    assert names["en"] == names["zh"]
    hole = re.compile(r"\{(\w*)")
    for name in names["en"]:
        english, chinese = topic(name, "en"), topic(name, "zh")
        assert english.keys() == chinese.keys(), name
        for key, sentence in english.items():
            assert set(hole.findall(sentence)) == set(hole.findall(chinese[key])), f"{name}.{key}"


def test_the_contracts_have_no_exceptions() -> None:
    assert "ignore_imports" not in (ROOT / ".importlinter").read_text()


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    folder = re.compile(r"(?<![\w.])/(?:home|root|Users|work|tmp)/\w")
    kinds = {".py", ".md", ".toml", ".txt", ".html", ".css", ".json", ".cfg", ".yml", ".in"}
    rooms = [ROOT / name for name in ("src", "tests", "docs", "benchmarks", "requirements")]
    files = [path for room in rooms for path in room.rglob("*") if path.suffix in kinds]
    files += [path for path in ROOT.iterdir() if path.is_file() and path.suffix in {*kinds, ""}]
    files = [path for path in files if path.name != ".git"]  # a linked work tree names its home
    assert len(files) > 100
    named = [
        f"{path.relative_to(ROOT)}: {line.strip()[:80]}"
        for path in files
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
        if folder.search(line) and "re.compile" not in line
    ]
    assert not named
