"""`trialrun screen` on a wide Parquet table, command to answer: at once, row by row."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from population_speed import NUMBERS, PRESENT, UNITS
from support.study_folder import new_study

TITLE = "Screening a wide Parquet table, command to answer"
PATIENTS, FEW = 1_000_000, 5_000
_UNIT_OF = {"total_bilirubin": "mg/dL"}  # of the numbers with an upper limit; others are in U/L


def run() -> dict[str, str]:
    """A million patients by thirty criteria, each number with its date; the counts of the first
    five thousand are compared with those of one by one.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        study(folder)
        for rows in (FEW, PATIENTS):
            duckdb.sql(f"copy ({_rows(rows)}) to '{folder / f'{rows}.parquet'}' (format parquet)")
        one_by_one, expected, _ = screened(folder, FEW, "--engine", "reference")
        few, found, _ = screened(folder, FEW)
        assert found == expected
        took, whole, memory = screened(folder, PATIENTS)
        assert whole["left_out"]["patients"] == PATIENTS
    scaled = one_by_one * PATIENTS / FEW / 60
    return {
        "patients × criteria, cells": f"{PATIENTS:,} × {len(NUMBERS) + len(PRESENT)}, "
        f"{whole['left_out']['rows']:,}",
        f"{FEW:,} patients": f"{few:.1f} s; one by one {one_by_one:.1f} s, with the same answer",
        f"{PATIENTS:,} patients": f"{took:.1f} s, {memory:.0f} MB; one by one {scaled:.0f} min, "
        f"reckoned from {FEW:,}",
    }


def study(folder: Path) -> None:
    """A study's folder with these thirty criteria."""
    protocol = new_study(folder) / "protocol.toml"
    parts = []
    for number, (name, (op, limit, _, _, high)) in enumerate(NUMBERS.items(), 1):
        wanted = "x ULN" if high is not None else UNITS[name]
        rule = f"{name} {op} {limit} {wanted} within 28 days before treatment"
        parts.append(_criterion(f"I{number}", "inclusion", rule))
    parts += [
        _criterion(f"E{number}", "exclusion", f"{name} at treatment")
        for number, name in enumerate(PRESENT, 1)
    ]
    text = protocol.read_text(encoding="utf-8")
    found = re.search(r"\[\[criterion\]\].*?(?=^\[(?!\[criterion\])|\Z)", text, re.DOTALL | re.M)
    assert found is not None
    protocol.write_text(text.replace(found[0], "\n".join(parts) + "\n"), encoding="utf-8")
    columns: list[tuple[str, ...]] = [
        ("format = 1", 'form = "wide"', 'patient = "patient"', 'date = "visit"')
    ]
    for name, row in NUMBERS.items():
        unit = UNITS.get(name) or _UNIT_OF.get(name, "U/L")
        lines = ["[[column]]", f'name = "{name}"', f'variable = "{name}"', f'unit = "{unit}"']
        columns.append((*lines, *([] if row[4] is None else [f'high_column = "{name}_high"'])))
    columns += [("[[column]]", f'name = "{name}"', f'variable = "{name}"') for name in PRESENT]
    mapping = "\n\n".join("\n".join(lines) for lines in columns)
    (folder / "mapping.toml").write_text(mapping + "\n", encoding="utf-8")


def _criterion(code: str, kind: str, rule: str) -> str:
    return (
        f'[[criterion]]\nid = "{code}"\nkind = "{kind}"\ntext = "drawn"\nstatus = "computable"\n'
        f'rule = "{rule}"\nsource = "document: 5"\n'
    )


def _rows(patients: int) -> str:
    """A fifth and more of the cells are empty, one in a thousand is a number that nobody has."""
    columns = ["'p' || i as patient", "date '2026-01-15' + (hash(i * 5) % 45)::int as visit"]
    for seed, (name, (_, _, low, high, limit)) in enumerate(NUMBERS.items()):
        missing = f"hash(i * 31 + {seed}) % 100 < {20 + seed * 2}"
        value = f"round({low} + {high - low} * (hash(i * 37 + {seed}) % 100000) / 1e5, 1)"
        wrong = f"hash(i * 41 + {seed}) % 1000 = 0"
        columns.append(
            f"case when {missing} then null when {wrong} then 1e9 else {value} end::double "
            f'as "{name}"'
        )
        if limit is not None:
            columns.append(f'{limit}::double as "{name}_high"')
    for seed, name in enumerate(PRESENT):
        missing = f"hash(i * 43 + {seed}) % 100 < 20"
        columns.append(
            f'case when {missing} then null else hash(i * 47 + {seed}) % 10 = 0 end as "{name}"'
        )
    return f"select {', '.join(columns)} from range({patients}) rows(i)"


def screened(folder: Path, rows: int, *words: str) -> tuple[float, dict[str, Any], float]:
    """Seconds, the answer, and the most memory in MB of one command."""
    command = [
        sys.executable, "-m", "trialrun", "screen", "study", f"{rows}.parquet",
        "--as-of", "2026-03-01", "--format", "json", "-o", "found.json", *words,
    ]  # fmt: skip
    start = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - start
    assert process.returncode == 0
    found = json.loads((folder / "found.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return took, found, used.ru_maxrss / 1024
