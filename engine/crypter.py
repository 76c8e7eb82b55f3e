"""Opens and seals secrets with a passphrase, as the passphrase provider of the Pulumi CLI does.

The key is PBKDF2-HMAC-SHA256 of the passphrase; values are AES-256-GCM, written as
``v1:NONCE:CIPHERTEXT`` in base64; the state of the provider is ``v1:SALT:`` and a sealed "pulumi",
by which a wrong passphrase is told.
"""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path

from engine.problems import StateError

ROUNDS = 1_000_000
"""Iterations of PBKDF2: fixed by the format."""

_KEY_BYTES = 32
_NONCE_BYTES = 12
_SALT_BYTES = 8
_PROOF = "pulumi"


def passphrase_from_environment() -> str | None:
    """The passphrase the CLI would use, None when it would ask.

    Raises StateError when the file that PULUMI_CONFIG_PASSPHRASE_FILE names cannot be read.
    """
    if "PULUMI_CONFIG_PASSPHRASE" in os.environ:
        return os.environ["PULUMI_CONFIG_PASSPHRASE"]
    name = os.environ.get("PULUMI_CONFIG_PASSPHRASE_FILE")
    if not name:
        return None
    try:
        return Path(name).read_text("utf-8").strip()
    except OSError as error:
        raise StateError(
            f"PULUMI_CONFIG_PASSPHRASE_FILE names '{name}', which cannot be read: {error.strerror}"
        ) from error


class Crypter:
    """Opens and seals with one passphrase and salt; the key is made when it is first needed."""

    def __init__(self, passphrase: str, salt: bytes) -> None:
        self._passphrase = passphrase
        self._salt = salt
        self._key: bytes | None = None

    def _cipher_key(self) -> bytes:
        if self._key is None:
            import hashlib

            self._key = hashlib.pbkdf2_hmac(
                "sha256", self._passphrase.encode(), self._salt, ROUNDS, _KEY_BYTES
            )
        return self._key

    @property
    def fits(self) -> bool:
        """Whether the passphrase is the one that was sealed with, as far as that is known."""
        return True

    def open(self, sealed: str) -> str | None:
        """The text that was sealed, None when it cannot be opened with this passphrase."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        version, _, rest = sealed.partition(":")
        nonce, _, cipher_text = rest.partition(":")
        if version != "v1":
            return None
        try:
            parts = base64.b64decode(nonce, validate=True), base64.b64decode(cipher_text)
            return AESGCM(self._cipher_key()).decrypt(*parts, None).decode()
        except (InvalidTag, binascii.Error, ValueError):
            return None

    def seal(self, text: str) -> str:
        """The text sealed with a new nonce."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(_NONCE_BYTES)
        cipher_text = AESGCM(self._cipher_key()).encrypt(nonce, text.encode(), None)
        return f"v1:{_text(nonce)}:{_text(cipher_text)}"


def new_provider_state(passphrase: str) -> tuple[str, Crypter]:
    """A new salt, in the form a state records it, and the crypter that belongs to it."""
    salt = os.urandom(_SALT_BYTES)
    crypter = Crypter(passphrase, salt)
    return f"v1:{_text(salt)}:{crypter.seal(_PROOF)}", crypter


def crypter_for(provider_state: str, passphrase: str) -> Crypter | None:
    """The crypter for a recorded salt, None when the passphrase is a wrong one."""
    version, _, rest = provider_state.partition(":")
    salt, _, proof = rest.partition(":")
    if version != "v1":
        return None
    crypter = Crypter(passphrase, base64.b64decode(salt))
    return crypter if crypter.open(proof) == _PROOF else None


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
