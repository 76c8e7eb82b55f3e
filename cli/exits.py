"""What the command's exit codes mean."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of `la1r`; docs/commands.md lists them for users."""

    FINE = 0
    RUN_FAILED = 1
    PROBLEMS = 2
    DRIFT = 3
    CHANGES = 4
    WRONG_USAGE = 64
    INTERRUPTED = 130
