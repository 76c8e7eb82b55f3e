"""Turns a registration request of the program into the goal it states for one resource."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.assets import hashed
from engine.problems import RefusedError
from engine.urn import is_provider, package_of
from engine.values import Properties, Value
from engine.wire import read_struct, read_value

if TYPE_CHECKING:
    from pulumi.runtime.proto.alias_pb2 import Alias as WireAlias
    from pulumi.runtime.proto.resource_pb2 import RegisterResourceRequest

_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(h|ms|m|s|us|µs|ns)")


@dataclass(frozen=True, slots=True)
class Alias:
    """A former identity: a whole URN, or the parts that differ from today's."""

    urn: str = ""
    name: str = ""
    type: str = ""
    parent: str = ""
    no_parent: bool = False
    stack: str = ""
    project: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """What the program wants one resource to be; None means "not said"."""

    type: str
    name: str
    custom: bool
    parent: str = ""
    inputs: Properties = field(default_factory=dict)
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    provider: str = ""
    providers: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    protect: bool | None = None
    retain_on_delete: bool | None = None
    delete_before_replace: bool | None = None
    deleted_with: str = ""
    replace_with: tuple[str, ...] = ()
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    replacement_trigger: Value = None
    additional_secret_outputs: tuple[str, ...] = ()
    aliases: tuple[Alias, ...] = ()
    custom_timeouts: Mapping[str, float] = field(default_factory=dict)
    hide_diffs: tuple[str, ...] = ()
    source_position: str = ""


def read_goal(request: RegisterResourceRequest, folder: str) -> Goal:
    """The goal a request states; asset paths are taken relative to the folder.

    Raises RefusedError when the request asks for something this engine does not do.
    """
    _refuse_foreign(request)
    inputs = hashed(read_struct(request.object), folder)
    return Goal(
        type=request.type,
        name=request.name,
        custom=request.custom,
        parent=request.parent,
        inputs=inputs,
        dependencies=tuple(sorted(set(request.dependencies))),
        property_dependencies=_property_dependencies(request, inputs),
        provider=request.provider,
        providers=dict(request.providers),
        version=request.version,
        protect=request.protect if request.HasField("protect") else None,
        retain_on_delete=request.retainOnDelete if request.HasField("retainOnDelete") else None,
        delete_before_replace=_delete_before_replace(request),
        deleted_with=request.deletedWith,
        replace_with=tuple(request.replace_with),
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        replacement_trigger=read_value(request.replacement_trigger),
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        aliases=_aliases(request),
        custom_timeouts=_timeouts(request),
        hide_diffs=tuple(request.hideDiffs),
        source_position=_position(request, folder),
    )


def _position(request: RegisterResourceRequest, folder: str) -> str:
    """Where in the project the resource is made; "" for places outside of it."""
    place = request.sourcePosition
    prefix = Path(folder).resolve().as_uri() + "/"
    if not place.uri.startswith(prefix):
        return ""
    return f"project:///{place.uri.removeprefix(prefix)}#{place.line}"


def _refuse_foreign(request: RegisterResourceRequest) -> None:
    """Options that need what this engine has not: plugins, callbacks, reading from a provider."""
    refused = {
        "remote components": request.remote,
        "the option 'import_'": bool(request.importId),
        "the option 'transforms'": bool(request.transforms),
        "the option 'hooks'": bool(request.hooks.ListFields()),
        "parameterized packages": bool(request.packageRef),
    }
    for what, asked in refused.items():
        if asked:
            raise RefusedError(
                f"the built-in engine does not support {what}, which resource '{request.name}' "
                f"of type '{request.type}' uses; preview it with the Pulumi CLI"
            )
    if request.custom and request.type.count(":") != 2:
        raise RefusedError(
            f"'{request.type}' (resource '{request.name}') is not a resource type: "
            "three parts are needed, 'package:module:Type'"
        )


def _delete_before_replace(request: RegisterResourceRequest) -> bool | None:
    if request.deleteBeforeReplaceDefined or request.deleteBeforeReplace:
        return request.deleteBeforeReplace
    return None


def _property_dependencies(
    request: RegisterResourceRequest, inputs: Properties
) -> dict[str, tuple[str, ...]]:
    if not request.propertyDependencies:
        everything = tuple(sorted(set(request.dependencies)))
        return dict.fromkeys(sorted(inputs), everything)
    given = request.propertyDependencies
    named = {key: tuple(sorted(set(given[key].urns))) for key in given}
    return {key: named.get(key, ()) for key in sorted({*named, *inputs})}


def _aliases(request: RegisterResourceRequest) -> tuple[Alias, ...]:
    whole = [Alias(urn=urn) for urn in request.aliasURNs]
    return (*whole, *map(_alias, request.aliases))


def _alias(wire: WireAlias) -> Alias:
    if wire.urn:
        return Alias(urn=wire.urn)
    spec = wire.spec
    return Alias(
        name=spec.name,
        type=spec.type,
        parent=spec.parentUrn,
        no_parent=spec.noParent,
        stack=spec.stack,
        project=spec.project,
    )


def _timeouts(request: RegisterResourceRequest) -> dict[str, float]:
    given = request.customTimeouts
    texts = {"create": given.create, "update": given.update, "delete": given.delete}
    return {verb: _seconds(text, verb, request.name) for verb, text in texts.items() if text}


def _seconds(text: str, verb: str, name: str) -> float:
    parts = _DURATION.findall(text)
    if "".join(amount + unit for amount, unit in parts) != text:
        raise RefusedError(
            f"'{text}' is no duration (custom_timeouts.{verb} of resource '{name}'): "
            "write it like '90s', '5m' or '1h30m'"
        )
    return sum(float(amount) * _SECONDS[unit] for amount, unit in parts)


def inherit(goal: Goal, parent: Goal) -> Goal:
    """The goal with what it leaves unsaid taken from its parent's."""
    same_package = package_of(parent_type(parent.provider)) == package_of(goal.type)
    return replace(
        goal,
        deleted_with=goal.deleted_with or parent.deleted_with,
        protect=parent.protect if goal.protect is None else goal.protect,
        retain_on_delete=(
            parent.retain_on_delete if goal.retain_on_delete is None else goal.retain_on_delete
        ),
        provider=goal.provider or (parent.provider if not goal.custom or same_package else ""),
    )


def parent_type(provider: str) -> str:
    """The type token inside a provider reference, "" without one."""
    parts = provider.split("::")
    return parts[2].rpartition("$")[2] if len(parts) > 3 else ""


def needs_provider(goal: Goal) -> bool:
    """Custom resources are served by a provider; providers themselves and components are not."""
    return goal.custom and not is_provider(goal.type)
