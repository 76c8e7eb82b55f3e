"""Weave Net's manifests -> the resources of a cluster's pod network."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.base import Component, Token
from components.connection import WayIn
from components.device_keys import declare_key_command, make_key_command
from components.manifests import declare_manifest
from render.manifest import DAEMON_SET, PASSWORD_ANNOTATION, SECRET, Manifest, as_fields
from render.weave import PASSWORD_SECRET

# 256 bits; a node that is no VPN gateway may have no wg. An empty file is no key.
MAKE_KEY, SHOW_KEY = "head -c 32 /dev/urandom | base64", "grep ."
KEY_FILE = "weave.key"
# 32 MiB and a tenth of a second.
SCRYPT = {"n": 2**15, "r": 8, "p": 1}
SCRYPT_MEMORY = 128 * SCRYPT["n"] * SCRYPT["r"]


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
        needed = [
            declare_manifest(self, manifest, further=_hold(manifest, known))
            for manifest in manifests
            if manifest.type != DAEMON_SET
        ]
        self.ready = [
            declare_manifest(self, manifest, needed, _note(manifest, known, name))
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


def _hold(manifest: Manifest, password: pulumi.Output[str] | None) -> Mapping[str, object] | None:
    """The data of the password's Secret."""
    if manifest.type != SECRET or password is None:
        return None
    return {"stringData": pulumi.Output.secret({PASSWORD_SECRET: password})}


def _note(
    manifest: Manifest, password: pulumi.Output[str] | None, cluster: str
) -> Mapping[str, object] | None:
    """The routers' pods with a note of the password, so that another one makes them anew."""
    if password is None:
        return None
    spec = as_fields(manifest.at("spec"))
    template = as_fields(spec.get("template"))
    hidden: pulumi.Output[str] = pulumi.Output.secret(password)
    note = hidden.apply(lambda text: fingerprint(text, cluster))
    metadata = {**as_fields(template.get("metadata")), "annotations": {PASSWORD_ANNOTATION: note}}
    return {"spec": {**spec, "template": {**template, "metadata": metadata}}}


def fingerprint(password: str, cluster: str) -> str:
    """Eight digits that are others for another password, and from which none can be found.

    They stand where whoever may look at pods can read them. Trying a password costs as much memory
    and time as is usual for keys out of passwords (RFC 7914), and so few digits fit many.
    """
    salt = f"la1r {cluster}".encode()
    made = hashlib.scrypt(password.encode(), salt=salt, dklen=4, maxmem=2 * SCRYPT_MEMORY, **SCRYPT)
    return made.hex()
