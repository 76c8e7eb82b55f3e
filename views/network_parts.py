"""The parts of a plan -> plain records, one function for each part of network.json."""

import base64
import hashlib
from collections.abc import Iterable

from config.inventory import first_address
from plan.model import (
    Party,
    PartyKind,
    Plan,
    PlannedFlow,
    PlannedPrefix,
    WireguardInterface,
)
from render.files import DeviceFile
from render.manifest import Json
from render.whole import RenderedNetwork
from terms.values import DeviceRef, Ports
from views.network_ranges import describe_ranges


def describe_sites(plan: Plan) -> list[Json]:
    """Sites in the order of their ids, with circuit, router and gateway."""
    return [
        {
            "name": name,
            "id": site.id,
            "description": site.description,
            "circuit": site.circuit.kind.value,
            "endpoint": site.circuit.endpoint,
            "provider": site.circuit.provider,
            "router": _ref(plan.addresses.routers[name]),
            "gateway": _ref(plan.addresses.gateways[name]),
        }
        for name, site in sorted(plan.network.sites.items(), key=lambda item: item[1].id)
    ]


def describe_addresses(plan: Plan) -> dict[str, Json]:
    """Prefixes and the hosts in them."""
    prefixes: list[Json] = [
        {
            "name": prefix.reference,
            "cidr": str(prefix.cidr),
            "alias": str(prefix.alias) if prefix.alias else None,
            "role": prefix.role.value,
            "segment": prefix.segment,
            "gateway": str(prefix.gateway) if prefix.gateway else None,
            "pool": _pool(plan, prefix),
        }
        for prefix in plan.addresses.prefixes
    ]
    hosts: list[Json] = [
        {
            "site": host.site,
            "name": host.name,
            "address": str(host.address),
            "elsewhere": str(host.effective),
            "prefix": host.prefix,
            "mac": host.mac,
            "names": list(host.names),
        }
        for host in plan.addresses.hosts
    ]
    return {"prefixes": prefixes, "hosts": hosts, "ranges": describe_ranges(plan)}


def _pool(plan: Plan, prefix: PlannedPrefix) -> str | None:
    """The addresses that are given out for a time, as first and last."""
    dhcp = plan.network.sites[prefix.site].prefixes[prefix.name].dhcp
    return dhcp.pool if dhcp else None


def describe_devices(plan: Plan, rendered: RenderedNetwork) -> list[Json]:
    """Every device, managed or not, with each line of each file that would be written to it."""
    return [
        {
            "name": f"{site_name}/{name}",
            "role": device.role.value,
            "platform": device.platform.value,
            "model": device.model,
            "description": device.description,
            "rack": device.rack,
            "unit": device.unit,
            "interfaces": _interfaces(plan, DeviceRef(site_name, name)),
            "management": _management(plan, DeviceRef(site_name, name)),
            "files": _files(rendered.files.get(DeviceRef(site_name, name), ())),
        }
        for site_name, site in sorted(plan.network.sites.items())
        for name, device in sorted(site.devices.items())
    ]


def _management(plan: Plan, ref: DeviceRef) -> Json:
    """How the operator comes to a managed device; nothing for one that nobody logs in to."""
    planned, described = plan.device(ref), plan.network.device(ref)
    if planned is None or described.manage is None:
        return None
    host = described.manage.host or first_address(described)
    return {
        "host": str(host) if host else None,
        "port": described.manage.port,
        "host_key": _fingerprint(described.manage.host_key),
        "through": [str(passed) for passed in planned.management.through],
        "in_band": planned.management.in_band,
    }


def _fingerprint(host_key: str | None) -> str | None:
    """The key as `ssh-keygen -l` writes it: short enough to be compared by eye."""
    if host_key is None:
        return None
    try:
        blob = base64.b64decode(host_key.split()[1], validate=True)
    except (IndexError, ValueError):
        return host_key
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    return f"{host_key.split()[0]} SHA256:{digest}"


def _interfaces(plan: Plan, ref: DeviceRef) -> list[Json]:
    return [
        {
            "name": interface.name,
            "kind": interface.kind.value,
            "segment": interface.segment,
            "addresses": [str(address) for address in interface.addresses],
            "vlan": interface.vlan,
            "mac": interface.mac,
        }
        for interface in plan.addresses.interfaces
        if interface.device == ref
    ]


def _files(files: Iterable[DeviceFile]) -> list[Json]:
    ordered = sorted(files, key=lambda file: file.path)
    return [
        {"path": file.path, "mode": f"{file.mode:04o}", "lines": file.text.splitlines()}
        for file in ordered
    ]


