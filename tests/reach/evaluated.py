"""Stacks and small networks, planned and evaluated, and questions to them in few words."""

from functools import cache

from msgspec.structs import replace

from config.load import load_stack
from plan.build import build_plan
from plan.model import DevicePlan, Plan
from plan.ruleset import Chain, Rule, Ruleset
from reach.compare import find_reach_problems
from reach.evaluate import evaluate
from reach.model import Reach
from reach.portset import PortSet
from render.kubernetes import render_manifests
from render.manifest import Manifest
from terms.problem import Problem
from terms.values import DeviceRef, Ports
from tests.golden import REPOSITORY
from tests.plan.examples import read
from tests.plan.networks import Raw

STACKS = ("dev", "lab", "prod")


@cache
def plan_of(stack: str) -> Plan:
    """The plan of a stack of this repository."""
    return build_plan(load_stack(REPOSITORY / f"Pulumi.{stack}.yaml").network)


@cache
def manifests_of(stack: str) -> tuple[Manifest, ...]:
    """Its manifests."""
    return render_manifests(plan_of(stack))


@cache
def reach_of(stack: str) -> Reach:
    """Its reachability."""
    return evaluate(plan_of(stack), manifests_of(stack))


def planned(description: Raw) -> tuple[Plan, tuple[Manifest, ...]]:
    """The plan of a described network, and its manifests."""
    plan = build_plan(read(description))
    return plan, render_manifests(plan)


def judge(plan: Plan, manifests: tuple[Manifest, ...]) -> tuple[Reach, tuple[Problem, ...]]:
    """What is reachable, and the problems with it."""
    reach = evaluate(plan, manifests)
    return reach, find_reach_problems(plan, reach)


def answer(reach: Reach, line: str) -> str:
    """Say `open`, `deny`, `loose` (not enforceable) or `part` for `source target port`."""
    source, target, port = line.split()
    asked = PortSet.of((Ports.parse(port),))
    verdict = reach.verdict(source, target)
    found = verdict.allowed & asked
    if not found:
        return "deny"
    if found & verdict.not_enforceable:
        return "loose"
    return "open" if found == asked else "part"


def with_rules(plan: Plan, device: str, chain: Chain, rules: tuple[Rule, ...]) -> Plan:
    """The plan with other rules in one chain of one device."""
    changed = tuple(
        _with_rules(each, chain, rules) if each.ref == DeviceRef.parse(device) else each
        for each in plan.devices
    )
    return replace(plan, devices=changed)


def _with_rules(device: DevicePlan, chain: Chain, rules: tuple[Rule, ...]) -> DevicePlan:
    chains = tuple(
        replace(each, rules=rules) if each.chain is chain else each
        for each in device.ruleset.chains
    )
    return replace(device, ruleset=Ruleset(chains))


def rules_of(plan: Plan, device: str, chain: Chain) -> tuple[Rule, ...]:
    """The rules of one chain of a device; empty where it has none."""
    found = plan.device(DeviceRef.parse(device))
    known = found.ruleset.chain(chain) if found else None
    return known.rules if known else ()
