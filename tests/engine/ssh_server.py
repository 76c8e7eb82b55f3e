"""An SSH server on loopback, with an agent whose key it accepts."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
needs_sshd = pytest.mark.skipif(
    SSHD is None or shutil.which("ssh-agent") is None, reason="sshd or ssh-agent is not installed"
)

_CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/rsa
HostKey {folder}/host
PidFile none
AuthorizedKeysFile {folder}/client.pub
StrictModes no
UsePAM no
PasswordAuthentication no
AcceptEnv WANTED PULUMI_COMMAND_STDOUT
AllowTcpForwarding yes
MaxStartups 100
Subsystem sftp internal-sftp
"""


@dataclass(frozen=True)
class Server:
    """A running server, and what a client has to know."""

    port: int
    user: str
    folder: Path
    agent: Path

    @property
    def host_key(self) -> str:
        """The second of the server's keys, so that a client has to ask for it."""
        return (self.folder / "host.pub").read_text().strip()

    @property
    def private_key(self) -> str:
        """The key that the agent holds."""
        return (self.folder / "client").read_text()

    def connection(self) -> dict[str, object]:
        """How a resource reaches it."""
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "user": self.user,
            "hostKey": self.host_key,
            "agentSocketPath": str(self.agent),
            "dialErrorLimit": 0,
            "perDialTimeout": 20,
        }


@contextmanager
def ssh_server(folder: Path) -> Iterator[Server]:
    """Run a server and an agent while the block runs."""
    assert SSHD is not None
    for name, kind in {"host": "ed25519", "rsa": "rsa", "client": "ed25519"}.items():
        line = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", str(folder / name)]
        subprocess.run(line, check=True)
    port = _free_port()
    (folder / "sshd_config").write_text(_CONFIG.format(port=port, folder=folder))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where it parts with its rights
    agent = folder / "agent"
    servers = [
        subprocess.Popen([SSHD, "-D", "-e", "-f", str(folder / "sshd_config")], stderr=-3),
        subprocess.Popen(["ssh-agent", "-D", "-a", str(agent)], stdout=subprocess.DEVNULL),
    ]
    try:
        _wait_for(port, agent)
        environment = {**os.environ, "SSH_AUTH_SOCK": str(agent)}
        line = ["ssh-add", "-q", str(folder / "client")]
        subprocess.run(line, check=True, env=environment)
        yield Server(port, getpass.getuser(), folder, agent)
    finally:
        for server in servers:
            server.terminate()
            server.wait()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _wait_for(port: int, agent: Path) -> None:
    for _ in range(200):
        with socket.socket() as client:
            if agent.exists() and client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the SSH server or the agent did not start")
