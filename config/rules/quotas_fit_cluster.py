"""What tenants may use fits what the nodes have, where the description says that of all nodes."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple

from config.network import Network
from terms.problem import Problem, Severity
from terms.quantity import read_quantity, write_bytes, write_cores


class Resource(NamedTuple):
    """Something that a node has and a quota limits, by one key in both."""

    key: str
    # What the amount is of, in a sentence.
    unit: str
    write: Callable[[Decimal], str]
    # What happens where it runs out.
    outcome: str

    def say(self, amount: Decimal) -> str:
        """The amount as a part of a sentence."""
        return f"{self.write(amount)} {self.unit}"


CPU = Resource("cpu", "CPU", write_cores, "pods slow each other down")
MEMORY = Resource("memory", "of memory", write_bytes, "nodes end pods that did nothing wrong")


def check(network: Network) -> list[Problem]:
    """Refuse a tenant that may use more than there is; warn where all of them together may."""
    return [one for kind in (CPU, MEMORY) for one in _check(network, kind)]


def _check(network: Network, kind: Resource) -> Iterator[Problem]:
    """A quota holds in each namespace, so a tenant may use it as often as it has namespaces."""
    there = _sum_nodes(network, kind.key)
    if there is None:
        return
    asked = {
        name: len(tenant.namespaces) * read_quantity(getattr(tenant.quota, kind.key))
        for name, tenant in network.tenants.items()
    }
    alone = [name for name, amount in asked.items() if amount > there]
    for name in alone:
        count = len(network.tenants[name].namespaces)
        yield Problem(
            "E-TEN-11",
            f"la1r:tenants.{name}.quota.{kind.key}",
            f"in all its namespaces ({count}) it may use {kind.say(asked[name])},"
            f" and the nodes have {kind.write(there)}",
            "the quota protects nobody: this tenant alone could take the whole cluster",
            f"write {kind.write(there / count)} or less, or correct la1r:cluster.nodes",
        )
    if not alone and sum(asked.values()) > there:
        yield _warn(kind, asked, there)


def _sum_nodes(network: Network, key: str) -> Decimal | None:
    """What the nodes have together; None where one of them does not say it."""
    nodes = network.cluster.nodes.values() if network.cluster else ()
    said = [getattr(node, key) for node in nodes]
    return sum(map(read_quantity, said), Decimal()) if said and None not in said else None


def _warn(kind: Resource, asked: dict[str, Decimal], there: Decimal) -> Problem:
    most = max(asked, key=lambda name: (asked[name], name))
    return Problem(
        "W-TEN-12",
        "la1r:tenants",
        f"the tenants together may use {kind.say(sum(asked.values(), Decimal()))}"
        f" (most: {most}, {kind.write(asked[most])}), and the nodes have {kind.write(there)}",
        f"where all of them use it at once, {kind.outcome}",
        f"write a smaller `quota: {{{kind.key}: ...}}` for some, or correct la1r:cluster.nodes",
        Severity.WARNING,
    )
