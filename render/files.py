"""Turns a device's files into one text that people read as a difference and devices take apart.

The text starts with one line about the set, and each file with one line about it:

    la1r bundle 1 generation 3f2a...9c files 5
    ==== nftables.nft mode 0644 lines 120 sha256 9be1...04

followed by exactly that many lines of content, as they are. A reader counts lines and never looks
for a mark, so content that looks like such a line does no harm; number and digests show a text
that was cut off or damaged on its way.
"""

import re
from collections.abc import Iterable
from hashlib import sha256
from itertools import pairwise

from msgspec import Struct

# Where a device finds the files of the generation in force, for texts that name another file.
CURRENT = "/etc/la1r/current"
# Counts up when devices must take the same files as another generation.
RENDERER = 1
BUNDLE = 1

_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*").fullmatch
MODES = frozenset({0o600, 0o644, 0o755})


class DeviceFileError(Exception):
    """A file cannot travel to a device; it carries the path and the reason."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"file {path!r}: {reason}")
        self.path = path
        self.reason = reason


class DeviceFile(Struct, frozen=True):
    """A file of a generation; `path` starts in the generation's own directory.

    Raises DeviceFileError for a path that leaves the directory or needs quoting, an unusual mode,
    and a text that is not made of whole lines.
    """

    path: str
    mode: int
    text: str

    def __post_init__(self) -> None:
        if not _PATH(self.path):
            raise DeviceFileError(self.path, "the path is not made of plain names")
        if self.mode not in MODES:
            raise DeviceFileError(self.path, f"the mode {self.mode:o} is none of ours")
        if self.text and not self.text.endswith("\n"):
            raise DeviceFileError(self.path, "the last line has no end")
        if "\0" in self.text:
            raise DeviceFileError(self.path, "no text file holds a NUL")

    @property
    def digest(self) -> str:
        """SHA-256 of the text, in hexadecimal digits; computed anew each time."""
        return sha256(self.text.encode()).hexdigest()


def bundle_text(files: Iterable[DeviceFile]) -> str:
    """Put the files of a device into one text, in the order of their paths.

    Raises DeviceFileError when two files have one path.
    """
    digests = _list_digests(files)
    parts = [f"la1r bundle {BUNDLE} generation {_identify(digests)} files {len(digests)}\n"]
    for file, digest in digests:
        lines = file.text.count("\n")
        parts += f"==== {file.path} mode {file.mode:04o} lines {lines} sha256 {digest}\n", file.text
    return "".join(parts)


def generation_id(files: Iterable[DeviceFile]) -> str:
    """Name a set of files by its content: the same files have the same name, whatever their order.

    It is the SHA-256 of the line `la1r renderer 1` and a line `MODE DIGEST PATH` for each file, in
    the order of the paths, so that a device can compute it too. Raises DeviceFileError when two
    files have one path.
    """
    return _identify(_list_digests(files))


def _list_digests(files: Iterable[DeviceFile]) -> list[tuple[DeviceFile, str]]:
    ordered = sorted(files, key=lambda file: file.path)
    for before, after in pairwise(ordered):
        if before.path == after.path:
            raise DeviceFileError(after.path, "two files have this path")
    return [(file, file.digest) for file in ordered]


def _identify(digests: list[tuple[DeviceFile, str]]) -> str:
    lines = [f"{file.mode:04o} {digest} {file.path}\n" for file, digest in digests]
    return sha256("".join([f"la1r renderer {RENDERER}\n", *lines]).encode()).hexdigest()
