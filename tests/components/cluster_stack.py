"""A stack of this repository, or a changed one, of which the cluster's part alone is deployed."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
import yaml
from pulumi.automation import Deployment as CliDeployment

from engine.cluster.access import Access
from engine.cluster.objects import Objects
from engine.deploy import Deployed
from engine.deployment import write_deployment
from engine.preview import Preview
from engine.refresh import read_back
from engine.urn import name_of, type_of
from lab.project import BUILT_IN, PULUMI
from tests.engine.cli_engine import needs_cli
from tests.engine.cli_stack import CliRun, CliStack, CliStep
from tests.engine.stack import Stack
from tests.source_tree import REPOSITORY

ENGINES = (
    pytest.param(BUILT_IN, id=BUILT_IN),
    pytest.param(PULUMI, id=PULUMI, marks=[pytest.mark.cli_engine, needs_cli]),
)
# What may be read nowhere but in the cluster's own Secret.
PASSWORD = "a-password-of-the-pod-network-0123456789"  # noqa: S105  # a made-up one
PROGRAM = """
from pathlib import Path
from pulumi import Output, ResourceOptions
from components.description import Secrets
from components.network import declare_cluster
from config.load import load_stack
from plan.build import build_plan
from render.kubernetes import render_manifests

network = load_stack(Path("described.yaml")).network
plan = build_plan(network)
password = Output.secret({password!r}) if network.cluster.weave.encryption else None
secrets = Secrets(Output.secret(Path("kubeconfig").read_text()), password)
options = ResourceOptions(protect=network.network.protect or None)
declare_cluster(plan, render_manifests(plan), secrets, options)
"""

Change = Callable[[dict[str, Any]], None]
Done = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Run:
    """What a run came to, by either engine.

    ``changes`` are operations and objects, in order, but for what stayed as it was;
    ``everything`` is, beside what was told, what a program could read of the run.
    """

    ok: bool
    changes: Done
    told: str
    everything: str

    @property
    def operations(self) -> list[str]:
        """The operations, sorted."""
        return sorted(operation for operation, _ in self.changes)


class Engine(Protocol):
    """Deploys the program that lies in a folder."""

    def up(self) -> Run:
        """Deploy."""
        ...

    def preview(self) -> Run:
        """Show what a deployment would do."""
        ...

    def refresh(self) -> Run:
        """Take over into the state what is there; the changes are what was found."""
        ...

    def destroy(self) -> Run:
        """Delete everything."""
        ...

    def export(self) -> dict[str, Any]:
        """The state, its secrets encrypted."""
        ...


@dataclass
class OnBuiltIn:
    """The built-in engine; needs the passphrase in the environment."""

    stack: Stack

    def up(self) -> Run:
        return self._came(self.stack.up())

    def preview(self) -> Run:
        return self._came(self.foresee())

    def foresee(self) -> Preview:
        """The preview itself."""
        self.stack.events.clear()
        return self.stack.preview()

    def refresh(self) -> Run:
        self.stack.events.clear()
        found = read_back(self.stack.program, self.stack.open(), 4)
        if found.found.ok:
            write_deployment(found.after, self.stack.state)
        done = _list_changes((step.op.value, step.urn) for step in found.found.every_step)
        return Run(found.found.ok, done, _list_messages(found.found), repr(found.found))

    def destroy(self) -> Run:
        return self._came(self.stack.destroy())

    def export(self) -> dict[str, Any]:
        if not self.stack.state.exists():
            return {"deployment": {}}
        document: dict[str, Any] = json.loads(self.stack.state.read_text())
        return document

    def _came(self, result: Deployed | Preview) -> Run:
        done = _list_changes((step.op.value, step.urn) for step in result.steps)
        return Run(result.ok, done, _list_messages(result), f"{self.stack.events!r}\n{result!r}")


@dataclass
class OnPulumi:
    """The Pulumi CLI with its Kubernetes provider."""

    stack: CliStack

    def up(self) -> Run:
        return self._came(self.stack.up())

    def preview(self) -> Run:
        return self._came(self.stack.preview())

    def refresh(self) -> Run:
        ran = self.stack.refresh()
        return self._came(ran, ran.read)

    def destroy(self) -> Run:
        return self._came(self.stack.destroy())

    def export(self) -> dict[str, Any]:
        return self.stack.export()

    def take_over(self, state: Path) -> None:
        """Begin with the state of another engine."""
        document = json.loads(state.read_text())
        self.stack.take_over(CliDeployment(document["version"], document["deployment"]))

    def _came(self, ran: CliRun, steps: Iterable[CliStep] | None = None) -> Run:
        done = _list_changes((step.op, step.urn) for step in steps or ran.steps)
        return Run(ran.ok, done, ran.told, ran.everything)


def _list_messages(result: Deployed | Preview) -> str:
    return "\n".join(each.message for each in result.diagnostics)


def _list_changes(steps: Iterable[tuple[str, str]]) -> Done:
    return tuple(
        (operation, describe(urn))
        for operation, urn in steps
        if type_of(urn).startswith("kubernetes:") and operation != "same"
    )


def describe(urn: str) -> str:
    """Kind and name of an object."""
    return f"{type_of(urn).rpartition(':')[2]} {name_of(urn)}"


class DescribedStack:
    """What a stack file describes of a cluster, on one engine."""

    def __init__(self, folder: Path, kubeconfig: str, stack: str, engine: str = BUILT_IN) -> None:
        self.folder = folder
        (folder / "kubeconfig").write_text(kubeconfig)
        self.program = Stack(folder)
        self.use_password(PASSWORD)
        text = (REPOSITORY / f"Pulumi.{stack}.yaml").read_text()
        self.description: dict[str, Any] = yaml.safe_load(text)
        self.objects: Objects = Access(kubeconfig).objects()
        self.engine: Engine = (
            OnBuiltIn(self.program)
            if engine == BUILT_IN
            else OnPulumi(CliStack(folder, folder / "home"))
        )
        self.change(lambda _config: None)

    def use_password(self, password: str) -> None:
        """Write the program, with the password of the pod network in it."""
        self.program.write(PROGRAM.format(password=password))

    @property
    def file(self) -> Path:
        """The stack file."""
        return self.folder / "described.yaml"

    def change(self, change: Change) -> None:
        """Change the description."""
        change(self.description["config"])
        self.file.write_text(yaml.safe_dump(self.description, sort_keys=False))

    def up(self) -> Run:
        """Deploy, which has to end well."""
        ran = self.engine.up()
        assert ran.ok, ran.told
        return ran

    def list_resources(self) -> list[dict[str, Any]]:
        """The resources of the state."""
        return self.engine.export()["deployment"].get("resources") or []

    def list_live(self) -> dict[str, dict[str, Any]]:
        """Every object of the state as it is in the cluster, by its kind and name."""
        found = {}
        for resource in self.list_resources():
            if resource["type"].startswith("kubernetes:"):
                shape = {key: resource["outputs"][key] for key in ("apiVersion", "kind")}
                metadata = resource["outputs"]["metadata"]
                identity = {key: metadata[key] for key in ("name", "namespace") if key in metadata}
                live = self.objects.read({**shape, "metadata": identity})
                if live is not None:
                    found[describe(resource["urn"])] = live
        return dict(sorted(found.items()))

    def take_away(self) -> None:
        """Delete what is deployed, also where it is protected."""
        if any(each.get("protect") for each in self.list_resources()):
            self.change(lambda config: config.setdefault("la1r:network", {}).update(protect=False))
            self.up()
        ended = self.engine.destroy()
        assert ended.ok, ended.told
