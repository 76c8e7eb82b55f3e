"""The cluster, its pools and the implied flows of a plan -> the bands that stand beside sites."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from config.cluster import Cluster, Pool
from plan.model import Plan, PlannedFlow
from views.bands import Band, Card, Line, Section
from views.drawing import Group, Item, Rect, Shape, Text
from views.lanes import is_lane, order_flows, short_ports
from views.metrics import FIXED, PLAIN, SMALL, STRONG, measure_text
from views.palette import tenant_style
from views.tenant_bands import Ways

_BAR, _POOL_HEIGHT, _MARK = 22, 62, 4


def cluster_bands(plan: Plan, ways: Ways, width: int) -> list[Band]:
    """Make the band of the cluster; none where there is no cluster."""
    cluster = plan.network.cluster
    if cluster is None:
        return []
    figure, height = _draw_pools(plan, cluster, width)
    sections = tuple(
        Section(f"namespace {name}", (("system: referred to, never owned", SMALL, "soft"),), found)
        for name in sorted(cluster.system)
        if (found := ways.into("namespace", name))
    )
    quiet = [name for name in sorted(cluster.system) if not ways.into("namespace", name)]
    chips = tuple((name, (("system-namespace", name),)) for name in quiet)
    system = Section("system namespaces: referred to, never owned", (), chips=chips)
    return [
        Band(
            title=cluster.name,
            icon="pods",
            tag="Kubernetes cluster with Weave Net",
            lines=tuple(_cluster_lines(plan, cluster)),
            sections=(*sections, *((system,) if chips else ())),
            data=(("cluster", cluster.name),),
            style="place",
            tooltip=f"cluster {cluster.name}",
            figure=tuple(figure),
            figure_height=height,
        )
    ]


def _cluster_lines(plan: Plan, cluster: Cluster) -> Iterator[Line]:
    if cluster.description:
        yield cluster.description, PLAIN, "soft"
    yield f"pods {cluster.pods}   services {cluster.services}", FIXED, ""
    api = cluster.api
    if api.address:
        yield (
            f"API {api.address}:{api.port or api.node_port}, on its node {api.node_port}",
            FIXED,
            "",
        )
    else:
        yield f"API on its node {api.node_port}", FIXED, ""
    leading = {
        name.rpartition("/")[2] for name, node in cluster.nodes.items() if node.control_plane
    }
    for ref, address in plan.addresses.nodes:
        part = "control plane" if ref.device in leading else "node"
        yield f"{part} {ref} {address}", FIXED, ""
    weave = cluster.weave
    yield f"Weave Net {weave.version}, encryption {'on' if weave.encryption else 'off'}", SMALL, ""
    if plan.cluster:
        steps = " \u2192 ".join(f"{step.name} {step.mtu}" for step in plan.cluster.mtu_chain)
        yield f"MTU: {steps}", SMALL, ""
        ports = short_ports(str(port) for port in plan.cluster.node_ports)
        if ports:
            yield f"between nodes: {ports}", SMALL, "soft"


def _draw_pools(plan: Plan, cluster: Cluster, width: int) -> tuple[list[Item], int]:
    """Draw every pool to scale, with the shares of tenants and the addresses in use."""
    items: list[Item] = []
    for place, (name, pool) in enumerate(sorted(cluster.pools.items())):
        parts = tuple(_draw_pool(plan, name, pool, width))
        data = (("pool", name), ("cidr", str(pool.cidr)))
        items.append(Group(parts, data, f"pool {name} {pool.cidr}", at=(0, place * _POOL_HEIGHT)))
    return items, _POOL_HEIGHT * len(cluster.pools)


def _draw_pool(plan: Plan, name: str, pool: Pool, width: int) -> Iterator[Item]:
    head = f"pool {name}"
    yield Text(0, 14, head, STRONG)
    text = f"{pool.cidr} for {'the LAN' if pool.audience == 'lan' else 'the public'}"
    yield Text(measure_text(head, STRONG) + 10, 14, text, FIXED, "soft")
    yield Shape(Rect(0, 22, width, _BAR), "chip", 4)
    yield from _draw_shares(plan, pool, width)
    for tenant_name, record in sorted(plan.network.tenants.items()):
        for key, service in sorted(record.services.items()):
            if service.address and service.address in pool.cidr:
                x = _place(pool.cidr, service.address, width)
                mark = Shape(Rect(x, 46, _MARK, 6), "rule", 1)
                title = f"{service.address} {tenant_name}/{key}"
                yield Group((mark,), (("address", str(service.address)),), title)


def _draw_shares(plan: Plan, pool: Pool, width: int) -> Iterator[Item]:
    shares = [(s, t) for t in plan.tenants for s in t.pool_addresses if s.subnet_of(pool.cidr)]
    for share, tenant in sorted(shares, key=lambda entry: entry[0]):
        bar = _scale(pool.cidr, share, width)
        parts: list[Item] = [Shape(bar, "own", 3)]
        if bar.width >= measure_text(tenant.name, SMALL) + 8:
            parts.append(Text(bar.x + 4, 37, tenant.name, SMALL, "own-text"))
        data = (("share", str(share)), ("of", tenant.name))
        yield Group(tuple(parts), data, f"{share} of {tenant.name}", tenant_style(tenant.id))


def _scale(whole: IPv4Network, part: IPv4Network, width: int) -> Rect:
    left = _place(whole, part.network_address, width)
    wide = max(_MARK, width * part.num_addresses // whole.num_addresses)
    return Rect(left, 22, min(wide, width - left), _BAR)


def _place(whole: IPv4Network, address: IPv4Address, width: int) -> int:
    offset = int(address) - int(whole.network_address)
    return min(width - _MARK, width * offset // whole.num_addresses)


def implied_band(plan: Plan) -> list[Band]:
    """List what is open because something else is declared, by kind."""
    kinds: dict[str, list[PlannedFlow]] = {}
    for flow in order_flows(plan):
        if not is_lane(flow):
            kinds.setdefault(flow.name.partition("/")[0], []).append(flow)
    if not kinds:
        return []
    rows = tuple(_implied_card(kind, flows) for kind, flows in sorted(kinds.items()))
    return [
        Band(
            title="Open besides",
            icon="shield",
            tag="implied by what is declared; each can be switched off",
            lines=(),
            sections=(Section("", (), cards=rows, style=""),),
            data=(("implied", ""),),
            style="place",
            beside=True,
        )
    ]


def _implied_card(kind: str, flows: list[PlannedFlow]) -> Card:
    names = list(dict.fromkeys(flow.name for flow in flows))
    ports = short_ports(sorted({str(port) for flow in flows for port in flow.ports}))
    reasons = list(dict.fromkeys(flow.why for flow in flows))
    more = len(reasons) - 1
    why = reasons[0] + (f"; and {more} more reason{'s' if more != 1 else ''}" if more else "")
    count = f"{len(flows)} flow{'s' if len(flows) != 1 else ''}"
    return Card(
        "shield",
        kind,
        ((f"{ports}, {count}: {why}", SMALL, "soft"),),
        data=(("flow", " ".join(names)),),
        tooltip="; ".join(f"{flow.source.name} to {flow.target.name}" for flow in flows[:20]),
    )
