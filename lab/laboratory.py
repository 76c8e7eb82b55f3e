"""Turns a topology into a running lab, for as long as a `with` block lasts."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from lab.cabling import build_cabling, describe_addresses, management_interface
from lab.commands import Completed, end_chain, end_process, read_line, run_command, start_command
from lab.demands import require_lab
from lab.disk import describe_host, read_own_scripts, write_disk
from lab.errors import LabError
from lab.machine import RunningMachine, View, boot_all, end_all
from lab.secure_shell import describe_login, make_key, write_client
from lab.slot import KEEPER, Slot, claim_slot
from lab.topology import File, Machine, Topology, file

KEEPER_SCRIPT = Path(__file__).parent / "scripts" / "keeper.sh"
KEEPER_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Lab:
    """A running lab: its machines by name, and how the host reaches them."""

    topology: Topology
    slot: Slot
    machines: Mapping[str, RunningMachine]
    host_keys: Mapping[str, str]  # machine -> "ssh-ed25519 AAAA..."

    def __getitem__(self, machine: str) -> RunningMachine:
        return self.machines[machine]

    @property
    def ssh_config(self) -> Path:
        """A file for `ssh -F` that knows all machines by name."""
        return self.slot.folder / "ssh" / "config"

    @property
    def client_key(self) -> Path:
        """The private key that opens every machine of this lab."""
        return self.slot.folder / "ssh" / "client_key"

    def management_address(self, machine: str) -> IPv4Address | None:
        """Give the address at which the host reaches a machine, if it does at all."""
        described = self.topology[machine]
        if not described.managed:
            return None
        return management_interface(self.slot, self.topology, described).ip

    def ssh(self, machine: str, *command: str, text: str = "", seconds: float = 30.0) -> Completed:
        """Run a command over SSH through the management segment; 255 is an SSH that failed."""
        words = ["ssh", "-F", str(self.ssh_config), machine, "--", *command]
        return run_command(machine, words, text=text, seconds=seconds)

    def ssh_from(self, place: str, machine: str, address: str, *command: str) -> Completed:
        """Run a command over SSH from another machine's network, at an address seen from there."""
        there = ("-o", "ProxyCommand=none", "-o", f"HostName={address}")
        words = ("ssh", "-F", str(self.ssh_config), *there, machine, "--", *command)
        return self.machines[place].try_run(*words, view=View.NETWORK)


@contextmanager
def run_lab(topology: Topology) -> Iterator[Lab]:
    """Boot all machines of a topology, and leave nothing of them behind.

    Raises LabUnavailableError where no lab can run, NoSlotError, and BootError.
    """
    require_lab()
    with claim_slot() as slot, _keep(slot) as keeper:
        cabling = build_cabling(topology, slot, keeper)
        host_keys = _write_disks(topology, slot, keeper)
        machines = {
            machine.name: RunningMachine(machine, keeper, slot.disks / machine.name, cabling)
            for machine in topology.machines
        }
        try:
            boot_all(list(machines.values()))
            yield Lab(topology, slot, machines, host_keys)
        finally:
            end_all(machines.values())


@contextmanager
def _keep(slot: Slot) -> Iterator[int]:
    """Start the process that holds the lab together, and give its number."""
    kinds = ("--mount", "--net", "--pid", "--fork", "--propagation", "private")
    process = start_command(["unshare", *kinds, "--", str(KEEPER_SCRIPT), str(slot.disks)])
    said = read_line(process, time.monotonic() + KEEPER_SECONDS)
    if not said.isdecimal():
        raise LabError(f"The lab cannot be started here: {end_process(process)}")
    try:
        slot.note(KEEPER, int(said))
        yield int(said)
    finally:
        end_chain(process, int(said))


def _write_disks(topology: Topology, slot: Slot, keeper: int) -> dict[str, str]:
    """Write every machine's disk and the client's files; give the public host keys."""
    client = make_key()
    keys = {machine.name: make_key() for machine in topology.machines}
    scripts = read_own_scripts()
    for machine in topology.machines:
        login = describe_login(keys[machine.name], client)
        own = (*scripts, *login, *_describe_machine(topology, slot, machine))
        # The disks are mounted in the keeper's mount namespace alone; /proc leads into it.
        disk = Path(f"/proc/{keeper}/root{slot.disks}", machine.name)
        write_disk(disk, (*own, *machine.files))
    host_keys = {name: key.public for name, key in keys.items()}
    addresses = {
        machine.name: management_interface(slot, topology, machine).ip
        for machine in topology.machines
        if machine.managed
    }
    write_client(slot.folder / "ssh", client, host_keys, addresses)
    return host_keys


def _describe_machine(topology: Topology, slot: Slot, machine: Machine) -> Iterator[File]:
    mtus = {segment.name: segment.mtu for segment in topology.segments}
    management = management_interface(slot, topology, machine) if machine.managed else None
    asks = (f"/lab/ask {plugged.name} -f &" for plugged in machine.interfaces if plugged.asks)
    yield from describe_host(machine.name)
    yield file("/lab/network", describe_addresses(machine, management, mtus))
    yield file("/lab/boot", "\n".join((*asks, *machine.boot)) + "\n")
