"""Calls of `la1r client`, and what its output says."""

from cli.main import run

ENDPOINT_KEY = "ZXhhbXBsZSBlbmRwb2ludC4uLi4uLi4uLi4uLi4uLi4="
OFFERED = ("--stack", "dev", "--endpoint-key", ENDPOINT_KEY)
FILE = "Pulumi.dev.yaml"


def add(name: str, *more: str) -> int:
    """Add a client of the family."""
    return run(["client", "add", name, "--tenant", "family", *OFFERED, *more])


def value_of(key: str, text: str) -> str:
    """Give the value of a line `key = value`."""
    return next(
        line.partition(" = ")[2] for line in text.splitlines() if line.startswith(f"{key} = ")
    )
