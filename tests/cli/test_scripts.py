"""The scripts of the workflows, run as the workflows run them; only GitHub itself is played."""

import json
import os
import subprocess
from pathlib import Path
from shutil import copy, which

import pytest

from tests.cli.conftest import edit
from tests.source_tree import REPOSITORY

SCRIPTS = REPOSITORY / ".github" / "scripts"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
MARKER = "<!-- la1r difference dev -->"
FAKE_GH = """#!/bin/sh
# Answers as the GitHub API would, and writes down what it was asked to change.
for argument in "$@"; do printf '%s\\n' "$argument" >>"$RECORD"; done
printf '%s\\n' --- >>"$RECORD"
case "$*" in
*"/pulls "*) cat "$ANSWERS/pulls.json" ;;
*--paginate*) cat "$ANSWERS/comments.json" ;;
esac
"""

pytestmark = pytest.mark.slow


def run_script(checkout: Path, name: str, *arguments: str, **more: str) -> tuple[int, str]:
    run = subprocess.run(
        [str(checkout / ".github" / "scripts" / name), *arguments],
        env={**os.environ, **more},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout + run.stderr


def test_every_stack_gets_its_comment(checkout: Path) -> None:
    copy(checkout / "Pulumi.dev.yaml", checkout / "Pulumi.second.yaml")
    edit(checkout, "tcp/22", "tcp/23")
    summary = checkout / "summary.md"

    code, told = run_script(
        checkout, "difference", "HEAD", "out/c", GITHUB_STEP_SUMMARY=str(summary)
    )

    assert code == 0, told
    written = {path.name: path.read_text() for path in (checkout / "out" / "c").iterdir()}
    assert sorted(written) == ["dev.md", "second.md"]
    assert written["dev.md"].startswith(f"{MARKER}\n<!-- changes=1 -->\n")
    assert summary.read_text() == written["dev.md"] + written["second.md"]


def test_a_stack_with_problems_fails_after_all_comments_are_written(checkout: Path) -> None:
    copy(checkout / "Pulumi.dev.yaml", checkout / "Pulumi.second.yaml")
    edit(checkout, "cidr: 192.168.20.0/24", "cidr: 192.168.20.1/24")

    code, _ = run_script(checkout, "difference", "HEAD", "out/c")

    assert code == 1
    assert "E-PFX-02" in (checkout / "out" / "c" / "dev.md").read_text()
    assert (checkout / "out" / "c" / "second.md").exists()


def test_the_views_of_a_stack_are_drawn(checkout: Path) -> None:
    code, told = run_script(checkout, "draw", STACK="dev")

    assert code == 0, told
    assert (checkout / "out" / "dev" / "network.json").exists()


class Hub:
    """A played GitHub: what it holds, and what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.comments = folder / "artifact"
        self.comments.mkdir()
        program = folder / "gh"
        program.write_text(FAKE_GH)
        program.chmod(0o755)
        self.hold([{"number": 7, "head": {"sha": COMMIT}}], [])

    def hold(self, pulls: list[object], comments: list[object]) -> None:
        """Say what pull requests and comments there are."""
        (self.folder / "pulls.json").write_text(json.dumps(pulls))
        (self.folder / "comments.json").write_text(json.dumps(comments))

    def post(self, branch: str = "feature") -> tuple[list[list[str]], str]:
        """Run the script; returns every call with its arguments, and what was told."""
        record = self.folder / "record"
        record.write_text("")
        code, told = run_script(
            REPOSITORY,
            "comment",
            PATH=f"{self.folder}:{os.environ['PATH']}",
            RECORD=str(record),
            ANSWERS=str(self.folder),
            REPOSITORY="owner/network",
            HEAD_OWNER="stranger",
            HEAD_BRANCH=branch,
            HEAD_COMMIT=COMMIT,
            COMMENTS=str(self.comments),
        )
        assert code == 0, told
        calls = record.read_text().split("---\n")[:-1]
        return [call.splitlines() for call in calls], told


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    """Give a played GitHub with one open pull request."""
    if which("jq") is None:
        pytest.skip("jq is not installed")
    return Hub(tmp_path)


def changes(calls: list[list[str]]) -> list[list[str]]:
    return [call for call in calls if "PATCH" in call or "POST" in call]


def comment(hub: Hub, name: str = "dev.md", text: str = f"{MARKER}\n<!-- changes=1 -->\n") -> Path:
    path = hub.comments / name
    path.write_text(text)
    return path


def test_a_first_comment_is_posted(hub: Hub) -> None:
    path = comment(hub)

    calls, _ = hub.post()

    (posted,) = changes(calls)
    assert "repos/owner/network/issues/7/comments" in posted
    assert f"body=@{path}" in posted


def test_a_later_comment_is_edited_in_place(hub: Hub) -> None:
    ours = {"id": 5, "user": {"login": "github-actions[bot]"}, "body": f"{MARKER}\r\nold"}
    comment(hub)
    hub.hold([{"number": 7, "head": {"sha": COMMIT}}], [ours])

    calls, _ = hub.post()

    (edited,) = changes(calls)
    assert "PATCH" in edited
    assert "repos/owner/network/issues/comments/5" in edited


def test_somebody_elses_comment_is_never_edited(hub: Hub) -> None:
    theirs = {"id": 5, "user": {"login": "stranger"}, "body": f"{MARKER}\nold"}
    comment(hub)
    hub.hold([{"number": 7, "head": {"sha": COMMIT}}], [theirs])

    calls, _ = hub.post()

    (posted,) = changes(calls)
    assert "POST" in posted


def test_nothing_is_said_of_a_stack_that_does_not_change(hub: Hub) -> None:
    comment(hub, text=f"{MARKER}\n<!-- changes=0 -->\n")

    calls, _ = hub.post()

    assert changes(calls) == []


def test_a_commit_that_is_no_head_any_more_gets_no_comment(hub: Hub) -> None:
    comment(hub)
    hub.hold([{"number": 7, "head": {"sha": "f" * 40}}], [])

    calls, told = hub.post()

    assert changes(calls) == []
    assert "No open pull request" in told


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("a b.md", f"{MARKER}\n", id="another name"),
        pytest.param("dev.md", "Approved\n", id="no marker"),
        pytest.param("other.md", f"{MARKER}\n", id="the marker of another stack"),
        pytest.param("dev.md", f"{MARKER}\n" + "x" * 70_000, id="too long"),
    ],
)
def test_what_is_no_comment_of_ours_is_left_out(hub: Hub, name: str, text: str) -> None:
    comment(hub, name, text)

    calls, told = hub.post()

    assert changes(calls) == []
    assert "::warning::" in told


def test_a_link_in_the_artifact_is_not_followed(hub: Hub, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{MARKER}\nsecret\n")
    (hub.comments / "dev.md").symlink_to(secret)

    calls, _ = hub.post()

    assert changes(calls) == []


def test_a_branch_name_stays_a_word(hub: Hub, tmp_path: Path) -> None:
    comment(hub)
    branch = f"$(touch {tmp_path}/harm)`touch {tmp_path}/harm`;&state=all"

    calls, _ = hub.post(branch)

    assert f"head=stranger:{branch}" in calls[0]
    assert not (tmp_path / "harm").exists()


DRIFT = "<!-- la1r drift dev -->\n<!-- drift={} -->\n"


@pytest.mark.parametrize(
    ("code", "drifted", "told"),
    [(0, 0, "is as declared"), (3, 1, "is not as declared"), (1, 1, "was not read")],
)
def test_what_is_read_of_devices_becomes_the_text_of_an_issue(
    checkout: Path, code: int, drifted: int, told: str
) -> None:
    command = checkout / ".venv" / "bin" / "la1r"
    command.unlink()
    # Stands for devices: they answer by the exit codes that docs/drift.md tells.
    command.write_text(f"#!/bin/sh\nprintf 'home/gateway: \\033[31m```\\n@all'\nexit {code}\n")
    command.chmod(0o755)

    found, _ = run_script(checkout, "drift", "out/drift", STACK="dev", DOCS="docs/drift.md")

    report = (checkout / "out" / "drift" / "dev.md").read_text()
    assert found == code
    assert report.startswith(f"{DRIFT.format(drifted)}`dev` {told}.")
    assert report.endswith("\n    home/gateway: [31m```\n    @all\n")


def keep_issue(hub: Hub, drifted: int, issues: list[object]) -> list[list[str]]:
    """Run the script that keeps issues; returns what it changed."""
    hub.hold([], issues)
    record = hub.folder / "record"
    record.write_text("")
    (hub.comments / "dev.md").write_text(DRIFT.format(drifted))
    code, told = run_script(
        REPOSITORY,
        "issue",
        PATH=f"{hub.folder}:{os.environ['PATH']}",
        RECORD=str(record),
        ANSWERS=str(hub.folder),
        REPOSITORY="owner/network",
        REPORTS=str(hub.comments),
        RUN="https://example.net/run/1",
    )
    assert code == 0, told
    return changes([call.splitlines() for call in record.read_text().split("---\n")[:-1]])


def test_the_first_drift_opens_an_issue(hub: Hub) -> None:
    (opened,) = keep_issue(hub, 1, [])

    assert "POST" in opened
    assert "title=Drift in dev" in opened
    assert "https://example.net/run/1" in (hub.comments / "dev.md").read_text()


def test_drift_that_lasts_keeps_its_issue(hub: Hub) -> None:
    issues: list[object] = [{"number": 4, "title": "Drift in dev", "pull_request": None}]

    (edited,) = keep_issue(hub, 1, issues)

    assert "PATCH" in edited
    assert "repos/owner/network/issues/4" in edited


def test_an_issue_is_closed_when_all_is_as_declared(hub: Hub) -> None:
    issues: list[object] = [{"number": 4, "title": "Drift in dev", "pull_request": None}]

    (closed,) = keep_issue(hub, 0, issues)

    assert "state=closed" in closed
    assert keep_issue(hub, 0, [{"number": 5, "title": "Drift in prod"}]) == []
