"""What holds of the permissions of every sound network, whatever it looks like."""

import random
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.network import Network
from plan.build import build_plan
from plan.model import Plan, PolicyPlan
from plan.preamble import answers, input_preamble, let_pods_pass
from plan.ruleset import Accept, Chain, Rule
from tests.plan.networks import Raw, descriptions

# Each plans a hundred networks, some of them twice.
pytestmark = pytest.mark.slow

FILTERS = (Chain.INPUT, Chain.FORWARD)
FIXED = {rule.comment for rule in (*answers(), *input_preamble(), *let_pods_pass("weave", ()))}
TENANTS = {"family": ("cloud", "media"), "guests": ("stage",), "shop": ("till", "stock")}


@st.composite
def populated(draw: st.DrawFn) -> Raw:
    """Draw a description with tenants' namespaces and flows between any of its ends."""
    described = draw(descriptions())
    sites = described["sites"]
    assert isinstance(sites, dict)
    vpn = described["vpn"]
    assert isinstance(vpn, dict)
    ends = [
        "internet",
        *(end for site in sites for end in (site, f"{site}.lan", f"{site}/server")),
        *(f"vpn.{name}" for name in vpn["endpoints"]),
        *(f"client.{name}" for name in vpn["clients"]),
        *_tenant_ends(described),
    ]
    chosen = draw(st.lists(st.tuples(st.sampled_from(ends[1:]), st.sampled_from(ends)), max_size=6))
    return {
        **described,
        "tenants": {
            name: {"id": n + 1, "namespaces": list(namespaces), "internet": draw(st.booleans())}
            for n, (name, namespaces) in enumerate(TENANTS.items())
        },
        "flows": [_flow(draw, source, target) for source, target in dict.fromkeys(chosen)],
    }


def _tenant_ends(described: Raw) -> list[str]:
    if "cluster" not in described:
        return []
    return [*TENANTS, *(f"namespace.{n}" for owned in TENANTS.values() for n in owned)]


def _flow(draw: st.DrawFn, source: str, target: str) -> Raw:
    ports = draw(st.sampled_from([["tcp/22"], ["udp/5000-5003"], ["any"], ["tcp/80", "udp"]]))
    return {"from": source, "to": target, "ports": ports, "why": "drawn by chance"}


def _plan(described: Raw) -> Plan:
    return build_plan(Network.model_validate(described))


def _filters(plan: Plan) -> Iterable[tuple[str, Chain, Rule]]:
    for device in plan.devices:
        for chain, rule in device.ruleset.rules():
            if chain in FILTERS:
                yield str(device.ref), chain, rule


def _policies(plan: Plan) -> set[tuple[str, PolicyPlan]]:
    return {(tenant.name, policy) for tenant in plan.tenants for policy in tenant.policies}


def _names(plan: Plan) -> set[str]:
    return {flow.name for flow in plan.flows}


@given(populated())
def test_every_accept_rule_has_a_flow(described: Raw) -> None:
    plan = _plan(described)
    accepts = {r.comment for _, _, r in _filters(plan) if isinstance(r.action, Accept)}

    assert accepts <= _names(plan) | FIXED


@given(populated())
def test_no_rule_asks_for_an_interface_without_a_name(described: Raw) -> None:
    for _, _, rule in _filters(_plan(described)):
        assert all((*rule.match.input_interfaces, *rule.match.output_interfaces))


@given(populated())
def test_no_set_of_networks_overlaps_itself(described: Raw) -> None:
    for _, _, rule in _filters(_plan(described)):
        for listed in (rule.match.sources, rule.match.destinations):
            assert not any(a.overlaps(b) for a in listed for b in listed if a is not b)


@given(populated())
def test_every_tenant_pair_without_a_flow_is_denied(described: Raw) -> None:
    plan = _plan(described)
    owners = {space: tenant for tenant, spaces in TENANTS.items() for space in spaces}
    joined = {
        (flow.source.pods.tenant, flow.target.pods.tenant)
        for flow in plan.flows
        if flow.source.pods and flow.target.pods
    }
    for tenant, policy in _policies(plan):
        for word, rules in (("from", policy.ingress), ("to", policy.egress)):
            for peer in (peer for rule in rules for peer in rule.peers if not peer.block):
                other = peer.tenant or owners.get(peer.namespace or "", "")
                pair = (tenant, other) if word == "to" else (other, tenant)
                assert pair in joined


@given(populated())
def test_every_namespace_of_a_tenant_is_closed_first(described: Raw) -> None:
    found = {(policy.namespace, policy.name) for _, policy in _policies(_plan(described))}

    assert all((space, "deny-all") in found for owned in TENANTS.values() for space in owned)


def _shuffled(value: object, dice: random.Random) -> object:
    if isinstance(value, list):
        items = [_shuffled(item, dice) for item in value]
        dice.shuffle(items)
        return items
    if not isinstance(value, dict):
        return value
    pairs = [(key, _shuffled(item, dice)) for key, item in value.items()]
    dice.shuffle(pairs)
    return dict(pairs)


@given(populated(), st.randoms(use_true_random=False))
def test_the_order_of_the_description_never_changes_what_is_open(
    described: Raw, dice: random.Random
) -> None:
    other = _shuffled(described, dice)
    assert isinstance(other, dict)
    plan, shuffled = _plan(described), _plan(other)

    assert set(_filters(plan)) == set(_filters(shuffled))
    assert _policies(plan) == _policies(shuffled)


@given(populated(), st.data())
def test_another_flow_changes_only_what_bears_its_name(described: Raw, data: st.DataObject) -> None:
    flow = {"from": "family", "to": "shop", "ports": ["tcp/9"], "why": "new", "name": "added"}
    if "cluster" not in described:
        flow = {
            **flow,
            "from": data.draw(st.sampled_from(sorted(_sites(described)))),
            "to": "internet",
        }
    flows = described["flows"]
    assert isinstance(flows, list)
    before, after = _plan(described), _plan({**described, "flows": [*flows, flow]})

    changed = set(_filters(before)) ^ set(_filters(after))
    assert {rule.comment for _, _, rule in changed} <= {"added", "node-address/added"}
    assert {p.name for _, p in _policies(before) ^ _policies(after)} <= {"flow-added"}


def _sites(described: Raw) -> list[str]:
    sites = described["sites"]
    assert isinstance(sites, dict)
    return list(sites)


@given(populated())
def test_another_tenant_changes_nothing_of_the_others(described: Raw) -> None:
    tenants = described["tenants"]
    assert isinstance(tenants, dict)
    more = {**tenants, "newcomer": {"id": 77, "namespaces": ["annex"]}}
    before, after = _plan(described), _plan({**described, "tenants": more})

    assert set(_filters(before)) == set(_filters(after))
    assert {tenant for tenant, _ in _policies(before) ^ _policies(after)} == {"newcomer"}
