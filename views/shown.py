"""A network with its text and reachability -> files for people, and what of it is an output."""

from collections.abc import Mapping
from pathlib import Path

from plan.model import Plan
from reach.matrix import matrix_text
from reach.model import Reach
from render.manifest import Json
from render.whole import RenderedNetwork
from views.network import network_output


def show_network(
    folder: Path, plan: Plan, rendered: RenderedNetwork, reach: Reach
) -> Mapping[str, Json]:
    """Write every view below the folder; returns the matrix, and the network as one document.

    Raises OSError where the folder cannot be written.
    """
    from views.whole import NETWORK, draw_views
    from views.write import write_views

    views = draw_views(plan, rendered, reach)
    write_views(folder, rendered, views)
    return {
        "connectivity": matrix_text(reach).splitlines(),
        "network": network_output(views[NETWORK]),
    }
