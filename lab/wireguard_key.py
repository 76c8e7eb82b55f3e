"""Makes WireGuard keys for the lab's road warriors."""

from base64 import b64encode
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class WireguardKey:
    """A key pair in the form that wg(8) reads."""

    private: str = field(repr=False)
    public: str


def make_wireguard_key() -> WireguardKey:
    """Make a key pair."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    key = X25519PrivateKey.generate()
    private, public = key.private_bytes_raw(), key.public_key().public_bytes_raw()
    return WireguardKey(b64encode(private).decode(), b64encode(public).decode())
