"""A bare Pulumi program that registers the resources of resources.json, and computes nothing."""

import json
from pathlib import Path

import pulumi

made: dict[str, pulumi.Resource] = {}
for record in json.loads(Path("resources.json").read_text()):
    options = pulumi.ResourceOptions(parent=made.get(record["parent"]), version=record["version"])
    if record["custom"]:
        resource: pulumi.Resource = pulumi.CustomResource(
            record["type"], record["name"], record["inputs"], options
        )
    else:
        resource = pulumi.ComponentResource(record["type"], record["name"], {}, options)
    made[record["urn"]] = resource
