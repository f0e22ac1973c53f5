"""A ledger's head, signed and kept elsewhere: what finds a cut tail and a chain made anew.

The file is canonical JSON, one line: study, position, hash, recorded_at, and, when signed, the
Ed25519 public key and the signature over the canonical bytes of everything else. Signing needs the
extra [trust].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trialrun.errors import AlteredLedger, InputError, MissingExtra, TrialrunError
from trialrun.ledger.canonical import Canonical, canonical_bytes, read_canonical
from trialrun.ledger.entry import NOTHING, Head

FORMAT = "trialrun-head-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptHead:
    """A head with the time of its last entry and, when signed, key and signature."""

    head: Head
    recorded_at: str
    public_key: bytes | None = None
    signature: bytes | None = None


def write_head(kept: KeptHead) -> bytes:
    """The file's bytes."""
    value = _signed_part(kept)
    if kept.public_key is not None and kept.signature is not None:
        value["public_key"] = kept.public_key.hex()
        value["signature"] = kept.signature.hex()
    return canonical_bytes(value) + b"\n"


def read_head(data: bytes, *, where: str, key: bytes | None = None) -> KeptHead:
    """The kept head; a signature that is there must be right, and, with `key`, be that key's.

    A signature by whatever key the file itself names only says that the file is whole. Whose it
    is, is known when the public key was had from its owner.
    """
    try:
        value: Any = read_canonical(data.rstrip(b"\n"))
        if value["format"] != FORMAT:
            raise KeyError("format")
        signed = "signature" in value or "public_key" in value
        kept = KeptHead(
            head=Head(value["study"], value["position"], bytes.fromhex(value["hash"])),
            recorded_at=value["recorded_at"],
            public_key=bytes.fromhex(value["public_key"]) if signed else None,
            signature=bytes.fromhex(value["signature"]) if signed else None,
        )
        if type(kept.head.position) is not int or len(kept.head.hash) != len(NOTHING):
            raise ValueError("position or hash")
        # What was written, and nothing else: no other field, no other spelling.
        if write_head(kept).rstrip(b"\n") != data.rstrip(b"\n"):
            raise ValueError("fields")
    except (TrialrunError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            "this is not a head file of Trialrun",
            where=where,
            remedy="Give the file that was kept when the head was written.",
        ) from error
    if key is not None and kept.public_key != key:
        raise AlteredLedger(
            "the head is not signed" if kept.public_key is None else "another key signed this head",
            where=where,
            remedy="Use the head file that the owner of the key gave out.",
        )
    if kept.signature is not None:
        check_signature(kept, where=where)
    return kept


def _signed_part(kept: KeptHead) -> dict[str, Canonical]:
    return {
        "format": FORMAT,
        "hash": kept.head.hash.hex(),
        "position": kept.head.position,
        "recorded_at": kept.recorded_at,
        "study": kept.head.study,
    }


def sign_head(kept: KeptHead, private_key: bytes) -> KeptHead:
    """The head, signed with a raw 32-byte Ed25519 private key."""
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    except ImportError as error:
        raise _missing() from error
    try:
        key = Ed25519PrivateKey.from_private_bytes(private_key)
    except ValueError as error:
        raise InputError(
            "this is not an Ed25519 private key",
            remedy="Give the 32 bytes of the key, and nothing else.",
        ) from error
    return KeptHead(
        head=kept.head,
        recorded_at=kept.recorded_at,
        public_key=key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw),
        signature=key.sign(canonical_bytes(_signed_part(kept))),
    )


def check_signature(kept: KeptHead, *, where: str) -> None:
    """Raise unless the signature is that key's, over this head."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError as error:
        raise _missing() from error
    assert kept.signature is not None
    try:
        Ed25519PublicKey.from_public_bytes(kept.public_key or b"").verify(
            kept.signature, canonical_bytes(_signed_part(kept))
        )
    except (InvalidSignature, ValueError) as error:
        raise AlteredLedger(
            "the signature is not of this head and this key",
            where=where,
            remedy="The head file was changed; use another copy of it.",
        ) from error


def _missing() -> MissingExtra:
    return MissingExtra(
        "signatures need an optional part of Trialrun",
        remedy="Install it: pip install 'trialrun[trust]'",
    )
