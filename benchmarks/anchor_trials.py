"""What the NK-AML model predicts for published trials, 3,000 simulated participants each.

`python benchmarks/anchor_trials.py` prints the tables; with `--write` it fills them, and the
parameters, into docs/explanation/nk-aml-model.md.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from trialrun.rehearse.nk_aml.anchors import AnchorResult, Figure, Verdict, anchor_trials, anchors
from trialrun.rehearse.nk_aml.page import (
    filled,
    render_anchors,
    render_checks,
    render_clinical,
    render_parameters,
    render_settings,
)
from trialrun.rehearse.nk_aml.parameters import shipped_parameters

TITLE = "Anchor trials of the NK-AML model"
PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "nk-aml-model.md"


def _row(one: AnchorResult) -> str:
    value = one.figures
    response = value.get(Figure.RESPONSE)
    return (
        f"{value[Figure.EXPANSION]:.1f} %; {value[Figure.DETECTABLE_7]:.0f} / "
        f"{value[Figure.DETECTABLE_14]:.0f} %; {'–' if response is None else f'{response:.1f} %'}"
    )


def run() -> dict[str, str]:
    """Each row's main figures, and how many comparisons came out how."""
    begun = time.perf_counter()
    results = anchor_trials()
    seconds = time.perf_counter() - begun
    print(render_anchors(results) + "\n\n" + render_checks(results))
    verdicts = [one.verdict(expected) for one in results for expected in one.anchor.expected]
    counted = ", ".join(f"{verdicts.count(one)} {one.value}" for one in Verdict if one in verdicts)
    legend = "donor NK > 100/µL d14; > 1/µL d7 / d14; response d28"
    return {
        **{f"{one.anchor.title} ({legend})": _row(one) for one in results},
        "figures compared with what was published or with the first sketch": counted,
        "time for the whole table": f"{seconds:.1f} s",
    }


def write() -> None:
    """Fill the page."""
    results = anchor_trials()
    parts = {
        "anchors": render_anchors(results),
        "checks": render_checks(results),
        "settings": render_settings(anchors()),
        "parameters": render_parameters(shipped_parameters()),
        "clinical": render_clinical(shipped_parameters()),
    }
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), parts), encoding="utf-8")


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    else:
        run()
