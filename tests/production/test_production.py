"""The plan of `prod` against what the owner's documentation says, row by row."""

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from config.load import load_stack
from config.site import Device
from plan.build import build_plan
from plan.clients import build_client
from plan.model import Plan, PlannedFlow
from reach.evaluate import evaluate
from reach.portset import PortSet
from render.kubernetes import render_manifests
from terms.values import DeviceRef, Platform, Ports, PrefixRole

ROOT = Path(__file__).parents[2]
# Rows of a test table: each kind has its own shape, checked by the test that reads it.
DOCUMENTED: dict[str, Any] = YAML(typ="safe").load(Path(__file__).with_name("documented.yaml"))


def rows(key: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", DOCUMENTED[key], ids=str)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return build_plan(load_stack(ROOT / "Pulumi.prod.yaml").network)


def device_of(plan: Plan, name: str) -> Device:
    return next(site.devices[name] for site in plan.network.sites.values() if name in site.devices)


def services_of(plan: Plan) -> dict[str, IPv4Address | None]:
    return {
        f"{tenant}/{name}": service.address
        for tenant, record in plan.network.tenants.items()
        for name, service in record.services.items()
    }


def test_the_provider_s_fibre_ends_at_the_media_converter(plan: Plan) -> None:
    uplink = DOCUMENTED["uplink"]
    circuit = plan.network.sites["home"].circuit
    port = device_of(plan, uplink["converter"]).interfaces[uplink["port"]]

    assert (circuit.provider, circuit.speed, port.speed) == (
        uplink["provider"],
        uplink["speed"],
        uplink["speed"],
    )


@rows("models")
def test_every_device_is_the_documented_one(plan: Plan, row: list[Any]) -> None:
    name, model, height = row
    device = device_of(plan, name)

    assert (device.model, device.height) == (model, height)


@rows("links")
def test_every_documented_link_is_described(plan: Plan, row: list[str]) -> None:
    first, second, kind, detail = row
    home = plan.network.sites["home"]
    cables = {
        (cable.a.partition("/")[0], cable.b.partition("/")[0], cable.speed) for cable in home.cables
    }
    radio = {
        (link.a.partition("/")[0], link.b.partition("/")[0], link.kind) for link in home.wireless
    }

    assert (first, second, detail) in (cables if kind == "wired" else radio)


def test_the_media_converter_turns_the_provider_s_fibre_into_copper(plan: Plan) -> None:
    converter = device_of(plan, "media-converter")

    assert {name: port.medium.value for name, port in converter.interfaces.items()} == {
        "fibre0": "fibre",
        "eth0": "copper",
    }


@rows("vpn_members")
def test_every_documented_member_is_on_the_vpn(plan: Plan, row: list[str]) -> None:
    name, kind = row
    gateways = {ref.device for ref in plan.addresses.gateways.values() if ref}

    assert name in (gateways if kind == "gateway" else plan.network.vpn.clients)


@rows("rack")
def test_every_device_of_the_rack_drawing_is_in_the_rack(plan: Plan, row: dict[str, str]) -> None:
    device = device_of(plan, row["device"])

    assert (device.rack, device.model) == ("rack", row["model"])


@rows("roles")
def test_every_device_has_its_documented_role(plan: Plan, row: list[str]) -> None:
    assert device_of(plan, row[0]).role == row[1]


@rows("prefixes")
def test_every_documented_range_has_its_role(plan: Plan, row: list[str]) -> None:
    cidr, site, name, role = row

    assert (IPv4Network(cidr), site, name, PrefixRole(role)) in {
        (prefix.cidr, prefix.site, prefix.name, prefix.role) for prefix in plan.addresses.prefixes
    }


def test_things_reach_their_one_server(plan: Plan) -> None:
    assert plan.network.sites["home"].prefixes["iot"].server == DOCUMENTED["iot_server"]


@rows("host_firewalls")
def test_every_server_s_own_firewall_gives_way_to_ours(plan: Plan, row: str) -> None:
    device = device_of(plan, row)

    assert device.platform is Platform.LINUX
    assert device.manage is not None
    assert device.manage.adopt


@rows("ingress_reached")
def test_the_ingress_no_longer_reaches_the_vpn_server(plan: Plan, row: dict[str, str]) -> None:
    reach = evaluate(plan, render_manifests(plan))
    verdict = reach.verdict("online/traefik", row["target"])

    assert not verdict.allowed & PortSet.of((Ports.parse(row["port"]),))


@rows("vpn_routes")
def test_clients_send_the_documented_ranges_into_the_tunnel(
    plan: Plan, row: dict[str, str]
) -> None:
    routes = {route.network for route in build_client(plan, row["client"]).routes}

    assert any(IPv4Network(row["cidr"]).overlaps(network) for network in routes)


@rows("pools")
def test_every_load_balancer_range_is_a_pool(plan: Plan, row: list[str]) -> None:
    cidr, name, audience = row
    assert plan.network.cluster is not None
    pool = plan.network.cluster.pools[name]

    assert (pool.cidr, pool.audience) == (IPv4Network(cidr), audience)


@rows("addresses")
def test_every_documented_address_belongs_to_its_device(plan: Plan, row: list[str]) -> None:
    name, address = row
    device = device_of(plan, name)
    own = {device.address, *(a for port in device.interfaces.values() for a in port.addresses)}

    assert IPv4Address(address) in own


@rows("service_addresses")
def test_every_documented_service_has_its_address(plan: Plan, row: list[str]) -> None:
    assert services_of(plan)[row[0]] == IPv4Address(row[1])


def test_the_cluster_is_the_documented_one(plan: Plan) -> None:
    cluster, expected = plan.network.cluster, DOCUMENTED["cluster"]
    assert cluster is not None
    nodes = [str(ref) for ref, _ in plan.addresses.nodes]

    assert (cluster.name, str(cluster.pods), str(cluster.services)) == (
        expected["name"],
        expected["pods"],
        expected["services"],
    )
    assert nodes == [expected["control_plane"], *expected["others"]]
    assert (str(cluster.api.address), cluster.api.port, cluster.api.node_port) == (
        expected["api_address"],
        expected["api_address_port"],
        expected["api_port"],
    )


@rows("host_services")
def test_every_host_service_is_listed_at_its_server(plan: Plan, row: list[str]) -> None:
    name, service, port = row

    assert device_of(plan, name).listens[service] == Ports.parse(port)


@rows("forwards")
def test_every_documented_forward_is_published(plan: Plan, row: dict[str, Any]) -> None:
    if "endpoint" in row:
        endpoint = plan.network.vpn.endpoints[row["endpoint"]]

        assert f"udp/{endpoint.port}" == row["public"]
        return
    published = {
        (str(Ports(flow.ports[0].protocol, port, port)), flow.ports[0].first, flow.target.name)
        for flow, port in published_flows(plan)
    }

    assert (row["public"], row["through"], row["service"]) in published


def published_flows(plan: Plan) -> list[tuple[PlannedFlow, int]]:
    return [
        (flow, flow.public_port)
        for flow in plan.flows
        if flow.public_port and flow.index is not None
    ]


def test_nothing_else_is_forwarded(plan: Plan) -> None:
    expected = sum("service" in row for row in DOCUMENTED["forwards"])

    assert len(published_flows(plan)) == expected


@rows("ingress_also_reaches")
def test_the_ingress_reaches_the_other_tenant_s_app(plan: Plan, row: list[str]) -> None:
    declared = {
        (flow.source.name, flow.target.name) for flow in plan.flows if flow.index is not None
    }

    assert tuple(row) in declared


def test_namespaces_are_split_between_owner_guests_and_system(plan: Plan) -> None:
    by_tenant = {tenant.name: tenant.namespaces for tenant in plan.tenants}
    assert plan.network.cluster is not None

    assert sorted(by_tenant["la1r"]) == sorted(DOCUMENTED["owner_namespaces"])
    assert [by_tenant[guest] for guest in DOCUMENTED["guest_namespaces"]] == [
        (guest,) for guest in DOCUMENTED["guest_namespaces"]
    ]
    assert set(DOCUMENTED["system_namespaces"]) <= set(plan.network.cluster.system)


@pytest.mark.parametrize("guest", DOCUMENTED["guest_namespaces"])
def test_every_guest_namespace_is_closed_both_ways_by_default(plan: Plan, guest: str) -> None:
    tenant = next(tenant for tenant in plan.tenants if tenant.name == guest)
    closed = [
        policy.namespace
        for policy in tenant.policies
        if not (policy.labels or policy.ingress or policy.egress)
    ]

    assert closed == [guest]


@rows("backbone")
def test_the_gateways_keep_their_mesh_addresses(plan: Plan, row: list[str]) -> None:
    site, address = row
    gateway = plan.addresses.gateways[site]
    own = [
        str(interface.address.ip)
        for interface in plan.mesh.interfaces
        if interface.device == gateway and interface.endpoint is None
    ]

    assert own == [address]


@rows("vpns")
def test_every_vpn_has_its_range_server_and_port(plan: Plan, row: dict[str, Any]) -> None:
    interface = next(i for i in plan.mesh.interfaces if i.endpoint == row["endpoint"])

    assert (str(interface.address.network), str(interface.address.ip), interface.port) == (
        row["cidr"],
        row["server"],
        row["port"],
    )


@pytest.mark.parametrize("endpoint", ["shared", "private"])
def test_the_vpns_hand_out_the_documented_name_server(plan: Plan, endpoint: str) -> None:
    assert plan.network.vpn.endpoints[endpoint].dns == IPv4Address(DOCUMENTED["vpn_dns"])


def test_the_router_serves_dhcp_and_the_switch_relays(plan: Plan) -> None:
    home = plan.network.sites["home"]
    served = [prefix.dhcp for prefix in home.prefixes.values() if prefix.dhcp]

    assert {(dhcp.server, dhcp.relay) for dhcp in served} == {
        (DOCUMENTED["dhcp"]["server"], DOCUMENTED["dhcp"]["relay"])
    }


def test_the_gateways_are_the_ones_that_were_chosen(plan: Plan) -> None:
    assert plan.addresses.gateways == {
        "home": DeviceRef("home", "wireless-router"),
        "external": DeviceRef("external", "raspi3"),
    }
    assert plan.network.sites["external"].devices["router"].platform is Platform.UNMANAGED
