"""Objects of the cluster, object by object against expected files, and what holds for them all."""

import json
from ipaddress import IPv4Network

import pytest
import yaml
from msgspec.structs import replace

from plan.model import Plan, PolicyPeer, PolicyRule, TenantPlan
from render.kubernetes import lint_manifests, render_manifests
from render.manifest import Manifest
from render.policies import InexpressiblePortsError
from terms.values import Ports
from tests.golden import CASES, Golden
from tests.render.manifest_yaml import file_name, write_yaml
from tests.render.small_network import DESCRIPTION, FAMILY, PAUL, plan_by_hand

FOLDER = "kubernetes/by-hand"
PLAN = plan_by_hand()
MANIFESTS = {file_name(manifest): manifest for manifest in render_manifests(PLAN)}


@pytest.mark.parametrize("name", MANIFESTS)
def test_an_object_is_written_as_expected(name: str, golden: Golden) -> None:
    golden(f"{FOLDER}/{name}", write_yaml(MANIFESTS[name]))


def test_no_expected_object_is_missing() -> None:
    assert {path.name for path in (CASES / FOLDER).iterdir()} == set(MANIFESTS)


def test_no_two_objects_share_a_name() -> None:
    assert len(MANIFESTS) == len(render_manifests(PLAN))


def test_what_is_rendered_has_no_form_that_must_not_be() -> None:
    assert not lint_manifests(render_manifests(PLAN), PLAN.network.cluster)


def shuffled(tenant: TenantPlan) -> TenantPlan:
    return replace(
        tenant,
        policies=tuple(
            replace(
                policy,
                ingress=tuple(map(turned, policy.ingress)),
                egress=tuple(map(turned, policy.egress)),
            )
            for policy in reversed(tenant.policies)
        ),
        pool_addresses=tuple(reversed(tenant.pool_addresses)),
    )


def turned(rule: PolicyRule) -> PolicyRule:
    peers = (replace(peer, excepts=tuple(reversed(peer.excepts))) for peer in rule.peers)
    return replace(rule, peers=tuple(reversed(list(peers))), ports=tuple(reversed(rule.ports)))


def test_the_order_of_what_has_none_changes_nothing() -> None:
    other = replace(PLAN, tenants=(shuffled(PAUL), shuffled(FAMILY)))

    assert render_manifests(other) == render_manifests(PLAN)


def test_without_a_cluster_there_are_no_objects() -> None:
    bare = plan_by_hand(cluster=None, tenants={"family": {"id": 1}})

    assert render_manifests(bare) == ()


def with_rule(peer: PolicyPeer, *ports: str) -> Plan:
    rule = PolicyRule((peer,), tuple(Ports.parse(text) for text in ports), "a-flow")
    policy = replace(PAUL.policies[0], name="flow", ingress=(rule,))
    return replace(PLAN, tenants=(replace(PAUL, policies=(*PAUL.policies, policy)),))


LAN = PolicyPeer(block=IPv4Network("192.168.10.0/24"))


@pytest.mark.parametrize(
    ("ports", "written"),
    [
        pytest.param(["tcp/22"], [("TCP", 22)], id="one port"),
        pytest.param(["udp/53", "tcp/53"], [("TCP", 53), ("UDP", 53)], id="two protocols"),
        pytest.param(["tcp/80", "tcp/80"], [("TCP", 80)], id="one port twice"),
        pytest.param(["tcp"], [("TCP", None)], id="a whole protocol"),
        pytest.param(["any"], [], id="everything"),
        pytest.param(["any", "tcp/80"], [], id="everything and a port"),
        pytest.param([], [], id="nothing said"),
    ],
)
def test_ports_are_written_one_by_one(
    ports: list[str], written: list[tuple[str, int | None]]
) -> None:
    found = next(m for m in render_manifests(with_rule(LAN, *ports)) if m.name == "flow")
    rule = json.loads(json.dumps(found.body))["spec"]["ingress"][0]

    assert [(port["protocol"], port.get("port")) for port in rule.get("ports", [])] == written


@pytest.mark.parametrize("ports", ["icmp", "tcp/80-81", "udp/1-65534"])
def test_ports_without_a_form_are_never_written_as_something_else(ports: str) -> None:
    with pytest.raises(InexpressiblePortsError, match=f"flow a-flow: {ports}"):
        render_manifests(with_rule(LAN, "tcp/1", ports))


HOSTILE = [
    pytest.param('a"\n  evil: true', id="a quote and a line"),
    pytest.param("*: &anchor {a: [b", id="signs of YAML"),
    pytest.param("no", id="a word that YAML reads as false"),
    pytest.param("---\nkind: Secret", id="the start of a document"),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_can_add_to_an_object(text: str) -> None:
    policy = replace(PAUL.policies[0], why=text, labels=((text, text),))
    found = render_manifests(replace(PLAN, tenants=(replace(PAUL, policies=(policy,)),)))
    hostile = next(manifest for manifest in found if manifest.name == "deny-all")
    read = yaml.safe_load(write_yaml(hostile))

    assert read["metadata"]["annotations"]["la1r.com/why"] == text
    assert read["spec"]["podSelector"] == {"matchLabels": {text: text}}
    assert set(read) == {"apiVersion", "kind", "metadata", "spec"}


def by_kind(plan: Plan, kind: str, name: str | None = None) -> Manifest:
    return next(
        manifest
        for manifest in render_manifests(plan)
        if manifest.kind == kind and name in (None, manifest.name)
    )


def test_a_quota_below_the_usual_limits_lowers_them() -> None:
    limits = json.loads(json.dumps(by_kind(replace(PLAN, tenants=(PAUL,)), "LimitRange").body))

    assert limits["spec"]["limits"][0]["default"] == {"cpu": "250m", "memory": "256Mi"}


def test_a_workload_without_an_address_gets_no_service() -> None:
    tenants = json.loads(json.dumps(DESCRIPTION["tenants"]))
    del tenants["family"]["services"]["web"]["address"]
    plan = plan_by_hand(tenants=tenants)

    assert not [found for found in render_manifests(plan) if found.kind == "Service"]
