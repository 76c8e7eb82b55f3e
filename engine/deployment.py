"""A deployment: every resource a stack has, as it was last recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from engine.values import Properties, Value

if TYPE_CHECKING:
    from engine.crypter import Crypter


@dataclass(frozen=True, slots=True, eq=False)
class ResourceState:
    """One resource as recorded; compared by identity, as a URN may stand in a state twice."""

    urn: str
    type: str
    custom: bool
    id: str = ""
    inputs: Properties = field(default_factory=dict)
    outputs: Properties = field(default_factory=dict)
    parent: str = ""
    provider: str = ""
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    delete: bool = False
    protect: bool = False
    external: bool = False
    init_errors: tuple[str, ...] = ()
    pending_replacement: bool = False
    additional_secret_outputs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    custom_timeouts: Mapping[str, float] = field(default_factory=dict)
    retain_on_delete: bool = False
    deleted_with: str = ""
    replace_with: tuple[str, ...] = ()
    replacement_trigger: Value = None
    ignore_changes: tuple[str, ...] = ()
    hide_diff: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    created: str = ""
    modified: str = ""
    source_position: str = ""
    rest: Mapping[str, object] = field(default_factory=dict)
    """What the file says and this engine has no use for, kept to be written back."""

    @property
    def name(self) -> str:
        """The last part of the URN."""
        return self.urn.split("::", 3)[3]


@dataclass(frozen=True, slots=True)
class Deployment:
    """The recorded resources, in an order in which each follows what it depends on.

    ``document`` holds the rest of the file (manifest, secrets provider, ...) as it was read;
    ``locked_secrets`` counts the secrets that could not be opened.
    """

    resources: tuple[ResourceState, ...] = ()
    document: Mapping[str, object] = field(default_factory=dict)
    crypter: Crypter | None = None
    locked_secrets: int = 0


def empty_deployment() -> Deployment:
    """The deployment of a stack that has never been deployed."""
    return Deployment()


def read_deployment(path: Path) -> Deployment:
    """The deployment in a state file or a ``pulumi stack export``.

    Secrets are opened with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE; those that
    cannot be opened are unknown secrets. Raises StateError when the file cannot be used.
    """
    from engine.crypter import passphrase_from_environment
    from engine.statefile import load

    return load(path, passphrase_from_environment())


def write_deployment(deployment: Deployment, path: Path) -> None:
    """Write a deployment in the form of ``pulumi stack export``, whole or not at all."""
    from engine.statefile import store

    store(deployment, path)
