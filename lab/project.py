"""Turns a running lab and the project's stack `lab` into a project that can be deployed to it.

The stack file names host keys and clients' public keys that are examples. Here it gets those of the
lab's machines; everything else of the project is what it is.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Any

from lab.commands import Completed
from lab.laboratory import Lab
from lab.machine import View
from lab.wireguard_key import WireguardKey, make_wireguard_key

REPOSITORY = Path(__file__).parent.parent
STACK = "lab"
BUILT_IN, PULUMI = "built-in", "pulumi"
OPERATOR = "operator"
# Where devices that only the mesh will reach are dialled while they are prepared.
BENCH_HOSTS = {"attic/gateway": "192.168.9.30", "barn/pi": "192.168.9.40"}
# A deployment of all devices takes seconds; one that waits for windows takes minutes.
DEPLOY_SECONDS = 300.0
WINDOW_SECONDS = 60

Description = dict[str, Any]
_OWN = frozenset({f"Pulumi.{STACK}.yaml", "out", ".git", ".la1r"})


@dataclass(frozen=True, slots=True)
class LabProject:
    """A checkout whose stack `lab` describes one running lab, and its operator."""

    lab: Lab
    folder: Path
    agent: str
    clients: Mapping[str, WireguardKey]
    # Which engine deploys: the one that la1r has built in, or the Pulumi CLI.
    engine: str = BUILT_IN
    # Its own, so that whoever looks for it finds what became of this one.
    passphrase: str = field(default_factory=lambda: f"of a lab: {token_hex(8)}")

    @property
    def stack_file(self) -> Path:
        """The description of this lab."""
        return self.folder / f"Pulumi.{STACK}.yaml"

    def change(self, change: Callable[[Description], object]) -> None:
        """Change the description: `change` is given what stands under `config`."""
        import yaml

        described = yaml.safe_load(self.stack_file.read_text())
        change(described["config"])
        self.stack_file.write_text(yaml.safe_dump(described, width=200, sort_keys=False))

    def la1r(self, *arguments: str, seconds: float = DEPLOY_SECONDS) -> Completed:
        """Run the command where the operator is, with the host's files and its own agent."""
        words = (*self.words, arguments[0], "--stack", STACK, *arguments[1:])
        return self.lab[OPERATOR].try_run(
            *words, seconds=seconds, view=View.NETWORK, environment=self.surroundings
        )

    def up(self, *options: str) -> Completed:
        """Deploy without asking, by the engine of this project."""
        return self.la1r("up", "--yes", "--engine", self.engine, *options)

    @property
    def state_file(self) -> Path:
        """Where the engine writes down what is deployed."""
        if self.engine == BUILT_IN:
            return self.folder / ".la1r" / f"{STACK}.json"
        return self.folder.parent / "home" / ".pulumi" / "stacks" / "la1r" / f"{STACK}.json"

    @property
    def words(self) -> tuple[str, ...]:
        """What stands before a verb; the command is told its folder by the shell it runs in."""
        command = REPOSITORY / ".venv" / "bin" / "la1r"
        return ("env", f"--chdir={self.folder}", str(command))

    @property
    def surroundings(self) -> dict[str, str]:
        """What the operator's shell has."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder.parent / "home"),
            "LANG": "C.UTF-8",
            "SSH_AUTH_SOCK": self.agent,
            "PULUMI_CONFIG_PASSPHRASE": self.passphrase,
            "PULUMI_BACKEND_URL": f"file://{self.folder.parent / 'home'}",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }


@contextmanager
def open_project(lab: Lab, agent: str, engine: str = BUILT_IN) -> Iterator[LabProject]:
    """Lay a project beside a lab, with the devices of far sites on the operator's bench."""
    with TemporaryDirectory(prefix="la1r-lab-") as made:
        folder = Path(made) / "project"
        (Path(made) / "home").mkdir()
        folder.mkdir()
        for entry in REPOSITORY.iterdir():
            if entry.name not in _OWN:
                (folder / entry.name).symlink_to(entry)
        (folder / f"Pulumi.{STACK}.yaml").write_bytes(
            (REPOSITORY / f"Pulumi.{STACK}.yaml").read_bytes()
        )
        keys = {name: make_wireguard_key() for name in ("laptop", "phone", "tablet")}
        project = LabProject(lab, folder, agent, keys, engine)
        project.change(lambda config: _fill_in(config, lab, keys))
        project.change(put_on_bench)
        if engine != BUILT_IN:
            _make_stack(project)
        yield project


def _make_stack(project: LabProject) -> None:
    words = ("env", f"--chdir={project.folder}", "pulumi", "stack", "init", STACK)
    project.lab[OPERATOR].run(*words, view=View.NETWORK, environment=project.surroundings)


def _fill_in(config: Description, lab: Lab, keys: Mapping[str, WireguardKey]) -> None:
    for site, described in config["la1r:sites"].items():
        for name, device in described["devices"].items():
            if "manage" in device:
                device["manage"]["host_key"] = lab.host_keys[f"{site}-{name}"]
                device["manage"]["window"] = WINDOW_SECONDS
    for name, key in keys.items():
        config["la1r:vpn"]["clients"][name]["public_key"] = key.public


def put_on_bench(config: Description) -> None:
    """Dial the devices of far sites on the bench."""
    for device, host in BENCH_HOSTS.items():
        find_device(config, device)["manage"]["host"] = host


def take_off_bench(config: Description) -> None:
    """Dial them through the mesh from now on."""
    for device in BENCH_HOSTS:
        del find_device(config, device)["manage"]["host"]


def find_device(config: Description, device: str) -> Description:
    """The record of a device: `site/device`."""
    site, name = device.split("/")
    found: Description = config["la1r:sites"][site]["devices"][name]
    return found
