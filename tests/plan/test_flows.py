"""Which parties a flow stands for, and which flows follow from a description by themselves."""

from collections.abc import Callable

import pytest

from plan.model import Origin, Plan
from tests.plan.examples import pair
from tests.plan.networks import Raw
from tests.plan.towns import clustered
from tests.plan.wording import plan_with


def _declared(plan: Plan) -> list[str]:
    return [
        f"{flow.source.name} -> {flow.target.name} {','.join(map(str, flow.ports))}"
        + (f" public {flow.public_port}" if flow.public_port else "")
        for flow in plan.flows
        if flow.origin is Origin.DECLARED
    ]


def _implied(plan: Plan, name: str) -> list[str]:
    return [
        f"{flow.source.name} -> {flow.target.name} {','.join(map(str, flow.ports))}"
        for flow in plan.flows
        if flow.origin is Origin.IMPLIED and flow.name == name
    ]


@pytest.mark.parametrize(
    ("source", "target", "ports", "expected"),
    [
        pytest.param(
            "home.lan", "home/one", ["tcp/22"], ["home.lan -> home/one tcp/22"], id="one to one"
        ),
        pytest.param(
            "home.lan",
            "home",
            ["tcp/22"],
            [f"home.lan -> home.{name} tcp/22" for name in ("lan", "servers", "things")],
            id="a site is its ranges with hosts, none for load balancers",
        ),
        pytest.param(
            "family",
            "home/one",
            ["tcp/22"],
            ["family -> home/one tcp/22", "vpn.family -> home/one tcp/22"],
            id="a tenant is its pods and the clients of its endpoints",
        ),
        pytest.param(
            "home.lan",
            "family",
            ["tcp"],
            ["home.lan -> family/files tcp/443", "home.lan -> vpn.family tcp"],
            id="from outside a tenant is what it publishes",
        ),
        pytest.param(
            "band",
            "namespace.cloud",
            ["tcp/5432"],
            ["band -> namespace.cloud tcp/5432"],
            id="pods see pods",
        ),
        pytest.param(
            "band",
            "family/database",
            ["any"],
            ["band -> family/database tcp/5432"],
            id="a service has the ports it has",
        ),
        pytest.param(
            "band",
            "band/jam",
            ["tcp/8080"],
            ["band -> band/jam tcp/80"],
            id="a port of the pods means the service's port before it",
        ),
        pytest.param(
            "vpn.family",
            "home.lb",
            ["any"],
            [
                "vpn.family -> band/jam tcp/80,udp/52124",
                "vpn.family -> family/files tcp/443",
            ],
            id="behind a load-balancer range are the services in it",
        ),
        pytest.param(
            "client.laptop",
            "cluster",
            ["tcp/22"],
            ["client.laptop -> home/one tcp/22", "client.laptop -> home/two tcp/22"],
            id="the cluster is its nodes",
        ),
        pytest.param(
            "internet",
            "home/one",
            ["tcp/80", "tcp/443"],
            ["internet -> home/one tcp/80 public 80", "internet -> home/one tcp/443 public 443"],
            id="every public port by itself",
        ),
        pytest.param(
            "internet",
            "home/gateway",
            ["tcp/80"],
            ["internet -> home/gateway tcp/80"],
            id="a router's own port is not forwarded",
        ),
        pytest.param("home.lan", "namespace.media", ["any"], [], id="nothing of it is published"),
        pytest.param("home.lan", "family/database", ["any"], [], id="only pods reach it"),
    ],
)
def test_a_declared_flow_is_a_permission_for_each_pair_of_parties(
    source: str, target: str, ports: list[str], expected: list[str]
) -> None:
    plan = plan_with(clustered(), {"from": source, "to": target, "ports": ports})

    assert _declared(plan) == expected


def test_a_public_port_can_lead_to_another_port_of_the_target() -> None:
    plan = plan_with(
        clustered(),
        {"from": "internet", "to": "band/jam", "ports": ["udp/22124"], "through": 52124},
    )

    assert _declared(plan) == ["internet -> band/jam udp/52124 public 22124"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("management/home/one", ["home.lan -> home/one tcp/22,icmp"], id="log in"),
        pytest.param("management/cluster", ["home.lan -> home/one tcp/6443"], id="the API"),
        pytest.param("dns/home.servers", ["home.servers -> home/gateway tcp/53,udp/53"], id="dns"),
        pytest.param(
            "dns/vpn.family", ["vpn.family -> home/gateway tcp/53,udp/53"], id="dns of clients"
        ),
        pytest.param("ping/home.lan", ["home.lan -> home/gateway icmp"], id="ping the router"),
        pytest.param("internet/home.lan", ["home.lan -> internet any"], id="users go out"),
        pytest.param("internet/home.things", [], id="things do not"),
        pytest.param("iot/home.things", ["home.things -> home/one any"], id="but to their server"),
        pytest.param("wireguard/home", ["internet -> home/gateway udp/51820"], id="mesh"),
        pytest.param("wireguard/barn", [], id="nobody dials a site behind a provider's NAT"),
        pytest.param("wireguard/vpn.family", ["internet -> home/gateway udp/33443"], id="endpoint"),
        pytest.param(
            "load-balancer/family/files", ["home.lan -> family/files tcp/443"], id="for the LAN"
        ),
        pytest.param("load-balancer/band/jam", [], id="public pools are open to flows alone"),
        pytest.param(
            "weave",
            [
                "home/one -> home/two tcp/6783,udp/6783-6784",
                "home/two -> home/one tcp/6783,udp/6783-6784",
            ],
            id="nodes carry pods' packets",
        ),
        pytest.param("kubernetes-api", ["home/two -> home/one tcp/6443"], id="kubelets"),
        pytest.param(
            "cluster-dns/band", ["band -> namespace.kube-system tcp/53,udp/53"], id="pods' dns"
        ),
        pytest.param("same-tenant/band", ["band -> band any"], id="one tenant"),
        pytest.param("internet/family", ["family -> internet any"], id="asked for"),
        pytest.param("internet/band", [], id="not asked for"),
        pytest.param(
            "node-address/internet/family",
            ["home/one -> internet any", "home/two -> internet any"],
            id="pods leave with their node's address",
        ),
        pytest.param(
            "hairpin/wireguard/vpn.family",
            ["home.lan -> home/gateway udp/33443"],
            id="the public name at home",
        ),
    ],
)
def test_what_must_be_open_anyway_follows_by_itself(name: str, expected: list[str]) -> None:
    assert _implied(plan_with(clustered()), name) == expected


