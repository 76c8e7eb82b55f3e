"""A network.json, its verdicts and two pictures -> one page that shows the whole network."""

from views.dashboard.changes import Baseline
from views.dashboard.page import Pictures, draw_dashboard

__all__ = ["Baseline", "Pictures", "draw_dashboard"]
