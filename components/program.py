"""A function that declares a network -> a program that either engine runs, without tracebacks."""

import sys
from collections.abc import Callable, Iterable, Mapping

import pulumi

from components.interrupt import leave_when_interrupted
from plan.memory import expect_lasting_values
from terms.problem import DescriptionError, Problem, Severity, say_file_error

# Pulumi's language host takes it for "the reason has been shown" and adds no traceback.
ALREADY_SHOWN = 32


def begin() -> None:
    """Get ready for an interrupt, and for values that last.

    Before all other imports: they take long enough to be interrupted, and make much that lasts.
    """
    leave_when_interrupted()
    expect_lasting_values()


def run_program(declare: Callable[[], Mapping[str, pulumi.Input[object]]]) -> None:
    """Declare everything and export what is returned; a problem ends the program instead."""
    try:
        outputs = declare()
    except DescriptionError as error:
        pulumi.log.error("\n".join(str(problem) for problem in error.problems))
        sys.exit(ALREADY_SHOWN)
    except OSError as error:
        pulumi.log.error(f"a file cannot be read or written: {say_file_error(error)}")
        sys.exit(ALREADY_SHOWN)
    for name, value in outputs.items():
        pulumi.export(name, value)


def stop_at(problems: Iterable[Problem]) -> None:
    """Raise DescriptionError with all problems when one of them is more than a warning."""
    found = tuple(sorted(problems, key=lambda problem: problem.order))
    if any(problem.severity is Severity.ERROR for problem in found):
        raise DescriptionError(found)
