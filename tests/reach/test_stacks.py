"""The stacks of this repository do what they declare; each line is a verdict and a flow."""

import pytest

from reach.compare import find_reach_problems
from tests.reach.evaluated import STACKS, answer, plan_of, reach_of

LINES = {
    "prod": """
        deny internet home.servers any
        deny internet home/big-raver any
        deny internet external.lan any
        open internet online/traefik tcp/443
        open internet online/traefik tcp/80
        deny internet online/traefik tcp/22443
        open internet paul/jamulus udp/22124
        deny internet facefan/app any
        open internet home/wireless-router udp/33443
        deny internet home/wireless-router tcp/22
        open home.users internet any
        open home.servers internet tcp/443
        deny home.iot internet any
        open home.iot home/big-raver any
        deny home.iot home.users any
        deny home.iot home/frodo any
        open home.users la1r/dns udp/53
        open home/phones la1r/traefik tcp/443
        deny home.users la1r/traefik tcp/8443
        deny home.users online/traefik tcp/22443
        deny home.users home/big-raver tcp/139
        open home.users home/big-raver tcp/22
        open home.users home/big-raver tcp/443
        loose home.users home.users any
        loose home.servers home/linux-wayne any
        open external/raspi3 home/big-raver tcp/139
        deny external/raspi3 home/big-raver tcp/22
        deny external.lan home/big-raver tcp/139
        loose external.lan internet any
        open home.users external/raspi3 tcp/22
        deny home.users external.lan any
        open vpn.private home.servers any
        open client.laptops home.users tcp/22
        deny vpn.private vpn.private any
        deny vpn.private internet any
        open vpn.shared la1r/traefik tcp/443
        deny vpn.shared home.servers any
        deny vpn.shared home/big-raver any
        deny client.phones client.plusone-friend any
        open vpn.plusone plusone/app tcp/80
        deny vpn.plusone la1r/dns tcp/53
        open online/traefik facefan/app tcp/8080
        deny online/traefik facefan/app tcp/81
        deny namespace.online facefan/app tcp/8080
        deny facefan/app online/traefik any
        deny namespace.paul namespace.nextcloud any
        open namespace.backup namespace.nextcloud any
        open namespace.paul namespace.kube-system[k8s-app=kube-dns] udp/53
        deny namespace.paul namespace.kube-system any
        deny namespace.paul internet any
        open namespace.online internet tcp/443
        deny namespace.online home.users any
        open namespace.online home/big-raver tcp/6443
        deny namespace.online home/big-raver tcp/22
        deny namespace.online home/frodo any
        loose home/big-raver paul/jamulus any
        loose namespace.kube-system namespace.metallb-system any
        deny home.old home.users any
    """,
    "lab": """
        open home.lan external.lan any
        open external.lan home.lan tcp/22
        deny external.lan home.lan tcp/23
        deny external.lan attic.lan any
        open attic.lan home/server tcp/80
        deny attic.lan home.lan any
        open home.lan barn.lan tcp/22
        open home.lan barn.lan icmp
        deny barn.lan home.lan any
        deny barn.lan external.lan any
        open internet home/server tcp/8080
        deny internet home/server tcp/80
        open vpn.family home.lan any
        open vpn.away external.lan any
        deny vpn.away home.lan any
        open vpn.guests home/server tcp/80
        deny vpn.guests home.lan any
        deny client.phone client.laptop any
        loose barn.lan barn/box any
        open home.lan attic/gateway tcp/22
    """,
    "dev": """
        open vpn.family home.lan tcp/22
        open namespace.cloud home.lan tcp/22
        deny namespace.cloud cabin.lan any
        deny cabin.lan home.lan any
        open home.lan cabin/pi tcp/22
        deny internet home/gateway tcp/22
    """,
}
ROWS = [
    pytest.param(stack, line.strip(), id=f"{stack}: {line.strip()}")
    for stack, lines in LINES.items()
    for line in lines.strip().splitlines()
]


@pytest.mark.parametrize(("stack", "line"), ROWS)
def test_a_flow_of_a_stack_is_open_or_not(stack: str, line: str) -> None:
    verdict, _, flow = line.partition(" ")

    assert answer(reach_of(stack), flow) == verdict


@pytest.mark.parametrize("stack", STACKS)
def test_what_a_stack_declares_is_what_packets_do(stack: str) -> None:
    problems = find_reach_problems(plan_of(stack), reach_of(stack))

    assert not problems, "\n".join(map(str, problems))


def test_insiders_reach_published_services_by_the_public_address() -> None:
    verdict = reach_of("prod").verdict("home.users", "online/traefik")

    assert verdict.by_public_address.texts() == ("tcp/80", "tcp/443")


def test_a_group_stands_for_its_members() -> None:
    reach = reach_of("prod")

    assert not reach.verdict("paul", "la1r").allowed
    assert set(reach.behind("cluster")) == {"home/big-raver", "home/frodo"}


def test_what_no_rule_tells_apart_is_evaluated_once() -> None:
    reach = reach_of("prod")
    twins = {each.name: each.same_as for each in reach.endpoints if each.same_as}

    assert twins["home/linux-wayne"] == "home.servers"
    assert twins["client.phones"] == "vpn.shared"
    assert not any(source in twins or target in twins for source, target in reach.verdicts)
