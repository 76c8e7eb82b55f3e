"""Weave Net's manifests -> the resources of a cluster's pod network."""

from collections.abc import Sequence

import pulumi

from components.base import Component, Token
from components.manifests import declare_manifest
from render.manifest import DAEMON_SET, SECRET, Manifest
from render.weave import PASSWORD_SECRET


class WeaveCluster(Component):
    """The pod network of one cluster; its policies are enforced once `ready` is there."""

    def __init__(
        self,
        name: str,
        manifests: Sequence[Manifest],
        password: pulumi.Output[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare Weave Net; `password` is for a cluster with encryption."""
        super().__init__(Token.WEAVE_CLUSTER, name, opts)
        data = None if password is None else {PASSWORD_SECRET: password}
        needed = [
            declare_manifest(self, manifest, secret_data=data if manifest.type == SECRET else None)
            for manifest in manifests
            if manifest.type != DAEMON_SET
        ]
        self.ready = [
            declare_manifest(self, manifest, needed)
            for manifest in manifests
            if manifest.type == DAEMON_SET
        ]
        self.register_outputs({})
