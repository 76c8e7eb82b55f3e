"""A Pulumi program: where it is, and what it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Program:
    """A Pulumi Python program and its configuration.

    ``config`` maps full keys (``project:key``) to text; objects are JSON text. ``parallel`` is what
    the SDK is told of it; a preview answers each registration at once, so it changes nothing here.
    ``replace`` are URNs of resources that are made anew, even where nothing of them changes.
    """

    project: str
    stack: str
    folder: Path
    entry: str = "__main__.py"
    config: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret_keys: frozenset[str] = frozenset()
    parallel: int | None = None
    organization: str = "organization"
    replace: frozenset[str] = frozenset()
