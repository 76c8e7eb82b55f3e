"""`la1r client`: a change of the stack file is whole or never was, and loses nothing of others."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.stackedit import StackChangedError, open_stack
from tests.cli.conftest import edit
from tests.cli.enrolment import FILE, OFFERED, add
from tests.source_tree import REPOSITORY

Captured = pytest.CaptureFixture[str]


def test_a_file_that_is_there_already_is_not_overwritten(
    project: Path, before: bytes, capsys: Captured
) -> None:
    (project / "phone.conf").write_text("another key")

    assert add("phone", "--out", "phone.conf") == 64
    assert "is there already" in capsys.readouterr().err
    assert (project / "phone.conf").read_text() == "another key"
    assert (project / FILE).read_bytes() == before


@pytest.mark.slow
def test_a_file_that_could_not_be_shown_leaves_no_client(project: Path, before: bytes) -> None:
    command = [sys.executable, "-c", "from cli.main import main; main()", "client", "add", "phone"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*command, "--tenant", "family", *OFFERED],
            # Buffered, as Python is by itself: what is left is tried once more at its end.
            env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": ""},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert (project / FILE).read_bytes() == before


def test_what_another_program_wrote_meanwhile_stays(project: Path) -> None:
    with open_stack("dev") as stack, stack.prepare(f"{stack.text}# mine\n") as prepared:
        edit(project, "maintenance from anywhere", "somebody else's words")
        with pytest.raises(StackChangedError):
            prepared.commit()

    text = (project / FILE).read_text()
    assert "somebody else's words" in text
    assert "# mine" not in text
    assert sorted(path.name for path in project.iterdir() if "Pulumi.dev" in path.name) == [FILE]


def test_a_file_that_was_handed_over_is_taken_back_when_the_stack_could_not_be_written(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    # What prints the code comes between the client's file and the stack's.
    monkeypatch.setattr("cli.client_add.print_code", lambda _: edit(project, "from anywhere", "x"))

    assert add("phone", "--out", "phone.conf", "--qr") == 1
    assert "changed by another program" in capsys.readouterr().err
    assert not (project / "phone.conf").exists()
    assert "phone" not in (project / FILE).read_text()


def test_two_changes_at_once_do_not_lose_one(
    project: Path, before: bytes, capsys: Captured
) -> None:
    folder = os.open(project, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        assert add("phone") == 1
    finally:
        os.close(folder)

    assert "Another la1r is changing" in capsys.readouterr().err
    assert (project / FILE).read_bytes() == before
    assert add("phone") == 0


def test_mode_link_and_mark_of_the_file_stay(project: Path) -> None:
    path, real = project / FILE, project / "kept.yaml"
    real.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    real.chmod(0o640)
    path.unlink()
    path.symlink_to(real.name)

    assert add("phone") == 0
    assert path.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert real.read_bytes().startswith(b"\xef\xbb\xbf#")
    assert b"phone" in real.read_bytes()
