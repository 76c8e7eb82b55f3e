"""The dashboard in a real browser, opened from a file: every view, by pointer and by keys."""

import json
from typing import Literal, cast

import pytest

from tests.views.browser import Open, needs_browser
from tests.views.dashboards import page_of, reach_named
from tests.views.drawings import LARGE, plan_named
from tests.views.test_dashboard import HOSTILE, hostile_page

pytestmark = needs_browser

VIEWS = ("technical", "data", "reach", "addresses", "tenants", "changes")
WIDE, PHONE = (1600, 900), (390, 844)


@pytest.mark.parametrize("size", [WIDE, PHONE])
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_every_view_opens_and_none_is_wider_than_the_screen(
    size: tuple[int, int], scheme: Literal["dark", "light"], open_page: Open
) -> None:
    script = f"""
    const seen = {{}};
    for (const view of {json.dumps(VIEWS)}) for (const table of ['', '1']) {{
      await go(`view=${{view}}&table=${{table}}`);
      const shown = table ? id('tables') : id(view);
      seen[view + table] = !shown.hidden && shown.textContent.trim().length > 50
        && document.documentElement.scrollWidth <= innerWidth;
    }}
    return seen;"""
    seen = open_page(page_of("prod"), size=size, scheme=scheme).run(script)

    assert seen == {f"{view}{table}": True for view in VIEWS for table in ("", "1")}


def test_the_search_finds_every_name_and_every_address(open_page: Open) -> None:
    plan = plan_named("prod")
    words = sorted(
        {
            *(name for site in plan.network.sites.values() for name in site.devices),
            *(str(host.address) for host in plan.addresses.hosts),
            *(prefix.reference for prefix in plan.addresses.prefixes),
            *plan.network.tenants,
            *(space for tenant in plan.network.tenants.values() for space in tenant.namespaces),
            *plan.network.vpn.clients,
            *plan.network.vpn.endpoints,
            *(flow.name for flow in plan.flows),
        }
    )
    script = f"return {json.dumps(words)}.filter(word => search(word) < 1);"

    assert open_page(page_of("prod")).run(script) == []


def test_words_of_a_search_narrow_each_other(open_page: Open) -> None:
    script = """
    const counts = {};
    for (const text of ['kind:iot', 'kind:iot site:external', 'tenant:paul port:22124',
                        'tenant:paul port:443', '10.244.9.9', 'no-such-thing']) {
      counts[text] = search(text);
    }
    return counts;"""
    found = cast("dict[str, int]", open_page(page_of("prod")).run(script))

    assert found["kind:iot"] > 5
    assert found["kind:iot site:external"] == 0
    assert found["tenant:paul port:22124"] > 0
    assert found["tenant:paul port:443"] == 0
    assert found["10.244.9.9"] == 1
    assert found["no-such-thing"] == 0


def test_a_question_is_answered_as_reach_answers_it(open_page: Open) -> None:
    reach = reach_named("prod")
    names = [one.endpoint.name for one in reach.standings if one.endpoint.evaluated]
    # Browsers allow some 200 changes of the address at a time.
    targets = ("internet", "la1r/dns", "home/wireless-router")
    script = f"""
    const said = {{}};
    for (const from of {json.dumps(names)}) for (const to of {json.dumps(targets)}) {{
      await go(new URLSearchParams({{view: 'reach', from, to}}).toString());
      said[`${{from}} ${{to}}`] = id('answer').querySelector('.chip')?.textContent ?? 'itself';
    }}
    return said;"""
    said = cast("dict[str, str]", open_page(page_of("prod")).run(script))
    wrong = [
        (source, target)
        for source in names
        for target in targets
        if (said[f"{source} {target}"] in ("closed", "itself"))
        == bool((row := reach.row(source, target))["ports"] or row["by_public_address"])
    ]

    assert wrong == []


def test_a_cell_shows_the_rules_and_the_way_through_the_picture(open_page: Open) -> None:
    script = """
    await go('view=reach');
    const cell = [...document.querySelectorAll('.matrix td')]
      .find(td => /\\.users to dns: open/.test(td.getAttribute('aria-label')));
    cell.click();
    const steps = [...document.querySelectorAll('.chain li')].map(li => li.textContent);
    press('1');
    await wait(50);
    const lit = [...document.querySelectorAll('#technical .lit[data-device]')]
      .map(one => one.dataset.device);
    return {asked: document.querySelectorAll('.asked').length, steps, lit, hash: location.hash};"""
    found = cast("dict[str, list[str]]", open_page(page_of("prod")).run(script))

    assert any(
        "home/wireless-router" in step and "filter_forward" in step for step in found["steps"]
    )
    assert {"home/wireless-router", "home/phones", "home/big-raver"} <= set(found["lit"])
    assert "home/thermostat" not in found["lit"]
    assert "from=home.users" in found["hash"]


