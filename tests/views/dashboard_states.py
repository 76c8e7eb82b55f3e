"""What a reader can see on a dashboard: every view, its table, and some selections."""

from functools import cache

from tests.views.changed_prod import CHANGES, difference_after
from tests.views.dashboards import draw
from views.dashboard import Baseline

VIEWS = ("technical", "data", "reach", "addresses", "tenants", "changes")
STATES = (
    *(f"view={view}" for view in VIEWS),
    *(f"view={view}&table=1" for view in VIEWS),
    "view=technical&pick=device:home/frodo",
    "view=data&pick=tenant:paul",
    "view=reach&from=home.users&to=la1r/dns",
    "view=addresses&q=192.168.5.229",
)


@cache
def page_with_changes() -> str:
    """Draw a page that is compared with a network before several changes."""
    edits = tuple(edit for name in ("flow-added", "router-moved") for edit in CHANGES[name])
    return draw("prod", Baseline("main", difference_after(*edits)))
