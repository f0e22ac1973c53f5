"""How long something has lasted, said as a limit of time.

`known`: what the vocabulary has a variable for. `own`: what only the study names. `past`: where no
word compares ("on a stable dose for 3 months before screening").
"""

from trialrun.criteria.text_reader.durations.known import lasting
from trialrun.criteria.text_reader.durations.own import own_duration
from trialrun.criteria.text_reader.durations.past import lasting_for, lately

__all__ = ["lasting", "lasting_for", "lately", "own_duration"]
