"""Rules planned for flows, and packets walked: two ways that know nothing of each other agree."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from plan.build import build_plan
from plan.problems import find_plan_problems
from render.kubernetes import render_manifests
from tests.plan.examples import read
from tests.plan.networks import Raw, descriptions
from tests.reach.evaluated import judge

PORTS = ("tcp/22", "udp/53", "tcp", "icmp", "any")


@st.composite
def with_flows(draw: st.DrawFn) -> Raw:
    """A random network with a few flows between random ends."""
    described = draw(descriptions(sites=2))
    ends = list(_ends(described))
    drawn = draw(
        st.lists(st.tuples(*(st.sampled_from(x) for x in (ends, ends, PORTS))), max_size=4)
    )
    flows = [
        {"from": source, "to": target, "ports": [port], "why": "drawn", "name": f"f{number}"}
        for number, (source, target, port) in enumerate(drawn)
        if source != target
    ]
    known = described["flows"]
    assert isinstance(known, list)
    return {**described, "flows": [*known, *flows]}


def _ends(described: Raw) -> list[str]:
    sites, vpn = described["sites"], described["vpn"]
    assert isinstance(sites, dict)
    assert isinstance(vpn, dict)
    local = [
        end
        for site, record in sites.items()
        for end in (
            site,
            f"{site}.lan",
            f"{site}.servers",
            *(f"{site}/{d}" for d in record["devices"]),
        )
    ]
    return [
        *local,
        *(f"vpn.{e}" for e in vpn["endpoints"]),
        *(f"client.{c}" for c in vpn["clients"]),
    ]


@pytest.mark.slow
@settings(max_examples=60)
@given(with_flows())
def test_what_a_random_network_declares_is_what_packets_do(described: Raw) -> None:
    plan = build_plan(read(described))
    assume(not find_plan_problems(plan))

    _, problems = judge(plan, render_manifests(plan))

    assert not problems, "\n".join(map(str, problems))
