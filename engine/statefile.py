"""Reads and writes deployments in the form of ``pulumi stack export``."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

from engine.checkpoint import Json, Reader, Writer, export_text
from engine.crypter import Crypter, crypter_for
from engine.deployment import Deployment, ResourceState
from engine.graph import depends_on
from engine.problems import StateError
from engine.values import Properties

VERSION = 3
VERSION_WITH_FEATURES = 4
"""The version of a state that names features which older readers would lose."""

_REPLACE_WITH = "replaceWith"
INDENT = 4
"""Blanks by which the CLI indents an export."""

_BODY = ("manifest", "secrets_providers", "resources", "pending_operations", "metadata")

# In the order in which the CLI writes them: field of the file, field of ResourceState.
_FIELDS = (
    ("urn", "urn"),
    ("custom", "custom"),
    ("delete", "delete"),
    ("id", "id"),
    ("type", "type"),
    ("inputs", "inputs"),
    ("outputs", "outputs"),
    ("parent", "parent"),
    ("protect", "protect"),
    ("taint", ""),
    ("external", "external"),
    ("dependencies", "dependencies"),
    ("initErrors", "init_errors"),
    ("provider", "provider"),
    ("propertyDependencies", "property_dependencies"),
    ("pendingReplacement", "pending_replacement"),
    ("additionalSecretOutputs", "additional_secret_outputs"),
    ("aliases", "aliases"),
    ("customTimeouts", "custom_timeouts"),
    ("importID", ""),
    ("retainOnDelete", "retain_on_delete"),
    ("deletedWith", "deleted_with"),
    ("replaceWith", "replace_with"),
    ("created", "created"),
    ("modified", "modified"),
    ("sourcePosition", "source_position"),
    ("stackTrace", ""),
    ("ignoreChanges", "ignore_changes"),
    ("hideDiff", "hide_diff"),
    ("replaceOnChanges", "replace_on_changes"),
    ("replacementTrigger", "replacement_trigger"),
    ("refreshBeforeUpdate", ""),
    ("viewOf", ""),
    ("resourceHooks", ""),
    ("extensionRef", ""),
    ("snippetID", ""),
)
_PROPERTIES = frozenset({"inputs", "outputs"})
_LISTS = frozenset(
    {
        "dependencies",
        "init_errors",
        "additional_secret_outputs",
        "aliases",
        "replace_with",
        "ignore_changes",
        "replace_on_changes",
    }
)
_ALWAYS = frozenset({"urn", "custom", "type"})


def load(path: Path, passphrase: str | None) -> Deployment:
    """The deployment in a file; without a passphrase, secrets in it stay locked.

    Raises StateError when it cannot be used.
    """
    document = _read(path)
    if not isinstance(document, dict) or not isinstance(document.get("deployment"), dict):
        raise StateError(f"'{path}' is no export of a stack: it has no 'deployment'")
    _refuse_foreign(document, path)
    deployment = cast("dict[str, Json]", document["deployment"])
    crypter = _crypter(deployment, passphrase)
    reader = Reader(crypter)
    items = cast("list[dict[str, Json]]", deployment.get("resources") or [])
    resources = tuple(_resource(item, reader) for item in items)
    _refuse_disorder(resources, path)
    rest = {**document, "deployment": {**deployment, "resources": None}}
    return Deployment(resources, rest, crypter, reader.locked)


def _refuse_foreign(document: Mapping[str, Json], path: Path) -> None:
    """Formats this engine would not understand, by version or by the features they name."""
    version, named = document.get("version"), document.get("features")
    if version not in (VERSION, VERSION_WITH_FEATURES):
        raise StateError(f"'{path}' has the format version {version}; {VERSION} is supported")
    features = named if isinstance(named, list) else []
    foreign = ", ".join(str(feature) for feature in features if feature != _REPLACE_WITH)
    if foreign:
        raise StateError(f"'{path}' uses features that are not supported: {foreign}")


def _read(path: Path) -> Json:
    try:
        return cast("Json", json.loads(path.read_text("utf-8")))
    except OSError as error:
        raise StateError(f"'{path}' cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise StateError(f"'{path}' is no JSON: {error}") from error


def _crypter(deployment: Mapping[str, Json], passphrase: str | None) -> Crypter | None:
    """What opens the secrets of a deployment, where the passphrase is at hand and right."""
    provider = deployment.get("secrets_providers")
    if not isinstance(provider, dict) or provider.get("type") != "passphrase":
        return None
    state = provider.get("state")
    if passphrase is None or not isinstance(state, dict):
        return None
    return _LazyCrypter(str(state.get("salt", "")), passphrase)


class _LazyCrypter(Crypter):
    """Tries the passphrase when the first secret is opened: making the key takes a while."""

    def __init__(self, provider_state: str, passphrase: str) -> None:
        super().__init__(passphrase, b"")
        self._provider_state = provider_state
        self._passphrase_given = passphrase
        self._tried = False
        self._real: Crypter | None = None

    def _crypter(self) -> Crypter | None:
        if not self._tried:
            self._tried = True
            self._real = crypter_for(self._provider_state, self._passphrase_given)
        return self._real

    @property
    def fits(self) -> bool:
        return self._crypter() is not None

    def open(self, sealed: str) -> str | None:
        crypter = self._crypter()
        return crypter.open(sealed) if crypter else None

    def seal(self, text: str) -> str:
        crypter = self._crypter()
        if crypter is None:
            raise StateError("the passphrase does not fit this state")
        return crypter.seal(text)


def _resource(item: Mapping[str, Json], reader: Reader) -> ResourceState:
    fields: dict[str, object] = {}
    for key, name in _FIELDS:
        if name and key in item:
            fields[name] = _field(name, item[key], reader)
    modelled = {key for key, name in _FIELDS if name}
    rest = {key: value for key, value in item.items() if key not in modelled}
    try:
        return ResourceState(**fields, rest=rest)  # type: ignore[arg-type]  # made to fit above
    except TypeError as error:
        raise StateError(f"a resource of the state lacks urn, type or custom: {error}") from error


def _field(name: str, item: Json, reader: Reader) -> object:
    if name in _PROPERTIES and isinstance(item, dict):
        return reader.properties(item)
    if name == "replacement_trigger":
        return reader.value(item)
    if name == "hide_diff" and isinstance(item, list):
        return tuple(str(path) for path in item)
    if name in _LISTS and isinstance(item, list):
        return tuple(str(one) for one in item)
    if name == "property_dependencies" and isinstance(item, dict):
        return {
            key: tuple(str(urn) for urn in urns) if isinstance(urns, list) else ()
            for key, urns in item.items()
        }
    return item


def _refuse_disorder(resources: tuple[ResourceState, ...], path: Path) -> None:
    """A resource must follow what it depends on, else no order of deletion can be found."""
    known = {resource.urn for resource in resources}
    seen: set[str] = set()
    for resource in resources:
        needed = {*depends_on(resource), *filter(None, [resource.parent])}
        for urn in sorted(needed - seen):
            problem = "missing" if urn not in known else "out of order or cyclic"
            raise StateError(
                f"'{path}' is damaged: '{resource.urn}' depends on '{urn}', which is {problem}"
            )
        seen.add(resource.urn)


def store(deployment: Deployment, path: Path) -> None:
    """Write a deployment to a file, whole or not at all."""
    replace_file(path, export_text(deployment_document(deployment), INDENT) + "\n")


def replace_file(path: Path, text: str) -> None:
    """Write a file, whole or not at all; it is on the disk when this returns."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """The new name of a file is on the disk when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def deployment_document(deployment: Deployment) -> dict[str, Json]:
    """The deployment as an export holds it."""
    writer = Writer(deployment.crypter)
    resources: list[Json] = [
        resource_document(resource, writer.properties) for resource in deployment.resources
    ]
    return export_around(deployment, deployment.resources, {"resources": resources or None})


