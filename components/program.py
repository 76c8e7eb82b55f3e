"""A function that declares a network -> a program that either engine runs, without tracebacks."""

import asyncio
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import NoReturn, TypeVar

import pulumi
from pulumi.runtime import get_root_resource, is_dry_run

from components.interrupt import leave_when_interrupted
from plan.memory import expect_lasting_values
from terms.problem import DescriptionError, Problem, Severity, say_file_error

# Pulumi's language host takes it for "the reason has been shown" and adds no traceback.
ALREADY_SHOWN = 32
# Turns of the event loop after which the first resources have left, once their parent is known.
HEAD_START = 20

Result = TypeVar("Result")


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
        _stop_at_file(error)
    for name, value in outputs.items():
        pulumi.export(name, value)


def stop_at(problems: Iterable[Problem]) -> None:
    """Raise DescriptionError with all problems when one of them is more than a warning."""
    found = tuple(sorted(problems, key=lambda problem: problem.order))
    if any(problem.severity is Severity.ERROR for problem in found):
        raise DescriptionError(found)


def meanwhile(work: Callable[[], Result]) -> pulumi.Output[Result]:
    """Do work that takes nothing from the engine while that starts its providers, in a preview.

    A deployment does it at once, so that what fails does so before anything is declared: what is
    declared is made, even if the program fails then. It is done in the event loop, for a thread
    would keep the interpreter from what resources still have to say.
    """
    return pulumi.Output.from_input(_do_later(work) if is_dry_run() else work())


async def _do_later(work: Callable[[], Result]) -> Result:
    stack = get_root_resource()
    if stack is not None:
        await stack.urn.future()
    for _ in range(HEAD_START):
        await asyncio.sleep(0)
    try:
        return work()
    except OSError as error:
        _stop_at_file(error)


def _stop_at_file(error: OSError) -> NoReturn:
    pulumi.log.error(f"a file cannot be read or written: {say_file_error(error)}")
    sys.exit(ALREADY_SHOWN)
