"""The description of a lab's project, computed by the product."""

from ruamel.yaml import YAML

from config.load import load_network
from lab.project import LabProject
from plan.build import build_plan
from plan.model import Plan
from reach.evaluate import evaluate
from reach.model import Reach
from render.kubernetes import render_manifests


def plan_project(project: LabProject) -> Plan:
    """What the description of the lab comes to."""
    described = YAML(typ="safe").load(project.stack_file)["config"]
    plain = {key.removeprefix("la1r:"): value for key, value in described.items()}
    return build_plan(load_network(plain))


def evaluate_project(project: LabProject) -> Reach:
    """Who can reach whom in the lab, by computation."""
    plan = plan_project(project)
    return evaluate(plan, render_manifests(plan))
