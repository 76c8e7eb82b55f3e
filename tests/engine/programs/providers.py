"""Providers: inherited, renamed, replaced, not known yet, and none at all."""

from typing import Any

import pulumi
from pulumi import Alias, ComponentResource, ResourceOptions
from pulumi_command import local
from pulumi_kubernetes import Provider
from pulumi_kubernetes.apiextensions import CustomResource

second = pulumi.Config().require_int("version") == 2
value = "2" if second else "1"


def thing(name: str, content: str = "", **options: Any) -> CustomResource:
    """An object of a kind that no built-in group has."""
    return CustomResource(
        name,
        api_version="example.net/v1",
        kind="Thing",
        metadata={"name": name},
        spec={"content": content},
        opts=ResourceOptions(**options),
    )


class Group(ComponentResource):
    """A component with one object."""

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__("test:providers:Group", name, {}, ResourceOptions(**options))
        thing(f"{name}-thing", value, parent=self)
        self.register_outputs({})


other_cluster = Provider("other-cluster", cluster_identifier=value)
same_cluster = Provider("same-cluster", context=value)
other_namespace = Provider("other-namespace", namespace=f"n{value}")
renamed = Provider(
    "new-name" if second else "old-name", opts=ResourceOptions(aliases=[Alias(name="old-name")])
)
kubeconfig = local.Command("kubeconfig", create=value)
unknown = Provider("unknown", kubeconfig=kubeconfig.stdout)

thing("in-other-cluster", provider=other_cluster)
thing("in-same-cluster", provider=same_cluster)
thing("in-other-namespace", provider=other_namespace)
thing("of-renamed", provider=renamed)
thing("of-unknown", value, provider=unknown)
thing("moves", provider=other_namespace if second else same_cluster)
thing("of-default", value)
Group("by-list", providers=[renamed])
Group("by-map", providers={"kubernetes": renamed})
Group("by-one", provider=renamed)
Group("by-default")
