"""A resource that is deleted before its replacement, and what depends on it in several ways."""

import pulumi
from pulumi import ResourceOptions
from pulumi_command import local

second = pulumi.Config().require_int("version") == 2

link = local.Command(
    "link-0",
    create="true",
    triggers=[second],
    opts=ResourceOptions(delete_before_replace=True),
)
for index in range(1, 4):
    link = local.Command(f"link-{index}", create="true", triggers=[link.stdout])
updated = local.Command("updated", create="true", stdin=link.stdout)
local.Command("unaffected", create="true", triggers=[updated.create])
local.Command("only-after", create="true", opts=ResourceOptions(depends_on=[link]))
if not second:
    local.Command("gone-too", create="true", triggers=[link.stdout])
