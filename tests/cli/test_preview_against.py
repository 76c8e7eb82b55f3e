"""`la1r preview --against`: with a revision, an export and a network.json, without credentials."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli.program import program_of
from cli.stack import compute_whole
from tests.cli.conftest import Command, edit, git
from tests.engine.deployed import write_state

FLOW = "    - {from: family, to: home.lan, ports: [tcp/22], why: maintenance from anywhere}"
OPENED = f"{FLOW}\n    - {{from: home.lan, to: cabin.lan, ports: [tcp/80], why: pictures}}"
LAN = "lan: {cidr: 192.168.20.0/24, role: user}"
# The server is in that range, and so are pods of the system, which the stack does not hold back.
GAINED = "  + home.lan, home/server, namespace.kube-system"

Captured = pytest.CaptureFixture[str]

# Each one previews two networks, and starts git.
pytestmark = pytest.mark.slow


def test_a_revision_is_compared_by_its_description(
    project: Path, la1r: Command, capfd: Captured
) -> None:
    edit(project, FLOW, OPENED)

    assert la1r("preview", "--against", "main") == 0

    told = capfd.readouterr().out
    assert f"Against main ({git(project, 'rev-parse', 'main')[:12]})" in told
    assert GAINED in told
    assert " ~   │  └─ command:local:Command" in told


def test_old_code_is_never_run(project: Path, la1r: Command, capfd: Captured) -> None:
    (project / "__main__.py").rename(project / "kept")
    (project / "__main__.py").write_text("raise SystemExit('old code ran')\n")
    git(project, "commit", "--quiet", "--all", "--message=Break the program")
    (project / "kept").rename(project / "__main__.py")
    edit(project, FLOW, OPENED)

    assert la1r("preview", "--against", "main") == 0
    assert "old code ran" not in capfd.readouterr().out


def test_the_same_description_changes_nothing(la1r: Command, capfd: Captured) -> None:
    assert la1r("preview", "--against", "HEAD", "--expect-no-changes") == 0

    told = capfd.readouterr().out
    assert "The two networks are the same." in told
    assert "to create" not in told


def test_a_change_is_told_where_none_was_expected(project: Path, la1r: Command) -> None:
    edit(project, FLOW, OPENED)

    assert la1r("preview", "--against", "HEAD", "--expect-no-changes") == 4


def test_a_network_json_is_compared_without_resources(
    project: Path, la1r: Command, capfd: Captured
) -> None:
    la1r("draw", "--out", "before")
    edit(project, FLOW, OPENED)
    capfd.readouterr()

    assert la1r("preview", "--against", "before/network.json") == 0

    told = capfd.readouterr().out
    assert "Resources are not compared" in told
    assert "Previewing" not in told
    assert GAINED in told


@pytest.fixture
def export(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a state as if the stack had been deployed, with secrets that nobody here can open."""
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    return write_state(program_of(compute_whole("dev")), project / "export.json")


def test_an_export_is_compared_by_resources_and_by_its_output(
    project: Path, export: Path, la1r: Command, capfd: Captured
) -> None:
    edit(project, FLOW, OPENED)

    assert la1r("preview", "--against", str(export), "--json") == 0

    told = json.loads(capfd.readouterr().out)
    assert told["against"] == {"name": str(export), "resources": True, "remarks": []}
    assert told["changeSummary"]["update"] > 0
    assert {row["source"] for row in told["difference"]["reach"]} >= {"home.lan", "home/server"}


def test_an_export_without_the_output_is_compared_by_resources_alone(
    project: Path, export: Path, la1r: Command, capfd: Captured
) -> None:
    document = json.loads(export.read_text())
    for resource in document["deployment"]["resources"]:
        resource.get("outputs", {}).pop("network", None)
    export.write_text(json.dumps(document))
    edit(project, FLOW, OPENED)

    assert la1r("preview", "--against", str(export)) == 0

    told = capfd.readouterr().out
    assert "has no output `network`" in told
    assert "to update" in told


def test_a_stack_that_was_not_there_is_new(project: Path, la1r: Command, capfd: Captured) -> None:
    git(project, "rm", "--quiet", "--cached", "Pulumi.dev.yaml")
    git(project, "commit", "--quiet", "--message=Begin again")

    assert la1r("preview", "--against", "HEAD", "--json") == 0

    told = json.loads(capfd.readouterr().out)
    assert "all of it is new" in told["against"]["remarks"][0]
    assert "create" in told["changeSummary"]
    assert {row["danger"] for row in told["difference"]["reach"]} >= {"from_internet", "opened"}


