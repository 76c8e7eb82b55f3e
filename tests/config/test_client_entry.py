"""Holds changes of a stack file to what they are about: every other byte stays as it is."""

from collections.abc import Mapping
from itertools import product
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from config.client_entry import add_client, remove_client
from config.stackfile import read_stack_text
from terms.problem import DescriptionError
from tests.golden import REPOSITORY

KEY = "ZXhhbXBsZSBhZGRlZC4uLi4uLi4uLi4uLi4uLi4uLi4="
RECORD: Mapping[str, str | int] = {"endpoint": "family", "index": 99, "public_key": KEY}
FILE = "Pulumi.case.yaml"
HEAD = "config:\n  la1r:vpn:\n    endpoints: {family: {tenant: family}}\n"
FOOT = "  # next area\n  la1r:tenants: {family: {id: 1}} # one\n"
ONE = "{endpoint: family, index: 10}"

FILES = {
    "no clients yet": HEAD + FOOT,
    "no clients yet, endpoints in block style": "config:\n  la1r:vpn:\n"
    "    endpoints:\n      family: {tenant: family} # theirs\n" + FOOT,
    "an empty mapping": HEAD + "    clients: {}\n" + FOOT,
    "an empty mapping with a comment": HEAD + "    clients: { } # nobody\n" + FOOT,
    "flow style": HEAD + f"    clients: {{laptop: {ONE}, tab: {ONE}}} # both\n" + FOOT,
    "flow style with blanks": HEAD + f"    clients: {{ laptop: {ONE} , tab: {ONE}, }}\n" + FOOT,
    "everything on one line": "config: {la1r:vpn: {endpoints: {family: {tenant: family}},"
    f" clients: {{laptop: {ONE}}}}}, la1r:tenants: {{family: {{id: 1}}}}}}\n",
    "braces over several lines": HEAD
    + f"    clients: {{\n      laptop: {ONE}, # a, b\n      tab: {ONE} # {{c\n    }}\n"
    + FOOT,
    "a comma behind the last": HEAD
    + f"    clients: {{\n      laptop: {ONE},\n      tab: {ONE}, # d\n    }}\n"
    + FOOT,
    "a brace behind the last": HEAD
    + f"    clients: {{laptop: {ONE}, # e\n      tab: {ONE}}} # f\n"
    + FOOT,
    "block style": HEAD
    + "    clients:\n      laptop:\n        endpoint: family # g\n        index: 10\n\n"
    + "      # a comment before\n      tab:\n         endpoint: family\n         index: 11 # h\n\n"
    + FOOT,
    "block style that ends in a text of several lines": HEAD
    + "    clients:\n      laptop:\n        endpoint: family\n        description: |\n"
    + "          # no comment\n          second\n\n"
    + FOOT,
    "flow in block": HEAD + f"    clients:\n      # who\n      laptop: {ONE} # i\n" + FOOT,
    "the file ends without a line break": HEAD + f"    clients:\n      laptop: {ONE}",
    "the file ends behind a comment": HEAD + f"    clients:\n      laptop: {ONE} # j",
    "anchors and aliases": HEAD
    + f"    clients: &all # k\n      laptop: &one {ONE}\n      tab: *one\n"
    + FOOT,
    "quotes": HEAD + '    "clients":\n      "laptop": {"endpoint": "family", "index": 10}\n' + FOOT,
    "the short name of the area": "config:\n  vpn:\n    endpoints: {}\n" + FOOT,
    "the long name of the area": "config:\n  la1r:config:vpn:\n    endpoints: {}\n" + FOOT,
    "a document with marks": f"---\n{HEAD}{FOOT}...\n",
    "letters beyond ASCII": HEAD + f"    clients:\n      laptop: {ONE} # Ærø 🙂\n" + FOOT,
    "keys of the CLI": "encryptionsalt: v1:abc\n" + HEAD + FOOT,
}
STACKS = {path.name: path.read_bytes().decode() for path in REPOSITORY.glob("Pulumi.*.yaml")}
CASES = {
    f"{name}, {ends}": text.replace("\n", line_break)
    for (name, text), (ends, line_break) in product(
        (FILES | STACKS).items(), {"LF": "\n", "CRLF": "\r\n"}.items()
    )
}


def clients_of(text: str) -> Mapping[str, object]:
    file = read_stack_text(text, FILE)
    assert not file.problems
    area = file.areas["vpn"]
    assert isinstance(area, dict)
    clients = area.get("clients", {})
    assert isinstance(clients, dict)
    return clients


def has_all_of(text: str, before: str) -> bool:
    """Say whether nothing was taken away or moved: what was there is left when some is skipped."""
    rest = iter(text)
    return all(character in rest for character in before)


@pytest.mark.parametrize("text", CASES.values(), ids=CASES)
def test_a_client_is_added_behind_the_others_and_nothing_else_changes(text: str) -> None:
    after = add_client(text, FILE, "new", RECORD)

    assert clients_of(after) == {**clients_of(text), "new": RECORD}
    assert list(clients_of(after))[-1] == "new"
    assert has_all_of(after, text)
    assert after.count("\r\n") == (after.count("\n") if "\r\n" in text else 0)