def _with_relay(home: Raw) -> None:
    lan = home["prefixes"]
    assert isinstance(lan, dict)
    lan["lan"]["dhcp"] = {"pool": "192.168.1.100-192.168.1.199", "server": "one", "relay": "two"}


def _with_server(home: Raw) -> None:
    lan = home["prefixes"]
    assert isinstance(lan, dict)
    lan["lan"]["dhcp"] = {"pool": "192.168.1.100-192.168.1.199"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(_with_server, ["home.lan -> home/gateway udp/67"], id="served by the router"),
        pytest.param(
            _with_relay,
            [
                "home.lan -> home/one udp/67",
                "home.lan -> home/two udp/67",
                "home/two -> home/one udp/67",
                "home/one -> home/two udp/67",
            ],
            id="by way of a relay, which is answered at another address",
        ),
    ],
)
def test_hosts_reach_their_dhcp_server(change: Callable[[Raw], None], expected: list[str]) -> None:
    described = clustered()
    sites = described["sites"]
    assert isinstance(sites, dict)
    change(sites["home"])

    assert _implied(plan_with(described), "dhcp/home.lan") == expected


def test_isolated_namespaces_are_closed_to_each_other() -> None:
    described = clustered()
    tenants = described["tenants"]
    assert isinstance(tenants, dict)
    tenants["family"]["isolated_namespaces"] = True

    assert _implied(plan_with(described), "same-tenant/family") == [
        "namespace.cloud -> namespace.cloud any",
        "namespace.media -> namespace.media any",
    ]


@pytest.mark.parametrize(
    ("word", "gone", "kept"),
    [
        pytest.param("ping/home.lan", "ping/home.lan", "ping/home.servers", id="one flow"),
        pytest.param("ping", "ping/home.lan", "dns/home.lan", id="all of a kind"),
        pytest.param("hairpin", "hairpin/wireguard/home", "wireguard/home", id="what follows"),
        pytest.param(
            "wireguard/home", "hairpin/wireguard/home", "wireguard/vpn.family", id="and its hairpin"
        ),
    ],
)
def test_an_implied_flow_can_be_switched_off(word: str, gone: str, kept: str) -> None:
    plan = plan_with({**clustered(), "network": {"implied_off": [word]}})
    names = {flow.name for flow in plan.flows}

    assert gone not in names
    assert kept in names


def test_every_flow_has_a_reason() -> None:
    plan = plan_with(clustered(), {"from": "band", "to": "home.lan"})

    assert all(flow.why for flow in plan.flows)


def test_a_gateway_beside_its_router_is_dialled_through_a_forward() -> None:
    described = pair()
    sites = described["sites"]
    assert isinstance(sites, dict)
    sites["barn"]["circuit"] = {"kind": "static", "endpoint": "barn.example.net"}
    plan = plan_with(described)

    assert [flow.public_port for flow in plan.flows if flow.name == "wireguard/barn"] == [51820]


def test_a_name_is_made_of_the_ends_and_stays_short() -> None:
    long = "a" * 60
    described = clustered()
    sites = described["sites"]
    assert isinstance(sites, dict)
    sites["home"]["devices"][long] = {"role": "server", "address": "192.168.5.77"}
    plan = plan_with(
        described,
        {"from": "home.lan", "to": "home/one"},
        {"from": "home.lan", "to": f"home/{long}"},
    )
    names = [flow.name for flow in plan.flows if flow.origin is Origin.DECLARED]

    assert names[0] == "home-lan-to-home-one"
    assert len(names[1]) == 40
    assert names[1].startswith("home-lan-to-home-aaaa")


def test_encrypted_nodes_open_esp_beside_the_ports_of_weave_and_nothing_else() -> None:
    described = clustered()
    cluster = described["cluster"]
    assert isinstance(cluster, dict)
    cluster["weave"] = {"encryption": True}

    assert _implied(plan_with(described), "weave") == [
        "home/one -> home/two tcp/6783,udp/6783-6784,esp",
        "home/two -> home/one tcp/6783,udp/6783-6784,esp",
    ]


def test_nothing_is_implied_towards_the_internet_where_no_router_leads_there() -> None:
    range_of_hosts = {"lan": {"cidr": "192.168.9.0/24", "role": "user"}}
    site = {"id": 1, "circuit": {"kind": "cgnat"}, "prefixes": range_of_hosts}

    assert _implied(plan_with({"sites": {"hut": site}}), "internet/hut.lan") == []
