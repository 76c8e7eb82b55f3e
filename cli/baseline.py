"""A file or a revision -> the network and the resources that a preview is compared with."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import click

from cli.program import program_of
from cli.revision import Revision, RevisionError, find_revision, read_stack_at
from cli.stack import Whole, stack_path
from config.load import LoadedStack, load_stack
from config.network import Network
from engine.deployment import Deployment, ResourceState, empty_deployment, read_deployment
from engine.preview import Preview, preview
from engine.problems import Severity as Told
from engine.problems import StateError
from engine.urn import STACK_TYPE
from plan.build import build_plan
from plan.problems import find_plan_problems
from reach.compare import find_reach_problems
from reach.evaluate import evaluate
from render.whole import render_network
from terms.problem import DescriptionError, Position, Problem, Severity
from views.network import build_network_json, read_network_output
from views.network_form import RecordFormError
from views.network_record import EMPTY, NetworkRecord, read_record

# The stack output that holds the network.json of what was deployed.
OUTPUT = "network"
# Stands for the id that a provider would have given.
PLANNED_ID = "planned"


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is compared with; None for a half that it does not know, and a remark says so."""

    title: str
    record: NetworkRecord | None
    prior: Deployment | None
    remarks: tuple[str, ...] = ()


def find_baseline(whole: Whole, against: str) -> Baseline:
    """Read what the user named; raises a usage error, or DescriptionError for an old description.

    A file wins over a revision of the same name.
    """
    path = Path(against)
    if path.is_file():
        return _read_file(path)
    file = stack_path(whole.folder, whole.name).name
    try:
        revision = find_revision(whole.folder, against)
        text = read_stack_at(revision, file) if revision else None
    except RevisionError as error:
        raise click.UsageError(f"'{against}' is no file, and {error}") from None
    if revision is None:
        raise click.UsageError(
            f"'{against}' is neither a file nor a git revision that is known here.\n"
            "In a shallow clone, older revisions have to be fetched first."
        )
    if text is None:
        remark = f"There was no stack {whole.name} in {revision}: all of it is new."
        return Baseline(str(revision), EMPTY, empty_deployment(), (remark,))
    return _read_revision(whole, revision, text)


# ---------------------------------------------------------------- files


def _read_file(path: Path) -> Baseline:
    try:
        document: object = json.loads(path.read_bytes())
        if isinstance(document, Mapping) and "schema" in document:
            remark = "Resources are not compared: a network.json holds none."
            return Baseline(str(path), read_record(document), None, (remark,))
        deployment = read_deployment(path)
    except (OSError, ValueError, StateError, RecordFormError) as error:
        raise click.UsageError(f"{path} cannot be compared with: {error}") from None
    record, remarks = _read_output(deployment)
    return Baseline(str(path), record, deployment, remarks)


def _read_output(deployment: Deployment) -> tuple[NetworkRecord | None, tuple[str, ...]]:
    """The network as the program that was deployed knew it."""
    stack = next((each for each in deployment.resources if each.type == STACK_TYPE), None)
    found = stack.outputs.get(OUTPUT) if stack else None
    if found is None:
        return None, (_not_known(f"The export has no output `{OUTPUT}`"),)
    try:
        document = read_network_output(found) if isinstance(found, str) else found
        return read_record(document), ()
    except (ValueError, RecordFormError) as error:
        return None, (_not_known(f"The output `{OUTPUT}` cannot be read ({error})"),)


def _not_known(reason: str) -> str:
    return f"{reason}, so who could reach whom is not known, and resources alone are compared."


# ---------------------------------------------------------------- revisions


def _read_revision(whole: Whole, revision: Revision, text: bytes) -> Baseline:
    stack = _load_old(whole, revision, text)
    program = replace(program_of(whole), config=stack.config, secret_keys=stack.secret_keys)
    old = preview(program, empty_deployment())
    # The program has computed the network already, and exports it.
    output = old.stack_outputs.get(OUTPUT)
    if old.ok and isinstance(output, str):
        record = read_record(read_network_output(output))
        return Baseline(str(revision), record, deployed(old))
    return _read_troubled(revision, stack.network, old)


def _read_troubled(revision: Revision, network: Network, old: Preview) -> Baseline:
    """The network alone, where the program refuses to declare what follows from it."""
    record, found = _compute(network)
    errors = [problem for problem in found if problem.severity is Severity.ERROR]
    remarks = [
        f"The description at {revision} has {_count(errors)} under today's rules: "
        + "; ".join(f"{problem.code} at {problem.path}" for problem in errors)
    ]
    told = [each.message for each in old.diagnostics if each.severity is Told.ERROR]
    first = told[0].partition("\n")[0] if told else "the program gave no reason"
    return Baseline(
        title=str(revision),
        record=record,
        prior=None,
        remarks=(
            *(remarks if errors else ()),
            f"Resources are not compared, for {revision} has none: {first}",
        ),
    )


def _load_old(whole: Whole, revision: Revision, text: bytes) -> LoadedStack:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / stack_path(whole.folder, whole.name).name
        path.write_bytes(text)
        try:
            return load_stack(path)
        except DescriptionError as error:
            click.echo(
                f"The description at {revision} has problems under today's rules, "
                "so there is nothing to compare with:\n",
                err=True,
            )
            placed = tuple(_place(problem, revision) for problem in error.problems)
            raise DescriptionError(placed) from None


def _place(problem: Problem, revision: Revision) -> Problem:
    place = problem.position
    if place is None:
        return problem
    return problem.at(Position(f"{revision.name}:{place.file}", place.line, place.column))


def _compute(network: Network) -> tuple[NetworkRecord, tuple[Problem, ...]]:
    """The record of a network, and what would stop it today."""
    plan = build_plan(network)
    rendered = render_network(plan)
    reach = evaluate(plan, rendered.manifests)
    problems = (*find_plan_problems(plan), *find_reach_problems(plan, reach))
    return read_record(build_network_json(plan, rendered, reach)), problems


def deployed(old: Preview) -> Deployment:
    """The state that a deployment of the previewed steps would have left."""
    return Deployment(tuple(_made(step.new) for step in old.steps if step.new))


def _made(state: ResourceState) -> ResourceState:
    return replace(state, id=state.id or PLANNED_ID) if state.custom else state


def _count(problems: tuple[Problem, ...] | list[Problem]) -> str:
    return "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
