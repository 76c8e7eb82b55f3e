"""Draws a network of SITES DEVICES TENANTS; prints CPU milliseconds and bytes, as JSON.

With a FOLDER, the dashboard is written there.
"""

import json
import sys
from pathlib import Path
from time import process_time

from plan.memory import expect_lasting_values
from plan.model import Plan
from reach.evaluate import evaluate
from render.whole import render_network
from tests.views.networks import plan_of_size
from views.data import draw_data
from views.technical import draw_technical
from views.whole import DASHBOARD, draw_views

TIMES = 3


def measure(plan: Plan) -> tuple[dict[str, float], str]:
    """The least that drawing took, in milliseconds, and the dashboard."""
    rendered = render_network(plan)
    reach = evaluate(plan, rendered.manifests)
    whole, pictures, page = [], [], ""
    for _ in range(TIMES):
        begin = process_time()
        page = draw_views(plan, rendered, reach)[DASHBOARD]
        whole.append(process_time() - begin)
        begin = process_time()
        draw_technical(plan), draw_data(plan)
        pictures.append(process_time() - begin)
    record = {"whole": min(whole) * 1000, "pictures": min(pictures) * 1000}
    return {**record, "bytes": len(page.encode())}, page


def main() -> None:
    """Measure one size."""
    expect_lasting_values()
    sites, devices, tenants = map(int, sys.argv[1:4])
    record, page = measure(plan_of_size(sites, devices, tenants))
    if len(sys.argv) > 4:
        Path(sys.argv[4], DASHBOARD).write_text(page, encoding="utf-8")
    print(json.dumps(record))


if __name__ == "__main__":
    main()
