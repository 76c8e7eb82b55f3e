"""Changes of things -> those that say who or what is believed, which no verdict of reach shows."""

import re
from collections.abc import Iterable, Iterator

from views.network_facts import CLIENTS, DEVICES, EXPECTATIONS, SERVICES, SETTINGS, TENANTS, WAYS_IN
from views.thing_changes import FieldChange, Sign, ThingChange

TITLE = "Trust"
# Settings that guard something, by their paths.
GUARDS = re.compile(
    r"cluster\.(weave\.(encryption|trusted_subnets|allow_multicast)|system)"
    r"|tenants\.[^.]+\.(owners|pod_security|isolated_namespaces)"
    r"|network\.(implied_off|protect)"
    r"|sites\..*\.manage\.(user|adopt)"
)

WAY_WORDS = {
    "host_key": "another host key is believed:",
    "host": "the operator logs in at another address:",
    "port": "the operator logs in at another port:",
}
CLIENT_WORDS = {
    "public_key": "another key may dial in:",
    "endpoint": "dials in elsewhere:",
    "expires": "expires:",
}


def find_trust(changes: Iterable[ThingChange]) -> tuple[str, ...]:
    """A sentence for each of them, in the order of the changes."""
    told = tuple(changes)
    # What came or went with its owner is told as the owner.
    owners = {(each.kind, each.name) for each in told if each.sign is not Sign.CHANGED}
    return tuple(
        sentence
        for change in told
        if not (change.kind == SETTINGS and _owner(change.name) in owners)
        for sentence in _judge(change)
    )


def _owner(path: str) -> tuple[str, str] | None:
    """The device or tenant that a setting belongs to, by its kind and name."""
    match path.split("."):
        case ["sites", site, "devices", device, *_]:
            return DEVICES, f"{site}/{device}"
        case ["tenants", tenant, *_]:
            return TENANTS, tenant
    return None


def _judge(change: ThingChange) -> Iterator[str]:
    fields = {field.field: field for field in change.fields}
    kind, name, changed = change.kind, change.name, change.sign is Sign.CHANGED
    if kind == WAYS_IN and changed:
        for key, words in WAY_WORDS.items():
            if key in fields:
                yield f"{name}: {words} {_arrow(fields[key])}"
    elif kind == CLIENTS:
        yield from _judge_client(change)
    elif kind == TENANTS and changed and "trust" in fields:
        yield f"tenant {name}: trust {_arrow(fields['trust'])}"
    elif kind == SERVICES and changed and "selector" in fields:
        yield f"service {name}: other pods answer: {_arrow(fields['selector'])}"
    elif kind == EXPECTATIONS and change.sign is not Sign.ADDED:
        yield f"{'expected otherwise' if changed else 'no longer expected'}: {name}"
    elif kind == SETTINGS and GUARDS.fullmatch(name):
        yield from (f"{name}: {_arrow(field)}" for field in change.fields)


def _judge_client(change: ThingChange) -> Iterator[str]:
    fields = {field.field: field for field in change.fields}
    if change.sign is Sign.ADDED:
        endpoint = fields.get("endpoint")
        yield f"client {change.name}: may dial in" + (f" at {endpoint.after}" if endpoint else "")
    elif change.sign is Sign.CHANGED:
        for name, words in CLIENT_WORDS.items():
            if name in fields and not (name == "expires" and _is_sooner(fields[name])):
                yield f"client {change.name}: {words} {_arrow(fields[name])}"


def _is_sooner(expires: FieldChange) -> bool:
    """Whether the client is let in for a shorter time than before."""
    return bool(expires.after) and (not expires.before or expires.after < expires.before)


def _arrow(field: FieldChange) -> str:
    return f"{field.before or 'not set'} -> {field.after or 'not set'}"
