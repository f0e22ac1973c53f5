"""How long `trialrun --help` takes, beside an empty Python process."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

TITLE = "Start-up"


def _time(command: list[str], runs: int = 15) -> str:
    seconds = []
    for _ in range(runs):
        begun = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(time.perf_counter() - begun)
    return f"{statistics.median(seconds) * 1000:.0f} ms (most {max(seconds) * 1000:.0f})"


def run() -> dict[str, str]:
    """Median of 15 processes."""
    return {
        "`trialrun --help`": _time([sys.executable, "-m", "trialrun", "--help"]),
        "`python -c pass`": _time([sys.executable, "-c", "pass"]),
    }
