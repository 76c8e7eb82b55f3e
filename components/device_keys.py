"""A key that a device makes for itself -> the command that makes it once, and what may leave."""

import shlex

import pulumi
from pulumi_command.remote import Command, Logging

from components.connection import WayIn

KEY_FOLDER = "/etc/la1r/keys"


def declare_key_command(
    name: str, way_in: WayIn, line: str, options: pulumi.ResourceOptions
) -> Command:
    """One line that runs on a device over one connection."""
    return Command(
        name,
        connection=way_in.connection,
        create=line,
        add_previous_output_in_env=False,
        # Live log lines are not masked, and a long one hangs the scanner they pass through.
        logging=Logging.NONE,
        opts=options,
    )


def make_key_command(file: str, generate: str, show: str) -> str:
    """A line that makes a key unless it is there, and prints what may leave: the same each time.

    A key that changed whenever its command runs again would part two sites at the next change of
    an SSH port.
    """
    path, new = shlex.quote(file), shlex.quote(f"{file}.new")
    return (
        f"umask 077 && mkdir -p {KEY_FOLDER} && cd {KEY_FOLDER}"
        f" && {{ [ -s {path} ] || {{ {generate} >{new} && mv {new} {path}; }}; }} && {show} {path}"
    )
