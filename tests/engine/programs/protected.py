"""Protected resources that a run would have to replace or delete, and ones it may."""

import pulumi
from pulumi import ResourceOptions
from pulumi_command import local

second = pulumi.Config().require_int("version") == 2
protected = ResourceOptions(protect=True)

local.Command("replaced", create="true", triggers=[second], opts=protected)
local.Command("updated", create="2" if second else "1", opts=protected)
local.Command(
    "set-free", create="true", triggers=[second], opts=ResourceOptions(protect=not second)
)
local.Command("protected-now", create="true", opts=ResourceOptions(protect=second))
if not second:
    local.Command("deleted", create="true", opts=protected)
