"""A stack whose program declares objects in a cluster, and what was done to them."""

from __future__ import annotations

import json
from pathlib import Path

from engine.deploy import Deployed
from engine.values import Properties
from tests.engine.stack import Stack

NAMESPACE = "engine-test"
PROGRAM = """
import os, pulumi_kubernetes as k8s
from pulumi import CustomResource, Output, ResourceOptions

provider = k8s.Provider("c", kubeconfig=Output.secret({kubeconfig!r}), cluster_identifier="c",
    enable_secret_mutable=True, enable_config_map_mutable=True{more})

def declare(kind, name, after=(), version="v1", annotations=None, **content):
    metadata = {{"name": name}}
    if kind != "Namespace":
        metadata["namespace"] = {namespace!r}
    if annotations:
        metadata["annotations"] = annotations
    module = version if "/" in version else "core/" + version
    return CustomResource("kubernetes:" + module + ":" + kind, name,
        {{"apiVersion": version, "kind": kind, "metadata": metadata, **content}},
        ResourceOptions(provider=provider, depends_on=list(after), version="4.34.2"))

home = declare("Namespace", {namespace!r})
{source}
"""


class ClusterStack(Stack):
    """A stack with a provider for the cluster."""

    def __init__(self, folder: Path, kubeconfig: str) -> None:
        super().__init__(folder)
        self.kubeconfig = kubeconfig

    def declare(self, source: str, **options: str) -> None:
        """Write the program."""
        more = "".join(f", {key}={value}" for key, value in options.items())
        values = {"kubeconfig": self.kubeconfig, "namespace": NAMESPACE, "more": more}
        self.write(PROGRAM.format(source=source, **values))

    def apply(self, source: str, **options: str) -> Deployed:
        """Deploy it."""
        self.declare(source, **options)
        return self.up()


def document(kind: str, name: str, version: str = "v1", **content: object) -> Properties:
    metadata = {"name": name} if kind == "Namespace" else {"name": name, "namespace": NAMESPACE}
    found: Properties = json.loads(
        json.dumps({"apiVersion": version, "kind": kind, "metadata": metadata, **content})
    )
    return found


def operations(result: Deployed) -> list[tuple[str, str]]:
    """What was done to objects, in order, but for what stayed as it was."""
    return [
        (step.op.value, step.resource.name)
        for step in result.steps
        if step.type.startswith("kubernetes:") and step.op.value != "same"
    ]
