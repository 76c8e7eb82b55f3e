"""Gives tests a device to change: namespaces with the script alone, or a lab's machine with SSH."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.agent import run_agent
from lab.demands import find_lacks
from lab.laboratory import run_lab
from lab.topology import File, Machine, Segment, Topology, plug
from tests.devices.bench_device import SYSTEM_PATH, BenchDevice, busybox_path, run_bench_device
from tests.devices.deployer import Deployer, write_shim
from tests.devices.equipped import equip
from tests.devices.small_site import Operator, make_project


@pytest.fixture(scope="session")
def needs_lab() -> None:
    """Skip where no lab can run."""
    if lacks := find_lacks():
        pytest.skip(f"no router lab here: {'; '.join(lacks)}")


@pytest.fixture(params=["dash", "busybox"])
def device(
    needs_lab: None,  # noqa: ARG001 - only its skip is wanted
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> Iterator[BenchDevice]:
    """A bare device whose tools are Debian's, and one whose tools are busybox's."""
    shell: tuple[str, ...] = ("dash",)
    path = SYSTEM_PATH
    if request.param == "busybox":
        shell, path = ("busybox", "ash"), busybox_path(tmp_path / "busybox")
    with run_bench_device(tmp_path / "root", shell, path) as device:
        yield device


@pytest.fixture
def keys_of_tunnel(device: BenchDevice) -> dict[str, str]:
    """Give the device all that the files of tests/devices/equipped.py need, and say its keys."""
    return equip(device)


@pytest.fixture
def deployer(
    needs_lab: None,  # noqa: ARG001 - only its skip is wanted
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[Deployer]:
    """A lab with the machine `router`, with files where a test gives some, and an operator."""
    files: tuple[File, ...] = getattr(request, "param", ())
    write_shim(tmp_path / "bin")
    with run_lab(describe_one(files)) as lab, run_agent(lab.client_key) as socket:
        yield Deployer(lab, socket, tmp_path / "bin")


@pytest.fixture
def operator(deployer: Deployer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """Give the machine `router` an operator on its LAN, with a project of their own."""
    project = tmp_path / "network"
    make_project(project)
    monkeypatch.chdir(project)
    operator = Operator(deployer, project)
    operator.describe(deployer.lab.host_keys["router"])
    return operator


def describe_one(files: tuple[File, ...]) -> Topology:
    """Describe a router, a machine on its LAN, and one that nobody sees from outside."""
    return Topology(
        "devices",
        (Segment("lan"),),
        (
            Machine("router", (plug("lan0", "lan", "192.168.1.1/24"),), files=files),
            Machine("inner", (plug("lan0", "lan", "192.168.1.2/24"),), managed=False),
        ),
    )
