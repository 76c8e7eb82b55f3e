"""The Pulumi CLI and its Kubernetes provider on the same API server, and on the same state."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.components.cluster_stack import DescribedStack
from tests.engine.cli_engine import needs_cli

pytestmark = [pytest.mark.slow, pytest.mark.cli_engine, needs_cli]

PASSPHRASE = "correct horse"  # noqa: S105  # of states that only tests use


@pytest.fixture
def described(tmp_path: Path, kubeconfig: str, monkeypatch: pytest.MonkeyPatch) -> DescribedStack:
    """The smallest stack with an encrypted pod network, so with a secret in it."""
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE)
    stack = DescribedStack(tmp_path, kubeconfig, "dev")
    stack.change(lambda config: config["la1r:cluster"].update(weave={"encryption": True}))
    (tmp_path / "Pulumi.yaml").write_text("name: p\nruntime: python\n")
    # The CLI takes that name for its own file of a stack.
    (tmp_path / "Pulumi.it.yaml").rename(tmp_path / "described.yaml")
    program = tmp_path / "__main__.py"
    program.write_text(program.read_text().replace("Pulumi.it.yaml", "described.yaml"))
    run(stack, "stack", "init", "dev")
    return stack


def run(stack: DescribedStack, *arguments: str) -> str:
    """Run the CLI, which has to end well; gives what it printed."""
    backend = stack.folder / "backend"
    backend.mkdir(exist_ok=True)
    environment = {
        **{key: text for key, text in os.environ.items() if key != "KUBECONFIG"},
        "PATH": f"{Path(sys.prefix, 'bin')}{os.pathsep}{os.environ['PATH']}",
        "VIRTUAL_ENV": sys.prefix,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PULUMI_BACKEND_URL": f"file://{backend}",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    done = subprocess.run(
        [shutil.which("pulumi") or "pulumi", *arguments],
        cwd=stack.folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


NOW, UNCHANGED = ("--yes", "--skip-preview"), "--expect-no-changes"


def test_the_cli_makes_keeps_and_takes_away_the_same_cluster(described: DescribedStack) -> None:
    made = run(described, "up", *NOW)
    run(described, "up", *NOW, UNCHANGED)
    run(described, "preview", UNCHANGED)
    gone = run(described, "destroy", *NOW)

    assert "created" in made
    assert "deleted" in gone


def test_the_cli_takes_over_what_the_built_in_engine_has_made(described: DescribedStack) -> None:
    assert described.up().ok, described.told
    run(described, "stack", "import", "--file", str(described.state))
    run(described, "preview", UNCHANGED)
    run(described, "up", *NOW, UNCHANGED)

    run(described, "destroy", *NOW)
    assert described.list_live() == {}
