"""Makes the key pair of a VPN client, as `wg genkey` and `wg pubkey` do."""

import base64
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A WireGuard key pair in base64; the private half is in no text that this value makes."""

    private: str = field(repr=False)
    public: str


def make_keys() -> KeyPair:
    """Make a key pair that nobody else has."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    private = _clamp(X25519PrivateKey.generate().private_bytes_raw())
    public = X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    return KeyPair(base64.b64encode(private).decode(), base64.b64encode(public).decode())


def _clamp(key: bytes) -> bytes:
    """As the kernel keeps it (RFC 7748, section 5), so that what it prints later is the same."""
    return bytes((key[0] & 248, *key[1:31], key[31] & 127 | 64))
