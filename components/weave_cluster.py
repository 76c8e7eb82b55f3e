"""Weave Net's manifests -> the resources of a cluster's pod network."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.base import Component, Token
from components.connection import WayIn
from components.device_keys import declare_key_command, make_key_command
from components.manifests import declare_manifest
from render.manifest import DAEMON_SET, SECRET, Manifest
from render.weave import PASSWORD_SECRET

# 256 bits; a node that is no VPN gateway may have no wg. An empty file is no key.
MAKE_KEY, SHOW_KEY = "head -c 32 /dev/urandom | base64", "grep ."
KEY_FILE = "weave.key"


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """A node that makes the pod network's password and keeps it, and what comes before that."""

    way_in: WayIn
    after: pulumi.Resource


class WeaveCluster(Component):
    """The pod network of one cluster; its policies are enforced once `ready` is there."""

    def __init__(
        self,
        name: str,
        manifests: Sequence[Manifest],
        password: pulumi.Output[str] | KeyPlace | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare Weave Net; `password`, or where it is made, is for a cluster with encryption."""
        super().__init__(Token.WEAVE_CLUSTER, name, opts)
        known = self._make_password(password) if isinstance(password, KeyPlace) else password
        data = None if known is None else {PASSWORD_SECRET: known}
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

    def _make_password(self, place: KeyPlace) -> pulumi.Output[str]:
        """The node keeps it, so that losing the stack's state does not part running routers."""
        options = self.router_options(
            [place.after], secret=("stdout", "stderr"), left_out=place.way_in.left_out
        )
        line = make_key_command(KEY_FILE, MAKE_KEY, SHOW_KEY)
        made = declare_key_command(self.name_child("password"), place.way_in, line, options)
        return made.stdout.apply(lambda text: text.strip())
