"""A program that fails in its second version, before it has registered everything."""

import pulumi
from pulumi_command import local

second = pulumi.Config().require_int("version") == 2

local.Command("before", create="2" if second else "1")
if second:
    raise pulumi.RunError("the second version does not work")
local.Command("after", create="true")
