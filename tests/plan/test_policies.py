"""The NetworkPolicies of tenants in words: `namespace/policy[pods] from|to peers: ports`."""

import pytest

from plan.policies import DENY_ALL
from tests.plan.towns import clustered
from tests.plan.wording import plan_with, say_policies


def _asked(plan_flow: dict[str, object]) -> list[str]:
    plan = plan_with(clustered(), {"name": "asked", **plan_flow})
    said = [line for tenant in ("family", "band") for line in say_policies(plan, tenant)]
    return [line for line in said if "flow-asked" in line]


@pytest.mark.parametrize(
    ("source", "target", "ports", "expected"),
    [
        pytest.param(
            "band",
            "family",
            ["tcp/80"],
            [
                "cloud/flow-asked from tenant band: tcp/80",
                "media/flow-asked from tenant band: tcp/80",
                "stage/flow-asked to tenant family: tcp/80",
                "stage/flow-asked to 10.8.2.0/24: tcp/80",
            ],
            id="tenants, at both ends; clients of its endpoint belong to it",
        ),
        pytest.param(
            "band/jam",
            "family/files",
            ["any"],
            [
                "cloud/flow-asked.files[app=files] from stage[app=jam]: tcp/8443",
                "stage/flow-asked.jam[app=jam] to cloud[app=files]: tcp/8443",
            ],
            id="workloads, by the ports of their pods",
        ),
        pytest.param(
            "namespace.media",
            "band",
            ["any"],
            [
                "media/flow-asked to tenant band: everything",
                "stage/flow-asked from media: everything",
            ],
            id="a namespace",
        ),
        pytest.param(
            "namespace.kube-system",
            "band",
            ["tcp/9090"],
            ["stage/flow-asked from kube-system: tcp/9090"],
            id="a system namespace is named and gets no policy",
        ),
        pytest.param(
            "home.lan",
            "band/jam",
            ["tcp/80"],
            ["stage/flow-asked.jam[app=jam] from 192.168.1.0/24: tcp/8080"],
            id="hosts of the site by their own addresses",
        ),
        pytest.param(
            "barn.far",
            "band/jam",
            ["tcp/80"],
            ["stage/flow-asked.jam[app=jam] from 192.168.7.0/24: tcp/8080"],
            id="hosts of another site",
        ),
        pytest.param(
            "barn.lan",
            "band/jam",
            ["tcp/80"],
            ["stage/flow-asked.jam[app=jam] from 10.200.2.0/24: tcp/8080"],
            id="hosts of another site by their alias",
        ),
        pytest.param(
            "vpn.family",
            "band",
            ["tcp/80"],
            ["stage/flow-asked.jam[app=jam] from 10.8.2.0/24: tcp/8080"],
            id="clients, to what is published",
        ),
        pytest.param(
            "band",
            "barn.lan",
            ["tcp/22"],
            ["stage/flow-asked to 10.200.2.0/24: tcp/22"],
            id="out to another site by its alias",
        ),
        pytest.param(
            "band",
            "internet",
            ["tcp/443"],
            ["stage/flow-asked to internet: tcp/443"],
            id="out to the internet",
        ),
        pytest.param(
            "band",
            "home/one",
            ["udp/5000-5002"],
            ["stage/flow-asked to 192.168.5.1/32: udp/5000,udp/5001,udp/5002"],
            id="ranges port by port, for weave-npc ignores their end",
        ),
        pytest.param(
            "band",
            "home/one",
            ["tcp"],
            ["stage/flow-asked to 192.168.5.1/32: tcp"],
            id="a whole protocol",
        ),
        pytest.param("home.lan", "home/one", ["tcp/22"], [], id="no pods, no policy"),
    ],
)
def test_a_flow_opens_the_policies_of_both_ends(
    source: str, target: str, ports: list[str], expected: list[str]
) -> None:
    assert _asked({"from": source, "to": target, "ports": ports}) == expected


def test_a_published_port_is_open_to_the_internet_and_not_to_the_network_itself() -> None:
    plan = plan_with(
        clustered(),
        {
            "from": "internet",
            "to": "band/jam",
            "ports": ["udp/22124"],
            "through": 52124,
            "name": "asked",
        },
    )
    policies = {policy.name: policy for policy in plan.tenants[1].policies}
    peer = policies["flow-asked.jam"].ingress[0].peers[0]

    assert str(peer.block) == "0.0.0.0/0"
    assert "10.0.0.0/8" in map(str, peer.excepts)
    assert "flow-hairpin.asked.jam" in policies


def test_every_namespace_is_closed_before_it_is_opened() -> None:
    plan = plan_with(clustered())
    for tenant in plan.tenants:
        for namespace in tenant.namespaces:
            first, *others = [p for p in tenant.policies if p.namespace == namespace]

            assert (first.name, first.labels, first.ingress, first.egress) == (DENY_ALL, (), (), ())
            assert DENY_ALL not in {policy.name for policy in others}


def test_an_undeclared_tenant_pair_shares_no_policy() -> None:
    plan = plan_with(clustered())

    assert not [line for line in say_policies(plan, "family") if "tenant band" in line]
    assert not [line for line in say_policies(plan, "band") if "tenant family" in line]


def test_what_is_open_without_a_flow() -> None:
    assert say_policies(plan_with(clustered()), "band") == [
        "stage/allow-dns to kube-system[k8s-app=kube-dns]: tcp/53,udp/53",
        "stage/allow-tenant from tenant band: everything",
        "stage/allow-tenant to tenant band: everything",
    ]


@pytest.mark.parametrize(
    ("word", "policy"),
    [
        pytest.param("cluster-dns/band", "allow-dns", id="names"),
        pytest.param("same-tenant/band", "allow-tenant", id="the tenant itself"),
        pytest.param("internet/family", "allow-internet", id="the internet"),
    ],
)
def test_a_switched_off_flow_has_no_policy(word: str, policy: str) -> None:
    tenant = word.partition("/")[2]
    plan = plan_with({**clustered(), "network": {"implied_off": [word]}})

    assert not [line for line in say_policies(plan, tenant) if policy in line]
    assert [line for line in say_policies(plan_with(clustered()), tenant) if policy in line]


def test_isolated_namespaces_open_to_themselves_alone() -> None:
    described = clustered()
    tenants = described["tenants"]
    assert isinstance(tenants, dict)
    tenants["family"]["isolated_namespaces"] = True
    said = say_policies(plan_with(described), "family")

    assert [line for line in said if "allow-tenant" in line] == [
        "cloud/allow-tenant from cloud: everything",
        "cloud/allow-tenant to cloud: everything",
        "media/allow-tenant from media: everything",
        "media/allow-tenant to media: everything",
    ]


def test_names_of_policies_fit_kubernetes() -> None:
    flow = {"from": "internet", "to": "band/jam", "ports": ["tcp/80"], "name": "n" * 60}
    plan = plan_with(clustered(), flow)
    names = [policy.name for tenant in plan.tenants for policy in tenant.policies]

    assert max(map(len, names)) <= 63
    assert len([name for name in names if name.startswith("flow-nnn")]) == 1


def test_a_user_who_is_hidden_by_the_router_is_let_in_under_its_address() -> None:
    described = clustered()
    sites = described["sites"]
    assert isinstance(sites, dict)
    home = sites["home"]
    home["prefixes"]["lb"]["segment"] = "lan"
    flow = {"from": "internet", "to": "band/jam", "ports": ["tcp/80"], "name": "asked"}
    said = say_policies(plan_with(described, flow), "band")

    assert "stage/flow-hairpin.asked.jam[app=jam] from 192.168.1.1/32: tcp/8080" in said
