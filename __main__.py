"""The program that Pulumi runs: the description of one stack becomes its whole network."""

from components.program import begin, meanwhile, run_program, stop_at

begin()

from pathlib import Path

from components.description import read_description, read_left_out, read_secrets, stack_name
from components.network import Outputs, declare_network
from config.load import load_network
from plan.build import build_plan
from plan.problems import find_plan_problems
from reach.compare import find_reach_problems
from reach.evaluate import evaluate
from render.kubernetes import lint_manifests
from render.whole import render_network
from views.shown import show_network


def declare() -> Outputs:
    """Load, plan, render, evaluate, declare; returns the outputs of the stack."""
    plan = build_plan(load_network(read_description()))
    stop_at(find_plan_problems(plan))
    rendered = render_network(plan)
    reach = evaluate(plan, rendered.manifests)
    stop_at(lint_manifests(rendered.manifests, plan.network.cluster))
    stop_at(find_reach_problems(plan, reach))
    folder = Path(__file__).parent / "out" / stack_name()
    shown = meanwhile(lambda: show_network(folder, plan, rendered, reach))
    outputs = declare_network(plan, rendered, read_secrets(plan.network), read_left_out())
    return {**outputs, "connectivity": shown["connectivity"], "network": shown["network"]}


run_program(declare)
