"""network.json holds the whole network, every time in the same bytes, and no secret."""

import json
import re

import pytest

from reach.difference import read_rows
from render.whole import render_network
from tests.reach.evaluated import STACKS, plan_of, reach_of
from views.network import SCHEMA, build_network_json, network_text

# 32 bytes in base64; public keys of clients are the only ones that may occur.
KEY = re.compile(r"[A-Za-z0-9+/]{43}=")


def text_of(stack: str) -> str:
    plan = plan_of(stack)
    return network_text(plan, render_network(plan), reach_of(stack))


@pytest.mark.parametrize("stack", STACKS)
def test_the_same_network_gives_the_same_bytes(stack: str) -> None:
    text = text_of(stack)

    assert text == text_of(stack)
    assert json.loads(text)["schema"] == SCHEMA


@pytest.mark.parametrize("stack", STACKS)
def test_every_line_of_every_device_is_in_it(stack: str) -> None:
    plan = plan_of(stack)
    rendered = render_network(plan)
    document = json.loads(network_text(plan, rendered, reach_of(stack)))
    found = {
        (device["name"], file["path"]): "".join(f"{line}\n" for line in file["lines"])
        for device in document["devices"]
        for file in device["files"]
    }

    assert found == {
        (str(ref), file.path): file.text for ref, files in rendered.files.items() for file in files
    }


@pytest.mark.parametrize("stack", STACKS)
def test_no_key_but_the_clients_public_ones_is_in_it(stack: str) -> None:
    clients = plan_of(stack).network.vpn.clients.values()

    assert set(KEY.findall(text_of(stack))) <= {client.public_key for client in clients}


def test_its_matrix_is_read_back_as_it_was_written() -> None:
    plan = plan_of("prod")
    document = build_network_json(plan, render_network(plan), reach_of("prod"))

    assert list(read_rows(document)) == reach_of("prod").rows()


def test_public_ports_stand_in_a_table() -> None:
    plan = plan_of("prod")
    document = build_network_json(plan, render_network(plan), reach_of("prod"))
    ports = document["public_ports"]
    assert isinstance(ports, list)

    assert {(row["public"], row["target"], row["ports"]) for row in ports} >= {
        ("tcp/443", "online/traefik", "tcp/22443"),
        ("tcp/80", "online/traefik", "tcp/22280"),
        ("udp/22124", "paul/jamulus", "udp/52124"),
        ("udp/33443", "home/wireless-router", "udp/33443"),
    }
