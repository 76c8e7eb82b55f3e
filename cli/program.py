"""A stack with its description -> the program that the built-in engine runs."""

from cli.stack import Whole
from engine.program import Program

PROJECT = "la1r"


def program_of(whole: Whole) -> Program:
    """The project's own program, as the engine runs it."""
    return Program(
        project=PROJECT,
        stack=whole.name,
        folder=whole.folder,
        config=whole.stack.config,
        secret_keys=whole.stack.secret_keys,
        parallel=None,
    )
