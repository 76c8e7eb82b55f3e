"""Where the views of a stack go, and writing them."""

from pathlib import Path

from cli.stack import Whole
from views.network import network_text
from views.write import write_views


def views_folder(whole: Whole) -> Path:
    """The folder that every preview writes to; git ignores it."""
    return whole.folder / "out" / whole.name


def write_all(whole: Whole, folder: Path) -> tuple[Path, ...]:
    """Write every view of a stack."""
    return write_views(
        folder, whole.rendered, network_text(whole.plan, whole.rendered, whole.reach)
    )
