"""The Pulumi CLI and a cluster that does not answer: a user is told before the CLI waits for it.

Its provider asks again for each object, and waits each time: a preview of 179 resources took 224 s
where the port took connections and said nothing. The built-in engine asks once, and says so itself.
"""

import click

from cli.program import KUBECONFIG, open_secrets
from cli.stack import Whole


def tell_of_silent_cluster(whole: Whole) -> None:
    """Ask the cluster once, where there is a way to it, and say that it does not answer."""
    if whole.plan.cluster is None:
        return
    if reason := find_silence(open_secrets(whole.stack, None).get(KUBECONFIG, "")):
        click.secho(f"{reason[0].upper()}{reason[1:]}.", fg="yellow", err=True)
        click.echo(
            "The Pulumi CLI asks it for one object after the other, which can take minutes. What is"
            " not in the cluster goes on; what is in it is not deployed.\n",
            err=True,
        )


def find_silence(kubeconfig: str) -> str:
    """Why the cluster of a kubeconfig cannot be asked; empty where it answers, or none is meant.

    Takes five seconds at most. What else is wrong with the kubeconfig the CLI says.
    """
    from engine.cluster.connection import connect, is_offline
    from engine.cluster.refusals import ClusterError, UnreachableError

    try:
        if not is_offline(kubeconfig):
            connect(kubeconfig).reach()
    except UnreachableError as error:
        return str(error)
    except ClusterError:
        pass
    return ""
