// What is typed -> the things that it means: `site:home kind:iot port:443 tenant:paul`, free words.

const KEYS = ["site", "kind", "port", "tenant"];

/** Tests by which a thing is found; all of them must hold. */
function readQuery(query) {
  return query.trim().toLowerCase().split(/\s+/).filter(Boolean).map((word) => {
    const [, key, value] = /^(site|kind|port|tenant):(.*)$/.exec(word) ?? [];
    if (key && !value) return () => true; // still being typed
    if (key === "port") return portTest(value);
    if (key === "kind") return (thing) => thing.kinds.some((kind) => kind.startsWith(value));
    if (key) return (thing) => (thing[key] ?? "").toLowerCase().startsWith(value);
    const address = addressNumber(word);
    return (thing) =>
      thing.text.includes(word) ||
      (address !== null && thing.cidrs.some((cidr) => isIn(cidr, address)));
  });
}

function portTest(value) {
  const asked = readPort(value);
  if (!asked) return () => false;
  return (thing) => meets(readPorts(thing.ports.filter((port) => port !== "any")), asked);
}

/** The things found, best first; null where nothing is asked. */
function findThings(query) {
  const tests = readQuery(query);
  if (!tests.length) return null;
  const found = [...things.values()].filter((thing) => tests.every((test) => test(thing)));
  const word = query.trim().toLowerCase();
  const rank = (thing) => {
    const name = thing.name.toLowerCase();
    const last = name.split(/[/.]/).pop();
    if (name === word || last === word) return 0;
    return (name.includes(word) ? 1 : 2) + (["flow", "link", "public"].includes(thing.kind) ? 2 : 0);
  };
  return found.sort((a, b) => rank(a) - rank(b));
}

const found = { query: "", things: null, ids: null };

/** The result for the present search, computed once for every change. */
function searchResult() {
  if (found.query !== state.q) {
    found.query = state.q;
    found.things = findThings(state.q);
    found.ids = found.things && new Set(found.things.map((thing) => thing.id));
  }
  return found;
}

const MOST_SHOWN = 9;

function renderSearch() {
  const { things: result } = searchResult();
  const box = byId("search");
  if (document.activeElement !== box) box.value = state.q;
  byId("count").textContent = result ? `${result.length} found` : "";
  const list = byId("results");
  list.replaceChildren(...(result ?? []).slice(0, MOST_SHOWN).map(showResult));
  openResults(Boolean(result) && document.activeElement === box);
}

function showResult(thing, place) {
  const kind = make("span", { class: "kind" }, thing.kinds[1] ?? thing.kind);
  const where = thing.tenant ?? thing.site ?? "";
  const parts = [kind, make("span", { class: "name" }, thing.name), make("small", {}, where)];
  const pick = () => choose(thing.id);
  return make("li", { id: `r${place}`, role: "option", "aria-selected": "false", onmousedown: pick,
    "data-id": thing.id }, parts);
}

function choose(id) {
  openResults(false);
  setState({ pick: id });
}

function openResults(open) {
  byId("results").hidden = !open || !byId("results").children.length;
  byId("search").setAttribute("aria-expanded", String(!byId("results").hidden));
  if (byId("results").hidden) byId("search").removeAttribute("aria-activedescendant");
}

function moveChoice(step) {
  const items = [...byId("results").children];
  if (!items.length) return;
  const now = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
  const next = items[(now + step + items.length) % items.length] ?? items[0];
  for (const item of items) item.setAttribute("aria-selected", String(item === next));
  byId("search").setAttribute("aria-activedescendant", next.id);
}

function startSearch() {
  const box = byId("search");
  box.addEventListener("input", () => setState({ q: box.value }, { trail: false }));
  box.addEventListener("focus", () => openResults(Boolean(searchResult().things)));
  box.addEventListener("blur", () => openResults(false));
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      moveChoice(event.key === "ArrowDown" ? 1 : -1);
      event.preventDefault();
    } else if (event.key === "Enter") {
      const items = [...byId("results").children];
      const chosen = items.find((item) => item.getAttribute("aria-selected") === "true");
      const first = chosen ?? items[0];
      if (first) choose(first.dataset.id);
    } else if (event.key === "Escape") {
      setState({ q: "" }, { trail: false });
      box.value = "";
      box.blur();
      event.stopPropagation();
    }
  });
  onChange((changed) => changed.has("q") && renderSearch());
}
