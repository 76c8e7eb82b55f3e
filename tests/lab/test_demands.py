"""A computer on which no lab can run is told everything it lacks, before anything is touched."""

from pathlib import Path

import pytest

from lab import demands
from lab.errors import LabUnavailableError
from lab.laboratory import run_lab
from lab.topology import Segment, Topology, host


def test_without_root_a_lab_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)

    with (
        pytest.raises(LabUnavailableError, match="it has to be started by root"),
        run_lab(Topology("one", (Segment("lan"),), (host("one", "lan"),))),
    ):
        pass


def test_all_missing_programs_are_named_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(demands, "PATH", str(tmp_path))

    text = " ".join(demands.find_lacks())

    assert all(program in text for program in demands.PROGRAMS)
    assert text.count("apt-get install") == 1
    assert "openssh-server" in text
    assert "wireguard-go" in text


def test_every_package_of_the_lab_is_one_that_the_tests_install() -> None:
    installed = (Path(__file__).parents[1] / "install-tools").read_text(encoding="utf-8").split()
    # No Debian is without them.
    always_there = {"mount", "procps"}

    assert set(demands.PROGRAMS.values()) - always_there <= set(installed)
