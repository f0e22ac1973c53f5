"""Run every benchmark of this folder and write docs/explanation/performance.md.

Each benchmark module has `TITLE`, and `run() -> dict[str, str]`: what was measured, each figure
beside its named alternative of the same run. `python benchmarks/run.py NAME` runs and prints one;
`--keep NAME…` writes these anew and leaves the others as they were measured.
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import sqlite3
import sys
from pathlib import Path

import numpy
import scipy

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "explanation" / "performance.md"
RESULTS = HERE / "results.json"


def machine() -> str:
    """What the figures were measured on, without the machine's name."""
    model = "unknown processor"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = f"{len(lines)} cores of {lines[0].split(':', 1)[1].strip()}" if lines else model
    return (
        f"{model}; {platform.system()} {platform.machine()}; Python {platform.python_version()}, "
        f"NumPy {numpy.__version__}, SciPy {scipy.__version__}, SQLite {sqlite3.sqlite_version}"
    )


def names() -> list[str]:
    """The benchmarks of this folder."""
    return sorted(path.stem for path in HERE.glob("*.py") if path.stem != "run")


def measure(name: str) -> tuple[str, dict[str, str]]:
    """One benchmark's title and figures."""
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.TITLE, {key: str(value) for key, value in module.run().items()}


def page(results: dict[str, tuple[str, dict[str, str]]], load: float) -> str:
    """The performance page; `load` is what the machine was doing before the first benchmark."""
    busy = "Other programs ran on the machine meanwhile; on a quiet one it is faster.\n"
    parts = [
        "# Performance\n",
        "Measured by `make bench`; each figure beside a named alternative of the same run.\n",
        f"Machine: {machine()}.\n",
        *([busy] if load > (os.cpu_count() or 1) else []),
    ]
    for title, figures in results.values():
        parts.append(f"## {title}\n\n| what | measured |\n|---|---|")
        parts.extend(f"| {key} | {value} |" for key, value in figures.items())
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def main() -> None:
    """Measure, print, and (when all were run) write the page."""
    said = [name for name in sys.argv[1:] if name != "--keep"]
    chosen, keep = said or names(), said != sys.argv[1:]
    results, load = {}, os.getloadavg()[0]
    for name in chosen:
        print(f"{name} …", flush=True)
        results[name] = measure(name)
        for key, value in results[name][1].items():
            print(f"  {key}: {value}")
    if keep:
        results = dict(sorted({**json.loads(RESULTS.read_text()), **results}.items()))
    if keep or not said:
        RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
        PAGE.write_text(page(results, load), encoding="utf-8")


if __name__ == "__main__":
    main()
