"""Takes a file into a registry, to be killed in the middle: `killed_ingest.py FILE FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from trialrun.study.intake import Intake, take_in

if __name__ == "__main__":
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    take_in([Path(sys.argv[1])], Path(sys.argv[2]), Intake())