def test_keys_lead_to_every_view_and_to_what_is_searched_and_back(open_page: Open) -> None:
    script = """
    const views = [];
    for (const key of '123456') { press(key); views.push(document.body.dataset.view); }
    press('1');
    press('/');
    const typing = document.activeElement.id;
    search('frodo');
    press('Enter', id('search'));
    const picked = document.querySelector('#details h2').textContent;
    id('search').blur();
    press('Escape');
    return [views, typing, picked, id('details').hidden];"""
    found = open_page(page_of("prod")).run(script)

    assert found == [list(VIEWS), "search", "home/frodo", True]


def test_arrows_lead_from_thing_to_thing_and_from_cell_to_cell(open_page: Open) -> None:
    script = """
    const start = document.querySelector('#technical [tabindex="0"]');
    start.focus();
    const walked = new Set([start]);
    for (const way of ['Down', 'Right', 'Down', 'Left', 'Up', 'Right']) {
      press(`Arrow${way}`);
      walked.add(document.activeElement);
    }
    const stops = document.querySelectorAll('#technical [tabindex="0"]').length;
    press('3');
    document.querySelector('.matrix td[tabindex="0"]').focus();
    press('ArrowDown');
    press('ArrowRight');
    return {walked: walked.size, stops, cell: document.activeElement.dataset.at};"""
    found = cast("dict[str, object]", open_page(page_of("prod")).run(script))

    assert cast("int", found["walked"]) > 2
    assert (found["stops"], found["cell"]) == (1, "1,1")


def test_a_table_is_copied_as_csv_that_no_spreadsheet_runs(open_page: Open) -> None:
    script = """
    let copied = '';
    const clipboard = {writeText: async text => { copied = text; }};
    Object.defineProperty(navigator, 'clipboard', {value: clipboard});
    await go('view=technical&table=1');
    document.querySelector('.copy').click();
    await wait(20);
    return copied.split('\\r\\n');"""
    lines = cast("list[str]", open_page(page_of("prod")).run(script))

    assert lines[0] == "device,site,role,platform,addresses,rack,links"
    assert len(lines) == 1 + sum(len(s.devices) for s in plan_named("prod").network.sites.values())
    assert not [line for line in lines if line.startswith(("=", "+", "-", "@"))]


def test_text_that_tries_to_be_markup_is_shown_as_text(open_page: Open) -> None:
    script = """
    const device = document.querySelector('#technical [data-device]').dataset.device;
    await go('view=technical&pick=device:' + encodeURIComponent(device));
    return {text: id('details').textContent, images: document.images.length};"""
    found = cast("dict[str, object]", open_page(hostile_page()).run(script))

    assert HOSTILE in cast("str", found["text"])
    assert found["images"] == 0


def test_a_large_network_is_searched_at_once(open_page: Open) -> None:
    script = """
    const spent = [];
    for (const text of ['t', 'te', 'tenant:tenant-4', 'kind:iot', '10.21.0.1', '']) {
      const start = performance.now();
      search(text);
      spent.push(performance.now() - start);
    }
    await go('view=reach');
    const rows = document.querySelectorAll('.matrix tbody tr').length;
    return {most: Math.max(...spent), rows};"""
    found = cast("dict[str, float]", open_page(page_of(LARGE)).run(script))

    # Ten times what it takes, for machines that are busy.
    assert found["most"] < 500
    assert found["rows"] < 80


def test_a_picture_too_large_to_be_read_shows_names_that_lead_to_their_places(
    open_page: Open,
) -> None:
    script = """
    await wait(100);
    const svg = document.querySelector('#technical svg');
    const shown = () => [...svg.querySelectorAll('text')].filter(one => one.checkVisibility());
    const far = shown().map(one => one.textContent);
    const name = shown().find(one => one.textContent === 'site-3');
    const height = name.getBoundingClientRect().height;
    name.dispatchEvent(new MouseEvent('click', {bubbles: true}));
    const frame = svg.getBoundingClientRect();
    const box = svg.querySelector('[data-site="site-3"]').getBoundingClientRect();
    const whole = box.left >= frame.left && box.right <= frame.right && box.bottom <= frame.bottom;
    return {far, height, whole, near: shown().length};"""
    found = cast("dict[str, object]", open_page(page_of(LARGE)).run(script))

    sites = [f"site-{number}" for number in range(1, 9)]
    assert set(sites) <= set(cast("list[str]", found["far"]))
    assert cast("float", found["height"]) > 15
    assert found["whole"] is True
    assert cast("int", found["near"]) > 500


def test_a_picture_that_can_be_read_shows_no_names_over_it(open_page: Open) -> None:
    script = "await wait(100); return document.querySelectorAll('.names').length;"

    assert open_page(page_of("prod")).run(script) == 0
