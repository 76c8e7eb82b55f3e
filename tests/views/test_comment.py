"""The comment on a pull request: short, stable, and never obeying the names in it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.golden import Golden
from tests.views.changed_prod import CHANGES, difference_after
from views.comment import MAX_SIZE, Report, ResourceChange, comment_text, refusal_text
from views.danger import Danger
from views.difference import Difference, FileChange
from views.difference_text import visible
from views.markdown import block, code, tag
from views.network_facts import CLIENTS
from views.reach_lines import ReachLine
from views.thing_changes import FieldChange, Sign, ThingChange

HOSTILE = [
    pytest.param("`</code><script>alert(1)</script>", id="html"),
    pytest.param("--> <img src=x>", id="end of a comment"),
    pytest.param("a\n\n# Approved by everybody", id="a line of its own"),
    pytest.param("```\n# out of the fence", id="a fence"),
    pytest.param("@everybody [click](https://example.net) #1", id="mentions and links"),
    pytest.param("\u202egnp.exe\u200b\x1b[31m", id="what cannot be seen"),
    pytest.param("</summary></details>", id="tags of the comment itself"),
]

LONG = [
    pytest.param("x" * 60, id="plain"),
    pytest.param("\u202e" * 60, id="written out"),
    pytest.param("\N{BOX DRAWINGS LIGHT VERTICAL}" * 200, id="several bytes each"),
    pytest.param("a\n" * 500, id="many lines"),
]


def report_of(**changes: object) -> Report:
    """Make a report of which a test says what matters to it."""
    usual = Report("prod", "main (0123456789ab)", (), Difference((), (), (), ()), ())
    return replace(usual, **changes)


def large(count: int, text: str = "x") -> Report:
    """Make a report of a change to everything."""
    lines = tuple(
        ReachLine(danger, (f"{text}{n}",) * 3, (f"b{n}",), "tcp/80", False, (text,), 3)
        for danger in Danger
        for n in range(count)
    )
    fields = (FieldChange("address", text, "192.0.2.1"),)
    return report_of(
        remarks=(text,) * count,
        difference=Difference(
            (),
            lines,
            tuple(ThingChange("Flows", Sign.CHANGED, f"{text}{n}", fields) for n in range(count)),
            tuple(
                FileChange(Sign.CHANGED, f"{text}{n}", ("+" + text,) * (n % 50))
                for n in range(count)
            ),
        ),
        resources=tuple(
            ResourceChange(operation, "command:local:Command", f"{text}{n}", ("stdin",))
            for n in range(count)
            for operation in ("create", "update", "replace", "delete")
        ),
    )


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_commented_as_expected(name: str, golden: Golden) -> None:
    found = difference_after(*CHANGES[name])
    resources = (ResourceChange("update", "command:local:Command", "home/nas", ("stdin",)),)

    text = comment_text(report_of(difference=replace(found, files=()), resources=resources))

    golden(f"difference/{name}.md", text)


@pytest.mark.parametrize("count", [1, 40, 1000])
@pytest.mark.parametrize("text", LONG)
def test_a_comment_is_never_too_long(count: int, text: str) -> None:
    comment = comment_text(large(count, text))

    assert len(comment.encode()) <= MAX_SIZE
    assert comment.count("<details>") == comment.count("</details>")


@pytest.mark.parametrize("text", LONG)
def test_a_refusal_is_never_too_long(text: str) -> None:
    assert len(refusal_text("prod", "the description has problems", [text] * 99).encode()) <= (
        MAX_SIZE
    )


def test_a_change_of_everything_still_says_how_much_and_what_is_worst() -> None:
    comment = comment_text(large(1000))
    titles = [
        comment.index(f"**{danger.title}**" if danger <= Danger.OPENED else f"{danger.title}: ")
        for danger in Danger
    ]

    assert "1000 resources to delete" in comment
    assert titles == sorted(titles)
    assert re.search(r"and \d+ more", comment)


def test_the_first_line_is_the_same_for_every_change_of_a_stack() -> None:
    first = {comment_text(large(count)).splitlines()[0] for count in (1, 10, 100)}
    refused = refusal_text("prod", "the description has problems", ["E-PFX-02"])

    assert first == {refused.splitlines()[0]} == {"<!-- la1r difference prod -->"}


def test_a_comment_says_whether_there_is_anything_to_see() -> None:
    assert comment_text(report_of()).splitlines()[1] == "<!-- changes=0 -->"
    assert comment_text(large(1)).splitlines()[1] == "<!-- changes=1 -->"
    assert refusal_text("prod", "no", ["x"]).splitlines()[1] == "<!-- changes=1 -->"


def test_a_new_client_is_said_in_the_title_though_no_rule_changes() -> None:
    client = ThingChange(CLIENTS, Sign.ADDED, "tablet", ())

    title = comment_text(report_of(difference=Difference((), (), (client,), ()))).splitlines()[2]

    assert title == "### `prod`: who can reach whom stays as it is, 1 new VPN client"


def test_the_same_change_gives_the_same_bytes() -> None:
    assert comment_text(large(40)) == comment_text(large(40))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_shown_and_not_obeyed(name: str) -> None:
    comment = comment_text(large(2, name))
    # What stands in code spans and code blocks is shown as it is.
    outside = strip_code(comment)

    assert visible(name) in comment
    for harm in ("<script", "<img", "Approved", "out of the fence", "@everybody", "(https"):
        assert harm not in outside
    assert not re.search("[\u202e\u200b\x1b]", comment)
    assert outside.count("<details>") == outside.count("</details>")


def strip_code(markdown: str) -> str:
    """Take out code as CommonMark reads it: fenced blocks, spans, and the <code> of summaries."""
    fenced = re.sub(r"^(`{3,})\w*\n.*?^\1$", "", markdown, flags=re.MULTILINE | re.DOTALL)
    tagged = re.sub(r"<code>.*?</code>", "", fenced)
    return re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", tagged)


@given(st.text())
def test_a_code_span_ends_where_it_should(text: str) -> None:
    span = code(text)

    assert "\n" not in span
    assert strip_code(f"a {span} b") == "a  b"


@given(st.lists(st.text()))
def test_a_code_block_ends_with_its_own_fence(lines: list[str]) -> None:
    first, *shown, last = block(lines, "diff")

    assert first == f"{last}diff"
    assert len(shown) == len(lines)
    assert not any(line.strip().startswith(last) for line in shown)


@given(st.text())
def test_a_tag_holds_no_other_tag(text: str) -> None:
    assert not re.search("[<>]", tag(text).removeprefix("<code>").removesuffix("</code>"))
