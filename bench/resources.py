"""A Pulumi program of as many plain resources as `bench:count` says, for timing engines."""

import pulumi
from pulumi_command.local import Command

for number in range(int(pulumi.Config("bench").require("count"))):
    Command(f"command-{number}", create=f"echo {number}")