@pytest.mark.parametrize("text", CASES.values(), ids=CASES)
def test_removing_what_was_added_gives_the_same_bytes(text: str) -> None:
    after = remove_client(add_client(text, FILE, "new", RECORD), FILE, "new")

    # In braces nothing tells an empty mapping that was there before from one that is left over.
    assert after in (text, text.replace("}}}", "}}, clients: {}}", 1))


@pytest.mark.parametrize("text", CASES.values(), ids=CASES)
def test_any_client_can_be_removed_by_itself(text: str) -> None:
    for name in clients_of(text):
        if f"&one {ONE}" in text and name == "laptop":
            continue
        after = remove_client(text, FILE, name)

        assert clients_of(after) == {k: v for k, v in clients_of(text).items() if k != name}
        assert has_all_of(text, after.replace("clients: {}", "clients:"))


def test_comments_on_lines_of_their_own_stay_when_a_client_goes() -> None:
    text = FILES["block style"]

    assert "# a comment before" in remove_client(text, FILE, "tab")
    assert "# h" not in remove_client(text, FILE, "tab")


def test_the_last_client_of_a_commented_mapping_leaves_an_empty_one() -> None:
    after = remove_client(FILES["flow in block"], FILE, "laptop")

    assert after == HEAD + "    clients: {}\n      # who\n" + FOOT


def test_a_block_record_is_written_as_its_neighbours_are() -> None:
    after = add_client(FILES["block style"], FILE, "new", {**RECORD, "expires": "2027-06-30"})

    assert (
        "      new:\n         endpoint: family\n         index: 99\n"
        f'         public_key: {KEY}\n         expires: "2027-06-30"\n' in after
    )


@pytest.mark.parametrize("name", ["12", "on", "null", "1e5", "2027-06-30", "0x1f", "no"])
def test_a_name_that_readers_disagree_about_is_quoted(name: str) -> None:
    after = add_client(FILES["flow in block"], FILE, name, RECORD)

    assert name in clients_of(after)
    assert f'"{name}": {{' in after


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(
            f"config:\n  la1r:old: &c {{laptop: {ONE}}}\n"
            "  la1r:vpn:\n    endpoints: {}\n    clients: *c\n",
            "clients is an alias",
            id="the clients are written elsewhere",
        ),
        pytest.param(
            f"config:\n  la1r:vpn:\n    endpoints: {{}}\n    clients: &c {{laptop: {ONE}}}\n"
            "  la1r:old: *c\n",
            "more than this client would change",
            id="others are the same as the clients",
        ),
    ],
)
def test_what_is_written_once_for_two_is_left_alone(text: str, reason: str) -> None:
    with pytest.raises(DescriptionError) as refusal:
        add_client(text, FILE, "new", RECORD)

    (problem,) = refusal.value.problems
    assert problem.code == "E-CLT-05"
    assert reason in problem.found
    assert problem.position is not None


@st.composite
def stack_texts(draw: st.DrawFn) -> str:
    """Draw a stack file with some clients in any style, comments, and line ends of one kind."""
    names = draw(st.lists(st.sampled_from("abcdefg"), unique=True, max_size=4))
    comment = st.sampled_from(["", " # {a, b}: *c", " #"])
    style = draw(st.sampled_from(["flow", "lines", "block"])) if names else "flow"
    records = [draw(st.sampled_from([ONE, "{ index: 1 , }", '{"index": 2}'])) for _ in names]
    entries = [f"{name}: {record}" for name, record in zip(names, records, strict=True)]
    if style == "flow":
        clients = f"    clients: {{{', '.join(entries)}}}{draw(comment)}\n"
    elif style == "lines":
        ends = [","] * (len(entries) - 1) + [draw(st.sampled_from(["", ","]))]
        lines = (f"      {e}{end}{draw(comment)}\n" for e, end in zip(entries, ends, strict=True))
        clients = "    clients: {\n" + "".join(lines) + "    }\n"
    else:
        lines = (f"{draw(st.sampled_from(['', '      # x', '      ']))}" for _ in entries)
        listed = (f"      {e}{draw(comment)}\n" for e in entries)
        clients = "    clients:\n" + "".join(
            (f"{before}\n" if before else "") + line
            for before, line in zip(lines, listed, strict=True)
        )
    text = HEAD + clients + draw(st.sampled_from(["", "\n", FOOT]))
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@given(stack_texts(), st.data())
def test_any_file_keeps_its_other_bytes(text: str, data: st.DataObject) -> None:
    added = add_client(text, FILE, "new", RECORD)
    names = list(clients_of(added))
    gone = data.draw(st.sampled_from(names))
    removed = remove_client(added, FILE, gone)

    assert has_all_of(added, text)
    assert remove_client(added, FILE, "new") == text
    assert list(clients_of(removed)) == [name for name in names if name != gone]
    assert has_all_of(added, removed)
    assert yaml.safe_load(removed)["config"].keys() == yaml.safe_load(text)["config"].keys()


def test_a_stack_file_of_the_repository_gets_one_line_more() -> None:
    text = STACKS["Pulumi.prod.yaml"]

    before, after = text.splitlines(), add_client(text, FILE, "new", RECORD).splitlines()

    assert [line for line in after if line not in before] == [
        f"      new: {{endpoint: family, index: 99, public_key: {KEY}}}"
    ]
    assert len(after) == len(before) + 1
    assert Path(REPOSITORY / "Pulumi.prod.yaml").read_bytes().decode() == text
