"""The ``kubernetes`` package without a cluster: what it says when no API server answers."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field

from engine.difference import changed_keys
from engine.paths import covers, parse_path, try_parse
from engine.providers.base import (
    Call,
    Checked,
    Comparison,
    Existing,
    Failure,
    Made,
    Provider,
    ProviderError,
)
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
from engine.steps import NO_DIFFERENCE, Difference, DiffKind, PropertyDiff
from engine.urn import name_of, type_of
from engine.values import Properties, Unknown, contains, same

_CLUSTER_KEYS = ("kubeconfig", "context", "cluster")
_IDENTIFIER = "clusterIdentifier"


def stand_in_suffix(urn: str) -> str:
    """Eight digits in the place of the random ones a deployment will make."""
    return hashlib.sha256(urn.encode()).hexdigest()[:8]


class KubernetesPackage:
    """Objects of a cluster, each known by API version and kind."""

    name = "kubernetes"

    def __init__(self, suffix: Callable[[str], str] = stand_in_suffix) -> None:
        self._suffix = suffix

    def supports(self, kind: str) -> bool:
        """Any single object; lists, patches, charts and whole YAML files are no objects."""
        module, name = kind.split(":")[1:]
        foreign = module.startswith(("helm.sh/", "yaml", "kustomize"))
        return not foreign and not name.endswith(("List", "Patch"))

    def check_config(self, inputs: Properties) -> Checked:
        """Configuration as given."""
        return Checked(inputs)

    def diff_config(self, old: Properties, new: Properties) -> Difference:
        """How two configurations differ; another cluster replaces everything in it."""
        changed = changed_keys(old, new)
        if not changed:
            return NO_DIFFERENCE
        return Difference(True, _cluster_changes(old, new, changed), changed)

    def configure(self, urn: str, inputs: Properties) -> Provider:
        """A provider without a cluster."""
        del urn
        return KubernetesProvider(
            suffix=self._suffix,
            namespace=str(inputs.get("namespace") or ""),
            secrets_mutable=_flag(
                inputs, "enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"
            ),
            config_maps_mutable=_flag(
                inputs, "enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"
            ),
        )


def _flag(inputs: Properties, key: str, variable: str) -> bool:
    given = inputs.get(key, os.environ.get(variable, ""))
    return given is True or given == "true"


def _cluster_changes(old: Properties, new: Properties, changed: tuple[str, ...]) -> tuple[str, ...]:
    """The keys that say it is another cluster; the identifier, where kept, overrules the others."""
    identified = old.get(_IDENTIFIER) is not None and new.get(_IDENTIFIER) is not None
    if identified:
        return (_IDENTIFIER,) if _IDENTIFIER in changed else ()
    unknown = [key for key in _CLUSTER_KEYS if contains(new.get(key), Unknown)]
    if unknown:
        return (unknown[0],)
    if not old.get("kubeconfig") or not new.get("kubeconfig"):
        return ()  # no file, so no cluster that could be told from another one
    return tuple(key for key in _CLUSTER_KEYS if key in changed)


@dataclass(frozen=True, slots=True)
class KubernetesProvider:
    """Checks and compares manifests; previews take the inputs for what the API would answer."""

    suffix: Callable[[str], str]
    namespace: str
    secrets_mutable: bool
    config_maps_mutable: bool
    scopes: dict[tuple[str, str], bool] = field(default_factory=dict)
    """Kinds of CustomResourceDefinitions seen in this run: namespaced or not."""

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

    def preview_create(self, urn: str, inputs: Properties) -> tuple[str, Properties]:
        """The manifest as checked; its id is not known."""
        del urn
        return "", inputs

    def preview_update(self, comparison: Comparison) -> Properties:
        """The manifest as checked."""
        return comparison.new_inputs

    def create(self, urn: str, inputs: Properties, call: Call) -> Made:
        """Raises ProviderError: the built-in engine reaches no cluster."""
        del inputs, call
        raise _no_cluster(urn)

    def update(self, comparison: Comparison, call: Call) -> Properties:
        """Raises ProviderError: the built-in engine reaches no cluster."""
        del call
        raise _no_cluster(comparison.urn)

    def delete(self, existing: Existing, call: Call) -> None:
        """Raises ProviderError: the built-in engine reaches no cluster."""
        del call
        raise _no_cluster(existing.urn)

    def read(self, existing: Existing, call: Call) -> Existing:
        """Raises ProviderError: the built-in engine reaches no cluster."""
        del call
        raise _no_cluster(existing.urn)


def _no_cluster(urn: str) -> ProviderError:
    return ProviderError(
        f"the built-in engine previews '{name_of(urn)}' and does not reach a cluster: "
        "deploy it with the Pulumi CLI"
    )


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
