"""`la1r drift` and the cluster: its own policies beside the declared, the dangerous by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from cli.program import KUBECONFIG, open_secrets
from cli.reach_live import list_cluster, write_lines, write_record
from cli.stack import Whole
from engine.cluster.connection import is_offline
from reach.live import LiveReach, compare_live


@dataclass(frozen=True, slots=True)
class PolicyReading:
    """What a cluster's policies are beside the declared ones, or why they were not read."""

    server: str = ""
    found: LiveReach | None = None
    reason: str = ""
    # Whether there is a way to the cluster, so that silence is a failure.
    asked: bool = True

    @property
    def drifted(self) -> bool:
        """Whether a policy is other than declared, or does not do what it says."""
        return self.found is not None and (self.found.differs or bool(self.found.problems))

    @property
    def failed(self) -> bool:
        """Whether the cluster was asked and did not answer."""
        return self.found is None and self.asked


def read_policies(whole: Whole, kubeconfig: str | None) -> PolicyReading | None:
    """Read the policies of the cluster that a stack describes; None where it describes none."""
    if whole.plan.cluster is None:
        return None
    way_in = _find_way_in(whole, kubeconfig)
    if is_offline(way_in):
        return PolicyReading(
            asked=False,
            reason="There is no way to it: set PULUMI_CONFIG_PASSPHRASE if the stack has the secret"
            f" {KUBECONFIG}, or name a file with --kubeconfig.",
        )
    try:
        listed = list_cluster(way_in)
    except click.ClickException as error:
        return PolicyReading(reason=error.message)
    found = compare_live(whole.plan, whole.rendered.manifests, listed.objects)
    return PolicyReading(listed.server, found)


def _find_way_in(whole: Whole, kubeconfig: str | None) -> str:
    if kubeconfig is not None:
        return Path(kubeconfig).read_text(encoding="utf-8")
    return open_secrets(whole.stack, None).get(KUBECONFIG, "")


def policy_lines(name: str, reading: PolicyReading) -> Iterator[str]:
    """What a person reads of it, under the cluster's name."""
    if reading.found is None:
        yield f"cluster {name}: policies not read"
        yield f"  {reading.reason}"
        return
    state = "not as declared" if reading.drifted else "as declared"
    yield f"cluster {name}: policies {state}"
    if reading.drifted:
        text = "\n".join(write_lines(reading.found, reading.server))
        yield from (f"  {line}".rstrip() for line in text.splitlines())


def policy_record(reading: PolicyReading) -> dict[str, Any]:
    """The same for programs."""
    if reading.found is None:
        return {"read": False, "reason": reading.reason}
    return {"read": True, "drift": reading.drifted, **write_record(reading.found)}
