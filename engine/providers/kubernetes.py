"""The ``kubernetes`` package: what it says of manifests, and what it does where a cluster answers.

Without a kubeconfig there is none, and previews take what is described for what will be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from engine.cluster.access import Access
from engine.cluster.refusals import ClusterError
from engine.paths import covers, parse_path, try_parse
from engine.problems import EngineError, Severity
from engine.providers.base import (
    Call,
    Checked,
    Comparison,
    Existing,
    Failure,
    Made,
    ProviderError,
)
from engine.providers.cluster_changes import ClusterChanges
from engine.providers.kinds import (
    CLUSTER_KINDS,
    KNOWN_GROUPS,
    api_group,
    group_and_kind,
    immutable_paths,
)
from engine.providers.manifest import (
    autonamed,
    is_autonamed,
    is_named,
    manifest,
    marked,
    metadata,
    normalised,
    pruned,
    text,
    with_metadata,
)
from engine.providers.manifest_diff import manifest_differences
from engine.steps import Difference, DiffKind, PropertyDiff
from engine.urn import name_of, type_of
from engine.values import Properties, Unknown, same

_NO_CLUSTER = (
    "there is no kubeconfig, so there is no cluster to change; give one, which stays encrypted: "
    "pulumi config set --secret kubeconfig <FILE"
)
_PREVIEWED_OFFLINE = (
    "what follows is what is described, and not what the cluster would make of it; "
    "a deployment would fail"
)


@dataclass(frozen=True, slots=True)
class KubernetesProvider:
    """Checks and compares manifests; previews take the inputs for what the API would answer."""

    suffix: Callable[[str], str]
    namespace: str
    secrets_mutable: bool
    config_maps_mutable: bool
    access: Access = field(default_factory=lambda: Access(""))
    upsert: bool = False
    """Objects that exist already are taken over."""
    force: bool = False
    """Fields are taken from whoever else set them."""
    scopes: dict[tuple[str, str], bool] = field(default_factory=dict)
    """Kinds of CustomResourceDefinitions seen in this run: namespaced or not."""
    compared: set[str] = field(default_factory=set)
    """Resources that have been there before this run."""

    def check(self, urn: str, old_inputs: Properties | None, new_inputs: Properties) -> Checked:
        """The manifest with a name and, where the kind has one, a namespace."""
        module = type_of(urn).split(":")[1]
        if module.count("/") != 1:
            return Checked(new_inputs, (_no_group(module),))
        document = normalised(manifest(new_inputs))
        if "generateName" in metadata(document) and not is_named(document):
            return Checked(new_inputs, (_no_generate_name(),))
        named = self._named(urn, document, manifest(old_inputs) if old_inputs else None)
        self._learn_scope(named)
        namespaced = self._namespaced(*group_and_kind(type_of(urn)))
        if self.namespace and namespaced and not text(named, "namespace"):
            named = with_metadata(named, namespace=_namespace(named, self.namespace))
        return Checked(marked(named, new_inputs))

    def _named(self, urn: str, document: Properties, old: Properties | None) -> Properties:
        if is_named(document):
            return document
        if old:
            return autonamed(document, text(old, "name")) if is_autonamed(old) else document
        return autonamed(document, f"{name_of(urn)}-{self.suffix(urn)}")

    def _learn_scope(self, document: Properties) -> None:
        spec = document.get("spec")
        if document.get("kind") != "CustomResourceDefinition" or not isinstance(spec, dict):
            return
        names = spec.get("names")
        kind = names.get("kind") if isinstance(names, dict) else None
        self.scopes[str(spec.get("group")), str(kind)] = spec.get("scope") == "Namespaced"

    def _namespaced(self, group: str, kind: str) -> bool:
        if group in KNOWN_GROUPS:
            return kind not in CLUSTER_KINDS
        return self.scopes.get((group, kind), True)

    def diff(self, comparison: Comparison) -> Difference:
        """Compare the new manifest with the last known live one, as far as its author wrote it."""
        self.compared.add(comparison.urn)
        live, old = self._old_manifests(comparison)
        new = normalised(manifest(comparison.new_inputs))
        group, kind = api_group(str(new.get("apiVersion", ""))), str(new.get("kind", ""))
        old, new = self._aligned(group, kind, old), self._aligned(group, kind, new)
        if is_named(new):
            old = with_metadata(old, name=text(live, "name"))
        immutable = immutable_paths(
            group,
            kind,
            secrets_mutable=self.secrets_mutable and new.get("immutable") is not True,
            config_maps_mutable=self.config_maps_mutable and new.get("immutable") is not True,
        )
        detailed = _kept(manifest_differences(old, new, immutable), comparison.ignore_changes)
        replacing = tuple(path for path, diff in detailed.items() if _replaces(path, diff))
        return Difference(
            changes=bool(detailed),
            replace_keys=replacing,
            detailed=detailed,
            delete_before_replace=bool(replacing) and _same_object(live, new),
        )

    def _old_manifests(self, comparison: Comparison) -> tuple[Properties, Properties]:
        """The last known live manifest, and the part of it that the old inputs wrote."""
        outputs = manifest(comparison.old_outputs)
        given = outputs.get("__inputs")
        inputs = given if isinstance(given, dict) else manifest(comparison.old_inputs)
        live = {key: item for key, item in outputs.items() if key[:2] != "__"}
        return live, pruned(live, normalised(inputs))

    def _aligned(self, group: str, kind: str, document: Properties) -> Properties:
        """The namespace said where the kind has one, and not where it has none."""
        if not self._namespaced(group, kind):
            return with_metadata(document, namespace=None)
        return with_metadata(document, namespace=_namespace(document, "default"))

    def preview_create(self, urn: str, inputs: Properties, call: Call) -> tuple[str, Properties]:
        """The manifest, as the cluster would make of it where one answers; its id is not known."""
        # What was compared is replaced, and stands in the way of its own successor.
        if urn in self.compared or (cluster := self._previewing(call)) is None:
            return "", inputs
        with _told_of(urn):
            return "", cluster.preview_create(inputs, call)

    def preview_update(self, comparison: Comparison, call: Call) -> Properties:
        """The manifest, as the cluster would make of it where one answers."""
        if (cluster := self._previewing(call)) is None:
            return comparison.new_inputs
        with _told_of(comparison.urn):
            return cluster.preview_update(comparison, call)

    def create(self, urn: str, inputs: Properties, call: Call) -> Made:
        """Make an object, and wait until it is ready."""
        del urn
        return self._changing().create(inputs, call)

    def update(self, comparison: Comparison, call: Call) -> Properties:
        """Change an object in place, and wait until it is ready."""
        return self._changing().update(comparison, call)

    def delete(self, existing: Existing, call: Call) -> None:
        """Delete an object, and wait until it is gone."""
        self._changing().delete(existing, call)

    def read(self, existing: Existing, call: Call) -> Existing | None:
        """The object as it is now."""
        del call
        return self._changing().read(existing)

    def _previewing(self, call: Call) -> ClusterChanges | None:
        """The cluster to ask, None where there is none to be asked."""
        if self.access.is_offline:
            return None
        try:
            return self._changes()
        except ClusterError as error:
            if self.access.tells_once():
                call.say(Severity.WARNING, f"{error}\n{_PREVIEWED_OFFLINE}")
            return None

    def _changing(self) -> ClusterChanges:
        if self.access.is_offline:
            raise ProviderError(_NO_CLUSTER)
        try:
            return self._changes()
        except ClusterError as error:
            raise ProviderError(str(error)) from error

    def _changes(self) -> ClusterChanges:
        return ClusterChanges(self.access.objects(), upsert=self.upsert, force=self.force)


@contextmanager
def _told_of(urn: str) -> Iterator[None]:
    """Say of which resource it is what the cluster refuses."""
    try:
        yield
    except ClusterError as error:
        raise EngineError(f"'{name_of(urn)}' would be refused: {error}", urn) from error


def _namespace(document: Properties, otherwise: str) -> str | Unknown:
    given = metadata(document).get("namespace")
    return given if isinstance(given, Unknown) else str(given or otherwise)


def _no_group(module: str) -> Failure:
    return Failure("", f'apiVersion does not have both a group and a version: "{module}"')


def _no_generate_name() -> Failure:
    return Failure(
        "metadata", "the `.metadata.generateName` field is not supported in Server-Side Apply mode"
    )


def _kept(found: dict[str, PropertyDiff], ignored: tuple[str, ...]) -> dict[str, PropertyDiff]:
    paths = [parse_path(ignore) for ignore in ignored]
    return {
        path: diff
        for path, diff in found.items()
        if not any(covers(outer, try_parse(path) or ()) for outer in paths)
    }


def _replaces(path: str, diff: PropertyDiff) -> bool:
    return diff.kind.replaces or (path == "metadata" and diff.kind is DiffKind.DELETE)


def _same_object(live: Properties, new: Properties) -> bool:
    """Whether the new object would stand where the old one still is."""
    if not is_named(new) or is_autonamed(new) or text(new, "name") != text(live, "name"):
        return False
    return same(text(new, "namespace"), text(live, "namespace"))
