"""Who is not concerned by a change does not notice it, however many there are."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from lab.commands import end_process, start_command
from lab.machine import View
from lab.project import REPOSITORY, Description, LabProject, find_device
from lab.wireguard_key import make_wireguard_key
from terms.values import DeviceRef
from tests.deployment.conftest import apply, deploy

pytestmark = [pytest.mark.slow, pytest.mark.root]

UPDATES = 20
GATEWAY = DeviceRef("home", "gateway")
STREAM = REPOSITORY / "lab" / "stream.py"


@contextmanager
def running(project: LabProject, machine: str, *command: str) -> Iterator[subprocess.Popen[str]]:
    process = start_command([*project.lab[machine].enter(View.NETWORK), *command])
    try:
        yield process
    finally:
        end_process(process)


def change_others(config: Description, number: int) -> None:
    """Add or remove a VPN client, a flow and a reservation that nobody of the test is behind."""
    clients, flows = config["la1r:vpn"]["clients"], config["la1r:flows"]
    lan = config["la1r:sites"]["home"]["prefixes"]["lan"]["dhcp"]
    if number % 2:
        key = make_wireguard_key().public
        clients["visitor"] = {"endpoint": "family", "index": 77, "public_key": key}
        flows.append(
            {"from": "attic.lan", "to": "home/printer", "ports": ["tcp/631"], "why": "prints"}
        )
        lan["reservations"] = {"scanner": {"mac": "02:00:00:00:01:21", "address": "192.168.1.21"}}
    else:
        del clients["visitor"], lan["reservations"]
        flows.pop()
    find_device(config, "home/printer")["dns"] = [f"printer-{number}"]


def test_no_packet_is_lost_while_others_come_and_go(deployed: LabProject) -> None:
    python = (sys.executable, "-I", "-S", str(STREAM))
    with (
        running(deployed, "external-nas", *python, "answer") as listener,
        running(deployed, "home-pc", *python, "send", "10.200.2.50") as stream,
        running(deployed, "laptop", *python, "ping", "192.168.5.5") as tunnelled,
    ):
        for number in range(1, UPDATES):
            deployed.change(partial(change_others, number=number))
            done = apply(deployed, GATEWAY)
            assert done.returncode == 0, done.stderr
        deployed.change(partial(change_others, number=UPDATES))
        deploy(deployed)
        said = [each.communicate("", timeout=30)[0].split() for each in (stream, tunnelled)]
        assert listener.poll() is None

    for sent, answered, _ in said:
        assert int(sent) > UPDATES * 10
        # Nobody sends an echo request again: one that is lost stays lost.
        assert answered == sent
