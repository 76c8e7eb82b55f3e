"""Turns the files of a router in force into ones that nobody gets past any more."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from lab.errors import LabError

# A first rule that keeps who is in, and lets nobody in: what a naive check would take for sound.
ITSELF = 'iifname "lo" accept comment "the device itself"\n'
NOBODY_NEW = '        tcp dport 22 drop comment "nobody new gets in"\n'


class NotDeployedError(LabError):
    """A device that is not in the state of the stack."""

    def __init__(self, device: str) -> None:
        super().__init__(f"{device} is not deployed.")
        self.device = device


def read_deployed(state: Path, device: str) -> str:
    """The set of files that was deployed to a device last, from the state of the stack."""
    recorded = json.loads(state.read_text())["deployment"]["resources"]
    for resource in recorded:
        if resource["urn"].endswith(f"command:local:Command::{device}"):
            return str(resource["inputs"]["stdin"])
    raise NotDeployedError(device)


def lock_out(bundle: str) -> str:
    """The same files with that rule, and a name that fits them."""
    files = [
        (path, mode, text.replace(ITSELF, ITSELF + NOBODY_NEW, 1))
        for path, mode, text in _files(bundle)
    ]
    parts, names = [], ["la1r renderer 1\n"]
    for path, mode, text in files:
        digest = sha256(text.encode()).hexdigest()
        lines = text.count("\n")
        parts.append(f"==== {path} mode {mode} lines {lines} sha256 {digest}\n{text}")
        names.append(f"{mode} {digest} {path}\n")
    generation = sha256("".join(names).encode()).hexdigest()
    return "".join([f"la1r bundle 1 generation {generation} files {len(files)}\n", *parts])


def _files(bundle: str) -> Iterator[tuple[str, str, str]]:
    lines = bundle.splitlines(keepends=True)
    number = 1
    while number < len(lines):
        _, path, _, mode, _, count, *_ = lines[number].split()
        end = number + 1 + int(count)
        yield path, mode, "".join(lines[number + 1 : end])
        number = end
