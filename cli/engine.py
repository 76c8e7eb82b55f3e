"""What both engines do for a stack, and which one does it."""

import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import click

from cli.pod_network import Foretold
from cli.stack import Whole
from cli.state import held_alone, recorded_resources, state_path


class EngineName(StrEnum):
    """Which engine a user asks for."""

    BUILT_IN = "built-in"
    PULUMI = "pulumi"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a preview came to; it was shown already.

    ``records`` is True where a run would write down something else than is recorded, also where
    it would change nothing else. ``changed`` are the names of the resources that would change, and
    ``foretold`` says how.
    """

    ok: bool
    changes: bool
    records: bool
    changed: frozenset[str] = frozenset()
    foretold: tuple[Foretold, ...] = ()


@dataclass(frozen=True, slots=True)
class Came:
    """What a run came to; it was shown already."""

    ok: bool
    interrupted: bool = False


class Engine(Protocol):
    """An engine with one stack in its hands; each method shows what it does."""

    @property
    def is_first(self) -> bool:
        """Whether nothing of the stack is deployed."""
        ...

    def list_recorded(self) -> Mapping[str, str]:
        """What the recorded commands have said, by name; nothing of what is secret or unsaid."""
        ...

    def preview_up(self, *, diff: bool) -> Foreseen:
        """What a deployment would do."""
        ...

    def up(self, parallel: int, anew: Collection[str] = ()) -> Came:
        """Deploy, and make anew what is recorded under these names, though nothing changes."""
        ...

    def preview_destroy(self) -> Foreseen:
        """What would be deleted."""
        ...

    def destroy(self, parallel: int) -> Came:
        """Delete everything."""
        ...

    def preview_refresh(self, parallel: int) -> Foreseen:
        """Read back, and show what is no longer as recorded."""
        ...

    def refresh(self, parallel: int) -> Came:
        """Record what was read back."""
        ...


@contextmanager
def held_engine(whole: Whole, wanted: str | None) -> Iterator[Engine]:
    """The engine that is wanted, or else the one whose stack it is, with the stack in its hands.

    Raises a usage error where it cannot be, and what `held_state` raises.
    """
    name = EngineName(wanted) if wanted else _choose(whole)
    if name is EngineName.PULUMI:
        from cli.pulumi_cli import PulumiCli
        from cli.silent_cluster import tell_of_silent_cluster

        _refuse_two_states(whole)
        tell_of_silent_cluster(whole)
        # Between a look at a dead run's lock and its removal nobody may take a new one.
        with held_alone(whole):
            yield PulumiCli.of(whole)
        return
    from cli.built_in import BuiltIn
    from cli.state import held_state

    _refuse_second_making(whole)
    with held_state(whole) as state:
        yield BuiltIn(state)


def _choose(whole: Whole) -> EngineName:
    """The one that has deployed the stack; else the Pulumi CLI, where there is one."""
    if recorded_resources(whole) or shutil.which("pulumi") is None:
        return EngineName.BUILT_IN
    click.echo("The Pulumi CLI is here and does the work (--engine built-in goes without it).\n")
    return EngineName.PULUMI


def _refuse_second_making(whole: Whole) -> None:
    """Where the Pulumi CLI has deployed a stack, the built-in engine would begin with nothing."""
    if recorded_resources(whole) or shutil.which("pulumi") is None:
        return
    from cli.pulumi_cli import count_deployed

    if count_deployed(whole):
        raise click.UsageError(
            f"The Pulumi CLI has deployed the stack {whole.name}, so the built-in engine would "
            "make all of it a second time.\nGo on with the CLI: leave --engine out."
        )


def _refuse_two_states(whole: Whole) -> None:
    """A stack that two engines deploy without knowing of each other would be made twice."""
    if not recorded_resources(whole):
        return
    name, file = whole.name, state_path(whole.folder, whole.name).relative_to(whole.folder)
    raise click.UsageError(
        f"The built-in engine has deployed the stack {name}, so the Pulumi CLI would make all of "
        "it a second time.\n"
        f"Let it take over: `pulumi stack init {name}` with the same passphrase, "
        f"`pulumi stack import --stack {name} --file {file}`, then move {file} away.\n"
        "Or go on with --engine built-in."
    )
