"""Where the views of a stack go, writing them, and saying where they are."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from cli.stack import Whole
from views.dashboard import Baseline
from views.difference import Difference
from views.whole import draw_changes, draw_views
from views.write import write_views

WHAT = {
    "dashboard.html": "all of it on one page: open it in a browser",
    "data.svg": "who reaches which service through which port",
    "network.json": "all of it, for programs",
    "technical.svg": "what is plugged into what",
    "devices": "every line that would be written to them",
    "cluster": "every object that would be made",
    "sheets": "what to click on devices that nobody logs in to",
}
FURTHER = "a further view"


def views_folder(whole: Whole) -> Path:
    """The folder that every preview writes to; git ignores it."""
    return whole.folder / "out" / whole.name


def write_all(whole: Whole, folder: Path) -> tuple[Path, ...]:
    """Write every view of a stack."""
    views = draw_views(whole.plan, whole.rendered, whole.reach)
    return write_views(folder, whole.rendered, views)


def write_changes(whole: Whole, folder: Path, title: str, difference: Difference) -> None:
    """Write the views that show what differs, over those that are compared with nothing."""
    baseline = Baseline(title, difference)
    views = draw_changes(whole.plan, whole.rendered, whole.reach, baseline)
    for name, text in views.items():
        (folder / name).write_text(text, encoding="utf-8")


def view_lines(paths: tuple[Path, ...], folder: Path) -> Iterator[str]:
    """One line for each single view, and one for each folder of many."""
    names = [path.relative_to(folder) for path in paths]
    for name in names:
        if len(name.parts) == 1:
            yield f"{name}  {WHAT.get(name.name, FURTHER)}"
    for part, count in Counter(name.parts[0] for name in names if len(name.parts) > 1).items():
        files = "1 file" if count == 1 else f"{count} files"
        yield f"{part}/  {files}: {WHAT.get(part, FURTHER)}"
