"""`la1r client show`, `revoke` and `list`."""

import json
from pathlib import Path

import pytest

from cli.main import run
from tests.cli.conftest import edit
from tests.cli.enrolment import FILE, add, value_of

Captured = pytest.CaptureFixture[str]


@pytest.mark.usefixtures("nobody_answers")
def test_a_file_is_shown_again_without_its_key(project: Path, capsys: Captured) -> None:
    assert add("phone") == 0
    first = capsys.readouterr().out
    again = run(["client", "show", "phone", "--stack", "dev"])

    shown = capsys.readouterr()
    assert again == 0
    assert value_of("Address", shown.out) == value_of("Address", first)
    assert value_of("PrivateKey", first) not in shown.out + (project / FILE).read_text()
    assert "# PrivateKey: the device has it" in shown.out
    assert "is not known" in shown.err


def test_revoking_gives_the_file_of_before_and_says_what_is_left_to_do(
    project: Path, before: bytes, capsys: Captured
) -> None:
    assert add("phone") == 0
    assert run(["client", "revoke", "phone", "--stack", "dev"]) == 0

    said = capsys.readouterr().out
    assert (project / FILE).read_bytes() == before
    assert "keeps its access until home/gateway is told: `la1r up --stack dev`" in said
    assert "--index 12" in said


@pytest.mark.usefixtures("project")
def test_the_number_of_a_client_in_between_stays_unused(capsys: Captured) -> None:
    assert (add("phone"), add("tablet")) == (0, 0)
    assert run(["client", "revoke", "phone", "--stack", "dev"]) == 0
    assert "stays unused: new clients get numbers above 12" in capsys.readouterr().out
    assert add("watch") == 0
    assert value_of("Address", capsys.readouterr().out) == "10.8.2.13/32"


def test_a_client_that_a_flow_names_is_not_revoked(project: Path, capsys: Captured) -> None:
    edit(project, "{from: family,", "{from: client.laptop,")
    named = (project / FILE).read_bytes()

    assert run(["client", "revoke", "laptop", "--stack", "dev"]) == 2
    shown = capsys.readouterr().err
    assert "Nothing was written: without the client laptop" in shown
    assert "la1r:flows[0].from" in shown
    assert (project / FILE).read_bytes() == named


@pytest.mark.parametrize("verb", ["show", "revoke"])
def test_an_unknown_client_is_answered_with_the_nearest(
    verb: str, project: Path, before: bytes, capsys: Captured
) -> None:
    assert run(["client", verb, "latop", "--stack", "dev"]) == 64
    assert "did you mean laptop?" in capsys.readouterr().err
    assert (project / FILE).read_bytes() == before


@pytest.mark.usefixtures("project")
def test_clients_are_listed_with_their_last_day(capsys: Captured) -> None:
    assert add("phone", "--expires", "2999-06-30") == 0
    capsys.readouterr()
    assert run(["client", "list", "--stack", "dev", "--offline"]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert [line.split()[:4] for line in lines[1:]] == [
        ["laptop", "family", "family", "10.8.2.10"],
        ["phone", "family", "family", "10.8.2.11"],
    ]
    assert "2999-06-30" in lines[2]


@pytest.mark.usefixtures("project")
def test_the_list_for_programs_has_the_same_clients(capsys: Captured) -> None:
    assert run(["client", "list", "--stack", "dev", "--json", "--offline"]) == 0

    assert json.loads(capsys.readouterr().out)["clients"] == [
        {
            "name": "laptop",
            "tenant": "family",
            "endpoint": "family",
            "address": "10.8.2.10",
            "expires": None,
        }
    ]
