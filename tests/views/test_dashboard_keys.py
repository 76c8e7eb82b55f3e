"""The dashboard by keys alone: everything is reached, and where one is can be seen."""

from typing import cast

import pytest

from tests.views.browser import Open, needs_browser
from tests.views.dashboard_states import STATES, page_with_changes
from tests.views.dashboards import page_of
from tests.views.drawings import LARGE

pytestmark = needs_browser

# What a reader could want to reach, by a number written on it; and what is reached.
_MARK = """
const wanted = 'button, input, summary, a[href], [tabindex="0"]';
let count = 0;
for (const one of document.querySelectorAll(wanted)) {
  const there = one.tabIndex >= 0 && !one.disabled;
  if (there && one.checkVisibility({visibilityProperty: true})) one.dataset.wanted = count++;
}
return count;
"""
_HERE = """
const here = document.activeElement;
const ring = one => {
  const style = getComputedStyle(one);
  return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
};
const rect = here.querySelector(':scope > rect');
const drawn = rect && getComputedStyle(rect).vectorEffect === 'non-scaling-stroke';
return [here.dataset.wanted ?? '', ring(here) || Boolean(drawn), here.outerHTML.slice(0, 200)];
"""


@pytest.mark.parametrize("state", STATES)
def test_the_tab_key_leads_to_every_control_and_shows_where_it_is(
    state: str, open_page: Open
) -> None:
    opened = open_page(page_with_changes(), state)
    count = cast("int", opened.run(_MARK))
    reached, hidden = set(), []
    for _ in range(count + 5):
        opened.page.keyboard.press("Tab")
        number, seen, html = cast("tuple[str, bool, str]", opened.run(_HERE))
        reached.add(number)
        if number and not seen:
            hidden.append(html)

    assert {str(number) for number in range(count)} - reached == set()
    assert hidden == []


@pytest.mark.parametrize("view", ["technical", "data"])
@pytest.mark.parametrize("name", ["dev", "prod", LARGE])
def test_arrows_lead_to_everything_in_a_picture(name: str, view: str, open_page: Open) -> None:
    script = f"""
    const stops = [...document.querySelectorAll('#{view} [tabindex]')];
    const first = stops.findIndex(one => one.tabIndex === 0);
    const reached = new Set([first]);
    for (const place of reached) for (const way of ['Up', 'Down', 'Left', 'Right']) {{
      stops[place].focus();
      press(`Arrow${{way}}`);
      const there = stops.indexOf(document.activeElement);
      if (there >= 0) reached.add(there);
    }}
    return stops.filter((_, place) => !reached.has(place)).map(one => one.ariaLabel);"""

    assert open_page(page_of(name), f"view={view}").run(script) == []


def test_all_is_done_by_keys_that_are_really_pressed(open_page: Open) -> None:
    opened = open_page(page_of("prod"))
    keys = opened.page.keyboard
    keys.press("/")
    keys.type("frodo")
    keys.press("Enter")
    picked = opened.page.text_content("#details h2")
    keys.press("Escape")
    keys.press("Escape")
    keys.press("?")
    keys.type("paul/jamulus")
    keys.press("Tab")
    keys.press("Tab")
    keys.type("internet")
    keys.press("Enter")

    assert picked == "home/frodo"
    assert "closed" in (opened.page.text_content("#answer") or "")
