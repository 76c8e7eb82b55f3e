"""Turns steps into the rows of a resource tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.difference import top_key
from engine.steps import Op, Step
from engine.urn import STACK_TYPE

_PLANS = {
    Op.SAME: "",
    Op.CREATE: "create",
    Op.UPDATE: "update",
    Op.DELETE: "delete",
    Op.REPLACE: "replace",
    Op.CREATE_REPLACEMENT: "create replacement",
    Op.DELETE_REPLACED: "delete replaced",
    Op.READ_DISCARD: "discard",
    Op.DISCARD_REPLACED: "discard replaced",
    Op.REMOVE_PENDING_REPLACE: "forget",
}
MARKS = {
    Op.SAME: " ",
    Op.CREATE: "+",
    Op.UPDATE: "~",
    Op.DELETE: "-",
    Op.REPLACE: "+-",
    Op.CREATE_REPLACEMENT: "++",
    Op.DELETE_REPLACED: "--",
    Op.READ_DISCARD: "<",
    Op.DISCARD_REPLACED: "<<",
    Op.REMOVE_PENDING_REPLACE: "~",
}

STYLES = {
    "+": "green",
    "++": "green",
    "~": "yellow",
    "+-": "magenta",
    "-": "red",
    "--": "red",
    "@": "cyan",
    "<": "cyan",
    "<<": "cyan",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One resource of the tree: its step, how it is drawn, and what is said of it."""

    step: Step
    branch: str
    depth: int
    plan: str
    info: str


def plan_text(op: Op) -> str:
    """What an operation is called."""
    return _PLANS[op]


def rows(steps: Sequence[Step]) -> Iterator[Row]:
    """A row for each resource that changes, below its parents; only deletions stand alone."""
    chosen = _chosen(steps)
    shown = _with_parents(chosen)
    children: dict[str, list[str]] = {}
    for urn in shown:
        parent = chosen[urn].resource.parent
        children.setdefault(parent if parent in shown else "", []).append(urn)
    roots = children.get("", [])
    stack = next((urn for urn in roots if chosen[urn].type == STACK_TYPE), None)
    if stack is not None:
        # What has no parent, such as providers, is drawn below the stack like all else.
        children[stack] = [*(urn for urn in roots if urn != stack), *children.get(stack, [])]
        roots = [stack]
    for urn in roots:
        yield from _rows_below(urn, "", "", (chosen, children))


def _chosen(steps: Sequence[Step]) -> dict[str, Step]:
    """The step to show for each resource: the logical one where there are several."""
    chosen: dict[str, Step] = {}
    for step in steps:
        if step.urn not in chosen or step.logical:
            chosen[step.urn] = step
    return chosen


def _with_parents(chosen: Mapping[str, Step]) -> dict[str, None]:
    """The resources that change and all above them, in the order of the steps."""
    needed = set()
    for urn, step in chosen.items():
        current = urn if step.op is not Op.SAME else ""
        while current in chosen and current not in needed:
            needed.add(current)
            current = chosen[current].resource.parent
    return dict.fromkeys(urn for urn in chosen if urn in needed)


def _rows_below(
    urn: str,
    prefix: str,
    branch: str,
    tree: tuple[Mapping[str, Step], Mapping[str, list[str]]],
) -> Iterator[Row]:
    chosen, children = tree
    step = chosen[urn]
    drawn = prefix + branch
    yield Row(step, drawn, len(drawn) // len("├─ "), plan_text(step.op), _info(step))
    below = prefix + {"": "", "├─ ": "│  ", "└─ ": "   "}[branch]
    own = children.get(urn, [])
    for index, child in enumerate(own):
        last = index == len(own) - 1
        yield from _rows_below(child, below, "└─ " if last else "├─ ", tree)


def _info(step: Step) -> str:
    """What changes, in the words of the CLI: the keys with their signs."""
    if step.op not in (Op.UPDATE, Op.REPLACE):
        return ""
    difference = step.difference
    signs = {
        top_key(path): {"a": "+", "d": "-", "u": "~"}[diff.kind.value[0]]
        for path, diff in (difference.detailed or {}).items()
    }
    for key in difference.changed_keys or difference.replace_keys:
        signs.setdefault(top_key(key), "~")
    changes = ",".join(f"{sign}{key}" for key, sign in sorted(signs.items()))
    return f"[diff: {changes}]" if changes else ""
