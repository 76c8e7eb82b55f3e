"""A network with its text and reachability -> every view that is drawn of it, by file name."""

from plan.model import Plan
from reach.model import Reach
from render.whole import RenderedNetwork
from views.dashboard import Baseline, Pictures, draw_dashboard
from views.data import draw_data
from views.network import build_network_json, document_text
from views.technical import draw_technical

NETWORK = "network.json"
DASHBOARD = "dashboard.html"


def draw_views(plan: Plan, rendered: RenderedNetwork, reach: Reach) -> dict[str, str]:
    """Draw every view; the same network gives the same bytes."""
    document = build_network_json(plan, rendered, reach)
    pictures = Pictures(draw_technical(plan), draw_data(plan))
    return {
        NETWORK: document_text(document),
        "technical.svg": pictures.technical,
        "data.svg": pictures.data,
        DASHBOARD: draw_dashboard(document, reach, pictures),
    }


def draw_live(plan: Plan, rendered: RenderedNetwork, reach: Reach, facts: str) -> str:
    """Draw the dashboard that also shows what a file beside it says of the devices."""
    document = build_network_json(plan, rendered, reach)
    pictures = Pictures(draw_technical(plan), draw_data(plan))
    return draw_dashboard(document, reach, pictures, live=facts)


def draw_changes(
    plan: Plan, rendered: RenderedNetwork, reach: Reach, baseline: Baseline
) -> dict[str, str]:
    """Draw the views that show what differs from another network."""
    document = build_network_json(plan, rendered, reach)
    pictures = Pictures(draw_technical(plan), draw_data(plan))
    return {DASHBOARD: draw_dashboard(document, reach, pictures, baseline)}