def export_around(
    deployment: Deployment, resources: tuple[ResourceState, ...], given: Mapping[str, Json]
) -> dict[str, Json]:
    """An export: what is given, and what the deployment was read with."""
    inner = cast("Mapping[str, Json]", deployment.document).get("deployment")
    body = {**inner, **given} if isinstance(inner, dict) else {**given}
    order = [*_BODY, *(key for key in body if key not in _BODY)]
    present = {key: body[key] for key in order if body.get(key) is not None}
    return {**_header(resources), "deployment": present}


def _header(resources: tuple[ResourceState, ...]) -> dict[str, Json]:
    """Version and features, which depend on what the resources use."""
    if any(resource.replace_with for resource in resources):
        return {"version": VERSION_WITH_FEATURES, "features": [_REPLACE_WITH]}
    return {"version": VERSION}


def resource_document(
    resource: ResourceState,
    write: Callable[[Properties], dict[str, Json]],
) -> dict[str, Json]:
    """A resource as an export holds it; ``write`` decides how properties are written."""
    document: dict[str, Json] = {}
    for key, name in _FIELDS:
        item: Json
        if not name:
            item = cast("Json", resource.rest.get(key))
        else:
            item = _item(name, getattr(resource, name), write)
        if item or name in _ALWAYS:
            document[key] = item
    return document


def _item(
    name: str,
    field: object,
    write: Callable[[Properties], dict[str, Json]],
) -> Json:
    if name in _PROPERTIES:
        return write(cast("Properties", field))
    if name == "replacement_trigger":
        return write({"value": field})["value"]  # type: ignore[dict-item]  # it is a Value
    if isinstance(field, tuple):
        return list(field)
    if isinstance(field, Mapping):
        return {
            key: list(one) if isinstance(one, tuple) else one for key, one in sorted(field.items())
        }
    return cast("Json", field)
