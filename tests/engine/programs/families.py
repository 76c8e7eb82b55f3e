"""Components whose type, name or parent changes, with the aliases that say so."""

import pulumi
from pulumi import Alias, ComponentResource, ResourceOptions
from pulumi_command import local

second = pulumi.Config().require_int("version") == 2


class Family(ComponentResource):
    """A component with one child and outputs."""

    def __init__(self, name: str, kind: str, opts: ResourceOptions | None = None) -> None:
        super().__init__(kind, name, {"given": name}, opts)
        child = ResourceOptions(parent=self)
        self.command = local.Command(f"{name}-command", create="true", opts=child)
        self.register_outputs({"stdout": self.command.stdout, "hidden": pulumi.Output.secret(1)})


if second:
    Family("kind", "test:families:New", ResourceOptions(aliases=[Alias(type_="test:families:Old")]))
    parent = Family("parent-2", "test:families:P", ResourceOptions(aliases=[Alias(name="parent")]))
    local.Command("child", create="true", opts=ResourceOptions(aliases=[Alias(parent=parent)]))
    options = ResourceOptions(parent=parent, aliases=[Alias(parent=None)])
    Family("top", "test:families:T", options)
    options = ResourceOptions(parent=parent, aliases=[Alias(name="inner")])
    Family("inner-2", "test:families:I", options)
else:
    Family("kind", "test:families:Old")
    parent = Family("parent", "test:families:P")
    local.Command("child", create="true", opts=ResourceOptions(parent=parent))
    Family("top", "test:families:T")
    Family("inner", "test:families:I", ResourceOptions(parent=parent))
    gone = Family("gone", "test:families:G", ResourceOptions(parent=parent))
    local.Command("needs-gone", create="true", opts=ResourceOptions(depends_on=[gone]))
