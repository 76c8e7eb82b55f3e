"""The difference of two networks -> records for the view of changes, the most dangerous first."""

from typing import TYPE_CHECKING

from msgspec import Struct

from render.manifest import Json

if TYPE_CHECKING:
    # Most pages compare nothing, and are drawn without what finds differences.
    from views.difference import Difference, FileChange
    from views.reach_lines import ReachLine
    from views.thing_changes import ThingChange

# A unified diff beyond this is only counted: the files themselves stand beside the page.
MOST_LINES = 400


class Baseline(Struct, frozen=True):
    """What a network is compared with, by the name a user knows it by, and what differs."""

    title: str
    difference: "Difference"


def describe_changes(baseline: Baseline | None) -> Json:
    """Everything that differs; nothing where there is no baseline."""
    if baseline is None:
        return None
    found = baseline.difference
    return {
        "against": baseline.title,
        "reach": [_describe_line(line) for line in found.lines],
        "trust": found.trust,
        "things": [_describe_thing(thing) for thing in found.things],
        "files": [_describe_file(file) for file in found.files],
    }


def _describe_line(line: "ReachLine") -> Json:
    return {
        "danger": int(line.danger),
        "title": line.danger.title,
        "opens": line.danger.opens,
        "sources": line.sources,
        "targets": line.targets,
        "ports": line.ports,
        "public": line.by_public_address,
        "why": line.why,
        "pairs": line.pairs,
    }


def _describe_thing(thing: "ThingChange") -> Json:
    return {
        "kind": thing.kind,
        "sign": thing.sign.value,
        "name": thing.name,
        "fields": [[one.field, one.before, one.after] for one in thing.fields],
    }


def _describe_file(file: "FileChange") -> Json:
    return {
        "sign": file.sign.value,
        "name": file.name,
        "added": file.added,
        "removed": file.removed,
        "lines": file.lines if len(file.lines) <= MOST_LINES else [],
    }
