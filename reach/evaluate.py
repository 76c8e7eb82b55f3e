"""A plan and the manifests rendered from it -> who can reach whom, and by which rules."""

from ipaddress import IPv4Network

from msgspec import Struct

from plan.model import Plan, PlannedFlow
from reach.address_classes import AddressClasses
from reach.edges import find_edges
from reach.endpoints import Census, find_standings
from reach.findings import FlowNote
from reach.groups import find_groups
from reach.model import Reach
from reach.pairs import judge_pairs
from reach.pod_endpoints import find_pods
from reach.policies import PolicySet
from reach.policy_form import Policy, read_policy
from reach.sending import list_dials
from reach.survey import survey
from reach.underlay import find_dead_links
from render.manifest import NETWORK_POLICY, Manifest


class ToldApart(Struct, frozen=True):
    """Ranges that part addresses, and policies whose selectors part pods."""

    edges: frozenset[IPv4Network] = frozenset()
    policies: tuple[Policy, ...] = ()


def evaluate(
    plan: Plan, manifests: tuple[Manifest, ...], told_apart: ToldApart | None = None
) -> Reach:
    """Evaluate every pair of endpoints; raises PolicyFormError for a policy the API refuses.

    What the other network of a comparison tells apart can be given, so that both are tried at the
    same addresses and with the same pods.
    """
    beside = told_apart or ToldApart()
    policies = tuple(read_policy(each) for each in manifests if each.type == NETWORK_POLICY)
    classes = AddressClasses(find_edges(plan, policies) | beside.edges)
    world = find_dead_links(plan, survey(plan, manifests, classes))
    standings = (
        *find_standings(Census(plan, world, classes)),
        *find_pods(plan, world, manifests, (*policies, *beside.policies)),
    )
    dials = tuple(list_dials(world, (each for each in standings if each.endpoint.evaluated)))
    return Reach(
        standings=standings,
        groups=tuple(find_groups(plan, standings)),
        notes=read_notes(plan),
        verdicts=judge_pairs(world, standings, PolicySet.of(policies), dials),
        dials=dials,
        policies=policies,
    )


def read_notes(plan: Plan) -> dict[str, FlowNote]:
    """What is known of flows by their name; of those that share one, the first gives the reason."""
    found: dict[str, list[PlannedFlow]] = {}
    for flow in plan.flows:
        found.setdefault(flow.name, []).append(flow)
    return {
        name: FlowNote(
            name=name,
            sources=tuple(dict.fromkeys(flow.source.name for flow in flows)),
            targets=tuple(dict.fromkeys(flow.target.name for flow in flows)),
            why=flows[0].why,
            origin=flows[0].origin,
        )
        for name, flows in found.items()
    }
