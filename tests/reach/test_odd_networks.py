"""Networks that few have and all may: what they declare is what packets do there, too."""

from collections.abc import Mapping
from typing import cast

import pytest

from tests.plan.examples import house, pair
from tests.plan.networks import Raw, managed
from tests.plan.towns import clustered
from tests.reach.evaluated import answer, judge, planned


def _at_home(described: Raw) -> dict[str, Raw]:
    sites = cast("dict[str, dict[str, Raw]]", described["sites"])
    return sites["home"]


def _with_flow(described: Raw, **flow: object) -> Raw:
    return {**described, "flows": [{"why": "a test asks for it", **flow}]}


def _two_services_of_one_workload() -> Raw:
    described = clustered()
    tenants = cast("dict[str, dict[str, dict[str, Raw]]]", described["tenants"])
    services = tenants["family"]["services"]
    ports = {"web": {"port": 444, "target": 8443}}
    services["again"] = {**services["files"], "address": "192.168.6.6", "ports": ports}
    return described


def _two_ranges_on_one_segment() -> Raw:
    home = house()
    prefixes = cast("dict[str, Raw]", home["prefixes"])
    prefixes["more"] = {"cidr": "192.168.6.0/24", "role": "servers", "segment": "servers"}
    devices = cast("dict[str, dict[str, dict[str, Raw]]]", home["devices"])
    devices["gateway"]["interfaces"]["srv0"]["addresses"] = ["192.168.5.254", "192.168.6.254"]
    flow = {"from": "home/server", "to": "home.more", "ports": ["udp/1000-1010"]}
    return _with_flow({"sites": {"home": home}}, **flow)


def _a_public_host_beside_pods_with_internet() -> Raw:
    described = clustered()
    prefixes = cast("dict[str, Raw]", _at_home(described)["prefixes"])
    prefixes["servers"]["role"] = "user"
    return _with_flow(described, **{"from": "internet", "to": "home/one", "ports": ["tcp/444"]})


def _a_gateway_as_jump_host_of_another_site() -> Raw:
    described = pair(router_is_managed=True)
    sites = cast("dict[str, dict[str, dict[str, dict[str, Raw]]]]", described["sites"])
    sites["barn"]["devices"]["away"]["manage"]["jump"] = "home/gateway"
    return described


def _a_node_that_asks_for_a_service_beside_it() -> Raw:
    flow = {"from": "home/two", "to": "band", "ports": ["udp/52124"]}
    return _with_flow(clustered(), **flow)


def _a_node_as_gateway(**cluster: object) -> Raw:
    home = house()
    router = cast("dict[str, Raw]", home["devices"])["gateway"]
    devices = {"gateway": {**router, "arch": "amd64"}, "server": managed(role="server")}
    nodes = {"home/gateway": {"control_plane": True, "address": "192.168.5.254"}}
    return {
        "sites": {"home": {**home, "devices": devices}},
        "tenants": {"family": {"id": 1, "namespaces": ["cloud"], "internet": True}},
        "cluster": {"name": "c", "nodes": nodes, **cluster},
    }


def _a_published_service_on_the_gateway() -> Raw:
    described = _a_node_as_gateway(pools={"lan": {"cidr": "192.168.6.0/25"}})
    prefixes = cast("dict[str, Raw]", _at_home(described)["prefixes"])
    prefixes["lb"] = {"cidr": "192.168.6.0/24", "role": "load-balancer", "segment": "lan"}
    family = cast("dict[str, dict[str, object]]", described["tenants"])["family"]
    service = {
        "namespace": "cloud",
        "selector": {"app": "files"},
        "address": "192.168.6.5",
        "ports": {"web": {"port": 443, "target": 8443}},
    }
    family |= {"pool": "lan", "addresses": ["192.168.6.0/28"], "services": {"files": service}}
    return described


def _a_lease_from_another_segment() -> Raw:
    described = clustered()
    prefixes = cast("dict[str, Raw]", _at_home(described)["prefixes"])
    far = {"server": "one", "relay": "gateway"}
    prefixes["lan"]["dhcp"] = {"pool": "192.168.1.100-192.168.1.199", **far}
    return described


def _a_router_without_a_known_address() -> Raw:
    described = pair(router_is_managed=False)
    sites = cast("dict[str, dict[str, dict[str, Raw]]]", described["sites"])
    sites["barn"]["devices"]["box"] = {"role": "router"}
    return described


@pytest.mark.parametrize(
    "described",
    [
        pytest.param(_a_lease_from_another_segment(), id="a lease from another segment"),
        pytest.param(_two_services_of_one_workload(), id="two services of one workload"),
        pytest.param(_two_ranges_on_one_segment(), id="two ranges on one segment"),
        pytest.param(_a_public_host_beside_pods_with_internet(), id="a public node"),
        pytest.param(_a_gateway_as_jump_host_of_another_site(), id="a far jump host"),
        pytest.param(_a_node_that_asks_for_a_service_beside_it(), id="a node asks for a service"),
        pytest.param(_a_node_as_gateway(), id="a node as gateway"),
        pytest.param(_a_published_service_on_the_gateway(), id="a service on the gateway"),
    ],
)
def test_an_odd_network_does_what_it_declares(described: Mapping[str, object]) -> None:
    _, problems = judge(*planned(dict(described)))

    assert [f"{one.code} {one.found}" for one in problems] == []


def test_what_a_router_without_a_known_address_should_pass_on_is_told_to_stop() -> None:
    _, problems = judge(*planned(_a_router_without_a_known_address()))

    assert "E-RCH-01" in {one.code for one in problems}


def test_nobody_dials_the_pods_of_the_system_through_a_node_that_is_the_gateway() -> None:
    reach, _ = judge(*planned(_a_node_as_gateway()))

    assert answer(reach, "home.lan namespace.kube-system tcp/53") == "deny"
    assert answer(reach, "home.lan family tcp/80") == "deny"
