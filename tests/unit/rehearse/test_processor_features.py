"""The same bits on every processor: a digest written down, and again with features turned off."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
import hashlib
import numpy as np
from trialrun.rehearse import portable
from trialrun.rehearse.draws import Draws, Purpose
from trialrun.rehearse.nk_aml.dosing import Regimen, planned_doses
from trialrun.rehearse.nk_aml.parameters import shipped_parameters
from trialrun.rehearse.nk_aml.participants import Disease, draw_participants
from trialrun.rehearse.nk_aml.trajectory import simulate

digest = hashlib.sha256()
draws = Draws.of_trial(7, range(203), Purpose.MEASUREMENT)
u = draws.uniform()
for values in (
    portable.exp(40 * u - 20), portable.log(u), portable.power(u, 7 * u - 3), draws.normal(),
    draws.lognormal(3.0, 0.7), draws.exponential(), draws.beta(2, 3.5), draws.poisson(4.0),
):
    digest.update(np.ascontiguousarray(values).tobytes())
parameters = shipped_parameters()
people = draw_participants(
    Draws.of_trial(7, range(203), Purpose.PHYSIOLOGY), Disease.RELAPSED, parameters, cytokine=0.12
)
regimen = Regimen(
    fludarabine=25, fludarabine_days=(-6, -5, -4, -3, -2.1), cyclophosphamide=1000,
    cyclophosphamide_days=(-6, -5), nk_cells=1.5e7, nk_days=(0, 1.07, 2),
)
seen = simulate(
    people, parameters, planned_doses(people, regimen), from_day=-7, record_at=[0, 0.04, 7, 28, 60]
)
for values in (
    seen.lymphocytes, seen.donor_nk, seen.blasts, seen.neutrophils, seen.platelets, seen.f_ara_a
):
    digest.update(np.ascontiguousarray(values).tobytes())
print(digest.hexdigest())
"""

# It changes when the model, a parameter or a draw changes, and with nothing else: not with the
# processor, the operating system, Python or NumPy. Write the new one down with the reason.
DIGEST = "69303392ee92fad3ba503b5547a0d8f2582963153a2059effc553c8631963771"


# What NumPy chooses by on the processor it runs on, and could do without.
CHOICES = """
from numpy._core import _multiarray_umath as core
print(*[one for one in core.__cpu_dispatch__ if core.__cpu_features__[one]])
"""


def printed(program: str, **environment: str) -> str:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    return run.stdout.strip()


def test_the_bits_are_those_that_were_written_down() -> None:
    assert printed(PROGRAM) == DIGEST


def test_turning_processor_features_off_changes_no_bit() -> None:
    # Where NumPy has nothing to choose from, the digest above is the whole test.
    choices = printed(CHOICES)
    assert printed(CHOICES, NPY_DISABLE_CPU_FEATURES=choices) == ""  # they really are off
    assert printed(PROGRAM, NPY_DISABLE_CPU_FEATURES=choices) == DIGEST


def test_locale_time_zone_and_hash_seed_change_no_bit() -> None:
    assert printed(PROGRAM, TZ="Asia/Shanghai", LC_ALL="C", PYTHONHASHSEED="99") == DIGEST
