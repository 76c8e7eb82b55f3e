"""Makes the keys of one lab, and a client that knows every machine's host key beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from lab.topology import File, file

# Nothing but the lab's one client key opens anything. The key exchange is the quickest that all
# clients know: OpenSSH's first choice takes as long as all the rest of a connection.
SERVER = """\
HostKey /lab/host_key
AuthorizedKeysFile /lab/client_key.pub
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
KexAlgorithms curve25519-sha256,curve25519-sha256@libssh.org
UsePAM no
UseDNS no
PidFile /run/sshd.pid
Subsystem sftp internal-sftp
"""
CLIENT = """\
Host *
  User root
  IdentityFile {folder}/client_key
  IdentityAgent none
  IdentitiesOnly yes
  UserKnownHostsFile {folder}/known_hosts
  GlobalKnownHostsFile none
  StrictHostKeyChecking yes
  UpdateHostKeys no
  BatchMode yes
  ConnectTimeout 5
  LogLevel ERROR
"""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An ed25519 key that lives as long as one lab."""

    private: str
    public: str


def make_key() -> KeyPair:
    """Make a key, in the forms OpenSSH reads."""
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        form.Encoding.PEM, form.PrivateFormat.OpenSSH, form.NoEncryption()
    ).decode()
    public = key.public_key().public_bytes(form.Encoding.OpenSSH, form.PublicFormat.OpenSSH)
    return KeyPair(private, public.decode())


def describe_login(host: KeyPair, client: KeyPair) -> tuple[File, ...]:
    """Give the files with which a machine's SSH server knows itself and its one client."""
    return (
        file("/lab/sshd_config", SERVER),
        file("/lab/host_key", host.private, 0o600),
        file("/lab/host_key.pub", f"{host.public}\n"),
        file("/lab/client_key.pub", f"{client.public}\n"),
    )


def write_client(
    folder: Path,
    client: KeyPair,
    host_keys: Mapping[str, str],
    addresses: Mapping[str, IPv4Address],
) -> None:
    """Write `config`, `known_hosts` and the client's key into a new folder.

    Host keys stand under the machines' names: two sites may well use one address. A machine
    without an address is known too, for whoever is near it: `-o ProxyCommand=none -o HostName=`.
    """
    folder.mkdir(mode=0o700)
    key_file = folder / "client_key"
    key_file.touch(mode=0o600)
    key_file.write_text(client.private, encoding="ascii")
    (folder / "known_hosts").write_text(
        "".join(f"{name} {key}\n" for name, key in host_keys.items()), encoding="ascii"
    )
    hosts = "".join(_describe_host(name, addresses.get(name)) for name in host_keys)
    (folder / "config").write_text(hosts + CLIENT.format(folder=folder), encoding="ascii")


def _describe_host(name: str, address: IPv4Address | None) -> str:
    known = f"Host {name}\n  HostKeyAlias {name}\n"
    if address:
        return known + f"  HostName {address}\n"
    # Else ssh would ask the host's name server for a name that is nobody's business outside.
    return known + f"  ProxyCommand sh -c 'echo {name} is not on the management segment >&2'\n"
