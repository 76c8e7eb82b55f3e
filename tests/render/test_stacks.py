"""Every file of every device and every sheet of dev, lab and prod, held by its own program too."""

from pathlib import Path

import pytest

from tests.golden import CASES, Golden
from tests.render.nft_json import meaning
from tests.render.stacks import STACKS, devices, texts_of
from tests.render.tools import MARKS, complain_about, list_loaded, print_apart
from tests.render.wireguard_reader import join_keys, read_configuration

TEXTS = {path: text for stack in STACKS for path, text in texts_of(stack).items()}
DEVICES = devices()


def files_named(pattern: str) -> list[str]:
    """List the rendered files whose path matches a pattern."""
    return [path for path in TEXTS if Path(path).match(pattern)]


@pytest.mark.parametrize("path", TEXTS)
def test_a_stack_is_rendered_as_expected(path: str, golden: Golden) -> None:
    golden(path, TEXTS[path])


@pytest.mark.parametrize("stack", STACKS)
def test_no_expected_file_of_a_stack_is_left_over(stack: str) -> None:
    kept = {
        str(path.relative_to(CASES))
        for folder in ("linux", "sheets")
        for path in (CASES / stack / folder).rglob("*")
        if path.is_file()
    }

    assert kept == set(texts_of(stack))


@pytest.mark.parametrize("path", files_named("wireguard/*.conf"))
def test_no_network_is_on_two_peers_of_an_interface(path: str) -> None:
    networks = read_configuration(join_keys(TEXTS[path])).networks()

    assert len(networks) == len(set(networks))
    assert not [
        (one, other)
        for number, one in enumerate(networks)
        for other in networks[number + 1 :]
        if one.overlaps(other)
    ]


class TestWithNft:
    """The kernel holds the rules that reach judges."""

    pytestmark = MARKS["nft"]

    @pytest.mark.parametrize("name", DEVICES)
    def test_the_kernel_holds_what_the_plan_says(self, name: str, tmp_path: Path) -> None:
        stack, _, device = name.partition("/")
        text = TEXTS[f"{stack}/linux/{device}/nftables.nft"]

        assert meaning(list_loaded(text, tmp_path)) == meaning(DEVICES[name].ruleset)


class TestWithDnsmasq:
    """The program takes its file."""

    pytestmark = MARKS["dnsmasq"]

    @pytest.mark.parametrize("path", files_named("dnsmasq.conf"))
    def test_dnsmasq_takes_the_text(self, path: str, tmp_path: Path) -> None:
        (tmp_path / "dnsmasq.conf").write_text(TEXTS[path])

        print_apart("dnsmasq --test -C dnsmasq.conf", tmp_path)


class TestWithWg:
    """The program takes its file as soon as keys stand in it."""

    pytestmark = MARKS["wg"]

    @pytest.mark.parametrize("path", files_named("wireguard/*.conf"))
    def test_wg_takes_the_text_with_keys(self, path: str, tmp_path: Path) -> None:
        complaint = complain_about(join_keys(TEXTS[path]), tmp_path)

        assert complaint.startswith("Unable to modify interface")
