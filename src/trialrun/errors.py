"""Every error that Trialrun raises on purpose, in one tree, with its exit code.

    TrialrunError                     1
    ├── InputError                    3   what was given cannot be read as what it should be
    │   ├── RecordError                   a registry record
    │   ├── ProtocolError                 protocol.toml
    │   ├── RuleError                     a rule of the eligibility language
    │   ├── UnitError                     a unit or a number with a unit
    │   └── FactError                     a fact about a participant
    ├── NotSupported                  4   readable, and not for this command, because …
    ├── LedgerError                   5   the ledger is altered, cut, or of another study
    │   ├── AlteredLedger
    │   ├── WrongStudy
    │   └── LedgerBusy                    another process is writing
    ├── Refused                       6   the rules of the trial say no (the sentence of a Refusal)
    ├── MissingExtra                  7   an optional part of Trialrun is not installed
    └── OutsideError                  8   disk, network or permission of the machine

Usage errors of the command line exit with 2, Ctrl-C with 130. An expected "no" of the trial's
rules is a value (`conduct.refusal.Refusal`); `Refused` only carries its sentence to the shell.
"""

from __future__ import annotations


class TrialrunError(Exception):
    """What happened, to which thing, and what to do next."""

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", remedy: str = "", excerpt: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy
        self.excerpt = excerpt  # the words that are wrong, with a caret below

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.what}" if self.where else self.what]
        lines += [f"    {line}" for line in self.excerpt.splitlines()]
        if self.remedy:
            lines.append(self.remedy)
        return "\n".join(lines)


class InputError(TrialrunError):
    """What was given cannot be read as what it should be."""

    exit_code = 3


class RecordError(InputError):
    """A registry record that cannot be read."""


class ProtocolError(InputError):
    """A protocol file that cannot be read."""


class RuleError(InputError):
    """A rule of the eligibility language that cannot be read."""


class UnitError(InputError):
    """A unit that is unknown, or does not fit the quantity."""


class FactError(InputError):
    """A fact that cannot be taken as given."""


class NotSupported(TrialrunError):
    """Readable, and not for this command; the sentence says why."""

    exit_code = 4


class LedgerError(TrialrunError):
    """The ledger cannot be trusted or used as it is."""

    exit_code = 5


class AlteredLedger(LedgerError):
    """A stored entry is not what was written."""


class WrongStudy(LedgerError):
    """The ledger belongs to another study."""


class LedgerBusy(LedgerError):
    """Another process is writing to this ledger."""


class Refused(TrialrunError):
    """The rules of the trial refuse a command."""

    exit_code = 6


class MissingExtra(TrialrunError):
    """An optional part of Trialrun is not installed."""

    exit_code = 7


class OutsideError(TrialrunError):
    """Disk, network or permission of the machine."""

    exit_code = 8
