"""A stack file's text -> the same text with one VPN client more, or less, and nothing else new."""

from collections.abc import Mapping

from config.edit import EditError, add_entry, keys_at, remove_entry
from config.stackfile import NAMESPACE, StackFile, full_key, read_stack_text
from terms.problem import DescriptionError, Problem

AREA = "vpn"
CLIENTS = "clients"

Record = Mapping[str, str | int]


def add_client(text: str, file: str, name: str, record: Record) -> str:
    """Write a client behind the last one of a sound stack file.

    Raises DescriptionError where that cannot be done without changing anything else.
    """
    before = read_stack_text(text, file)
    clients = _read_clients(before)
    try:
        path = _find_area(text)
        if CLIENTS in _read_area(before):
            after = add_entry(text, (*path, CLIENTS), (name, record))
        else:
            after = add_entry(text, path, (CLIENTS, {name: record}))
        _require_only(before, read_stack_text(after, file), {**clients, name: dict(record)})
    except EditError as error:
        raise _refuse(before, "added", name, error) from None
    return after


def remove_client(text: str, file: str, name: str) -> str:
    """Take a client of a sound stack file away; comments on lines of their own stay.

    Raises DescriptionError where that cannot be done without changing anything else.
    """
    before = read_stack_text(text, file)
    others = {key: value for key, value in _read_clients(before).items() if key != name}
    try:
        after = remove_entry(text, (*_find_area(text), CLIENTS, name))
        _require_only(before, read_stack_text(after, file), others)
    except EditError as error:
        raise _refuse(before, "removed", name, error) from None
    return after


def _find_area(text: str) -> tuple[str, str]:
    """Where the area stands, under the name that its writer chose: `la1r:vpn` or `vpn`."""
    for key in keys_at(text, ("config",)):
        if full_key(key) == f"{NAMESPACE}{AREA}":
            return "config", key
    raise EditError(f"there is no {NAMESPACE}{AREA}")


def _read_area(file: StackFile) -> Mapping[str, object]:
    area = file.areas.get(AREA)
    return area if isinstance(area, dict) else {}


def _read_clients(file: StackFile) -> dict[str, object]:
    clients = _read_area(file).get(CLIENTS)
    return clients if isinstance(clients, dict) else {}


def _require_only(before: StackFile, after: StackFile, clients: Mapping[str, object]) -> None:
    """Raise EditError unless the clients are these, and all else is as it was."""
    same = (
        not after.problems
        and _read_clients(after) == clients
        and _without_clients(after) == _without_clients(before)
        and {**before.config, **after.config, f"{NAMESPACE}{AREA}": ""}
        == {**before.config, f"{NAMESPACE}{AREA}": ""}
    )
    if not same:
        raise EditError("more than this client would change, as by an anchor that others use")


def _without_clients(file: StackFile) -> dict[str, object]:
    area = {key: value for key, value in _read_area(file).items() if key != CLIENTS}
    return {**file.areas, AREA: area}


def _refuse(file: StackFile, verb: str, name: str, reason: EditError) -> DescriptionError:
    path = f"{NAMESPACE}{AREA}.{CLIENTS}"
    problem = Problem(
        "E-CLT-05",
        path,
        f"{name} cannot be {verb} by itself: {reason}",
        "nothing was changed",
        f"write {path} out as a mapping of its own, then run again",
        position=file.positions.find(path),
    )
    return DescriptionError((problem,))
