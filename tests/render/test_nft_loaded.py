"""What the kernel holds after loading the rendered text is what the plan says, rule by rule."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from plan.ruleset import Ruleset
from render.linux import render_linux
from tests.render.devices import BARE, FULL
from tests.render.nft_json import meaning, read_ruleset
from tests.render.strategies import rulesets
from tests.render.tools import MARKS, print_apart

pytestmark = MARKS["nft"]

LIST = "nft -j list table inet la1r"


def render_nft(ruleset: Ruleset) -> str:
    """Give the packet filter file of a device with these rules."""
    files = render_linux(replace(BARE, ruleset=ruleset))
    return next(file.text for file in files if file.path == "nftables.nft")


def load(ruleset: Ruleset, script: str = f"nft -f nftables.nft; {LIST}") -> str:
    """Load the rendered text in a namespace of its own and give what the script prints."""
    with TemporaryDirectory() as folder:
        Path(folder, "nftables.nft").write_text(render_nft(ruleset))
        return print_apart(script, Path(folder))


def test_the_kernel_holds_what_the_plan_says() -> None:
    assert meaning(read_ruleset(load(FULL.ruleset))) == meaning(FULL.ruleset)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(rulesets())
def test_the_kernel_holds_what_any_plan_says(ruleset: Ruleset) -> None:
    ruleset = replace(ruleset, chains=ruleset.chains or FULL.ruleset.chains)

    assert meaning(read_ruleset(load(ruleset))) == meaning(ruleset)


def test_loading_twice_changes_nothing() -> None:
    once = load(FULL.ruleset, "nft -f nftables.nft; nft -s list ruleset")
    twice = load(FULL.ruleset, "nft -f nftables.nft; nft -f nftables.nft; nft -s list ruleset")

    assert once == twice


def test_a_device_without_rules_loses_its_table() -> None:
    emptied = load(Ruleset(), "nft add table inet la1r; nft -f nftables.nft; nft list ruleset")

    assert not emptied


@pytest.mark.parametrize(
    "foreign",
    [
        pytest.param("add table inet other; add chain inet other input", id="of the same family"),
        pytest.param("add table ip la1r; add chain ip la1r filter_input", id="of the same name"),
        pytest.param(
            "add table ip nat; add chain ip nat p { type nat hook prerouting priority dstnat; }",
            id="at the same hook",
        ),
    ],
)
def test_a_table_of_others_stays_as_it_is(foreign: str) -> None:
    printed = load(
        FULL.ruleset,
        f"nft '{foreign}'; nft -s list ruleset >before; nft -f nftables.nft;"
        " nft delete table inet la1r; nft -s list ruleset | diff before -",
    )

    assert not printed


def test_a_check_alone_loads_nothing() -> None:
    assert not load(FULL.ruleset, "nft -c -f nftables.nft; nft list ruleset")
