"""The head file: what was signed, by whom, and nothing else."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.errors import AlteredLedger, InputError, MissingExtra, TrialrunError
from trialrun.ledger.canonical import canonical_bytes
from trialrun.ledger.entry import Head
from trialrun.ledger.head import KeptHead, read_head, sign_head, write_head

PLAIN = KeptHead(head=Head("S-1", 3, bytes(range(32))), recorded_at="2026-03-01T12:00:00+00:00")
SIGNED = sign_head(PLAIN, b"k" * 32)
BYTES = write_head(SIGNED)


def test_a_head_is_read_as_it_was_written() -> None:
    assert read_head(write_head(PLAIN), where="x") == PLAIN
    assert read_head(BYTES, where="x") == SIGNED
    assert read_head(BYTES, where="x", key=SIGNED.public_key) == SIGNED


@given(st.integers(0, len(BYTES) - 2), st.integers(0, 7))
def test_no_byte_of_a_signed_head_can_be_changed(at: int, bit: int) -> None:
    changed = BYTES[:at] + bytes([BYTES[at] ^ 1 << bit]) + BYTES[at + 1 :]
    with pytest.raises(TrialrunError):
        read_head(changed, where="x")


@pytest.mark.parametrize("name", ["signature", "public_key"])
def test_a_signature_cannot_be_half_removed(name: str) -> None:
    value = json.loads(BYTES)
    del value[name]
    with pytest.raises(InputError, match="not a head"):
        read_head(canonical_bytes(value), where="x")


def test_with_a_key_neither_no_signature_nor_another_s_will_do() -> None:
    assert SIGNED.public_key is not None
    with pytest.raises(AlteredLedger, match="not signed"):
        read_head(write_head(PLAIN), where="x", key=SIGNED.public_key)
    forged = sign_head(PLAIN, b"f" * 32)
    with pytest.raises(AlteredLedger, match="another key"):
        read_head(write_head(forged), where="x", key=SIGNED.public_key)


@pytest.mark.parametrize(
    "change",
    [
        {"position": "3"},
        {"position": True},
        {"position": None},
        {"hash": "00"},
        {"hash": 5},
        {"format": "trialrun-head-2"},
        {"more": 1},
    ],
)
def test_what_is_no_head_is_a_sentence(change: dict[str, Any]) -> None:
    value = json.loads(write_head(PLAIN)) | change
    with pytest.raises(InputError, match="not a head"):
        read_head(canonical_bytes(value), where="x")


@pytest.mark.parametrize("data", [b"", b"[]", b"5", b"<html>", b"\xff", b"null"])
def test_another_file_is_a_sentence(data: bytes) -> None:
    with pytest.raises(InputError, match="not a head"):
        read_head(data, where="x")


def test_a_wrong_key_is_a_sentence() -> None:
    with pytest.raises(InputError, match="private key"):
        sign_head(PLAIN, b"short")


def test_without_the_extra_the_sentence_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric.ed25519", None)
    with pytest.raises(MissingExtra, match=r"trialrun\[trust\]"):
        sign_head(PLAIN, b"k" * 32)
    with pytest.raises(MissingExtra, match=r"trialrun\[trust\]"):
        read_head(BYTES, where="x")
    assert read_head(write_head(PLAIN), where="x") == PLAIN  # an unsigned head needs no extra
