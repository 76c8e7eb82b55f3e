"""A rendered network -> files for people: every device line, every object, and network.json."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import NoneType

import yaml

from render.manifest import Json, Manifest
from render.whole import RenderedNetwork

# Names the files of the last run, so that those of a removed device go, and nobody else's do.
INDEX = ".written"
# Objects that belong to the cluster as a whole, not to a tenant.
CLUSTER_FILE = "weave"
# Wider than any value, so that a searched word is never broken over two lines.
LINE_WIDTH = 4096
_TAG = "tag:yaml.org,2002:"
# JSON writes values of these types as YAML does.
_PLAIN = {bool: "bool", int: "int", NoneType: "null"}


def write_views(
    folder: Path, rendered: RenderedNetwork, views: Mapping[str, str]
) -> tuple[Path, ...]:
    """Write every view and rendered text below the folder; returns the files by name.

    Files of an earlier run that no longer belong are deleted; a file of somebody else never is.
    Raises OSError where the folder cannot be written.
    """
    texts = {**views, **dict(_list_texts(rendered))}
    _delete_leftovers(folder, texts)
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / INDEX).write_text("".join(f"{name}\n" for name in sorted(texts)), encoding="utf-8")
    return tuple(folder / name for name in sorted(texts))


def list_written(folder: Path) -> tuple[Path, ...]:
    """The files that the last run wrote below the folder, by name; none where none ever did."""
    if not (folder / INDEX).is_file():
        return ()
    return tuple(folder / name for name in (folder / INDEX).read_text("utf-8").splitlines())


def _list_texts(rendered: RenderedNetwork) -> Iterator[tuple[str, str]]:
    for device, files in rendered.files.items():
        for file in files:
            yield f"devices/{device}/{file.path}", file.text
    for device, sheet in rendered.sheets.items():
        yield f"sheets/{device}.md", sheet
    for name, manifests in _group_manifests(rendered.manifests).items():
        yield f"cluster/{name}.yaml", _write_yaml(manifests)


def _group_manifests(manifests: tuple[Manifest, ...]) -> Mapping[str, list[Manifest]]:
    """Objects by tenant; a tenant could be called `weave` too, so it gets a folder of its own."""
    groups: dict[str, list[Manifest]] = {}
    for manifest in manifests:
        name = f"tenants/{manifest.tenant}" if manifest.tenant else CLUSTER_FILE
        groups.setdefault(name, []).append(manifest)
    return groups


def _write_yaml(manifests: list[Manifest]) -> str:
    # libyaml's writer is ten times as fast; not every build of PyYAML has it.
    fast: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    nodes = [_node(manifest.body) for manifest in manifests]
    text: str = yaml.serialize_all(nodes, Dumper=fast, width=LINE_WIDTH)
    return text


def _node(value: Json) -> yaml.Node:
    """A value as the writer takes it, without its search for values that occur twice.

    It would name such a value for a later reference, which nobody reads with ease.
    """
    if isinstance(value, str):
        return yaml.ScalarNode(f"{_TAG}str", value)
    if isinstance(value, Mapping):
        pairs = [(_node(key), _node(item)) for key, item in value.items()]
        return yaml.MappingNode(f"{_TAG}map", pairs, flow_style=False)
    if isinstance(value, Sequence):
        return yaml.SequenceNode(f"{_TAG}seq", [_node(item) for item in value], flow_style=False)
    return yaml.ScalarNode(_TAG + _PLAIN[type(value)], json.dumps(value))


def _delete_leftovers(folder: Path, texts: Mapping[str, str]) -> None:
    index = folder / INDEX
    if not index.is_file():
        return
    for name in index.read_text(encoding="utf-8").splitlines():
        path = folder / name
        # A name that leads out of the folder is not one that was written here.
        if name not in texts and folder.resolve() in path.resolve().parents:
            path.unlink(missing_ok=True)
