"""Reads the command line and hands over to one verb."""

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import TypedDict, Unpack

import click

from cli.clients import client
from cli.deploying import destroy, refresh, up
from cli.exits import Exit
from cli.options import json_option, stack_option, yes_option
from cli.tenants import tenant
from terms.problem import DescriptionError, say_file_error

HELP = "Describe a network over several places as one stack, and see each change before it happens."


class Question(TypedDict):
    """The arguments of `reach`."""

    source: str | None
    target: str | None
    port: str | None
    live: bool
    kubeconfig: str | None


class Wishes(TypedDict):
    """The options of `preview`."""

    as_json: bool
    diff: bool
    against: str | None
    markdown: str | None
    expect_no_changes: bool


@click.group(
    help=HELP, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
def commands() -> None:
    """Hold the verbs together."""


@commands.command()
@stack_option
@json_option
@click.option("--strict", is_flag=True, help="Treat warnings as problems.")
def check(stack: str, as_json: bool, strict: bool) -> Exit:
    """Report every problem of the description at once; needs no engine and no network."""
    from cli.check import run_check

    return run_check(stack, as_json=as_json, strict=strict)


@commands.command()
@stack_option
@json_option
@click.option("--diff", is_flag=True, help="Show every input of every resource, text line by line.")
@click.option(
    "--against",
    metavar="WHAT",
    help="Compare with a git revision, a `pulumi stack export` or a network.json.",
)
@click.option(
    "--markdown",
    metavar="FILE",
    help="Write the difference as a comment for a pull request; - for stdout and nothing else.",
)
@click.option("--expect-no-changes", is_flag=True, help="Exit 4 when anything would change.")
def preview(stack: str, **wish: Unpack[Wishes]) -> Exit:
    """Show what would change, who can reach whom, and where the views are."""
    from cli.preview import Wish, run_preview

    if wish["markdown"] and not wish["against"]:
        raise click.UsageError("--markdown tells a difference: say --against what.")
    if wish["markdown"] == "-" and wish["as_json"]:
        raise click.UsageError("--json and --markdown - would share stdout: name a file.")
    return run_preview(stack, Wish(**wish))


@commands.command()
@stack_option
@json_option
@click.argument("source", required=False, metavar="[FROM")
@click.argument("target", required=False, metavar="TO")
@click.argument("port", required=False, metavar="[PORT]]")
@click.option(
    "--live", is_flag=True, help="Compare with the policies and pods that are in the cluster."
)
@click.option("--kubeconfig", metavar="FILE", help="The way to the cluster, for --live.")
def reach(stack: str, as_json: bool, **question: Unpack[Question]) -> Exit:
    """Say whether FROM reaches TO, and by which rules; without arguments, show the whole matrix."""
    from cli.reach import run_reach
    from cli.reach_live import run_reach_live

    source, target, port = question["source"], question["target"], question["port"]
    if question["live"]:
        if source:
            raise click.UsageError("--live compares everything: leave out FROM and TO.")
        return run_reach_live(stack, question["kubeconfig"], as_json=as_json)
    if question["kubeconfig"]:
        raise click.UsageError("--kubeconfig is for --live alone.")
    if source and not target:
        raise click.UsageError(
            f"'{source}' reaches whom? Give a FROM and a TO, or neither for the matrix."
        )
    return run_reach(stack, (source, target, port), as_json=as_json)


@commands.command()
@stack_option
@click.option("--out", metavar="DIR", help="Folder to write to; out/NAME by default.")
def draw(stack: str, out: str | None) -> Exit:
    """Write the views: diagrams, network.json, every file of every device and of the cluster."""
    from cli.draw import run_draw

    return run_draw(stack, out)


@commands.command()
@stack_option
@yes_option
@click.argument("device", metavar="SITE/DEVICE")
def strip(stack: str, device: str, yes: bool) -> Exit:
    """Take everything of la1r off one device; it is as it was before the first deployment."""
    from cli.strip import run_strip

    return run_strip(stack, device, yes=yes)


@commands.command()
@stack_option
@json_option
@click.option("--kubeconfig", metavar="FILE", help="The way to the cluster, for its policies.")
def drift(stack: str, as_json: bool, kubeconfig: str | None) -> Exit:
    """Read devices and policies back, and show what is not as declared; changes nothing."""
    from cli.drift import run_drift

    return run_drift(stack, kubeconfig, as_json=as_json)


@commands.command()
@stack_option
@click.option("--live", is_flag=True, help="Read the devices, and show what they say beside it.")
@click.option("--once", is_flag=True, help="With --live: read once instead of until Ctrl-C.")
@click.option("--no-browser", is_flag=True, help="Write the page and open nothing.")
def dashboard(stack: str, live: bool, once: bool, no_browser: bool) -> Exit:
    """Write the dashboard and open it; with --live, with facts read from the devices."""
    from cli.dashboard import Wish, run_dashboard

    if once and not live:
        raise click.UsageError("--once reads devices once: say --live too.")
    return run_dashboard(stack, Wish(live=live, once=once, browser=not no_browser))


commands.add_command(client)
commands.add_command(up)
commands.add_command(destroy)
commands.add_command(refresh)
commands.add_command(tenant)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one verb and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows few characters shows a question mark for the rest.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    sys.exit(_after_output(run(arguments)))


def _after_output(code: int) -> int:
    """The exit code, once all that was said has arrived; Python would make it 120 otherwise."""
    try:
        sys.stdout.flush()
    except OSError as error:
        # What is left of it would be tried once more at the end of the process.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if code == Exit.FINE and not isinstance(error, BrokenPipeError):
            click.echo(f"The output cannot be written: {say_file_error(error)}", err=True)
            return Exit.RUN_FAILED
    return code


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; a user's mistake becomes a sentence and a code, never a traceback."""
    with click.Context(commands, color=_wanted_colour()):
        return _run(arguments)


def _wanted_colour() -> bool | None:
    """What NO_COLOR and FORCE_COLOR ask for, when they are not empty; None: as the terminal is."""
    if os.environ.get("NO_COLOR"):
        return False
    return True if os.environ.get("FORCE_COLOR") else None


def _run(arguments: Sequence[str] | None) -> int:
    from cli.problems import print_problems
    from cli.stack import StackNotFoundError
    from engine.problems import PassphraseError, StateError

    try:
        code = commands.main(
            arguments, prog_name="la1r", standalone_mode=False, color=_wanted_colour()
        )
        return int(code or Exit.FINE)
    except click.ClickException as error:
        error.show()
        return Exit.WRONG_USAGE if isinstance(error, click.UsageError) else Exit.RUN_FAILED
    except (StackNotFoundError, PassphraseError) as error:
        click.echo(str(error), err=True)
        return Exit.WRONG_USAGE
    except StateError as error:
        click.echo(str(error), err=True)
        return Exit.RUN_FAILED
    except DescriptionError as error:
        print_problems(error.problems, as_json="--json" in (arguments or sys.argv))
        return Exit.PROBLEMS
    except OSError as error:
        click.echo(f"A file cannot be read or written: {say_file_error(error)}", err=True)
        return Exit.RUN_FAILED
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return Exit.INTERRUPTED
