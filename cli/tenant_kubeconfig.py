"""`la1r tenant kubeconfig`: a token of the tenant's own account, written as a kubeconfig."""

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import click

from cli.client_file import keep_in, print_file
from cli.exits import Exit
from cli.program import KUBECONFIG, open_secrets
from cli.stack import Whole, compute_whole
from engine.cluster.access import Access
from engine.cluster.connection import describe_cluster, is_offline
from engine.cluster.refusals import ClusterError, RefusalError
from engine.values import Properties
from render.tenant import ACCOUNT_NAME

SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked for."""

    hours: int
    operator: str | None
    server: str | None
    out: str | None


def run_kubeconfig(stack: str, name: str, wish: Wish) -> Exit:
    """Ask the cluster for a token, and hand it over once."""
    whole = compute_whole(stack)
    namespaces = find_namespaces(whole, name)
    try:
        text, ends = make_kubeconfig(find_way_in(whole, wish.operator), name, namespaces, wish)
    except RefusalError as error:
        raise click.ClickException(_say_refused(error, name, namespaces[0])) from error
    except ClusterError as error:
        raise click.ClickException(f"No kubeconfig for {name}: {error}.") from error
    if wish.out is None:
        print_file(text)
    else:
        with keep_in(wish.out, text):
            click.echo(f"Written to {wish.out}, which only you may read.", err=True)
    opened = ", ".join(namespaces)
    click.echo(f"It opens {opened} as the owner of {name}, until {ends}.", err=True)
    click.echo("Whoever has it can do the same: pass it on by a way that nobody reads.", err=True)
    return Exit.FINE


def find_namespaces(whole: Whole, name: str) -> tuple[str, ...]:
    """Namespaces of a tenant; raises a usage error where it has none, or does not exist."""
    tenants = whole.plan.network.tenants
    if name not in tenants:
        near = get_close_matches(name, tenants, 1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        known = ", ".join(sorted(tenants)) or "none"
        raise click.UsageError(f"There is no tenant '{name}'.{hint} The tenants are: {known}.")
    if not tenants[name].namespaces:
        raise click.UsageError(f"The tenant '{name}' has no namespaces, so nothing to open.")
    return tenants[name].namespaces


def find_way_in(whole: Whole, operator: str | None) -> str:
    """The operator's kubeconfig; raises a usage error where there is none."""
    if operator is not None:
        return Path(operator).read_text(encoding="utf-8")
    found = open_secrets(whole.stack, None).get(KUBECONFIG, "")
    if is_offline(found):
        raise click.UsageError(
            f"There is no way to the cluster. Set PULUMI_CONFIG_PASSPHRASE if the stack has the "
            f"secret {KUBECONFIG}, else name a file with --kubeconfig."
        )
    return found


def make_kubeconfig(
    operator: str, name: str, namespaces: tuple[str, ...], wish: Wish
) -> tuple[str, str]:
    """The kubeconfig as text, and when it ends. Raises ClusterError."""
    seconds = wish.hours * SECONDS_PER_HOUR
    objects = Access(operator).objects()
    token, ends = objects.request_token(namespaces[0], ACCOUNT_NAME, seconds)
    cluster = describe_cluster(operator)
    if wish.server:
        cluster["server"] = wish.server
    return write_kubeconfig(name, namespaces[0], cluster, token), ends


def write_kubeconfig(name: str, namespace: str, cluster: Properties, token: str) -> str:
    """A kubeconfig for one account, in which its first namespace is the current one."""
    import yaml

    context = {"cluster": name, "user": name, "namespace": namespace}
    text: str = yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": cluster}],
            "users": [{"name": name, "user": {"token": token}}],
            "contexts": [{"name": name, "context": context}],
            "current-context": name,
        },
        sort_keys=False,
    )
    return text


def _say_refused(error: RefusalError, name: str, namespace: str) -> str:
    if error.is_missing:
        return (
            f"The account {ACCOUNT_NAME} is not in the namespace {namespace} yet: "
            f"deploy the tenant {name} first."
        )
    return f"The cluster gives no token for {name}: {error}."
