"""Codes by which things are known inside a study: no names, no meaning, safe in a header."""

from __future__ import annotations

import re

from trialrun.errors import InputError

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,63}")
_NCT = re.compile(r"NCT[0-9]{8}")
# Numbers that a registry has issued: ClinicalTrials.gov, EudraCT and CTIS, ChiCTR, ISRCTN.
_ISSUED = re.compile(
    r"NCT\d{8}|\b20\d{2}-\d{6}-\d{2}(?:-\d{2})?\b|ChiCTR\d{8,10}|ISRCTN\d{8}", re.IGNORECASE
)


def read_code(text: str, *, of: str) -> str:
    """A code: 1–64 letters, digits and . _ : + - ; anything else is refused with its reason."""
    if not _CODE.fullmatch(text):
        raise InputError(
            f"{text!r} is not a code for {of}",
            remedy="Use 1 to 64 letters, digits, and . _ : + - ; no spaces and no names of people.",
        )
    return text


def is_nct(text: str) -> bool:
    """Whether this is written as a ClinicalTrials.gov number.

    >>> is_nct("NCT04221971")
    True
    """
    return _NCT.fullmatch(text) is not None


def unnumbered(text: str) -> str:
    """The text with every issued registry number written over.

    A rehearsal cites its record by hash: a number in what it writes could be taken for results.

    >>> unnumbered("Extension of NCT01234567")
    'Extension of [registry number]'
    """
    return _ISSUED.sub("[registry number]", text)
