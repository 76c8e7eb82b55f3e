"""The dashboard's page: it loads nothing, lets nothing run, stays small, and never flickers."""

import base64
import hashlib
import os
import re
import subprocess
import sys

import pytest
from msgspec.structs import replace

from tests.source_tree import REPOSITORY
from tests.views.dashboards import (
    Page,
    content_of,
    draw,
    every_network,
    every_stack,
    page_of,
    reach_named,
    read_page,
    rendered_named,
)
from tests.views.drawings import LARGE, plan_named
from views.dashboard import Pictures, draw_dashboard
from views.data import draw_data
from views.network import build_network_json
from views.technical import draw_technical

HOSTILE = "</script><script>alert(1)</script><!--<img src=x onerror=alert(1)>\u2028'\"&"


def hash_of(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


@every_network
def test_a_policy_allows_the_pages_own_style_and_script_and_nothing_else(name: str) -> None:
    page = read_page(name)
    policies = [
        attributes["content"]
        for tag, attributes in page.tags
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    style, script = page.texts_in("style"), page.texts_in("script")

    assert (len(style), len(script)) == (1, 1)
    allowed = f"style-src {hash_of(style[0])}; script-src {hash_of(script[0])}"
    assert policies == [f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"]


@every_network
def test_nothing_in_the_page_loads_or_leads_anywhere(name: str) -> None:
    page = read_page(name)
    outside = [
        (tag, key, value)
        for tag, attributes in page.tags
        for key, value in attributes.items()
        if key in {"src", "href", "action", "srcset", "style"} or key.startswith("on")
        if not (tag == "use" and (value or "").startswith("#"))
    ]

    assert outside == []
    assert not {tag for tag, _ in page.tags} & {"a", "link", "img", "iframe", "object", "base"}
    assert not re.search(r"@import|url\((?!#)", page.texts_in("style")[0])
    assert not re.search(r"\b(fetch|XMLHttpRequest|import)\s*\(", page.texts_in("script")[0])


@pytest.mark.parametrize(
    ("name", "most"),
    [
        pytest.param("prod", 250_000, id="30 devices"),
        pytest.param(LARGE, 500_000, id="200 devices", marks=pytest.mark.slow),
    ],
)
def test_the_page_stays_small(name: str, most: int) -> None:
    assert len(page_of(name).encode()) <= most


@every_stack
def test_the_same_network_gives_the_same_page(name: str) -> None:
    assert draw(name, None) == page_of(name)


@pytest.mark.slow
def test_the_page_is_the_same_under_another_hash_seed() -> None:
    program = """
import hashlib
from tests.views.dashboards import page_of
print(hashlib.sha256(page_of("prod").encode()).hexdigest())
"""
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(REPOSITORY)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(found) == 1


def hostile_page() -> str:
    """A page in which every text of a user tries to be markup."""
    plan = plan_named("dev")
    sites = {
        name: site.model_copy(
            update={
                "description": HOSTILE,
                "devices": {
                    key: device.model_copy(update={"description": HOSTILE, "model": HOSTILE})
                    for key, device in site.devices.items()
                },
            }
        )
        for name, site in plan.network.sites.items()
    }
    hostile = replace(plan, network=plan.network.model_copy(update={"sites": sites}))
    document = build_network_json(hostile, rendered_named("dev"), reach_named("dev"))
    pictures = Pictures(draw_technical(hostile), draw_data(hostile))
    return draw_dashboard(document, reach_named("dev"), pictures)


def test_text_that_tries_to_be_markup_stays_text() -> None:
    text = hostile_page()
    page, usual = Page(text), read_page("dev")
    sites = content_of(page)["sites"]

    assert isinstance(sites, list)
    assert {site["description"] for site in sites} == {HOSTILE}
    assert [tag for tag, _ in page.tags].count("script") == [tag for tag, _ in usual.tags].count(
        "script"
    )
    assert "img" not in {tag for tag, _ in page.tags}
    assert "<script>alert" not in text


@every_network
def test_no_secret_and_no_key_is_in_the_page(name: str) -> None:
    clients = plan_named(name).network.vpn.clients.values()
    content = str(content_of(read_page(name)))

    assert not [client.public_key for client in clients if client.public_key in content]
