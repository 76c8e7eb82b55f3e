"""A stack of this repository, or a changed one, of which the cluster's part alone is deployed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from engine.cluster.access import Access
from engine.cluster.objects import Objects
from engine.deploy import Deployed
from engine.deployment import write_deployment
from engine.refresh import read_back
from tests.engine.stack import Stack
from tests.source_tree import REPOSITORY

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

network = load_stack(Path("Pulumi.it.yaml")).network
plan = build_plan(network)
password = Output.secret({password!r}) if network.cluster.weave.encryption else None
secrets = Secrets(Output.secret(Path("kubeconfig").read_text()), password)
options = ResourceOptions(protect=network.network.protect or None)
declare_cluster(plan, render_manifests(plan), secrets, options)
"""

Change = Callable[[dict[str, Any]], None]


class DescribedStack(Stack):
    """What a stack file describes of a cluster."""

    def __init__(self, folder: Path, kubeconfig: str, stack: str) -> None:
        super().__init__(folder)
        (folder / "kubeconfig").write_text(kubeconfig)
        self.write(PROGRAM.format(password=PASSWORD))
        text = (REPOSITORY / f"Pulumi.{stack}.yaml").read_text()
        self.description: dict[str, Any] = yaml.safe_load(text)
        self.objects: Objects = Access(kubeconfig).objects()
        self.change(lambda _config: None)

    def change(self, change: Change) -> None:
        """Change the description."""
        change(self.description["config"])
        text = yaml.safe_dump(self.description, sort_keys=False)
        (self.folder / "Pulumi.it.yaml").write_text(text)

    def refresh(self) -> list[str]:
        """Take over into the state what is there; gives what was done to the resources."""
        found = read_back(self.program, self.open(), 4)
        assert found.found.ok, found.found.diagnostics
        write_deployment(found.after, self.state)
        return [step.op.value for step in found.found.every_step if step.op.value != "same"]

    def list_live(self) -> dict[str, dict[str, Any]]:
        """Every object of the state as it is in the cluster, by the name of its resource."""
        found = {}
        for resource in self.document["resources"] or []:
            if resource["type"].startswith("kubernetes:"):
                shape = {key: resource["outputs"][key] for key in ("apiVersion", "kind")}
                metadata = resource["outputs"]["metadata"]
                identity = {key: metadata[key] for key in ("name", "namespace") if key in metadata}
                live = self.objects.read({**shape, "metadata": identity})
                if live is not None:
                    found[resource["urn"].rpartition("$")[2]] = live
        return found


def changes(result: Deployed) -> list[tuple[str, str]]:
    """What was done to objects, in order, but for what stayed as it was."""
    return [
        (step.op.value, step.resource.name)
        for step in result.steps
        if step.type.startswith("kubernetes:") and step.op.value != "same"
    ]
