"""Turns questions - does A reach B there? - into packets, and what became of them into answers."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address
from pathlib import Path

from lab.commands import end_process, read_line, start_command
from lab.errors import LabError
from lab.laboratory import Lab
from lab.machine import RunningMachine, View

# One second and a bit: the kernel sends a lost SYN again after one.
PATIENCE = 1.2
LISTENER_SECONDS = 10
# Without the interpreter's site packages: it starts in a fifth of the time.
_PYTHON = (sys.executable, "-I", "-S")
_LISTENER = Path(__file__).parent / "listener.py"
_DIALLER = Path(__file__).parent / "dialler.py"


class Protocol(StrEnum):
    """What a probe is made of."""

    TCP = "tcp"
    UDP = "udp"
    ICMP = "icmp"


class Verdict(StrEnum):
    """What the sender learns: an answer, one of two errors, or nothing."""

    OPEN = "open"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Probe:
    """A question: from machine `source` to an address and port, where `listener` should answer."""

    source: str
    protocol: Protocol
    address: IPv4Address
    port: int  # 0 for ICMP
    listener: str
    listener_port: int = 0  # where a port forward changes it; else the same port


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a probe.

    `seen_from` is the source address of the packet when it came to the listener, also if the answer
    was lost. `answered_by` is the machine that answered: with equal LANs it may be the wrong one.
    It is empty for ICMP, and for a program that was there before the probe.
    """

    verdict: Verdict
    answered_by: str
    seen_from: IPv4Address | None


class PortInUseError(LabError):
    """A UDP port that another program holds: it would not answer a probe, open or not."""

    def __init__(self, machine: str, port: str) -> None:
        super().__init__(f"{machine}: {port} is in use by another program, so it cannot be probed.")
        self.machine = machine
        self.port = port


class ListenerError(LabError):
    """A program that should answer probes and did not start."""

    def __init__(self, machine: str, said: str = "") -> None:
        super().__init__(f"{machine}: nothing answers probes there. {said}".rstrip())
        self.machine = machine


def tcp(source: str, address: str, port: int, listener: str, listener_port: int = 0) -> Probe:
    """Ask whether a TCP port is reached: `tcp("laptop", "203.0.113.2", 80, "home-gateway")`."""
    return Probe(source, Protocol.TCP, IPv4Address(address), port, listener, listener_port or port)


def udp(source: str, address: str, port: int, listener: str, listener_port: int = 0) -> Probe:
    """Ask whether a UDP port is reached."""
    return Probe(source, Protocol.UDP, IPv4Address(address), port, listener, listener_port or port)


def ping(source: str, address: str, listener: str) -> Probe:
    """Ask whether an echo request is answered."""
    return Probe(source, Protocol.ICMP, IPv4Address(address), 0, listener)


def send_probes(
    lab: Lab, probes: Iterable[Probe], patience: float = PATIENCE
) -> dict[Probe, Outcome]:
    """Send probes side by side, and give what became of each after `patience` seconds at most.

    Each machine runs one program that answers and one that sends, whatever the number of probes.
    Raises PortInUseError.
    """
    nonces = {probe: f"probe-{number}" for number, probe in enumerate(dict.fromkeys(probes))}
    with ExitStack() as stack:
        listening = {
            name: stack.enter_context(_listen(lab[name], expected))
            for name, expected in _group(nonces, lambda probe: probe.listener).items()
        }
        sending = _group(nonces, lambda probe: probe.source)
        with ThreadPoolExecutor(max_workers=len(sending) or 1) as threads:
            jobs = [
                threads.submit(_dial, lab[name], {probe: nonces[probe] for probe in own}, patience)
                for name, own in sending.items()
            ]
        verdicts = {nonce: verdict for job in jobs for nonce, verdict in job.result().items()}
        seen = {name: _ask_who_came(process) for name, process in listening.items()}
    return {
        probe: _judge(verdicts[nonce], seen[probe.listener].get(nonce))
        for probe, nonce in nonces.items()
    }


def _group(probes: Iterable[Probe], key: Callable[[Probe], str]) -> dict[str, list[Probe]]:
    groups: dict[str, list[Probe]] = {}
    for probe in probes:
        groups.setdefault(key(probe), []).append(probe)
    return groups


@contextmanager
def _listen(machine: RunningMachine, expected: Sequence[Probe]) -> Iterator[subprocess.Popen[str]]:
    """Start the answering program of a machine, and wait until its ports are open."""
    ports = {
        protocol: sorted({p.listener_port for p in expected if p.protocol is protocol})
        for protocol in (Protocol.TCP, Protocol.UDP)
    }
    asked = {"name": machine.name, "tcp": ports[Protocol.TCP], "udp": ports[Protocol.UDP]}
    process = start_command([*machine.enter(View.NETWORK), *_PYTHON, str(_LISTENER)])
    try:
        if process.stdin is None:
            raise ListenerError(machine.name)
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        said = read_line(process, time.monotonic() + LISTENER_SECONDS)
        if not said:
            raise ListenerError(machine.name, end_process(process))
        for busy in json.loads(said):
            if busy.startswith(Protocol.UDP):
                raise PortInUseError(machine.name, busy)
        yield process
    finally:
        end_process(process)


def _ask_who_came(process: subprocess.Popen[str]) -> dict[str, str]:
    """End the input of an answering program, and read its notes."""
    output, _ = process.communicate(timeout=LISTENER_SECONDS)
    notes: dict[str, str] = json.loads(output)
    return notes


def _dial(
    machine: RunningMachine, nonces: Mapping[Probe, str], patience: float
) -> dict[str, tuple[str, str]]:
    calls = [
        {
            "nonce": nonce,
            "protocol": probe.protocol.value,
            "address": str(probe.address),
            "port": probe.port,
        }
        for probe, nonce in nonces.items()
    ]
    output = machine.run(
        *_PYTHON,
        str(_DIALLER),
        text=json.dumps({"patience": patience, "calls": calls}),
        seconds=patience + LISTENER_SECONDS,
        view=View.NETWORK,
    )
    verdicts: dict[str, tuple[str, str]] = json.loads(output)
    return verdicts


def _judge(said: tuple[str, str], seen: str | None) -> Outcome:
    verdict, answered_by = said
    return Outcome(Verdict(verdict), answered_by, IPv4Address(seen) if seen else None)
