"""Rows on the views: time to draw, sizes, what a preview costs more, and what a browser needs."""

import json
import tempfile
from pathlib import Path

from bench.paint import measure_page
from bench.table import Row, limit, row
from bench.timing import compare, cpu_seconds, finish, python_task

RUNS = 5
# Sites, devices, tenants.
SMALL, MIDDLE, MANY, LARGE = (2, 30, 5), (8, 200, 5), (8, 200, 50), (8, 1000, 50)


def view_rows(root: Path) -> list[Row]:
    """Measure everything about the views."""
    with tempfile.TemporaryDirectory() as folder:
        sizes = {size: _draw(root, size, folder) for size in (SMALL, MIDDLE, LARGE, MANY)}
        # The last one written is the one of many tenants.
        page = measure_page(Path(folder, "dashboard.html"))
    drawn, kilobytes = "CPU, without start-up", "one file, all in it"
    rows = [
        limit("all views, 200 devices, 5 tenants", sizes[MIDDLE]["whole"], "ms", 100, drawn),
        limit("pictures, 200 devices, 50 tenants", sizes[MANY]["pictures"], "ms", 100, drawn),
        limit("all views, 200 devices, 50 tenants", sizes[MANY]["whole"], "ms", None, drawn),
        limit("all views, 1000 devices, 50 tenants", sizes[LARGE]["whole"], "ms", 1000, drawn),
        limit("dashboard, 30 devices", sizes[SMALL]["bytes"] / 1000, "KB", 250, kilobytes),
        limit("dashboard, 200 devices", sizes[MANY]["bytes"] / 1000, "KB", 500, kilobytes),
    ]
    if page is None:
        browser = "Chromium, 200 devices (not on PATH)"
        return [*rows, limit("first paint", None, "ms", 300, browser), _preview_row(root)]
    rows.append(limit("first paint", page.paint, "ms", 300, "Chromium, 200 devices"))
    rows.append(limit("search, slowest word", page.search, "ms", 50, "Chromium, 200 devices"))
    return [*rows, _preview_row(root)]


def _draw(root: Path, size: tuple[int, int, int], folder: str) -> dict[str, float]:
    task = python_task(str(root), "-m", "bench.views", *map(str, size), folder)
    found: dict[str, float] = json.loads(finish(task))
    return found


def _preview_row(root: Path) -> Row:
    """A preview that draws, beside one that does not."""
    ours = python_task(str(root), "-m", "bench.preview")
    bare = python_task(str(root), "-m", "bench.preview", "bare")
    value = compare(ours, bare, cpu_seconds, RUNS)
    return row("preview of prod, with views", value, 1.1, "the same, without views")
