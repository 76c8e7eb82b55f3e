"""The built-in engine and the Pulumi CLI do the same with the same program, and record the same."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engine.deploy import Deployed, Place, deploy, destroy
from engine.opening import open_state
from engine.program import Program
from engine.refresh import read_back
from engine.urn import STACK_TYPE, is_default_provider
from tests.engine.cli_engine import needs_cli
from tests.engine.cli_stack import CliRun, CliStack
from tests.engine.stack import PREAMBLE

pytestmark = [pytest.mark.slow, pytest.mark.cli_engine, needs_cli]

HUSH = "hush hush hush"
PROGRAM = (
    PREAMBLE
    + """
config = pulumi.Config()
second = config.require("version") == "2"
version = config.require("version")
hush = config.require_secret("password")

class Group(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("tests:index:Group", name, {"version": version})
        child = note(f"{name}-child", stdin=version, opts=options(parent=self))
        self.register_outputs({"said": child.stdout})

stays = note("stays")
changes = note("changes", stdin=version, update="echo update changes >>log; cat")
note("only-delete-differs", delete=f"echo delete {version} >>log")
note("uses", stdin=changes.stdout, opts=options(depends_on=[stays]))
note("secret", stdin=hush.apply(lambda text: text + version))
note("telling", stdin=hush, create="cat; echo create telling >>log", logging="none",
     opts=options(additional_secret_outputs=["stdout"]))
note("replaced", triggers=[version])
root = note("root", triggers=[version], opts=options(delete_before_replace=True))
note("with-root", triggers=[root.stdout], opts=options(depends_on=[root]))
note("ignored", stdin=version, opts=options(ignore_changes=["stdin"]))
note("toggled", opts=options(protect=not second))
note("new-name" if second else "old-name", opts=options(aliases=[pulumi.Alias(name="old-name")]))
Group("group")
if second:
    note("comes", opts=options(depends_on=[stays]))
else:
    goes = note("goes", opts=options(depends_on=[stays]))
    note("goes-after", opts=options(depends_on=[goes]))
    note("goes-with", opts=options(deleted_with=goes))
    note("retained", opts=options(retain_on_delete=True))
pulumi.export("said", changes.stdout)
pulumi.export("hush", hush)
"""
)

Done = Counter[tuple[str, str, tuple[str, ...]]]


@dataclass
class OnBuiltIn:
    """A stack of the built-in engine."""

    folder: Path

    @property
    def state(self) -> Path:
        return self.folder / "state.json"

    def up(self, version: str) -> tuple[bool, Done]:
        return self._done(deploy(self._program(version), *self._where()))

    def destroy(self) -> tuple[bool, Done]:
        return self._done(destroy(self._program("2"), *self._where()))

    def refresh(self) -> dict[str, int]:
        found = read_back(self._program("1"), self._where()[0], 4).found
        return dict(Counter(step.op.value for step in found.steps))

    def export(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.state.read_text())
        return document

    def _program(self, version: str) -> Program:
        config = {"p:version": version, "p:password": HUSH}
        return Program(
            "p", "dev", self.folder, config=config, secret_keys=frozenset({"p:password"})
        )

    def _where(self) -> tuple[Any, Place]:
        return open_state(self.state, lambda _is_new: None).deployment, Place(self.state)

    def _done(self, result: Deployed) -> tuple[bool, Done]:
        return result.ok, Counter(
            (
                step.op.value,
                step.urn,
                tuple(
                    sorted(
                        f"{path}: {diff.kind.value}"
                        for path, diff in (step.difference.detailed or {}).items()
                    )
                ),
            )
            for step in result.steps
        )


@dataclass
class OnCli:
    """A stack of the Pulumi CLI."""

    folder: Path
    home: Path

    def __post_init__(self) -> None:
        self.stack = CliStack(self.folder, self.home)

    def up(self, version: str) -> tuple[bool, Done]:
        self.stack.configure("version", version)
        self.stack.configure("password", HUSH, secret=True)
        return self._done(self.stack.up())

    def destroy(self) -> tuple[bool, Done]:
        return self._done(self.stack.destroy())

    def refresh(self) -> dict[str, int]:
        return dict(self.stack.refresh().counts)

    def export(self) -> dict[str, Any]:
        return self.stack.export()

    def _done(self, ran: CliRun) -> tuple[bool, Done]:
        # Shown to nobody by either engine.
        shown = (step for step in ran.steps if not is_default_provider(step.urn))
        return ran.ok, Counter((step.op, step.urn, step.differences) for step in shown)


@dataclass
class Pair:
    """The same program on both engines."""

    ours: OnBuiltIn
    theirs: OnCli

    @property
    def logs(self) -> tuple[Counter[str], Counter[str]]:
        """What commands have written down on each since it was read last."""
        return _log(self.ours.folder), _log(self.theirs.folder)


def _log(folder: Path) -> Counter[str]:
    file = folder / "log"
    lines = Counter(file.read_text().splitlines()) if file.exists() else Counter[str]()
    file.unlink(missing_ok=True)
    return lines


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    """Two stacks in folders of their own."""
    for name in ("ours", "theirs"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__main__.py").write_text(PROGRAM)
    return Pair(OnBuiltIn(tmp_path / "ours"), OnCli(tmp_path / "theirs", tmp_path / "home"))


def test_both_engines_do_the_same_and_record_the_same(pair: Pair) -> None:
    for version in ("1", "1", "2", "2"):
        ours, theirs = pair.ours.up(version), pair.theirs.up(version)

        assert ours[0]
        assert theirs[0]
        assert (ours[1] - theirs[1], theirs[1] - ours[1]) == (Counter(), Counter())
        our_log, their_log = pair.logs
        assert our_log == their_log
        other = differences(pair.ours.export(), pair.theirs.export())
        assert not other, "\n".join(other)
    assert pair.ours.refresh() == pair.theirs.refresh()

    assert pair.ours.destroy() == pair.theirs.destroy()
    our_log, their_log = pair.logs
    assert our_log == their_log
    assert not comparable(pair.ours.export())


@pytest.mark.parametrize("verb", ["create", "delete"])
def test_both_engines_leave_the_same_behind_where_a_command_fails(pair: Pair, verb: str) -> None:
    source = f"""
first = note("first")
if config.require("version") == "1":
    fails = note("fails", {verb}="exit 3", opts=options(depends_on=[first]))
    note("depends", opts=options(depends_on=[fails]))
"""
    for engine in (pair.ours, pair.theirs):
        text = f"{PREAMBLE}\nconfig = pulumi.Config()\n{source}"
        (engine.folder / "__main__.py").write_text(text)

    for version in ("1", "2"):
        ours, theirs = pair.ours.up(version), pair.theirs.up(version)

        assert ours[0] is theirs[0]
        other = differences(pair.ours.export(), pair.theirs.export())
        assert not other, "\n".join(other)
    our_log, their_log = pair.logs
    assert our_log == their_log


def differences(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    """Every field of every resource that the exports do not agree on."""
    left, right = comparable(ours), comparable(theirs)
    return [
        f"{urn} {key}: {left.get(urn, {}).get(key)} is not {right.get(urn, {}).get(key)}"
        for urn in sorted({*left, *right})
        for key in sorted({*left.get(urn, {}), *right.get(urn, {})})
        if left.get(urn, {}).get(key) != right.get(urn, {}).get(key)
    ]


def comparable(export: Mapping[str, Any]) -> dict[str, Any]:
    """The resources of an export, without what is made up or told by the clock."""
    found = {}
    for resource in export["deployment"].get("resources") or []:
        state = {key: item for key, item in resource.items() if key not in _MADE_UP}
        # The SDK sends them in the order of a set.
        state["dependencies"] = sorted(state.get("dependencies", []))
        if "provider" in state:
            state["provider"] = state["provider"].rpartition("::")[0]
        if resource["type"] == STACK_TYPE:
            state.pop(
                "sourcePosition", None
            )  # a file of the SDK, which lies elsewhere on each machine
        found[resource["urn"]] = _unsealed(state)
    return found


# What the provider's own framework writes beside the configuration.
_FRAMEWORK = "__pulumi-go-provider-version"
_MADE_UP = frozenset({"id", "created", "modified", "stackTrace"})


def _unsealed(item: Any) -> Any:
    if isinstance(item, dict):
        if {"ciphertext", "plaintext"} & {*item}:
            return "sealed"
        return {key: _unsealed(one) for key, one in item.items() if key != _FRAMEWORK}
    return [_unsealed(one) for one in item] if isinstance(item, list) else item
