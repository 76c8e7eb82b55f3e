"""Every resource option that bears on what a run does to a resource."""

from typing import Any

import pulumi
from pulumi import Alias, CustomTimeouts, ResourceOptions
from pulumi_command import local, remote

second = pulumi.Config().require_int("version") == 2
value = "2" if second else "1"


def command(name: str, **options: Any) -> local.Command:
    """A command whose input changes with the version."""
    return local.Command(name, create=value, opts=ResourceOptions(**options))


first = command("first-replaced", replace_on_changes=["create"], delete_before_replace=True)
after = command("after-replaced", depends_on=[first])
command("protected-later", protect=second)
command("protected-both", protect=True)
command("ignores-all", ignore_changes=["*"])
command("ignores-one", ignore_changes=["create"])
command("secret-output", additional_secret_outputs=["stdout"])
command("timeouts", custom_timeouts=CustomTimeouts(create="2m" if second else "90s"))
command("hidden", hide_diffs=["create"])
command("trigger", replacement_trigger=value)
command("goes-with", replace_with=[first])
command("new-name" if second else "old-name", aliases=[Alias(name="old-name")])
command("version", version="1.2.1")

for name, path in {
    "environment": "environment",
    "one-variable": "environment.name",
    "quoted-variable": 'environment["name"]',
    "each-variable": "environment[*]",
    "trigger-item": "triggers[0]",
    "trigger-items": "triggers[*]",
}.items():
    local.Command(
        f"ignores-{name}",
        create="true",
        environment={"name": value},
        triggers=[value],
        opts=ResourceOptions(ignore_changes=[path]),
    )
remote.Command(
    "ignores-secret",
    create="true",
    connection={"host": f"192.0.2.{value}", "user": "admin"},
    opts=ResourceOptions(ignore_changes=["connection.host"]),
)
local.Command(
    "replaces-on-one",
    create="true",
    environment={"name": value},
    opts=ResourceOptions(replace_on_changes=["environment.name"]),
)
local.Command(
    "updates-on-other",
    create="true",
    environment={"name": value},
    opts=ResourceOptions(replace_on_changes=["environment.other"]),
)
