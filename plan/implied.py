"""What a description means without saying it -> implied flows, each with a name and a reason."""

from collections.abc import Iterator

from plan.directory import Directory
from plan.implication import is_off
from plan.implied_cluster import cluster_flows, node_address_flows, pod_flows
from plan.implied_sites import hairpin_flows, published_flows, site_flows, tunnel_flows
from plan.management_flows import management_flows
from plan.model import PlannedFlow


def implied_flows(
    directory: Directory, declared: tuple[PlannedFlow, ...]
) -> tuple[PlannedFlow, ...]:
    """Every implied flow that is not switched off; its order depends on names and ids alone."""
    off = directory.network.network.implied_off
    own = tuple(flow for flow in _own_flows(directory) if not is_off(flow.name, off))
    followed = (
        *hairpin_flows(directory, (*declared, *own)),
        *node_address_flows(directory, (*declared, *own)),
    )
    return (*own, *(flow for flow in followed if not is_off(flow.name, off)))


def _own_flows(directory: Directory) -> Iterator[PlannedFlow]:
    yield from management_flows(directory)
    yield from site_flows(directory)
    yield from tunnel_flows(directory)
    yield from published_flows(directory)
    yield from cluster_flows(directory)
    yield from pod_flows(directory)
