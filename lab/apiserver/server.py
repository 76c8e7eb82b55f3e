"""Runs a whole API server, with its store and its controllers, for as long as a block lasts."""

import fcntl
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from lab.apiserver.calls import Caller
from lab.apiserver.credentials import (
    ADMINISTRATORS,
    LOOPBACK,
    Authority,
    make_signing_key,
    write_kubeconfig,
)
from lab.apiserver.keeper import LOCK
from lab.apiserver.programs import Programs
from lab.errors import LabError

KEEPER = Path(__file__).with_name("keeper.py")
PREFIX = "la1r-apiserver-"
# It takes five seconds on an idle machine; a build machine has other things to do as well.
START_SECONDS = 180
# A port that was free a moment ago may be taken by the time it is used.
TRIES = 3
PAUSE_SECONDS = 0.1
LOG_CHARACTERS = 2000
# What the production network uses, and what Kubernetes takes by default.
SERVICES = "10.96.0.0/12"
# Nodes here are stand-ins that send no signs of life, which these would hold against them.
IDLE_CONTROLLERS = ("node-lifecycle-controller", "bootstrap-signer-controller")


class StartError(LabError):
    """A program of the API server did not come up, with the end of its log."""

    def __init__(self, program: str, log: str) -> None:
        super().__init__(f"{program} did not start. The end of its log:\n{log}")
        self.program = program


@dataclass(frozen=True, slots=True)
class ApiServer:
    """A running API server, and the ways to talk to it."""

    url: str
    folder: Path
    authority: Authority
    caller: Caller

    def kubeconfig(self, user: str = "administrator", groups: Sequence[str] = ()) -> str:
        """A kubeconfig for a user; the administrator may do everything."""
        member = groups or ([ADMINISTRATORS] if user == "administrator" else ())
        return write_kubeconfig(
            self.url, self.authority.certificate, self.authority.sign(user, member)
        )

    def caller_for(self, user: str, groups: Sequence[str] = ()) -> Caller:
        """A client that is this user, by a certificate."""
        pair = self.authority.sign(user, groups)
        return Caller(self.url, self.authority.certificate, self.folder, pair)


@contextmanager
def run_api_server(programs: Programs) -> Iterator[ApiServer]:
    """Start the three programs on loopback, and leave nothing of them behind.

    Raises StartError with what a program said that did not come up.
    """
    sweep()
    with ExitStack() as kept:
        yield _start_in_time(kept, programs)


def _start_in_time(kept: ExitStack, programs: Programs) -> ApiServer:
    """Start, and start again where a port was taken meanwhile; `kept` ends what is started."""
    for _ in range(TRIES - 1):
        with suppress(StartError), ExitStack() as tried:
            server = _start(tried.enter_context(_keep()), programs)
            kept.push(tried.pop_all())
            return server
    return _start(kept.enter_context(_keep()), programs)


def sweep() -> tuple[Path, ...]:
    """Remove folders whose keeper was killed outright, and give them."""
    found = Path(tempfile.gettempdir()).glob(f"{PREFIX}*")
    abandoned = tuple(folder for folder in found if _is_abandoned(folder))
    for folder in abandoned:
        shutil.rmtree(folder, ignore_errors=True)
    return abandoned


def _is_abandoned(folder: Path) -> bool:
    try:
        with (folder / LOCK).open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # in use, another user's, or just being made
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Keeper:
    process: subprocess.Popen[str]
    folder: Path
    started: dict[str, int] = field(default_factory=dict)
    """Numbers of the programs, by name."""

    def start(self, *command: str) -> None:
        """Have a program started."""
        if self.process.stdin is None or self.process.stdout is None:
            raise LabError("the keeper has no pipes")
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        self.started[Path(command[0]).name] = int(self.process.stdout.readline())

    def expect(self, program: str, caller: Caller, path: str) -> None:
        """Wait until a program is ready. Raises StartError."""
        deadline = time.monotonic() + START_SECONDS
        while not caller.answers(path):
            # The store first: without it, the server ends as well, and says less.
            if dead := next(filter(self._has_ended, self.started), None):
                raise StartError(dead, self._read_log(dead))
            if time.monotonic() > deadline:
                raise StartError(program, self._read_log(program))
            time.sleep(PAUSE_SECONDS)

    def _has_ended(self, program: str) -> bool:
        # The keeper asks nobody how they ended, so they stay as zombies: proc_pid_stat(5), field 3.
        status = Path(f"/proc/{self.started[program]}/stat").read_text(encoding="ascii")
        return status.rpartition(")")[2].split()[0] in "ZX"

    def _read_log(self, program: str) -> str:
        log = self.folder / f"{program}.log"
        return log.read_text(errors="replace")[-LOG_CHARACTERS:]


