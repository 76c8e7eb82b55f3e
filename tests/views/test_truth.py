"""Pictures against the plan: what is read back is what was planned, no more and no less."""

import pytest

from tests.views.drawings import NAMES, every_drawing, plan_named
from tests.views.reading import (
    devices_of,
    elements_of,
    links_of,
    read_picture,
    text_in,
    values_of,
    words_of,
)

every_network = pytest.mark.parametrize("name", NAMES)


@every_network
def test_every_device_is_drawn_once_and_named(name: str) -> None:
    root = read_picture("technical", name)

    assert sorted(values_of(root, "device")) == sorted(devices_of(plan_named(name)))
    for ref in values_of(root, "device"):
        assert ref.partition("/")[2] in text_in(*elements_of(root, "device", ref))


@every_network
def test_every_cable_and_radio_link_is_drawn_once(name: str) -> None:
    root = read_picture("technical", name)

    assert sorted(words_of(root, "link")) == sorted(links_of(plan_named(name)))


@every_network
def test_every_mounted_device_is_in_its_rack(name: str) -> None:
    root, plan = read_picture("technical", name), plan_named(name)
    mounted = {
        (f"{site}/{device}", str(one.unit or ""))
        for site, record in plan.network.sites.items()
        for device, one in record.devices.items()
        if one.rack
    }

    drawn = {(e.get("data-mounted"), e.get("data-unit")) for e in root.iter()} - {(None, None)}
    assert drawn == mounted


@every_network
def test_every_wireguard_interface_is_a_bar_with_its_peers(name: str) -> None:
    root, plan = read_picture("technical", name), plan_named(name)
    endpoints = [i.endpoint for i in plan.mesh.interfaces if i.endpoint]
    backbones = [str(i.device) for i in plan.mesh.interfaces if not i.endpoint]
    clients = list(plan.network.vpn.clients)

    assert sorted(values_of(root, "endpoint")) == sorted(endpoints)
    assert sorted(values_of(root, "backbone")) == sorted(backbones)
    assert sorted(values_of(root, "client")) == sorted(clients)


@every_network
def test_every_pair_of_sites_is_named_at_both_ends(name: str) -> None:
    root, plan = read_picture("technical", name), plan_named(name)
    drawn = {
        (element.get("data-backbone", "").partition("/")[0], peer)
        for element in root.iter()
        for peer in element.get("data-peers", "").split(";")
        if peer
    }

    both = [
        (a, b, link) for link in plan.mesh.links for a, b in ((link.a, link.b), (link.b, link.a))
    ]
    expected = {
        (a, f"{b} via {link.relay}" if link.relay else f"{b} {link.kind}") for a, b, link in both
    }
    assert drawn == expected


@every_network
def test_every_flow_is_drawn(name: str) -> None:
    root = read_picture("data", name)

    assert set(words_of(root, "flow")) == {flow.name for flow in plan_named(name).flows}


@every_network
def test_flows_are_counted_as_they_are_written(name: str) -> None:
    """One of a whole site is drawn several times, and `la1r check` counts it once."""
    root, flows = read_picture("data", name), len(plan_named(name).network.flows)

    assert f"{flows} declared flow{'s' * (flows != 1)}," in text_in(root)


@every_network
def test_every_published_port_is_drawn_with_what_it_leads_to(name: str) -> None:
    root, plan = read_picture("data", name), plan_named(name)
    drawn = {(e.get("data-public"), e.get("data-to")) for e in root.iter()} - {(None, None)}
    forwards = {
        (f"{ports.protocol}/{flow.public_port or ports.first}", ports.first)
        for flow in plan.flows
        if flow.source.name == "internet"
        for ports in flow.ports
    }

    assert {(public, (to or "").rpartition(":")[2]) for public, to in drawn} == {
        (public, str(port)) for public, port in forwards
    }


@every_network
def test_every_namespace_is_drawn_once_with_its_policies(name: str) -> None:
    root, plan = read_picture("data", name), plan_named(name)
    drawn = [(e.get("data-namespace"), e.get("data-policies")) for e in root.iter()]
    expected = {
        namespace: {policy.name for policy in tenant.policies if policy.namespace == namespace}
        for tenant in plan.tenants
        for namespace in tenant.namespaces
    }

    found = {space: set((names or "").split()) for space, names in drawn if space}
    assert found == expected
    assert len([space for space, _ in drawn if space]) == len(expected)


@every_network
def test_every_range_service_and_endpoint_is_drawn_once(name: str) -> None:
    root, plan = read_picture("data", name), plan_named(name)
    services = [f"{t}/{s}" for t, one in plan.network.tenants.items() for s in one.services]

    assert sorted(values_of(root, "prefix")) == sorted(p.reference for p in plan.addresses.prefixes)
    assert sorted(values_of(root, "service")) == sorted(services)
    assert sorted(values_of(root, "endpoint")) == sorted(plan.network.vpn.endpoints)
    assert sorted(values_of(root, "tenant")) == sorted(plan.network.tenants)


@every_drawing
def test_every_picture_explains_itself(layout: str, name: str) -> None:
    root = read_picture(layout, name)
    named = (root.get("aria-labelledby") or "").split()
    ids = [element.get("id") for element in root.iter() if element.get("id")]

    assert (root.get("role"), len(named)) == ("img", 2)
    assert set(named) <= set(ids)
    assert len(ids) == len(set(ids))
    assert values_of(root, "legend") == [""]
