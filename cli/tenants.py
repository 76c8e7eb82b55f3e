"""`la1r tenant`: reads the command line of the verbs about tenants."""

import click

from cli.exits import Exit
from cli.options import stack_option

# Long enough for an evening's work, short enough that a lost file soon opens nothing.
DEFAULT_HOURS = 8
# A week: whoever needs longer is a user of the cluster, named under `owners`.
MOST_HOURS = 168


@click.group()
def tenant() -> None:
    """Hand out access to tenants."""


@tenant.command()
@stack_option
@click.argument("name")
@click.option(
    "--hours",
    type=click.IntRange(1, MOST_HOURS),
    default=DEFAULT_HOURS,
    show_default=True,
    metavar="N",
    help=f"How long it opens anything, {MOST_HOURS} at most.",
)
@click.option(
    "--kubeconfig",
    "operator",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="The operator's own way in; the stack's secret `kubeconfig` by default.",
)
@click.option(
    "--server", metavar="URL", help="Where the owner reaches the API server, if not where you do."
)
@click.option(
    "--out", metavar="FILE", help="Write it there, for the owner alone, and show nothing of it."
)
def kubeconfig(
    stack: str, name: str, hours: int, operator: str | None, server: str | None, out: str | None
) -> Exit:
    """Make a short-lived kubeconfig for the owner of a tenant."""
    from cli.tenant_kubeconfig import Wish, run_kubeconfig

    return run_kubeconfig(stack, name, Wish(hours, operator, server, out))
