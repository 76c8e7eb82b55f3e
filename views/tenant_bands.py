"""Tenants of a plan -> bands: endpoints, namespaces with their policies, workloads, ways in."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from config.tenant import Service, Tenant
from plan.model import Party, PartyKind, Plan, PlannedFlow, PolicyPlan, TenantPlan
from views.bands import Band, Card, Line, Section, Way
from views.lanes import Lane, Target, gather_lanes, order_flows, short_ports
from views.metrics import FIXED, PLAIN, SMALL
from views.palette import tenant_style

_ICONS = {
    PartyKind.INTERNET: "internet",
    PartyKind.PREFIX: "prefix",
    PartyKind.DEVICE: "node",
    PartyKind.VPN: "lock",
    PartyKind.CLIENT: "person",
    PartyKind.PODS: "pods",
}


class Ways(Struct, frozen=True):
    """Lanes of a plan, ready to be written."""

    plan: Plan
    lanes: Mapping[Target, Sequence[Lane]]
    # Flows by the range or the tenant that opens them.
    opened_by: Mapping[str, Sequence[PlannedFlow]]

    def into(self, kind: str, name: str) -> tuple[Way, ...]:
        """List the ways that lead to something."""
        return tuple(self._write(lane) for lane in self.lanes.get((kind, name), ()))

    def _write(self, lane: Lane) -> Way:
        ports = short_ports(lane.inner)
        numbers = dict.fromkeys(port.partition("/")[2] for port in lane.inner)
        behind = self._inner_ports(lane) or ports
        also = f"; also {', '.join(lane.also)}, by the public name" if lane.also else ""
        return Way(
            source=lane.source.name,
            icon=_ICONS[lane.source.kind],
            style=_style_of(self.plan, lane.source),
            public=short_ports(lane.public),
            address=f"{lane.address}:{', '.join(numbers)}" if lane.address else "",
            inner="" if lane.address and behind == ports else behind,
            why="; ".join(lane.why) + also,
            declared=lane.declared,
            from_internet=lane.source.kind is PartyKind.INTERNET,
            flows=lane.flows,
        )

    def _inner_ports(self, lane: Lane) -> str:
        service = lane.service
        if service is None:
            return ""
        open_all = "any" in lane.inner
        return short_ports(
            f"{protocol}/{pod}"
            for protocol, port, pod in service.ports
            if open_all or f"{protocol}/{port}" in lane.inner
        )


def gather_ways(plan: Plan) -> Ways:
    """Gather every lane of a plan."""
    opened: dict[str, list[PlannedFlow]] = {}
    for flow in order_flows(plan):
        pods = flow.source.pods
        opened.setdefault(pods.tenant if pods else flow.source.name, []).append(flow)
    return Ways(plan, gather_lanes(plan), opened)


def _style_of(plan: Plan, party: Party) -> str:
    """Colour a party by its tenant; addresses of sites belong to none."""
    tenant = party.pods.tenant if party.pods else ""
    if party.kind is PartyKind.VPN:
        endpoint = plan.network.vpn.endpoints.get(party.name.removeprefix("vpn."))
        tenant = endpoint.tenant if endpoint else ""
    if party.kind is PartyKind.CLIENT:
        client = plan.network.vpn.clients.get(party.name.removeprefix("client."))
        tenant = plan.network.vpn.endpoints[client.endpoint].tenant if client else ""
    return tenant_style(plan.network.tenants[tenant].id) if tenant else ""


def tenant_bands(plan: Plan, ways: Ways) -> list[Band]:
    """Make the band of every tenant, in the order of their ids."""
    tenants = sorted(plan.tenants, key=lambda tenant: tenant.id)
    return [_make_band(plan, tenant, ways, _outgoing(tenant, ways)) for tenant in tenants]


def _outgoing(tenant: TenantPlan, ways: Ways) -> list[PlannedFlow]:
    """Flows that a tenant's pods open to others, and to the internet."""
    return [
        flow
        for flow in ways.opened_by.get(tenant.name, ())
        if flow.source.pods
        and not (flow.target.pods and flow.target.pods.tenant in ("", tenant.name))
    ]


def _make_band(plan: Plan, tenant: TenantPlan, ways: Ways, outgoing: Sequence[PlannedFlow]) -> Band:
    record = plan.network.tenants[tenant.name]
    sections = (
        *_whole_tenant(tenant, ways),
        *_endpoint_sections(plan, tenant.name, ways),
        *_namespace_sections(plan, tenant, ways),
    )
    trust = f"tenant {record.id} · {record.trust}"
    return Band(
        title=tenant.name,
        icon="shield",
        tag=trust,
        lines=tuple(_band_lines(record, tenant, outgoing)),
        sections=sections,
        data=(("tenant", tenant.name), ("trust", str(record.trust))),
        style=tenant_style(record.id),
        tooltip=f"tenant {tenant.name}",
    )