def test_an_old_description_with_problems_is_refused_with_their_places(
    project: Path, la1r: Command, capfd: Captured
) -> None:
    edit(project, LAN, "lan: {cidr: 192.168.20.1/24, role: user}")
    git(project, "commit", "--quiet", "--all", "--message=Break the description")
    edit(project, "192.168.20.1/24", "192.168.20.0/24")

    assert la1r("preview", "--against", "main") == 2

    told = capfd.readouterr().err
    assert "has problems under today's rules" in told
    assert re.search(r"^main:Pulumi.dev.yaml:\d+:\d+: error E-PFX-02", told, re.MULTILINE)


def test_an_old_description_that_cannot_be_deployed_is_compared_all_the_same(
    project: Path, la1r: Command, capfd: Captured
) -> None:
    never = "  la1r:expect: {deny: [{from: family, to: home.lan, message: never}]}\n"
    path = project / "Pulumi.dev.yaml"
    sound = path.read_text(encoding="utf-8")
    path.write_text(f"{sound}\n{never}", encoding="utf-8")
    git(project, "commit", "--quiet", "--all", "--message=Expect what is not")
    path.write_text(sound, encoding="utf-8")
    edit(project, FLOW, OPENED)

    assert la1r("preview", "--against", "main", "--json") == 0

    told = json.loads(capfd.readouterr().out)
    problem, resources = told["against"]["remarks"]
    assert "E-EXP-11" in problem
    assert resources.startswith("Resources are not compared")
    assert {row["source"] for row in told["difference"]["reach"]} >= {"home.lan"}


@pytest.mark.parametrize(
    ("against", "reason"),
    [
        pytest.param("nowhere", "neither a file nor a git revision", id="unknown"),
        pytest.param("--help", "neither a file nor a git revision", id="like an option"),
        pytest.param("Pulumi.dev.yaml", "cannot be compared with", id="another file"),
        pytest.param("other.json", "cannot be compared with", id="another document"),
    ],
)
def test_what_cannot_be_compared_with_is_wrong_usage(
    project: Path, la1r: Command, capfd: Captured, against: str, reason: str
) -> None:
    (project / "other.json").write_text('{"schema": "other"}')

    assert la1r("preview", f"--against={against}") == 64
    assert reason in capfd.readouterr().err


def test_outside_a_repository_a_revision_is_wrong_usage(
    project: Path, la1r: Command, capfd: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / ".git").rename(project / "no-repository")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.parent))

    assert la1r("preview", "--against", "main") == 64
    assert "not a git repository" in capfd.readouterr().err


def test_without_git_a_revision_is_wrong_usage(
    la1r: Command, capfd: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")

    assert la1r("preview", "--against", "main") == 64
    assert "git is not installed" in capfd.readouterr().err


def test_the_comment_stands_alone_on_stdout(project: Path, la1r: Command, capfd: Captured) -> None:
    edit(project, FLOW, OPENED)

    assert la1r("preview", "--against", "main", "--markdown", "-") == 0
    assert capfd.readouterr().out.startswith("<!-- la1r difference dev -->\n<!-- changes=1 -->\n")


def test_a_description_with_problems_gets_its_comment(project: Path, la1r: Command) -> None:
    edit(project, LAN, "lan: {cidr: 192.168.20.1/24, role: user}")

    assert la1r("preview", "--against", "main", "--markdown", "comment.md") == 2

    written = (project / "comment.md").read_text(encoding="utf-8")
    assert written.startswith("<!-- la1r difference dev -->\n<!-- changes=1 -->\n")
    assert "E-PFX-02" in written


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("--markdown", "-"), id="without a baseline"),
        pytest.param(("--markdown", "-", "--against", "main", "--json"), id="beside JSON"),
        pytest.param(("--markdown", "no/folder/x.md", "--against", "main"), id="no such folder"),
    ],
)
def test_a_comment_that_cannot_be_written_is_wrong_usage(
    la1r: Command, arguments: tuple[str, ...]
) -> None:
    assert la1r("preview", *arguments) == 64


def test_the_same_change_gives_the_same_comment_in_every_process(project: Path) -> None:
    edit(project, FLOW, OPENED)
    program = Path(sys.executable).with_name("la1r")
    command = [str(program), "preview", "-s", "dev", "--against", "main", "--markdown", "-"]

    written = {
        subprocess.run(
            command,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(written) == 1
    assert "pictures" in written.pop()
