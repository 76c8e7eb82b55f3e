"""Any line of a stack dropped or widened is noticed, or proven to change nothing that counts.

The proof is computed for each mutation by itself: both networks are evaluated once more, at the
same addresses and with the same pods. A mutation may go unnoticed only where
- every packet ends where it ended before (mostly because another device stops it, too), or
- nobody gains a port of anybody, and nobody loses one at an address by which he knows him: only the
  same end is now reached, or no longer reached, by one more of its addresses; or
- a device gains what a flow opens to a range in which it has an address itself; or
- somebody loses, at a public address alone, what no flow publishes there.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import pytest

from plan.model import PartyKind, Plan
from reach.compare import find_reach_problems
from reach.edges import find_edges
from reach.evaluate import ToldApart, evaluate
from reach.model import Reach
from reach.policy_form import read_policy
from reach.portset import PortSet
from render.manifest import NETWORK_POLICY, Manifest
from tests.reach.evaluated import manifests_of, plan_of
from tests.reach.mutations import Manifests, Mutation, mutate_policies, mutate_rules

Place = tuple[str, str, str]


class Ends(NamedTuple):
    """What is open: at each dialled address, and by whatever address, on the port at its end."""

    dialled: dict[tuple[Place, str], PortSet]
    reached: dict[Place, PortSet]


def ends_of(reach: Reach) -> Ends:
    dialled: dict[tuple[Place, str], PortSet] = defaultdict(PortSet)
    reached: dict[Place, PortSet] = defaultdict(PortSet)
    for verdict in reach.verdicts.opened():
        for part in verdict.parts:
            place = *verdict.pair, f"{part.start} {'half' if part.fault else 'whole'}"
            dialled[place, str(part.dial)] |= part.ports
            reached[place] |= part.final_ports
    return Ends(dict(dialled), dict(reached))


def told_apart(plan: Plan, manifests: Manifests) -> ToldApart:
    policies = tuple(read_policy(each) for each in manifests if each.type == NETWORK_POLICY)
    return ToldApart(find_edges(plan, policies), policies)


def both(one: ToldApart, other: ToldApart) -> ToldApart:
    return ToldApart(one.edges | other.edges, (*one.policies, *other.policies))


def is_noticed(mutation: Mutation) -> bool:
    reach = evaluate(mutation.plan, mutation.manifests)
    problems = find_reach_problems(mutation.plan, reach)
    return any(problem.code.startswith("E-RCH") for problem in problems)


def unproven(whole: tuple[Plan, tuple[Manifest, ...]], mutation: Mutation) -> str | None:
    """What an unnoticed mutation changes; None where the proof holds."""
    parted = both(told_apart(*whole), told_apart(mutation.plan, mutation.manifests))
    before = ends_of(evaluate(*whole, parted))
    after = ends_of(evaluate(mutation.plan, mutation.manifests, parted))
    if before.dialled == after.dialled:
        return None
    for place in before.reached.keys() | after.reached.keys():
        had, has = before.reached.get(place, PortSet()), after.reached.get(place, PortSet())
        explained = (had <= has and is_a_member(whole[0], *place[:2])) or (
            has <= had and is_lost_at_public_addresses(before, after, place)
        )
        if had != has and not explained:
            return f"{mutation.name}: {place} had {had} and has {has}"
    return None


def is_a_member(plan: Plan, source: str, target: str) -> bool:
    """Whether some flow opens the target to a range in which the source has an address."""
    own = [
        address.ip
        for interface in plan.addresses.interfaces
        if str(interface.device) == source
        for address in interface.addresses
    ]
    ranges = (
        network
        for flow in plan.flows
        if flow.target.name == target and flow.source.kind is PartyKind.PREFIX
        for network in flow.source.networks
    )
    return any(address in network for network in ranges for address in own)


def is_lost_at_public_addresses(before: Ends, after: Ends, place: Place) -> bool:
    """Whether the place lost nothing at any other address; flows for public ones are checked."""
    lost = (
        dial
        for (there, dial), ports in before.dialled.items()
        if there == place and not ports <= after.dialled.get((there, dial), PortSet())
    )
    return all(dial.startswith("public address of") for dial in lost)


def mutations_of(name: str) -> Iterator[Mutation]:
    plan, manifests = plan_of(name), manifests_of(name)
    yield from mutate_rules(plan, manifests)
    yield from mutate_policies(plan, manifests)


# Of prod, whose namespaces are many of one kind, one in so many is tried.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "every", "least", "noticed"),
    [("dev", 1, 200, 100), ("lab", 1, 500, 200), ("prod", 4, 200, 100)],
)
def test_every_mutation_is_noticed_or_proven_to_change_nothing(
    name: str, every: int, least: int, noticed: int
) -> None:
    whole = plan_of(name), manifests_of(name)
    tried, unnoticed = 0, []
    for mutation in islice(mutations_of(name), 0, None, every):
        tried += 1
        if not is_noticed(mutation):
            unnoticed.append(mutation)
    open_questions = [found for each in unnoticed if (found := unproven(whole, each))]

    assert not open_questions, "\n".join(open_questions)
    assert tried >= least
    assert tried - len(unnoticed) >= noticed
