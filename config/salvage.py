"""A description with refused values -> the network of what is sound, to check the rest of it.

A refused value is taken out. Where its record cannot be without it, a harmless value stands in, or
the record is left out. What the rules then say of such places would only repeat the first fault.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from config.network import Network
from config.positions import is_within
from config.shape import KEY_MARK, Step
from config.translate import write_path
from terms.problem import Problem

# A repair may show the next fault of the same record; no record is deeper than this.
MAX_ROUNDS = 12
# Values that let a record live on for the sake of those that refer to it.
STAND_INS: Mapping[str, object] = {
    "circuit": {"kind": "static", "endpoint": "unknown.invalid"},
    "kind": "static",
    "why": "not readable",
    "message": "not readable",
}
ROLE_STAND_INS = {"devices": "endpoint", "prefixes": "infrastructure"}
# Problems of an address that belongs to no prefix.
ORPHANED = frozenset({"E-ADR-04", "E-ADR-05", "E-SEG-01", "E-MGT-02"})
# Areas whose problems are about names of other records.
REFERRING = frozenset(
    {"REF", "FLW", "EXP", "VPN", "CLT", "TEN", "SVC", "CLU"}
    | {"DEV", "CAB", "RCK", "SEG", "DHC", "MGT", "POL"}
)
WORD = re.compile("[a-z0-9][a-z0-9-]*")


@dataclass(slots=True)
class Salvage:
    """What is left of a description, and what was taken out of it."""

    network: Network | None = None
    # Paths of values that were taken out or replaced, as the user wrote them.
    broken: list[str] = field(default_factory=list)
    # Names of records that were left out.
    lost: set[str] = field(default_factory=set)
    # Sites with a prefix that was left out: their addresses have nowhere to belong.
    torn: set[str] = field(default_factory=set)
    # Original numbers of the items that stay, by the path of their list.
    kept: dict[str, list[int]] = field(default_factory=dict)


def salvage(description: object, refusal: ValidationError) -> Salvage:
    """Take out of a description what was refused, until the rest is a network or nothing is."""
    result = Salvage()
    work = _copy(description)
    for _ in range(MAX_ROUNDS):
        for error in sorted(refusal.errors(), key=lambda one: _order(one["loc"]), reverse=True):
            steps = tuple(step for step in error["loc"] if step != KEY_MARK)
            if not _mend(work, steps, error["type"] == "missing", result):
                return result
        try:
            result.network = Network.model_validate(work)
        except ValidationError as next_refusal:
            refusal = next_refusal
        else:
            return result
    return result


def _copy(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _copy(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_copy(item) for item in value]
    return value


def _order(loc: Sequence[Step]) -> tuple[str, ...]:
    """Order places so that later items of a list are taken out first."""
    return tuple(f"{step:06}" if isinstance(step, int) else step for step in loc)


def _mend(work: object, steps: tuple[Step, ...], missing: bool, result: Salvage) -> bool:
    """Take out one value; False when nothing would be left."""
    if not steps:
        return False
    result.broken.append(_original(steps, result))
    if not missing:
        return _take_out(work, steps, result)
    holder = _reach(work, steps[:-1])
    stand_in = _stand_in(work, steps)
    if isinstance(holder, dict) and stand_in is not None:
        holder[steps[-1]] = stand_in
        return True
    return _take_out(work, steps[:-1], result)


def _stand_in(work: object, steps: tuple[Step, ...]) -> object:
    name = str(steps[-1])
    if name == "id" and len(steps) == 3:
        records = _reach(work, steps[:1])
        return _free_id(records) if isinstance(records, dict) else None
    if name == "role" and len(steps) > 2:
        return ROLE_STAND_INS.get(str(steps[-3]))
    return STAND_INS.get(name)


def _free_id(records: Mapping[str, object]) -> int:
    taken = {record.get("id") for record in records.values() if isinstance(record, dict)}
    return next(number for number in range(250, 0, -1) if number not in taken)


def _take_out(work: object, steps: tuple[Step, ...], result: Salvage) -> bool:
    """Remove the value at these steps from what holds it; a record's name is noted as lost."""
    if not steps:
        return False
    holder, last = _reach(work, steps[:-1]), steps[-1]
    if isinstance(holder, dict):
        value = holder.pop(last, None)
        if isinstance(value, dict) or len(steps) == 2:
            _note_lost(steps, result)
        return True
    if isinstance(holder, list) and isinstance(last, int) and last < len(holder):
        path = write_path(steps[:-1])
        result.kept.setdefault(path, list(range(len(holder)))).pop(last)
        holder.pop(last)
        return True
    # A record in its short form, or a value inside one that a validator made: leave the record out.
    return _take_out(work, steps[:-1], result)


def _note_lost(steps: tuple[Step, ...], result: Salvage) -> None:
    result.lost.add(str(steps[-1]))
    if len(steps) == 4 and steps[2] == "prefixes":
        result.torn.add(str(steps[1]))


def _reach(work: object, steps: Sequence[Step]) -> object:
    for step in steps:
        if isinstance(work, dict):
            work = work.get(step)
        elif isinstance(work, list) and isinstance(step, int) and step < len(work):
            work = work[step]
        else:
            return None
    return work


def _original(steps: tuple[Step, ...], result: Salvage) -> str:
    return restore_numbers(write_path(steps), result)


def restore_numbers(path: str, result: Salvage) -> str:
    """Give an item of a list the number that it has in the user's file."""
    for listed, numbers in result.kept.items():
        found = re.match(re.escape(listed) + r"\[([0-9]+)\]", path)
        if found and int(found[1]) < len(numbers):
            path = f"{listed}[{numbers[int(found[1])]}]{path[found.end() :]}"
    return path


def repeats(problem: Problem, result: Salvage) -> bool:
    """Say whether a rule's problem would only repeat what was refused before."""
    if any(is_within(problem.path, path) for path in result.broken):
        return True
    if any(_record_of(path) == problem.path for path in result.broken):
        return True
    if problem.code in ORPHANED and any(
        is_within(problem.path, f"la1r:sites.{site}") for site in result.torn
    ):
        return True
    named = {word for word in WORD.findall(problem.found) if word in result.lost}
    return bool(named) and problem.code.split("-")[1] in REFERRING


def _record_of(path: str) -> str:
    return path[: max(path.rfind("."), path.rfind("["), 0)]
