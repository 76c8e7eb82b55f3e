"""The program that Pulumi runs: the description of one stack becomes its whole network."""

from components.description import read_description, read_secrets
from components.network import Outputs, declare_network
from components.program import run_program, stop_at
from config.load import load_network
from plan.build import build_plan
from plan.problems import find_plan_problems
from render.kubernetes import lint_manifests
from render.whole import render_network


def declare() -> Outputs:
    """Load, plan, render, declare; returns the outputs of the stack."""
    network = load_network(read_description())
    plan = build_plan(network)
    stop_at(find_plan_problems(plan))
    rendered = render_network(plan)
    stop_at(lint_manifests(rendered.manifests, network.cluster))
    return declare_network(plan, rendered, read_secrets(network))


run_program(declare)
