"""Sites of a plan -> bands: ranges with their aliases and DHCP, and the hosts that answer."""

from collections.abc import Iterator

from config.inventory import prefix_of
from config.site import Device, Site
from plan.model import Plan, PlannedPrefix
from views.bands import Band, Card, Line, Section
from views.facts import describe_segment, main_address
from views.metrics import FIXED, PLAIN, SMALL
from views.tenant_bands import Ways

# Implied flows that are no traffic of the range's own; they are listed by kind.
_NOT_TRAFFIC = (
    "management/",
    "dhcp/",
    "dns/",
    "ping/",
    "hairpin/",
    "load-balancer/",
    "wireguard/",
)


def site_bands(plan: Plan, ways: Ways) -> list[Band]:
    """Make the band of every site, in the order of their ids."""
    names = sorted(plan.network.sites, key=lambda name: plan.network.sites[name].id)
    return [_make_band(plan, name, ways) for name in names]


def _make_band(plan: Plan, name: str, ways: Ways) -> Band:
    site = plan.network.sites[name]
    own = [prefix for prefix in plan.addresses.prefixes if prefix.site == name]
    answering = _answering(plan, name, ways)
    sections = [
        _prefix_section(plan, site, prefix, ways, answering)
        for prefix in sorted(own, key=lambda prefix: prefix.cidr)
    ]
    placed = {card.title for section in sections for card in section.cards}
    loose = tuple(card for card in answering.values() if card.title not in placed)
    if loose:
        sections.append(Section("hosts with no range of their own", (), cards=loose))
    return Band(
        title=name,
        icon="prefix",
        tag=f"site {site.id}",
        lines=tuple(_band_lines(plan, name, site)),
        sections=tuple(sections),
        data=(("site", name),),
        style="place",
        tooltip=f"site {name}",
    )


def _band_lines(plan: Plan, name: str, site: Site) -> Iterator[Line]:
    if site.description:
        yield site.description, PLAIN, "soft"
    router, gateway = plan.addresses.routers.get(name), plan.addresses.gateways.get(name)
    roles = [f"default router {router.device}"] if router else []
    roles += [f"VPN gateway {gateway.device}"] if gateway else []
    for interface in plan.mesh.interfaces:
        if interface.device == gateway and interface.endpoint is None:
            roles.append(f"backbone address {interface.address.ip}")
    if roles:
        yield ", ".join(roles), SMALL, ""


def _prefix_section(
    plan: Plan, site: Site, prefix: PlannedPrefix, ways: Ways, answering: dict[str, Card]
) -> Section:
    cards = tuple(
        card
        for device, card in answering.items()
        if _prefix_of_device(site, site.devices[device]) == prefix.name
    )
    return Section(
        f"{prefix.name}  {prefix.cidr}",
        tuple(_prefix_lines(plan, site, prefix, ways)),
        ways.into("prefix", prefix.reference),
        cards,
        data=(("prefix", prefix.reference), ("cidr", str(prefix.cidr))),
        tooltip=f"{prefix.reference} {prefix.cidr}, {prefix.role}",
    )


def _prefix_lines(plan: Plan, site: Site, prefix: PlannedPrefix, ways: Ways) -> Iterator[Line]:
    record = site.prefixes[prefix.name]
    segment = describe_segment(site, prefix.segment)
    parts = [str(prefix.role), *([segment] if segment != prefix.name else [])]
    parts += [f"router {prefix.gateway}"] if prefix.gateway else []
    yield " · ".join(parts), SMALL, "soft"
    if prefix.alias:
        yield f"alias {prefix.alias}, how other sites see it", FIXED, ""
    if record.dhcp:
        server = record.dhcp.server or (plan.addresses.routers.get(prefix.site) or "")
        relay = f", relayed by {record.dhcp.relay}" if record.dhcp.relay else ""
        yield f"DHCP {record.dhcp.pool.replace('-', ' to ')}", FIXED, ""
        yield f"DHCP server {getattr(server, 'device', server)}{relay}", SMALL, ""
    if record.description:
        yield record.description, SMALL, "soft"
    opens = dict.fromkeys(
        flow.target.name
        for flow in ways.opened_by.get(prefix.reference, ())
        if not flow.name.startswith(_NOT_TRAFFIC)
    )
    if opens:
        yield f"opens connections to {', '.join(opens)}", SMALL, ""


def _prefix_of_device(site: Site, device: Device) -> str | None:
    address = main_address(device)
    found = prefix_of(site, address) if address else None
    return found[0] if found else None


def _answering(plan: Plan, name: str, ways: Ways) -> dict[str, Card]:
    """Hosts that lanes lead to, or that offer a service of their own, by name."""
    site = plan.network.sites[name]
    found: dict[str, Card] = {}
    for key in sorted(site.devices):
        device, into = site.devices[key], ways.into("device", f"{name}/{key}")
        if not (into or device.listens):
            continue
        address = main_address(device)
        lines: list[Line] = [(str(address), FIXED, "")] if address else []
        services = (f"{service} {port}" for service, port in sorted(device.listens.items()))
        lines += [(service, FIXED, "soft") for service in services]
        data = (("host", f"{name}/{key}"),)
        found[key] = Card(
            device.role.value, key, tuple(lines), into, data, f"{name}/{key}: {device.role}"
        )
    return found
