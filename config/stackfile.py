"""A stack file -> the areas of the description, and its values as the Pulumi CLI reads them."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeGuard

from msgspec import Struct
from msgspec.structs import replace

from config.positions import Positions, join_path
from config.suggest import suggest
from config.tree import Tree, read_tree
from terms.problem import Position, Problem, show

PROJECT = "la1r"
# Project name and colon before each area: `la1r:sites`.
NAMESPACE = f"{PROJECT}:"
# What the Pulumi CLI keeps in a stack file beside `config`.
TOP_KEYS = frozenset({"config", "environment", "secretsprovider", "encryptedkey", "encryptionsalt"})


class StackFile(Struct, frozen=True):
    """A stack file, read; `config` has the full keys and the texts that the CLI would hand on."""

    areas: Mapping[str, object]
    config: Mapping[str, str]
    secret_keys: frozenset[str]
    positions: Positions
    problems: tuple[Problem, ...]
    # By which the CLI tells the passphrase that its secrets are sealed with; "" without secrets.
    salt: str = ""


def read_stack_file(path: Path) -> StackFile:
    """Read a stack file; whatever is wrong with its form stands in `problems`."""
    name = path.name
    try:
        content = path.read_bytes()
    except OSError as error:
        return _unreadable(Position(name, 1, 1), f"the file cannot be read: {error.strerror}")
    try:
        # A byte order mark is no part of the text; the CLI drops it, too.
        return read_stack_text(content.decode("utf-8-sig"), name)
    except UnicodeDecodeError as error:
        before = content[: error.start].split(b"\n")
        place = Position(name, len(before), len(before[-1]) + 1)
        return _unreadable(place, f"byte {error.start + 1} of the file is not UTF-8")


def read_stack_text(text: str, name: str) -> StackFile:
    """Read the text of a stack file that is called `name`."""
    tree = read_tree(text, name, _join)
    root = tree.root if isinstance(tree.root, dict) else {}
    if tree.root is not None and not isinstance(tree.root, dict):
        tree.problems.append(_misshapen(tree, "", tree.root))
    tree.problems.extend(_find_strangers(tree, root))
    entries = root.get("config")
    if entries is not None and not isinstance(entries, dict):
        tree.problems.append(_misshapen(tree, "config", entries))
    found = _split(tree, entries if isinstance(entries, dict) else {})
    return replace(found, salt=str(root.get("encryptionsalt") or ""))


def _join(parent: str, step: str | int) -> str:
    """Extend a path; entries of `config` stand for themselves, under their full key."""
    if parent == "config" and isinstance(step, str):
        return full_key(step)
    return join_path(parent, step)


def full_key(key: str) -> str:
    """Write a key with its namespace, as the CLI does: `sites` and `la1r:config:sites` too."""
    space, colon, name = key.partition(":")
    return f"{space}:{name.removeprefix('config:')}" if colon else f"{NAMESPACE}{key}"


def _split(tree: Tree, entries: Mapping[str, object]) -> StackFile:
    areas: dict[str, object] = {}
    config: dict[str, str] = {}
    secrets: set[str] = set()
    for key, value in entries.items():
        full = full_key(key)
        config[full] = write_text(value)
        tree.problems.extend(_find_misspelt(tree, full))
        hidden = list(_secure_paths(value, full))
        if hidden:
            secrets.add(full)
        if full.startswith(NAMESPACE) and hidden != [full]:
            areas[full.removeprefix(NAMESPACE)] = value
            tree.problems.extend(_refuse_secure(tree, path) for path in hidden)
    problems = tuple(tree.problems)
    return StackFile(areas, config, frozenset(secrets), tree.positions, problems)


def write_text(value: object) -> str:
    """Write a value as the CLI hands it to the program: text as it is, anything else as JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if is_secure(value):
        return str(value["secure"])
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def is_secure(value: object) -> TypeGuard[dict[str, str]]:
    """Say whether a value is an encrypted one: a mapping with the one key `secure`."""
    return isinstance(value, dict) and len(value) == 1 and isinstance(value.get("secure"), str)


def _secure_paths(value: object, path: str) -> Iterator[str]:
    if is_secure(value):
        yield path
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _secure_paths(item, join_path(path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _secure_paths(item, join_path(path, index))


def _refuse_secure(tree: Tree, path: str) -> Problem:
    return Problem(
        "E-SEC-03",
        path,
        "an encrypted value stands inside the description",
        "the whole area would become a secret that nothing can be checked or previewed from",
        f"give it a key of its own: `pulumi config set --secret {NAMESPACE}NAME`",
        position=tree.positions.find(path),
    )


def _unreadable(place: Position, found: str) -> StackFile:
    problem = Problem(
        "E-YML-06",
        place.file,
        found,
        "there is no description to check",
        "make the file readable, and save it as UTF-8",
        position=place,
    )
    return StackFile({}, {}, frozenset(), Positions(place.file, {}, {}), (problem,))


def _misshapen(tree: Tree, path: str, value: object) -> Problem:
    return Problem(
        "E-YML-07",
        path or tree.file,
        f"{show(value)} stands where a mapping is due",
        "there is no description to check",
        f"write `config:` and, indented below it, keys as `{NAMESPACE}sites:`",
        position=tree.positions.find(path),
    )


def _find_misspelt(tree: Tree, key: str) -> Iterator[Problem]:
    """Refuse a key whose project is nearly this one; other projects' keys are theirs."""
    space, _, name = key.partition(":")
    if space != PROJECT and suggest(space, (PROJECT,)).startswith("did"):
        yield Problem(
            "E-YML-09",
            key,
            f"{show(space)} is nearly the name of this project, which is {PROJECT}",
            "the key would belong to another project, and have no effect here",
            f"write {NAMESPACE}{name}",
            position=tree.positions.find_key(key),
        )


def _find_strangers(tree: Tree, root: Mapping[str, object]) -> Iterator[Problem]:
    for key in root.keys() - TOP_KEYS:
        belongs = key.startswith(NAMESPACE)
        yield Problem(
            "E-YML-08",
            key,
            f"{show(key)} is no key of a stack file",
            "the Pulumi CLI would pass over it without a word",
            "indent it below `config:`" if belongs else suggest(key, TOP_KEYS),
            position=tree.positions.find_key(key),
        )
