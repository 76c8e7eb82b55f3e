"""Nothing is expected to be open and closed at once."""

from config.network import Network
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse a sentence that stands under `allow` and under `deny`."""
    allowed = {
        (one.source, one.target, ports): index
        for index, one in enumerate(network.expect.allow)
        for ports in one.ports
    }
    return [
        Problem(
            "E-EXP-05",
            f"la1r:expect.deny[{index}]",
            f"{ports} from {one.source} to {one.target} stands under"
            f" la1r:expect.allow[{allowed[one.source, one.target, ports]}], too",
            "one of the two sentences can never hold",
            "delete one of them",
        )
        for index, one in enumerate(network.expect.deny)
        for ports in one.ports
        if (one.source, one.target, ports) in allowed
    ]
