"""Makes the keys of one API server: an authority of its own, and certificates that last a day."""

import base64
import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LOOPBACK = IPv4Address("127.0.0.1")
# No test runs longer, and a key that was left lying about opens nothing tomorrow.
LIFETIME = dt.timedelta(days=1)
# Kubernetes lets members of this group do everything (RBAC bootstrap roles).
ADMINISTRATORS = "system:masters"

Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate with its private key, both in PEM."""

    certificate: bytes
    key: bytes

    def write(self, folder: Path, name: str) -> tuple[str, str]:
        """Write both, the key for its owner alone, and give their paths."""
        certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
        certificate.write_bytes(self.certificate)
        key.touch(mode=0o600)
        key.write_bytes(self.key)
        return str(certificate), str(key)


class Authority:
    """Signs what one API server and its clients show each other."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("la1r lab")
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        self._certificate = (
            _describe(self._name, self._name, self._key.public_key())
            .add_extension(constraints, critical=True)
            .sign(self._key, hashes.SHA256())
        )

    @property
    def certificate(self) -> bytes:
        """Its own certificate, in PEM: what to trust."""
        return self._certificate.public_bytes(serialization.Encoding.PEM)

    def sign(self, name: str, groups: Iterable[str] = ()) -> Pair:
        """A pair for a user or a server; Kubernetes reads the user's name and groups from it."""
        key = ec.generate_private_key(ec.SECP256R1())
        uses = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
        names = x509.SubjectAlternativeName([x509.IPAddress(LOOPBACK), x509.DNSName("localhost")])
        certificate = (
            _describe(_name(name, groups), self._name, key.public_key())
            .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
            .add_extension(names, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return Pair(certificate.public_bytes(serialization.Encoding.PEM), _write_key(key))


def make_signing_key() -> tuple[bytes, bytes]:
    """A private key, and its public half, for the tokens of service accounts; both in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return _write_key(key), public


def write_kubeconfig(server: str, authority: bytes, user: Pair) -> str:
    """A kubeconfig that holds everything itself; JSON, which is YAML too."""
    cluster = {"server": server, "certificate-authority-data": _encode(authority)}
    holder = {
        "client-certificate-data": _encode(user.certificate),
        "client-key-data": _encode(user.key),
    }
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "lab", "cluster": cluster}],
            "users": [{"name": "lab", "user": holder}],
            "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "lab"}}],
            "current-context": "lab",
        }
    )


def _name(common: str, groups: Iterable[str] = ()) -> x509.Name:
    organisations = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
    return x509.Name([*organisations, x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _describe(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        # A little earlier, for clocks that differ.
        .not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(now + LIFETIME)
    )


def _write_key(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _encode(pem: bytes) -> str:
    return base64.b64encode(pem).decode("ascii")
