"""A network with its text and reachability -> every view that is drawn of it, by file name."""

from plan.model import Plan
from reach.model import Reach
from render.whole import RenderedNetwork
from views.data import draw_data
from views.network import network_text
from views.technical import draw_technical

NETWORK = "network.json"


def draw_views(plan: Plan, rendered: RenderedNetwork, reach: Reach) -> dict[str, str]:
    """Draw every view; the same network gives the same bytes."""
    return {
        NETWORK: network_text(plan, rendered, reach),
        "technical.svg": draw_technical(plan),
        "data.svg": draw_data(plan),
    }
