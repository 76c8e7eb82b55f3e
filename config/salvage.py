"""A description with refused values -> the network of what is sound, to check the rest of it.

A refused value is taken out. Where its record cannot be without it, a harmless value stands in, or
the record is left out. What the rules then say of such places would only repeat the first fault.
"""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from ipaddress import IPv4Address

from msgspec import Struct, field
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from config.network import Network
from config.shape import KEY_MARK, Step, field_names, find_model
from config.translate import write_path
from terms.forms import narrowest_length

# A repair may show the next fault of the same record; no record is deeper than this.
MAX_ROUNDS = 12
# Values that let a record live on for the sake of those that refer to it.
STAND_INS: Mapping[str, object] = {
    "circuit": {"kind": "static"},
    "kind": "static",
    "why": "not readable",
    "message": "not readable",
}
# Lists that give names.
NAMING = frozenset({"namespaces", "system"})
ROLE_STAND_INS = {"devices": "endpoint", "prefixes": "infrastructure"}


class Salvage(Struct):
    """What is left of a description, and what was taken out of it."""

    network: Network | None = None
    # Paths of values that were taken out or replaced, as the user wrote them.
    broken: list[str] = field(default_factory=list)
    # Names that stood in what was taken out.
    lost: set[str] = field(default_factory=set)
    # Names of records that lack something now.
    hurt: set[str] = field(default_factory=set)
    # Sites with a prefix that was left out: their addresses have nowhere to belong.
    torn: set[str] = field(default_factory=set)
    # Original numbers of the items that stay, by the path of their list.
    kept: dict[str, list[int]] = field(default_factory=dict)
    # Misspelt keys by the path under which they were read instead.
    renamed: dict[str, str] = field(default_factory=dict)


def salvage(description: object, refusal: ValidationError) -> Salvage:
    """Take out of a description what was refused, until the rest is a network or nothing is."""
    result = Salvage()
    work = _copy(description)
    for _ in range(MAX_ROUNDS):
        for error in sorted(refusal.errors(), key=lambda one: _order(one["loc"]), reverse=True):
            if not _mend(work, error, result):
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


def _mend(work: object, error: ErrorDetails, result: Salvage) -> bool:
    """Repair one place; False when nothing would be left."""
    steps = tuple(step for step in error["loc"] if step != KEY_MARK)
    holder = _reach(work, steps[:-1])
    if error["type"] == "extra_forbidden" and _rename(holder, steps, result):
        return True
    result.broken.append(write_path(steps))
    # Who loses an interface lacks it as well.
    owners = 2 if "interfaces" in steps[4:5] else 1
    result.hurt.update(list(_entry_names(steps))[-owners:])
    stand_in = _stand_in(work, steps, error)
    if isinstance(holder, dict) and stand_in is not None:
        holder[steps[-1]] = stand_in
        return True
    missing = error["type"] == "missing"
    return _take_out(work, steps[:-1] if missing else steps, result)


def _rename(holder: object, steps: tuple[Step, ...], result: Salvage) -> bool:
    """Read a misspelt key as the one it resembles, where that is not written."""
    model = find_model(steps[:-1])
    if not (model and isinstance(holder, dict)):
        return False
    near = get_close_matches(str(steps[-1]), field_names(model), n=1)
    if not near or near[0] in holder or steps[-1] not in holder:
        return False
    holder[near[0]] = holder.pop(steps[-1])
    result.renamed[write_path((*steps[:-1], near[0]))] = write_path(steps)
    return True


def _entry_names(steps: tuple[Step, ...]) -> Iterator[str]:
    """List the names on the way to a value that the user gave to records."""
    for index, step in enumerate(steps):
        if isinstance(step, str) and find_model(steps[:index]) is None:
            yield step


def _stand_in(work: object, steps: tuple[Step, ...], error: ErrorDetails) -> object:
    name = str(steps[-1]) if steps else ""
    if error.get("ctx", {}).get("code") == "E-PFX-02":
        address = IPv4Address(str(error["input"]).partition("/")[0])
        return f"{address}/{narrowest_length(address)}"
    if name == "platform":
        holder = _reach(work, steps[:-1])
        return "linux" if isinstance(holder, dict) and "manage" in holder else None
    if error["type"] != "missing":
        return None
    if name == "id":
        records = _reach(work, steps[:-2])
        return _free_id(records) if isinstance(records, dict) else None
    if name == "role":
        return ROLE_STAND_INS.get(str(steps[-3]))
    return STAND_INS.get(name)


def _free_id(records: Mapping[str, object]) -> int:
    taken = {record.get("id") for record in records.values() if isinstance(record, dict)}
    return next(number for number in range(len(taken) + 1, 0, -1) if number not in taken)


def _take_out(work: object, steps: tuple[Step, ...], result: Salvage) -> bool:
    """Remove the value at these steps from what holds it, and note the names in it."""
    if not steps:
        return False
    holder, last = _reach(work, steps[:-1]), steps[-1]
    if isinstance(holder, dict):
        result.lost.update(_names_in(holder.pop(last, None), steps))
        # The name of a record, or of a whole area.
        if find_model(steps[:-1]) is None or len(steps) == 1:
            result.lost.add(str(last))
        if "prefixes" in steps[2:3]:
            result.torn.add(str(steps[1]))
        return True
    if isinstance(holder, list) and isinstance(last, int) and last < len(holder):
        path = write_path(steps[:-1])
        result.kept.setdefault(path, list(range(len(holder)))).pop(last)
        result.lost.update(_names_in(holder.pop(last), steps))
        return True
    # A record in its short form, or a value inside one that a validator made: leave the record out.
    return _take_out(work, steps[:-1], result)


def _names_in(value: object, steps: tuple[Step, ...]) -> Iterator[str]:
    """List the names that a value gave to records or namespaces: others may refer to them."""
    records = find_model(steps) is None and find_model((*steps, "")) is not None
    naming = records or NAMING.intersection(str(step) for step in steps[-2:])
    if isinstance(value, str) and naming:
        yield value
    elif isinstance(value, dict):
        entries = find_model(steps) is None
        for key, item in value.items():
            if entries:
                yield str(key)
            if not entries or find_model((*steps, key)):
                yield from _names_in(item, (*steps, key))
    elif isinstance(value, list) and naming:
        yield from (str(item) for item in value)


def _reach(work: object, steps: Sequence[Step]) -> object:
    for step in steps:
        if isinstance(work, dict):
            work = work.get(step)
        elif isinstance(work, list) and isinstance(step, int) and step < len(work):
            work = work[step]
        else:
            return None
    return work
