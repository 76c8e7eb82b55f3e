"""Secrets in inputs, outputs, messages and in what is printed."""

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_command import local, remote

second = pulumi.Config().require_int("version") == 2
password = pulumi.Config().require_secret("password")

local.Command("inside", create=Output.concat("echo ", password), environment={"P": password})
local.Command("becomes-secret", create=Output.secret("true") if second else "true")
local.Command("changes", stdin=Output.secret("new hush" if second else "old hush"))
remote.Command("remote", create="true", connection={"host": "192.0.2.1", "password": password})
shown = local.Command(
    "output", create=password, opts=ResourceOptions(additional_secret_outputs=["stdout"])
)
pulumi.export("password", password)
pulumi.export("nested", {"list": [password, 1]})
pulumi.export("stdout", shown.stdout)
password.apply(lambda text: pulumi.log.warn(f"it is {text}"))
password.apply(lambda text: print(f"printed {text}"))  # noqa: T201  # to see what becomes of it
