"""`la1r preview` of prod; with the word `bare`, without any view but the network's own output."""

import sys
from collections.abc import Mapping
from pathlib import Path

from plan.model import Plan
from reach.model import Reach
from render.whole import RenderedNetwork
from views import whole, write
from views.network import network_text


def draw_nothing(plan: Plan, rendered: RenderedNetwork, reach: Reach) -> dict[str, str]:
    """The network, which the stack exports, and no view."""
    return {whole.NETWORK: network_text(plan, rendered, reach)}


def write_nothing(
    folder: Path,
    rendered: RenderedNetwork,  # noqa: ARG001 - the signature of what it stands for
    views: Mapping[str, str],  # noqa: ARG001 - the signature of what it stands for
) -> tuple[Path, ...]:
    """Leave the folder as it is."""
    return (folder,)


def main() -> None:
    """Preview, with or without views."""
    if sys.argv[1:] == ["bare"]:
        whole.draw_views = draw_nothing
        write.write_views = write_nothing
    sys.argv = ["la1r", "preview", "--stack", "prod"]
    from cli.main import main as run_la1r

    run_la1r()


if __name__ == "__main__":
    main()
