"""Writes a manifest as YAML for people, without anchors, in the order in which it was made."""

import json

import yaml

from render.manifest import Manifest


def file_name(manifest: Manifest) -> str:
    """Name of the expected file of a manifest."""
    return f"{manifest.kind}.{manifest.logical_name.replace('/', '.')}.yaml"


def write_yaml(manifest: Manifest) -> str:
    """The whole object; a value that is no JSON raises TypeError."""
    plain = json.loads(json.dumps(manifest.body))
    text: str = yaml.safe_dump(plain, sort_keys=False, width=100)
    return text
