"""The workflows: pinned, of few rights, and nothing of a stranger's ever becomes a command."""

import hashlib
import os
import re
import subprocess
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.source_tree import REPOSITORY

WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))
SCRIPTS = sorted((REPOSITORY / ".github" / "scripts").iterdir())
PINNED = re.compile(
    r"uses: (?P<action>[\w./-]+)@(?P<digest>[0-9a-f]{40}) # (?P<version>v\d+\.\d+\.\d+)"
)
# Started by strangers' pull requests, without any approval.
OPEN_TO_FORKS = ("checks.yml", "difference.yml")
WRITERS = {
    "comment.yml": {"actions": "read", "contents": "read", "pull-requests": "write"},
    "drift.yml": {"contents": "read", "issues": "write"},
}

each_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)


# A parsed workflow has the shape that GitHub gives it; actionlint checks it where it is installed.
def read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = YAML(typ="safe").load(path)
    return document


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in read(path)["jobs"].values() for step in job["steps"]]


def test_there_are_the_workflows_that_the_documentation_names() -> None:
    told = (REPOSITORY / "docs" / "pull-requests.md").read_text(encoding="utf-8")

    assert [path.name for path in WORKFLOWS] == sorted(set(re.findall(r"`([a-z]+\.yml)`", told)))


@each_workflow
def test_every_action_is_pinned_by_digest_with_its_version(path: Path) -> None:
    used = [line.strip() for line in path.read_text().splitlines() if "uses:" in line]

    assert used
    assert [line for line in used if not PINNED.search(line)] == []


def test_an_action_has_one_digest_everywhere() -> None:
    text = "".join(path.read_text() for path in WORKFLOWS)
    found = {(each["action"], each["digest"], each["version"]) for each in PINNED.finditer(text)}

    assert len(found) == len({action for action, _, _ in found})


@each_workflow
def test_a_workflow_may_read_and_one_may_comment(path: Path) -> None:
    workflow = read(path)
    rights = [job["permissions"] for job in workflow["jobs"].values() if "permissions" in job]

    assert workflow["permissions"] == {"contents": "read"}
    assert rights == ([WRITERS[path.name]] if path.name in WRITERS else [])


@each_workflow
def test_no_checkout_leaves_its_token_behind(path: Path) -> None:
    checkouts = [step for step in steps(path) if "actions/checkout" in step.get("uses", "")]

    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@each_workflow
def test_a_command_is_a_script_of_ours_and_holds_no_expression(path: Path) -> None:
    commands = [step["run"] for step in steps(path) if "run" in step]

    assert [command for command in commands if "${{" in command or "\n" in command] == []
    for command in commands:
        program = command.split()[0]
        assert program == "make" or (REPOSITORY / program).is_file()


@pytest.mark.parametrize("name", OPEN_TO_FORKS)
def test_what_forks_start_has_no_secret_in_reach(name: str) -> None:
    text = (REPOSITORY / ".github" / "workflows" / name).read_text()

    assert "secrets." not in text
    assert "github.token" not in text
    assert "environment" not in text


@each_workflow
def test_a_strangers_code_never_meets_a_right_to_write(path: Path) -> None:
    triggers = read(path)["on"]

    assert "pull_request_target" not in triggers
    if "workflow_run" in triggers:
        assert all("ref" not in step.get("with", {}) for step in steps(path))


def test_credentials_are_for_branches_of_the_repository_alone() -> None:
    job = read(REPOSITORY / ".github" / "workflows" / "preview.yml")["jobs"]["preview"]

    assert "head.repo.full_name == github.repository" in job["if"]


def test_a_deployment_waits_for_its_environment_and_is_never_cut_off() -> None:
    workflow = read(REPOSITORY / ".github" / "workflows" / "deploy.yml")
    job = workflow["jobs"]["deploy"]

    assert job["environment"] == "${{ matrix.stack }}"
    assert workflow["concurrency"]["cancel-in-progress"] is False
    assert job["strategy"]["max-parallel"] == 1


def test_every_night_devices_and_cluster_are_read_and_never_during_a_deployment() -> None:
    drift, deploy = (
        read(REPOSITORY / ".github/workflows" / f"{n}.yml") for n in ("drift", "deploy")
    )
    jobs = drift["jobs"]

    assert "schedule" in drift["on"]
    assert drift["concurrency"] == deploy["concurrency"]
    assert "secrets." not in str(jobs["devices"]) + str(jobs["issue"])
    assert jobs["cluster"]["steps"][-1]["with"]["expect-no-changes"] is True


def test_the_cli_in_workflows_is_the_version_of_the_locked_sdk() -> None:
    locked = re.search(
        r"^pulumi==(\S+)", (REPOSITORY / "requirements.txt").read_text(), re.MULTILINE
    )
    text = "".join(path.read_text() for path in WORKFLOWS)

    assert locked is not None
    assert set(re.findall(r"pulumi-version: (\S+)", text)) == {locked[1]}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_run_by_a_workflow(path: Path) -> None:
    assert any(f".github/scripts/{path.name}" in workflow.read_text() for workflow in WORKFLOWS)
    assert path.stat().st_mode & 0o111


def find_actionlint() -> str | None:
    """Find it on PATH, or where `make tools` builds it from the pinned module."""
    module = REPOSITORY / "tests" / "actionlint"
    pinned = hashlib.sha256(b"".join((module / name).read_bytes() for name in ("go.mod", "go.sum")))
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    built = cache / "la1r" / f"actionlint-{pinned.hexdigest()[:12]}"
    return which("actionlint", path=f"{os.environ['PATH']}{os.pathsep}{built}")


@pytest.mark.parametrize(
    ("program", "arguments"),
    [
        pytest.param(find_actionlint(), ("-no-color",), id="actionlint"),
        pytest.param(which("shellcheck"), tuple(map(str, SCRIPTS)), id="shellcheck"),
    ],
)
def test_a_linter_finds_nothing(program: str | None, arguments: tuple[str, ...]) -> None:
    if program is None:
        pytest.skip("actionlint or shellcheck is not installed")

    command = [program, *arguments]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout + run.stderr
