"""The file of a VPN client: whole, readable, and without a private key unless it was given."""

from pathlib import Path

import pytest

from config.load import load_stack
from plan.build import build_plan
from plan.clients import build_client
from plan.model import Plan
from render.client import render_client
from render.quoting import UnwritableValueError
from tests.golden import REPOSITORY, Golden
from tests.render.tools import MARKS, complain_about

STACKS = sorted(path.name.split(".")[1] for path in REPOSITORY.glob("Pulumi.*.yaml"))
ENDPOINT_KEY = "ZXhhbXBsZSBlbmRwb2ludC4uLi4uLi4uLi4uLi4uLi4="
PRIVATE_KEY = "YFAnHXBh5q4U3ovQfLRWqiJ2b7RrPzCPDfp3c5xVjlo="


def read_plan(stack: str) -> Plan:
    """Plan one of the repository's stacks."""
    return build_plan(load_stack(REPOSITORY / f"Pulumi.{stack}.yaml").network)


@pytest.mark.parametrize("stack", STACKS)
def test_the_clients_of_a_stack_get_these_files(stack: str, golden: Golden) -> None:
    plan = read_plan(stack)

    for name in plan.network.vpn.clients:
        text = render_client(build_client(plan, name), ENDPOINT_KEY, None)
        golden(f"{stack}/clients/{name}.conf", text)


def test_a_private_key_is_written_where_it_was_given() -> None:
    client = build_client(read_plan("dev"), "laptop")

    assert f"\nPrivateKey = {PRIVATE_KEY}\n" in render_client(client, ENDPOINT_KEY, PRIVATE_KEY)
    assert "\nPrivateKey =" not in render_client(client, ENDPOINT_KEY, None)


def test_a_public_key_that_is_not_known_yet_is_no_line_of_the_file() -> None:
    text = render_client(build_client(read_plan("dev"), "laptop"), None, None)

    assert "\nPublicKey =" not in text
    assert "# PublicKey: home/gateway makes it" in text


@pytest.mark.parametrize("key", ["", "short", f"{ENDPOINT_KEY}\nPostUp = reboot"])
def test_what_is_no_key_is_never_written(key: str) -> None:
    client = build_client(read_plan("dev"), "laptop")

    with pytest.raises(UnwritableValueError):
        render_client(client, key, None)


class TestWithWireguard:
    pytestmark = MARKS["wg"]

    @pytest.mark.parametrize("stack", STACKS)
    def test_wg_takes_the_files(self, stack: str, tmp_path: Path) -> None:
        plan = read_plan(stack)
        for name in plan.network.vpn.clients:
            text = render_client(build_client(plan, name), ENDPOINT_KEY, PRIVATE_KEY)
            # wg-quick takes these lines for itself, and gives the rest to wg.
            own = ("Address", "DNS", "MTU")
            lines = [line for line in text.splitlines() if not line.startswith(own)]
            complaint = complain_about("\n".join(lines) + "\n", tmp_path)

            assert complaint.startswith("Unable to modify interface")
