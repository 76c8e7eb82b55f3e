"""A stack's file, held while it is changed: the new text takes its place whole, or not at all."""

import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import click

from cli.stack import Whole, compute_from, find_project, stack_path
from config.load import load_file
from config.stackfile import read_stack_file, read_stack_text
from terms.problem import DescriptionError

MARK = "\ufeff"


class StackChangedError(click.ClickException):
    """The file was changed by another program meanwhile."""


@dataclass(frozen=True, slots=True)
class OpenStack:
    """A sound stack and the text of its file, which nobody else of us changes meanwhile."""

    name: str
    folder: Path
    path: Path
    data: bytes
    whole: Whole

    @property
    def file(self) -> str:
        """The name of the file, as sentences use it."""
        return f"Pulumi.{self.name}.yaml"

    @property
    def text(self) -> str:
        """The file's text, line ends as they are, without a byte order mark."""
        return self.data.decode().removeprefix(MARK)

    def compute(self, text: str, change: str) -> Whole:
        """What the network would come to with another text; `change` says how that is different.

        Raises DescriptionError where it would not pass `la1r check`.
        """
        try:
            return compute_from(self.name, self.folder, load_file(read_stack_text(text, self.file)))
        except DescriptionError:
            click.echo(f"Nothing was written: {change}, the description has problems.\n", err=True)
            raise

    @contextmanager
    def prepare(self, text: str) -> Iterator["Prepared"]:
        """Write the new text beside the file, so that all but the last step is done."""
        mark = MARK if self.data.decode().startswith(MARK) else ""
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write((mark + text).encode())
                _copy_mode(self.path, handle)
                file.flush()
                os.fsync(handle)
            yield Prepared(self, Path(name))
        finally:
            Path(name).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A new text that only has to take the place of the old one."""

    stack: OpenStack
    written: Path

    def commit(self) -> None:
        """Put it there; raises StackChangedError where the file is not what was read."""
        if self.stack.path.read_bytes() != self.stack.data:
            raise StackChangedError(
                f"{self.stack.file} was changed by another program meanwhile, so it was left as it"
                " is. Run again."
            )
        self.written.replace(self.stack.path)


def _copy_mode(path: Path, handle: int) -> None:
    found = path.stat()
    os.fchmod(handle, stat.S_IMODE(found.st_mode))
    # Only root may give files away; for others it is their own already, or it becomes theirs.
    with suppress(PermissionError):
        os.fchown(handle, found.st_uid, found.st_gid)


@contextmanager
def open_stack(name: str) -> Iterator[OpenStack]:
    """Read a stack to change its file; raises DescriptionError where it is not sound as it is."""
    folder = find_project()
    file = stack_path(folder, name)
    with _held(folder):
        # A link stays a link: the file behind it is changed.
        path = file.resolve()
        data = path.read_bytes()
        whole = compute_from(name, folder, load_file(read_stack_file(file)))
        if not os.access(path, os.W_OK):
            raise click.ClickException(f"{file.name} is not yours to write: nothing was changed.")
        yield OpenStack(name, folder, path, data, whole)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Keep other runs of la1r from changing a stack file of the folder; leaves nothing behind."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        _lock(handle)
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise click.ClickException(
            "Another la1r is changing a stack file here, so nothing was changed. Run again."
        ) from None
