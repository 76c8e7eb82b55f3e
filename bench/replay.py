"""A bare Pulumi program that registers the resources of resources.json, and computes nothing."""

import json
from pathlib import Path
from typing import Any

import pulumi

PROVIDER = "pulumi:providers:"
OPTIONS = (
    "additional_secret_outputs",
    "ignore_changes",
    "protect",
    "replace_on_changes",
    "retain_on_delete",
    "version",
)

made: dict[str, Any] = {}


def register(record: dict[str, Any]) -> None:
    """Register one resource with all that was recorded of it; those it needs come before."""
    kind, name, inputs = record["type"], record["name"], record["inputs"]
    options = pulumi.ResourceOptions(
        parent=made.get(record["parent"]),
        provider=made.get(record["provider"]),
        depends_on=[made[urn] for urn in record["dependencies"]],
        **{option: record[option] for option in OPTIONS if record[option]},
    )
    if kind.startswith(PROVIDER):
        resource: Any = pulumi.ProviderResource(kind.removeprefix(PROVIDER), name, inputs, options)
    elif record["custom"]:
        resource = pulumi.CustomResource(kind, name, inputs, options)
    else:
        resource = pulumi.ComponentResource(kind, name, inputs, options)
        resource.register_outputs(record["outputs"])
    made[record["urn"]] = resource


content = json.loads(Path("resources.json").read_text())
for each in content["resources"]:
    register(each)
for key, value in content["outputs"].items():
    pulumi.export(key, value)