def describe_cables(plan: Plan) -> list[Json]:
    """Wired and wireless links of every site."""
    wired: list[Json] = [
        {
            "site": name,
            "a": cable.a,
            "b": cable.b,
            "medium": cable.medium.value,
            "speed": cable.speed.value if cable.speed else None,
        }
        for name, site in sorted(plan.network.sites.items())
        for cable in site.cables
    ]
    wireless: list[Json] = [
        {"site": name, "a": link.a, "b": link.b, "medium": link.kind, "speed": None}
        for name, site in sorted(plan.network.sites.items())
        for link in site.wireless
    ]
    return [*wired, *wireless]


def describe_links(plan: Plan) -> list[Json]:
    """How each pair of sites is joined."""
    return [
        {"a": link.a, "b": link.b, "kind": link.kind.value, "relay": link.relay}
        for link in plan.mesh.links
    ]


def describe_vpn(plan: Plan) -> dict[str, Json]:
    """WireGuard interfaces with their peers, and clients; keys are public ones alone."""
    clients: list[Json] = [
        {
            "name": name,
            "endpoint": client.endpoint,
            "index": client.index,
            "public_key": client.public_key,
            "expires": client.expires,
        }
        for name, client in sorted(plan.network.vpn.clients.items())
    ]
    return {"interfaces": list(map(_wireguard, plan.mesh.interfaces)), "clients": clients}


def _wireguard(interface: WireguardInterface) -> Json:
    peers: list[Json] = [
        {
            "name": peer.name,
            "endpoint": peer.endpoint,
            "allowed_ips": [str(network) for network in peer.allowed_ips],
            "keepalive": peer.keepalive,
        }
        for peer in interface.peers
    ]
    return {
        "device": str(interface.device),
        "name": interface.name,
        "address": str(interface.address),
        "port": interface.port,
        "mtu": interface.mtu,
        "endpoint": interface.endpoint,
        "peers": peers,
    }


def describe_tenants(plan: Plan) -> list[Json]:
    """Tenants with their namespaces and published services."""
    return [
        {
            "name": name,
            "id": tenant.id,
            "trust": tenant.trust.value,
            "description": tenant.description,
            "namespaces": sorted(tenant.namespaces),
            "services": {
                key: {
                    "namespace": service.namespace,
                    "selector": [
                        f"{key}={value}" for key, value in sorted(service.selector.items())
                    ],
                    "address": str(service.address) if service.address else None,
                    "ports": {
                        label: f"{port.protocol}/{port.port} to {port.pod_port}"
                        for label, port in sorted(service.ports.items())
                    },
                    "hostnames": list(service.hostnames),
                }
                for key, service in sorted(tenant.services.items())
            },
        }
        for name, tenant in sorted(plan.network.tenants.items())
    ]


def describe_expectations(plan: Plan) -> list[Json]:
    """What must be open and what must be closed, in the order of the description."""
    expect = plan.network.expect
    return [
        {
            "verb": verb,
            "source": wish.source,
            "target": wish.target,
            "ports": [str(ports) for ports in wish.ports],
            "message": wish.message,
        }
        for verb, wishes in (("deny", expect.deny), ("allow", expect.allow))
        for wish in wishes
    ]


def describe_flows(plan: Plan) -> list[Json]:
    """Declared flows in the order of the description, then implied ones."""
    return [
        {
            "name": flow.name,
            "origin": flow.origin.value,
            "source": flow.source.name,
            "target": flow.target.name,
            "ports": [str(ports) for ports in flow.ports],
            "public_port": flow.public_port,
            "why": flow.why,
        }
        for flow in plan.flows
    ]


def describe_public_ports(plan: Plan) -> list[Json]:
    """What the internet can dial at each site, and where it leads."""
    found = {
        (_site_of(flow.target), flow.public_port or ports.first, ports): _public_port(flow, ports)
        for flow in plan.flows
        if flow.source.kind is PartyKind.INTERNET
        for ports in flow.ports
    }
    return [found[key] for key in sorted(found)]


def _public_port(flow: PlannedFlow, ports: Ports) -> Json:
    number = flow.public_port
    return {
        "site": _site_of(flow.target),
        "public": str(Ports(ports.protocol, number, number) if number else ports),
        "target": flow.target.name,
        "ports": str(ports),
        "why": flow.why,
    }


def _site_of(party: Party) -> str:
    return party.site or ""


def _ref(ref: DeviceRef | None) -> str | None:
    return str(ref) if ref else None