def _band_lines(
    record: Tenant, tenant: TenantPlan, outgoing: Sequence[PlannedFlow]
) -> Iterator[Line]:
    if record.description:
        yield record.description, PLAIN, "soft"
    if tenant.pool_addresses:
        shares = ", ".join(str(share) for share in tenant.pool_addresses)
        yield f"addresses {shares} of pool {record.pool}", FIXED, ""
    if record.owners:
        yield f"owners: {', '.join(record.owners)}", SMALL, "soft"
    for target, ports in dict.fromkeys(
        (flow.target.name, short_ports(str(port) for port in flow.ports)) for flow in outgoing
    ):
        yield f"opens connections to {target} {ports}", SMALL, ""
    if tenant.namespaces and not outgoing:
        yield "opens no connection to anybody else", SMALL, "soft"


def _whole_tenant(tenant: TenantPlan, ways: Ways) -> Iterator[Section]:
    """Ways that lead to all namespaces of a tenant together."""
    found = ways.into("tenant", tenant.name)
    if found:
        yield Section("every namespace", (), found, style="inner ajar")


def _endpoint_sections(plan: Plan, tenant: str, ways: Ways) -> Iterator[Section]:
    for name, endpoint in sorted(plan.network.vpn.endpoints.items()):
        if endpoint.tenant != tenant:
            continue
        clients = sorted(
            (client.index, key)
            for key, client in plan.network.vpn.clients.items()
            if client.endpoint == name
        )
        people = ", ".join(f"{key} .{index}" for index, key in clients) or "none yet"
        lines: list[Line] = [
            (f"{endpoint.cidr} at {endpoint.at}", FIXED, ""),
            (f"clients: {people}", SMALL, ""),
        ]
        lines += [(f"name server {endpoint.dns}", SMALL, "soft")] if endpoint.dns else []
        card = Card(
            "lock",
            f"VPN endpoint {name}",
            tuple(lines),
            ways.into("endpoint", name),
            (("endpoint", name),),
        )
        yield Section("", (), cards=(card,), style="")


def _namespace_sections(plan: Plan, tenant: TenantPlan, ways: Ways) -> Iterator[Section]:
    """Namespaces with something published one by one, the others together."""
    record = plan.network.tenants[tenant.name]
    policies: dict[str, list[PolicyPlan]] = {name: [] for name in tenant.namespaces}
    for policy in tenant.policies:
        policies[policy.namespace].append(policy)
    quiet: dict[tuple[str, ...], list[str]] = {}
    for name in tenant.namespaces:
        services = {key: one for key, one in record.services.items() if one.namespace == name}
        direct = ways.into("namespace", name)
        if not services and not direct:
            key = tuple(sorted(policy.name for policy in policies[name]))
            quiet.setdefault(key, []).append(name)
            continue
        cards = tuple(_service_card(tenant.name, *item, ways) for item in sorted(services.items()))
        lines = _policy_lines([policy.name for policy in policies[name]])
        data = (("namespace", name), ("policies", " ".join(p.name for p in policies[name])))
        style = "inner" if record.isolated_namespaces else "inner ajar"
        yield Section(f"namespace {name}", lines, direct, cards, (), data, style)
    for names, group in quiet.items():
        chips = tuple(
            (name, (("namespace", name), ("policies", " ".join(names)))) for name in group
        )
        title = f"{len(group)} namespace{'s' if len(group) != 1 else ''} with nothing published"
        yield Section(title, _policy_lines(list(names)), chips=chips, style="inner ajar")


def _policy_lines(names: list[str]) -> tuple[Line, ...]:
    """Say what closes a namespace, and what opens it again; flows are drawn as arrows."""
    base = [name for name in names if not name.startswith("flow-")]
    flows = len(names) - len(base)
    more = f" + {flows} by arrows" if flows else ""
    return ((f"{', '.join(base)}{more}", SMALL, "soft"),)


def _service_card(tenant: str, name: str, service: Service, ways: Ways) -> Card:
    ports = short_ports(f"{port.protocol}/{port.port}" for port in service.ports.values())
    labels = ", ".join(f"{key}={value}" for key, value in sorted(service.selector.items()))
    where = f"{service.address} {ports}" if service.address else f"pods only, {ports}"
    lines: list[Line] = [(where, FIXED, ""), (labels, SMALL, "soft")]
    lines += [(hostname, SMALL, "") for hostname in service.hostnames]
    return Card(
        "pods",
        name,
        tuple(lines),
        ways.into("service", f"{tenant}/{name}"),
        (("service", f"{tenant}/{name}"),),
        service.description,
    )
