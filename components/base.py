"""What the components share: type tokens, names of children, parents and protection.

Tokens and names enter the URN of every child. Changed without an alias, they would have every
router and every object made anew and then removed, so both are frozen.
"""

from collections.abc import Sequence
from enum import StrEnum

import pulumi

_COMMAND = ("connection", "create", "environment", "stdin")
"""What a change of a device may change in the command that makes it."""


class Token(StrEnum):
    """Types of the components."""

    SITE = "la1r:network:Site"
    TENANT = "la1r:network:Tenant"
    VPN_MESH = "la1r:network:VpnMesh"
    WEAVE_CLUSTER = "la1r:network:WeaveCluster"


class Component(pulumi.ComponentResource):
    """A component whose children start with its name; protection passes to them."""

    def __init__(self, token: Token, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token.value, name, None, opts)
        self._name_of_component = name

    def name_child(self, *parts: str) -> str:
        """Name of a child; no part can hold a slash of its own, so no two are equal."""
        return "/".join((self._name_of_component, *parts))

    def options(
        self, after: Sequence[pulumi.Resource] = (), *, secret: Sequence[str] = ()
    ) -> pulumi.ResourceOptions:
        """Options of a child that is made after others; `secret` are outputs to keep encrypted."""
        return pulumi.ResourceOptions(
            parent=self,
            depends_on=list(after),
            additional_secret_outputs=list(secret) or None,
        )

    def router_options(
        self,
        after: Sequence[pulumi.Resource] = (),
        *,
        secret: Sequence[str] = (),
        left_out: bool = False,
    ) -> pulumi.ResourceOptions:
        """Options of what runs on a device: leaving the stack must not change the device.

        What was left out of this run stays as it was deployed last, whatever the description says.
        """
        kept = pulumi.ResourceOptions(
            retain_on_delete=True, ignore_changes=list(_COMMAND) if left_out else None
        )
        return pulumi.ResourceOptions.merge(self.options(after, secret=secret), kept)
