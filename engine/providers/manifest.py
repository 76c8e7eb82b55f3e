"""Turns properties into the manifest they mean, normalised as the Kubernetes API would keep it."""

from __future__ import annotations

import base64
import binascii

from engine.providers.kinds import KNOWN_GROUPS, api_group
from engine.values import Properties, Secret, Unknown, Value, contains, secret, unwrap

AUTONAMED = "pulumi.com/autonamed"
_READ_ONLY = (
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "uid",
)
# Extension fields of schemas, which no SDK can write with their dashes.
_DASHED = {
    f"x_kubernetes_{name}": f"x-kubernetes-{name.replace('_', '-')}"
    for name in (
        "embedded_resource",
        "int_or_string",
        "list_map_keys",
        "list_type",
        "map_type",
        "preserve_unknown_fields",
        "validations",
    )
}

_TEXT_MAPS = frozenset(
    {
        "annotations",
        "binaryData",
        "data",
        "hard",
        "labels",
        "limits",
        "matchLabels",
        "nodeSelector",
        "parameters",
        "requests",
        "stringData",
    }
)
"""Fields of built-in kinds that map texts to texts, or to quantities written as texts."""

_REQUIRED_LISTS = frozenset({"containers", "limits", "nodeSelectorTerms", "rules", "verbs"})
"""Lists of built-in kinds that are sent even when they are empty."""

_OPTIONAL_SCALARS = frozenset(
    {
        "deletionGracePeriodSeconds",
        "failureThreshold",
        "hostIPC",
        "hostNetwork",
        "hostPID",
        "hostPort",
        "initialDelaySeconds",
        "minReadySeconds",
        "nodePort",
        "paused",
        "periodSeconds",
        "publishNotReadyAddresses",
        "readOnly",
        "stdin",
        "stdinOnce",
        "successThreshold",
        "timeoutSeconds",
        "tty",
        "unschedulable",
    }
)
"""Fields of built-in kinds that are left out when they are false or zero."""


def manifest(properties: Properties) -> Properties:
    """The properties without secret marks, with the field names of Kubernetes."""
    plain = _plain(unwrap(properties))
    return plain if isinstance(plain, dict) else {}


def _plain(value: Value) -> Value:
    if isinstance(value, dict):
        return {_DASHED.get(key, key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def metadata(document: Properties) -> Properties:
    """The metadata of a manifest, {} where there is none."""
    found = document.get("metadata")
    return found if isinstance(found, dict) else {}


def text(document: Properties, key: str) -> str:
    """A text of the metadata, "" where it is missing or not known."""
    found = metadata(document).get(key)
    return found if isinstance(found, str) else ""


def with_metadata(document: Properties, **changes: Value) -> Properties:
    """The manifest with these fields of its metadata set, or taken away where None."""
    kept = {key: item for key, item in metadata(document).items() if key not in changes}
    given = {key: item for key, item in changes.items() if item is not None}
    if not kept and not given and "metadata" not in document:
        return document
    return {**document, "metadata": {**kept, **given}}


def is_autonamed(document: Properties) -> bool:
    """Whether the name was made up, not chosen by the author."""
    annotations = metadata(document).get("annotations")
    return isinstance(annotations, dict) and annotations.get(AUTONAMED) == "true"


def is_named(document: Properties) -> bool:
    """Whether the manifest has a name, known or not."""
    return bool(metadata(document).get("name"))


def autonamed(document: Properties, name: str) -> Properties:
    """The manifest with a name, marked as not chosen by its author."""
    annotations = metadata(document).get("annotations")
    kept = annotations if isinstance(annotations, dict) else {}
    return with_metadata(document, name=name, annotations={**kept, AUTONAMED: "true"})


def normalised(document: Properties) -> Properties:
    """The manifest as the API keeps it: no read-only fields, text of a Secret encoded."""
    if not contains(document, Unknown) and api_group(_api_version(document)) in KNOWN_GROUPS:
        document = _normalised_kind(document)
    if "metadata" not in document:
        return document
    kept = {key: item for key, item in metadata(document).items() if key not in _READ_ONLY}
    return {**document, "metadata": kept}


def _api_version(document: Properties) -> str:
    return str(document.get("apiVersion", ""))


def _normalised_kind(document: Properties) -> Properties:
    kind = document.get("kind")
    if kind == "Secret":
        return _normalised_secret(document)
    if kind == "CustomResourceDefinition":
        return {key: item for key, item in document.items() if key != "status"}
    return _without_empty(document)


def _without_empty(document: Properties) -> Properties:
    """The fields that typed clients send: what is null or empty they leave out."""
    kept: Properties = {}
    for key, item in document.items():
        if isinstance(item, dict):
            full: Value = _texts(item) if key in _TEXT_MAPS else _without_empty(item)
        elif isinstance(item, list):
            full = [_without_empty(one) if isinstance(one, dict) else one for one in item]
        else:
            full = item
        if full is not None and not _is_left_out(key, full):
            kept[key] = full
    return kept


def _texts(texts: Properties) -> Properties:
    """A map of texts, in which a null is an empty text."""
    return {key: "" if item is None else item for key, item in texts.items()}


def _is_left_out(key: str, item: Value) -> bool:
    if key in _OPTIONAL_SCALARS:
        return not item
    if item == []:
        return key not in _REQUIRED_LISTS
    return item == {} and key in _TEXT_MAPS


def _normalised_secret(document: Properties) -> Properties:
    texts, data = document.get("stringData"), document.get("data")
    given = data if isinstance(data, dict) else {}
    if isinstance(texts, dict) and texts:
        encoded = {key: _encode(str(item)) for key, item in texts.items()}
        rest = {key: item for key, item in document.items() if key != "stringData"}
        return {**rest, "data": {**given, **encoded}}
    if not given:
        return document
    return {**document, "data": {key: _canonical(item) for key, item in given.items()}}


def _encode(plain: str) -> str:
    return base64.b64encode(plain.encode()).decode()


def _canonical(item: Value) -> Value:
    """Base64 without line breaks; what is none is left for the API server to refuse."""
    if not isinstance(item, str):
        return item
    try:
        return base64.b64encode(base64.b64decode(item, validate=False)).decode()
    except binascii.Error:
        return item


def marked(document: Properties, given: Properties) -> Properties:
    """The manifest with secrets where the inputs have them, and all data of a Secret secret."""
    found = {key: _marked(item, given.get(key)) for key, item in document.items()}
    if document.get("kind") == "Secret":
        hidden: Properties = {
            key: secret(found[key]) for key in ("data", "stringData") if key in found
        }
        return {**found, **hidden}
    return found


def _marked(item: Value, given: Value) -> Value:
    if isinstance(item, dict) and isinstance(given, dict):
        return marked(item, given)
    return secret(item) if contains(given, Secret) else item


def pruned(source: Properties, shape: Properties) -> Properties:
    """The source with only what the shape has too: what the author wrote, not what was added."""
    return {key: _pruned(item, shape[key]) for key, item in source.items() if key in shape}


def _pruned(item: Value, shape: Value) -> Value:
    if isinstance(item, dict) and isinstance(shape, dict):
        return pruned(item, shape)
    if isinstance(item, list) and isinstance(shape, list):
        return [_pruned(one, other) for one, other in zip(item, shape, strict=False)]
    return item
