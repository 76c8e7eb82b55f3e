"""The ``command`` package: commands on this and on remote machines, never run by a preview."""

from __future__ import annotations

from dataclasses import dataclass

from engine.difference import compare, top_key
from engine.providers.base import Call, Checked, Comparison, Existing, Failure, Made, Provider
from engine.providers.execution import Executions
from engine.steps import NO_DIFFERENCE, Difference, PropertyDiff
from engine.urn import type_of
from engine.values import (
    UNKNOWN,
    Properties,
    Secret,
    Unknown,
    Value,
    contains,
    same,
    same_properties,
    secret,
    unwrap,
)

_VERBS = frozenset({"triggers", "create", "update", "delete"})
_PROCESS = frozenset({"stdin", "logging", "environment", "addPreviousOutputInEnv"})
_LOCAL = frozenset({"interpreter", "dir", "assetPaths", "archivePaths"})
_COLLECTING = ("assetPaths", "archivePaths")
_CONNECTION_DEFAULTS: Properties = {
    "user": "root",
    "port": 22,
    "dialErrorLimit": 10,
    "perDialTimeout": 15,
}
_CONNECTION_SECRETS = ("password", "privateKey", "privateKeyPassword")
_CONNECTION_FIELDS = frozenset(
    {*_CONNECTION_DEFAULTS, *_CONNECTION_SECRETS, "host", "agentSocketPath", "hostKey", "proxy"}
)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a resource type takes and what it adds to that as outputs."""

    fields: frozenset[str]
    required: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ("stdout", "stderr")


_SHAPES = {
    "command:local:Command": _Shape(_VERBS | _PROCESS | _LOCAL),
    "command:remote:Command": _Shape(_VERBS | _PROCESS | {"connection"}, ("connection",)),
    "command:remote:CopyToRemote": _Shape(
        frozenset({"connection", "triggers", "source", "remotePath"}),
        ("connection", "source", "remotePath"),
        (),
    ),
}


class CommandPackage:
    """Commands and copies; the package itself has no configuration."""

    name = "command"

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def supports(self, kind: str) -> bool:
        """Whether it is a command or a copy."""
        return kind in _SHAPES

    def check_config(self, inputs: Properties) -> Checked:
        """There is nothing to check."""
        return Checked(inputs)

    def diff_config(self, old: Properties, new: Properties) -> Difference:
        """A change is recorded and replaces nothing."""
        # What its framework keeps beside the configuration is no part of it.
        unchanged = same_properties(_visible(old), _visible(new))
        return NO_DIFFERENCE if unchanged else Difference(changes=True)

    def configure(self, urn: str, inputs: Properties) -> Provider:
        """The one provider there is."""
        del urn, inputs
        return CommandProvider(Executions(self._folder))


@dataclass(frozen=True, slots=True)
class CommandProvider:
    """Commands: any changed input updates, only ``triggers`` replaces."""

    executions: Executions

    def check(self, urn: str, old_inputs: Properties | None, new_inputs: Properties) -> Checked:
        """Inputs with the defaults of a connection; refuses inputs the type does not have."""
        del old_inputs
        shape = _SHAPES[type_of(urn)]
        failures = _failures(shape, new_inputs)
        if failures:
            return Checked(new_inputs, failures)
        if "connection" not in new_inputs:
            return Checked(new_inputs)
        connection = new_inputs["connection"]
        known = connection.value if isinstance(connection, Secret) else connection
        full = _with_defaults(known) if isinstance(known, dict) else known
        return Checked({**new_inputs, "connection": secret(full)})

    def diff(self, comparison: Comparison) -> Difference:
        """Compare inputs; ``triggers`` as a whole replaces, its items by an option of the SDK."""
        found = compare(_own(comparison.old_inputs), _own(comparison.new_inputs), input_diff=False)
        detailed = {path: _judged(path, diff) for path, diff in found.items()}
        changed = dict.fromkeys(top_key(path) for path in detailed)
        replacing = (top_key(path) for path, diff in detailed.items() if diff.kind.replaces)
        return Difference(
            changes=bool(detailed),
            replace_keys=tuple(dict.fromkeys(replacing)),
            changed_keys=tuple(changed),
            detailed=detailed,
        )

    def preview_create(self, urn: str, inputs: Properties, call: Call) -> tuple[str, Properties]:
        """The inputs, and output that only running the command will tell."""
        del call
        return "", {**inputs, **dict.fromkeys(_SHAPES[type_of(urn)].outputs, UNKNOWN)}

    def preview_update(self, comparison: Comparison, call: Call) -> Properties:
        """The inputs, with the old output where no input has another value than before."""
        del call
        shape = _SHAPES[type_of(comparison.urn)]
        old, new = comparison.old_outputs, comparison.new_inputs
        reruns = any(_differs(old, new, key) for key in shape.fields)
        kept: Properties = {
            key: UNKNOWN if reruns else old.get(key, UNKNOWN) for key in shape.outputs
        }
        return {**new, **kept}

    def create(self, urn: str, inputs: Properties, call: Call) -> Made:
        """Run ``create``, or copy."""
        return self.executions.create(urn, inputs, call)

    def update(self, comparison: Comparison, call: Call) -> Properties:
        """Run ``update``, without one ``create`` again, or copy."""
        return self.executions.update(comparison, call)

    def delete(self, existing: Existing, call: Call) -> None:
        """Run ``delete`` as it was recorded; what was copied stays."""
        self.executions.delete(existing, call)

    def read(self, existing: Existing, call: Call) -> Existing:
        """What is recorded: nobody can ask a command what became of its work."""
        del call
        return existing


def _visible(inputs: Properties) -> Properties:
    return {key: item for key, item in inputs.items() if key[:2] != "__"}


def _own(inputs: Properties) -> Properties:
    """Without what the engine or an SDK put beside the inputs."""
    return {key: item for key, item in _visible(inputs).items() if key != "version"}


def _judged(path: str, diff: PropertyDiff) -> PropertyDiff:
    return PropertyDiff(diff.kind.as_replace(), diff.input_diff) if path == "triggers" else diff


def _differs(old: Properties, new: Properties, key: str) -> bool:
    value = new.get(key)
    if contains(value, Unknown):
        return True
    return key in old and not same(unwrap(value), unwrap(old[key]))


def _failures(shape: _Shape, inputs: Properties) -> tuple[Failure, ...]:
    missing = [
        Failure(key, f"'{key}' is required and missing")
        for key in shape.required
        if inputs.get(key) is None
    ]
    strange = [
        Failure("", f"there is no input '{key}'") for key in _own(inputs) if key not in shape.fields
    ]
    collecting = [
        Failure(key, "the built-in engine does not collect files; use the Pulumi CLI")
        for key in _COLLECTING
        if inputs.get(key)
    ]
    return (
        *missing,
        *strange,
        *collecting,
        *_connection_failures(inputs.get("connection"), "connection"),
    )


def _connection_failures(given: Value, path: str) -> list[Failure]:
    """What is wrong with a connection; its values are secret and never told."""
    connection = unwrap(given)
    if not isinstance(connection, dict):
        return []
    failures = [
        Failure("", f"there is no input '{path}.{key}'")
        for key in connection
        if key not in _CONNECTION_FIELDS
    ]
    if connection.get("host") is None:
        failures.append(Failure("", f"'{path}.host' is required and missing"))
    return failures + _connection_failures(connection.get("proxy"), f"{path}.proxy")


def _with_defaults(connection: Properties) -> Properties:
    missing = {
        key: value for key, value in _CONNECTION_DEFAULTS.items() if connection.get(key) is None
    }
    hidden = {
        key: secret(connection[key])
        for key in _CONNECTION_SECRETS
        if connection.get(key) is not None
    }
    proxy = connection.get("proxy")
    nested: Properties = {"proxy": _with_defaults(proxy)} if isinstance(proxy, dict) else {}
    return {**connection, **missing, **hidden, **nested}
