"""A project of its own for each test: the smallest stack, in a git repository with one commit."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copy, copytree

import pytest

from cli.main import run
from engine.crypter import new_provider_state
from tests.cli.small_program import PASSPHRASE, write_program
from tests.source_tree import REPOSITORY

FILES = ("Pulumi.yaml", "Pulumi.dev.yaml", "__main__.py")
# The command's exit code for given arguments.
Command = Callable[..., int]


def git(folder: Path, *arguments: str) -> str:
    """Run git with an author who is nobody, and without the user's own settings."""
    settings = ("user.name=tests", "user.email=tests@example.net", "commit.gpgsign=false")
    options = [word for setting in settings for word in ("-c", setting)]
    found = subprocess.run(
        ["git", *options, *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return found.stdout.strip()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with the stack `dev`, committed as `main`."""
    folder = tmp_path / "network"
    folder.mkdir()
    for name in FILES:
        copy(REPOSITORY / name, folder / name)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=Begin")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def backend(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the Pulumi CLI a backend of its own, a small program, and this interpreter for it."""
    write_program(project)
    (project / "Pulumi.yaml").write_text("name: la1r\nruntime: python\n")
    (tmp_path / "backend").mkdir()
    binaries = Path(sys.prefix, "bin")
    for name, text in {
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
        "VIRTUAL_ENV": sys.prefix,
        "PULUMI_BACKEND_URL": f"file://{tmp_path / 'backend'}",
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }.items():
        monkeypatch.setenv(name, text)
    return tmp_path / "backend"


@pytest.fixture
def before(project: Path) -> bytes:
    """Give the bytes of the stack file as they were before the test."""
    return (project / "Pulumi.dev.yaml").read_bytes()


@pytest.fixture
def nobody_answers(project: Path) -> None:
    """Have the gateway looked for where nothing listens, which is known at once."""
    copytree(REPOSITORY / "devices", project / "devices")
    edit(project, "manage: {host_key:", "manage: {host: localhost, port: 1, host_key:")


@pytest.fixture
def checkout(project: Path) -> Path:
    """Give a project with the scripts and the command where a workflow has them."""
    copytree(REPOSITORY / ".github" / "scripts", project / ".github" / "scripts")
    programs = project / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "la1r").symlink_to(REPOSITORY / ".venv" / "bin" / "la1r")
    return project


@pytest.fixture
def la1r(project: Path) -> Command:
    """Give the command, in that folder, for the stack `dev`."""
    assert Path.cwd() == project
    return lambda verb, *arguments: run([verb, "--stack", "dev", *arguments])


def edit(folder: Path, before: str, after: str, file: str = "Pulumi.dev.yaml") -> None:
    """Change one place of the description."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert before in text, f"{file} has no {before!r} any more"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def seal(project: Path, text: str) -> None:
    """Put a secret kubeconfig into the stack file, as the CLI does."""
    salt, crypter = new_provider_state(PASSPHRASE)
    file = project / "Pulumi.dev.yaml"
    content = f"encryptionsalt: {salt}\n{file.read_text()}"
    file.write_text(f"{content}  la1r:kubeconfig: {{secure: {crypter.seal(text)}}}\n")
