"""A stack and its preview -> the few lines in which a reader finds the whole network again."""

from collections.abc import Iterator

from cli.stack import Whole
from config.inventory import gateway_of, is_managed
from config.network import Network
from config.site import Site
from engine.preview import Preview
from engine.steps import Op
from plan.addresses import sites_in_order
from plan.model import LinkKind, Plan

# So many lines leave room on a screen for who reaches whom.
MAX_SITES = 8
_WORK = (Op.CREATE, Op.UPDATE, Op.REPLACE, Op.DELETE)


def short_lines(whole: Whole, preview: Preview) -> Iterator[str]:
    """Sites, tunnels, tenants and cluster, then what a deployment would do."""
    network = whole.stack.network
    sites = sites_in_order(network)
    for name, site in sites[:MAX_SITES]:
        yield f"{name}: {_site_text(site)}"
    if more := sites[MAX_SITES:]:
        yield f"... and {_count(len(more), 'more site')}"
    if whole.plan.mesh.links:
        yield f"between sites: {_links_text(whole.plan)}"
    yield _people_text(network)
    yield _work_text(preview)


def _work_text(preview: Preview) -> str:
    """What a deployment would do, and onto what."""
    words = [f"{preview.counts[op]} to {op}" for op in _WORK if preview.counts.get(op)]
    if any(step.old for step in preview.every_step):
        counted = ", ".join(words) or "nothing to do"
        return f"{counted}, compared with what `la1r up` has recorded; a preview changes nothing"
    made = _count(preview.counts.get(Op.CREATE, 0), "resource")
    return f"{made} to create, as if nothing were there yet; a preview changes nothing"


def _site_text(site: Site) -> str:
    managed = sum(map(is_managed, site.devices.values()))
    devices = _count(len(site.devices), "device")
    endpoint = site.circuit.endpoint
    words = [
        f"{devices}, {'all' if managed == len(site.devices) else managed or 'none'} managed",
        f"dialled at {endpoint}" if endpoint else "dials out",
    ]
    if gateway := gateway_of(site):
        words.append(f"gateway: {gateway}")
    return "; ".join(words)


def _links_text(plan: Plan) -> str:
    links = plan.mesh.links
    relayed = sum(link.kind is LinkKind.RELAY for link in links)
    words = [_count(len(links) - relayed, "direct WireGuard tunnel")]
    if relayed:
        words.append(f"{_count(relayed, 'pair')} of sites by a relay")
    return ", ".join(words)


def _people_text(network: Network) -> str:
    spaces = sum(len(tenant.namespaces) for tenant in network.tenants.values())
    vpn = network.vpn
    words = [
        f"{_count(len(network.tenants), 'tenant')} with {_count(spaces, 'namespace')}",
        f"{_count(len(vpn.endpoints), 'VPN endpoint')} for {_count(len(vpn.clients), 'client')}",
        _count(len(network.flows), "declared flow"),
    ]
    if network.cluster:
        nodes = _count(len(network.cluster.nodes), "node")
        words.insert(0, f"cluster {network.cluster.name} with {nodes}")
    return "; ".join(words)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
