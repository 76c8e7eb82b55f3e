"""What a user sees: the tree, the diff line by line, the counts and the JSON."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from engine.details import detail_lines, text_difference, visible_text
from engine.display import preview_json, render_preview
from engine.preview import Preview
from engine.progress import LINE_EVERY, progress
from engine.steps import Op, Step
from tests.engine.conftest import Again

PROGRAM = """
import pulumi
from pulumi import ComponentResource, ResourceOptions
from pulumi_command import local

second = pulumi.Config().require_int("version") == 2

class Family(ComponentResource):
    def __init__(self, name):
        super().__init__("test:x:Family", name)
        text = "one\\ntwo\\nthree\\nfour\\n" + ("five\\n" if second else "")
        self.child = local.Command("child", create="true", stdin=text,
                                   opts=ResourceOptions(parent=self))
        self.register_outputs({})

Family("family")
local.Command("replaced", triggers=[second])
local.Command("new" if second else "old", create="first\\nsecond\\n")
pulumi.log.warn("careful")
pulumi.export("second", second)
"""


def shown(result: Preview, *, diff: bool = False, force_terminal: bool = False) -> str:
    file = io.StringIO()
    console = Console(file=file, width=200, force_terminal=force_terminal)
    render_preview(result, diff=diff, console=console)
    return file.getvalue()


def test_the_tree_shows_what_changes_below_its_parents(preview_again: Again) -> None:
    assert (
        shown(preview_again(PROGRAM))
        == """\
Previewing (dev):
     Type                         Name      Plan
     pulumi:pulumi:Stack          p-dev
     ├─ test:x:Family             family
 ~   │  └─ command:local:Command  child     update    [diff: ~stdin]
 +-  ├─ command:local:Command     replaced  replace   [diff: ~triggers]
 +   ├─ command:local:Command     new       create
 -   └─ command:local:Command     old       delete

Diagnostics:
  warning: careful

Outputs:
    ~ second: false => true

Resources:
    +  1 to create
    ~  1 to update
    +- 1 to replace
    -  1 to delete
       2 unchanged
"""
    )


def test_the_diff_shows_text_line_by_line(preview_again: Again) -> None:
    text = shown(preview_again(PROGRAM), diff=True)

    assert (
        """\
            ~ stdin: |
                @ @@ -2,3 +2,4 @@
                  two
                  three
                  four
                + five
"""
        in text
    )
    assert (
        """\
        + create: |
            + first
            + second
"""
        in text
    )
    assert "~ [0]: false => true" in text


def test_the_diff_of_a_new_stack_shows_every_input(preview_new: Again) -> None:
    source = """
        from pulumi_command import local
        local.Command("c", create="a\\nb", environment={"A": "1"}, triggers=[1, True, "x"])
        """

    text = shown(preview_new(source), diff=True)

    for line in ("+ a", "+ b", '+ A: "1"', "+ [0]: 1", "+ [1]: true", '+ [2]: "x"'):
        assert f"{line}\n" in text


def test_the_diff_shows_each_change_below_its_own_parent(preview_new: Again) -> None:
    source = """
        import pulumi
        from pulumi import ComponentResource, ResourceOptions
        from pulumi_command import local

        families = [ComponentResource("test:x:Family", name) for name in ("one", "two")]
        for family in families:
            opts = ResourceOptions(parent=family)
            local.Command(f"{family._name}-child", create="true", opts=opts)
        """

    text = shown(preview_new(source), diff=True)

    heads = [line.strip() for line in text.splitlines() if line.endswith(": (create)")]
    assert heads == [
        "+ pulumi:pulumi:Stack p-dev: (create)",
        "+ test:x:Family one: (create)",
        "+ command:local:Command one-child: (create)",
        "+ test:x:Family two: (create)",
        "+ command:local:Command two-child: (create)",
    ]


def test_there_are_colours_on_a_terminal_only(
    preview_again: Again, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = preview_again(PROGRAM)
    monkeypatch.setenv("TERM", "xterm")
    coloured = shown(result, force_terminal=True)
    monkeypatch.setenv("NO_COLOR", "1")
    plain = shown(result, force_terminal=True)

    assert "\x1b[32m +   ├─ command:local:Command     new       create\x1b[0m" in coloured
    assert "\x1b" not in plain
    assert "\x1b" not in shown(result)


def test_a_value_cannot_command_the_terminal() -> None:
    assert visible_text("a\x1b[2Jb\rc\x9bd\te") == r"a\x1b[2Jb\x0dc\x9bd" + "\te"


def test_a_changed_line_end_is_said() -> None:
    (*_, last) = text_difference(0, "a\nb", "a\nb\n")

    assert last.text == "(line end of the last line added)"


def test_a_hidden_difference_is_named_but_not_shown(preview_again: Again) -> None:
    result = preview_again(
        PROGRAM
        + 'local.Command("h", stdin=f"{second}\\n", opts=ResourceOptions(hide_diffs=["stdin"]))'
    )
    (step,) = [step for step in result.steps if step.resource.name == "h"]

    assert [line.text for line in detail_lines(step, 0)] == ["stdin: [diff hidden]"]


def test_the_json_is_close_to_that_of_the_cli(preview_again: Again) -> None:
    data = json.loads(json.dumps(preview_json(preview_again(PROGRAM))))

    assert data["config"] == {"p:version": "2"}
    assert data["diagnostics"] == [{"message": "careful", "severity": "warning"}]
    assert data["changeSummary"] == {"create": 1, "delete": 1, "replace": 1, "same": 2, "update": 1}
    assert data["duration"] > 0
    steps = {step["op"]: step for step in data["steps"]}
    assert set(steps) == {"same", "update", "replace", "create", "delete"}
    update = steps["update"]
    assert update["detailedDiff"] == {"stdin": {"kind": "update", "inputDiff": False}}
    assert update["diffReasons"] == ["stdin"]
    assert update["oldState"]["outputs"]["stdout"] == "made"
    assert update["newState"]["parent"].endswith("::family")


def test_progress_is_plain_lines_without_a_terminal(preview_new: Again) -> None:
    result = preview_new("from pulumi_command import local\nlocal.Command('c')\n")
    file = io.StringIO()

    from engine.events import StepPlanned

    with progress(Console(file=file)) as take:
        for _ in range(LINE_EVERY):
            take(StepPlanned(result.steps[-1]))

    assert file.getvalue() == f"Previewing ... {LINE_EVERY} resources\n"


def test_counts_are_of_logical_steps(preview_again: Again) -> None:
    result = preview_again(PROGRAM)

    assert sum(result.counts.values()) == 6
    assert [step.op for step in result.steps if not step.logical] == [
        Op.CREATE_REPLACEMENT,
        Op.DELETE_REPLACED,
    ]
    assert all(isinstance(step, Step) for step in result.steps)