@contextmanager
def _keep() -> Iterator[_Keeper]:
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    with subprocess.Popen(
        # -I: nothing of this project is looked for where it runs.
        [sys.executable, "-I", str(KEEPER), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # Ctrl-C is for whoever made it, who then closes the pipe.
        start_new_session=True,
    ) as process:
        if process.stdout is None or process.stdout.readline() != "ready\n":
            raise LabError("the keeper of the API server did not start")
        try:
            yield _Keeper(process, folder)
        finally:
            if process.stdin is not None:
                process.stdin.close()
            process.wait()


def _start(keeper: _Keeper, programs: Programs) -> ApiServer:
    authority, folder = Authority(), keeper.folder
    (folder / "ca.crt").write_bytes(authority.certificate)
    authority.sign("server").write(folder, "server")
    administrator = authority.sign("administrator", [ADMINISTRATORS])
    administrator.write(folder, "client")
    private, public = make_signing_key()
    (folder / "accounts.key").write_bytes(private)
    (folder / "accounts.pub").write_bytes(public)
    store, peers, port = _find_free_ports(3)
    url = f"https://{LOOPBACK}:{port}"
    caller = Caller(url, authority.certificate, folder, administrator)
    keeper.start(programs.path("etcd"), *_store_options(folder, store, peers))
    keeper.start(programs.path("kube-apiserver"), *_server_options(folder, store, port))
    keeper.expect("kube-apiserver", caller, "/readyz")
    config = write_kubeconfig(url, authority.certificate, administrator)
    (folder / "kubeconfig").write_text(config)
    keeper.start(programs.path("kube-controller-manager"), *_controller_options(folder))
    # The controllers make it, in every namespace: without them it would never come.
    account = "/api/v1/namespaces/default/serviceaccounts/default"
    keeper.expect("kube-controller-manager", caller, account)
    return ApiServer(url, folder, authority, caller)


def _find_free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, all held until all are known, so that they differ."""
    held = [socket.socket() for _ in range(count)]
    for found in held:
        found.bind((str(LOOPBACK), 0))
    ports = [int(found.getsockname()[1]) for found in held]
    for found in held:
        found.close()
    return ports


def _store_options(folder: Path, port: int, peers: int) -> list[str]:
    client, peer = f"https://{LOOPBACK}:{port}", f"http://{LOOPBACK}:{peers}"
    return [
        f"--data-dir={folder / 'store'}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
        f"--cert-file={folder / 'server.crt'}",
        f"--key-file={folder / 'server.key'}",
        "--client-cert-auth",
        f"--trusted-ca-file={folder / 'ca.crt'}",
        # Nothing here has to survive a loss of power.
        "--unsafe-no-fsync",
        "--log-level=warn",
    ]


def _server_options(folder: Path, store: int, port: int) -> list[str]:
    return [
        f"--etcd-servers=https://{LOOPBACK}:{store}",
        f"--etcd-cafile={folder / 'ca.crt'}",
        f"--etcd-certfile={folder / 'client.crt'}",
        f"--etcd-keyfile={folder / 'client.key'}",
        f"--bind-address={LOOPBACK}",
        f"--secure-port={port}",
        f"--tls-cert-file={folder / 'server.crt'}",
        f"--tls-private-key-file={folder / 'server.key'}",
        f"--client-ca-file={folder / 'ca.crt'}",
        f"--service-cluster-ip-range={SERVICES}",
        # Nodes would be told this address, and loopback is refused for that.
        "--endpoint-reconciler-type=none",
        "--authorization-mode=RBAC",
        # As installers of clusters set it: a pod network changes its node.
        "--allow-privileged",
        # Off by default in Kubernetes; a tenant's node selector takes effect only with it.
        "--enable-admission-plugins=PodNodeSelector",
        f"--service-account-key-file={folder / 'accounts.pub'}",
        f"--service-account-signing-key-file={folder / 'accounts.key'}",
        f"--service-account-issuer=https://{LOOPBACK}",
        "--profiling=false",
    ]


def _controller_options(folder: Path) -> list[str]:
    idle = ",".join(f"-{name}" for name in IDLE_CONTROLLERS)
    return [
        f"--kubeconfig={folder / 'kubeconfig'}",
        f"--service-account-private-key-file={folder / 'accounts.key'}",
        f"--root-ca-file={folder / 'ca.crt'}",
        "--leader-elect=false",
        "--use-service-account-credentials=false",
        f"--controllers=*,{idle}",
        "--profiling=false",
        # It serves nothing that anybody asks for.
        "--secure-port=0",
    ]
