"""Hands over the file of a VPN client, whose private key is kept nowhere else."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

# Nobody but the owner may read a private key.
PRIVATE = 0o600


def print_file(text: str) -> None:
    """Print the file, and be sure that it left this process."""
    click.echo(text, nl=False)
    sys.stdout.flush()


@contextmanager
def keep_in(name: str, text: str) -> Iterator[None]:
    """Write the file for its owner alone; it goes again where what follows fails.

    Raises a usage error where something has that name already: it may be another client's key.
    """
    try:
        handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    except FileExistsError:
        raise click.UsageError(
            f"{name} is there already, and it may hold a key. Name another file."
        ) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            # The umask may have taken even more away, but a file system may have added.
            os.fchmod(handle, PRIVATE)
            file.write(text)
            file.flush()
            os.fsync(handle)
        yield
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def print_code(text: str) -> None:
    """Print the file as a QR code, which WireGuard's apps read; without comments it is smaller."""
    import segno

    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    code = segno.make("\n".join(lines) + "\n", error="l", micro=False, boost_error=False)
    code.terminal(sys.stdout, compact=True)
    sys.stdout.flush()
