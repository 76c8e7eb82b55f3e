"""Commands that stay, change, are replaced, appear and go."""

import pulumi
from pulumi_command import local, remote

second = pulumi.Config().require_int("version") == 2
text = "one\ntwo\n" if second else "one\n"

stays = local.Command("stays", create="true", environment={"A": "b"})
changed = local.Command("changed", create="true", stdin=text)
uses = local.Command("uses", create="true", stdin=changed.stdout)
triggered = local.Command("triggered", create="true", triggers=["2" if second else "1"])
moved = remote.Command(
    "moved",
    create="true",
    delete="false",
    connection={"host": "192.0.2.2" if second else "192.0.2.1"},
)
local.Command("new-input", create="true", update="true" if second else None)
local.Command("lost-input", create="true", update=None if second else "true")
if second:
    local.Command("appears", create=triggered.stdout)
else:
    local.Command("goes", create="true", opts=pulumi.ResourceOptions(depends_on=[stays]))
    local.Command("is-kept", create="true", opts=pulumi.ResourceOptions(retain_on_delete=True))

for name, source in {
    "copied-text": pulumi.StringAsset(text),
    "copied-file": pulumi.FileAsset("__main__.py"),
}.items():
    remote.CopyToRemote(
        name,
        remote_path="/x",
        connection={"host": "192.0.2.1", "proxy": {"host": "192.0.2.3"}},
        source=source,
    )
pulumi.export("text", text)
pulumi.export("output", uses.stdout)
pulumi.export("mixed", [1, 1.5, True, {"second": second}])
