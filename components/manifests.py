"""A rendered manifest -> the one resource that declares it, exactly as it was judged."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version

import pulumi
import pulumi_kubernetes

from components.base import Component
from config.cluster import Cluster
from render.manifest import NETWORK_POLICY, SECRET, Manifest

# A kubeconfig without a cluster. Without any, the provider takes the one of whoever runs it, and
# with that the cluster that happens to be current there.
OFFLINE = json.dumps(
    {"apiVersion": "v1", "kind": "Config", "clusters": [], "contexts": [], "users": []}
)
_SECRET_FIELDS = ("data", "stringData")


def declare_provider(
    cluster: Cluster, kubeconfig: pulumi.Output[str] | None, opts: pulumi.ResourceOptions
) -> pulumi_kubernetes.Provider:
    """The way to one cluster; without a kubeconfig it stays offline: previews work, `up` fails."""
    return pulumi_kubernetes.Provider(
        cluster.name,
        kubeconfig=OFFLINE if kubeconfig is None else kubeconfig,
        # Otherwise an edited kubeconfig is taken for another cluster, and everything replaced.
        cluster_identifier=cluster.name,
        # Otherwise changed data deletes the object and makes it anew, under the pods that use it.
        enable_secret_mutable=True,
        enable_config_map_mutable=True,
        # Otherwise a cluster that does not answer looks like one without changes.
        skip_update_unreachable=False,
        # An object that exists may be somebody's; only its owner can say that it may be taken over.
        upsert_existing_objects=cluster.adopt or None,
        opts=opts,
    )


def declare_manifest(
    component: Component,
    manifest: Manifest,
    after: Sequence[pulumi.Resource] = (),
    further: Mapping[str, object] | None = None,
) -> pulumi.CustomResource:
    """Declare one object as the typed SDK would, without loading its classes.

    `further` are fields that no manifest holds, because they are known only while it is deployed.

    A policy whose types somebody changed is made anew: weave-npc never enforces a type that an
    update adds (seen on 2.9.0).
    """
    properties: dict[str, object] = {**manifest.body, **(further or {})}
    hidden = _SECRET_FIELDS if manifest.type == SECRET else ()
    own = pulumi.ResourceOptions(version=_sdk_version())
    if manifest.type == NETWORK_POLICY:
        own.replace_on_changes = ["spec.policyTypes"]
        own.delete_before_replace = True
    options = pulumi.ResourceOptions.merge(component.options(after, secret=hidden), own)
    name = component.name_child(manifest.logical_name)
    return pulumi.CustomResource(manifest.type.token, name, properties, options)


@cache
def _sdk_version() -> str:
    """Read once, for the whole metadata of the package is parsed to find it."""
    return version("pulumi_kubernetes")
