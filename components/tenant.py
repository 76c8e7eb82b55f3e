"""A tenant's manifests -> its resources, in an order that leaves nobody in before the limits."""

from collections.abc import Sequence

import pulumi

from components.base import Component, Token
from components.manifests import declare_manifest
from render.manifest import NAMESPACE, ROLE_BINDING, Manifest


class Tenant(Component):
    """The namespaces of one tenant, with its limits, policies, addresses and owners."""

    def __init__(
        self,
        name: str,
        manifests: Sequence[Manifest],
        after: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the tenant once what is in `after` enforces policies."""
        super().__init__(Token.TENANT, name, opts)
        namespaces = {
            manifest.name: declare_manifest(self, manifest, after)
            for manifest in manifests
            if manifest.type == NAMESPACE
        }
        limits: list[pulumi.Resource] = []
        for manifest in manifests:
            if manifest.type in (NAMESPACE, ROLE_BINDING):
                continue
            home = namespaces.get(manifest.namespace or "")
            limits.append(declare_manifest(self, manifest, [home] if home else after))
        # Owners get in last, when nothing is left that they could be early for.
        for manifest in manifests:
            if manifest.type == ROLE_BINDING:
                declare_manifest(self, manifest, limits)
        self.register_outputs({"namespaces": sorted(namespaces)})
