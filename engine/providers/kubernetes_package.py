"""The ``kubernetes`` package: its kinds of objects, and how its providers are configured."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable

from engine.cluster.access import Access
from engine.difference import changed_keys
from engine.providers.base import Checked, Provider
from engine.providers.kubernetes import KubernetesProvider
from engine.steps import NO_DIFFERENCE, Difference
from engine.values import Properties, Unknown, contains, unwrap_all

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
        """A provider for the cluster of the kubeconfig; without one, for none."""
        del urn
        plain = unwrap_all(inputs)
        return KubernetesProvider(
            suffix=self._suffix,
            namespace=str(inputs.get("namespace") or ""),
            secrets_mutable=_flag(
                inputs, "enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"
            ),
            config_maps_mutable=_flag(
                inputs, "enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"
            ),
            # Never that of whoever runs it: nothing would notice that it is another cluster.
            access=Access(str(plain.get("kubeconfig") or ""), str(plain.get("context") or "")),
            upsert=_flag(inputs, "upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
            force=_flag(inputs, "enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"),
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
