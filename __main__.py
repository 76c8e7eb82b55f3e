"""The program that Pulumi runs: the description of one stack becomes its whole network."""

import sys

import pulumi

from components.description import read_description, read_secrets
from components.interrupt import leave_when_interrupted
from components.network import declare_network
from config.load import load_network
from plan.build import build_plan
from render.kubernetes import lint_manifests
from render.whole import render_network
from terms.problem import DescriptionError

# Pulumi's language host takes it for "the reason has been shown" and adds no traceback.
ALREADY_SHOWN = 32


def main() -> None:
    """Load, plan, render, declare, export."""
    network = load_network(read_description())
    plan = build_plan(network)
    rendered = render_network(plan)
    if problems := lint_manifests(rendered.manifests, network.cluster):
        raise DescriptionError(problems)
    for name, value in declare_network(plan, rendered, read_secrets(network)).items():
        pulumi.export(name, value)


leave_when_interrupted()
try:
    main()
except DescriptionError as error:
    pulumi.log.error("\n".join(str(problem) for problem in error.problems))
    sys.exit(ALREADY_SHOWN)
