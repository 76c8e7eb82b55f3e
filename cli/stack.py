"""Finds a stack's file and computes what its network comes to."""

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from config.load import LoadedStack, load_stack
from plan.build import build_plan
from plan.model import Plan
from plan.problems import find_plan_problems
from reach.compare import find_reach_problems
from reach.evaluate import evaluate
from reach.model import Reach
from render.kubernetes import lint_manifests, render_manifests
from render.whole import RenderedNetwork, render_network
from terms.problem import DescriptionError, Problem, Severity

PROJECT_FILE = "Pulumi.yaml"


class StackNotFoundError(Exception):
    """There is no such stack, or no project around the current folder."""


# Without slots, because a property that is kept needs room of its own.
@dataclass(frozen=True)
class Whole:
    """A stack's description with everything that follows from it."""

    name: str
    folder: Path
    stack: LoadedStack
    plan: Plan
    reach: Reach
    warnings: tuple[Problem, ...]

    @cached_property
    def rendered(self) -> RenderedNetwork:
        """Every text and object; made when it is asked for, because checking needs none of it."""
        return render_network(self.plan)


def find_project() -> Path:
    """The folder of the nearest Pulumi.yaml, from here upwards; raises StackNotFoundError."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / PROJECT_FILE).is_file():
            return folder
    raise StackNotFoundError(
        f"There is no {PROJECT_FILE} in {here} or above it.\n"
        "Run la1r in the folder of the project, or in one below it."
    )


def stack_path(folder: Path, name: str) -> Path:
    """The file of the stack; raises StackNotFoundError with the stacks that there are."""
    path = folder / f"Pulumi.{name}.yaml"
    if path.is_file():
        return path
    # Who names the file means its stack.
    stem = Path(name).name.removeprefix("Pulumi.").removesuffix(".yaml")
    near = get_close_matches(stem, _find_stacks(folder), 1)
    hint = f"Did you mean '{near[0]}'? " if near else ""
    raise StackNotFoundError(
        f"There is no stack '{name}': Pulumi.{name}.yaml does not exist.\n"
        f"{hint}{name_stacks(folder)}"
    )


def name_stacks(folder: Path) -> str:
    """Say which stacks a project has."""
    return f"The stacks here are: {', '.join(_find_stacks(folder)) or 'none yet'}."


def _find_stacks(folder: Path) -> list[str]:
    return sorted(file.name.split(".")[1] for file in folder.glob("Pulumi.*.yaml"))


def compute_whole(name: str) -> Whole:
    """Load, plan and evaluate a stack; raises DescriptionError with every problem found."""
    folder = find_project()
    return compute_from(name, folder, load_stack(stack_path(folder, name)))


def compute_from(name: str, folder: Path, stack: LoadedStack) -> Whole:
    """Plan and evaluate a description that was read; raises DescriptionError as above."""
    plan = build_plan(stack.network)
    warnings = stop_at(stack, find_plan_problems(plan))
    manifests = render_manifests(plan)
    reach = evaluate(plan, manifests)
    lints = lint_manifests(manifests, stack.network.cluster)
    warnings += stop_at(stack, (*lints, *find_reach_problems(plan, reach)))
    return Whole(name, folder, stack, plan, reach, (*stack.warnings, *warnings))


def stop_at(stack: LoadedStack, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Give the problems their places in the file; raises DescriptionError if any is an error."""
    located = tuple(sorted((stack.locate(problem) for problem in problems), key=lambda p: p.order))
    if any(problem.severity is Severity.ERROR for problem in located):
        raise DescriptionError((*located, *stack.warnings))
    return located
