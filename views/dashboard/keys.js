// Keys, tabs and switches -> changes of the state.

const HELP = [
  ["/", "search: words, addresses, site:home kind:iot port:443 tenant:paul"],
  ["1 … 6", "the views"],
  ["t", "the view as a table, and back"],
  ["f", "dim what is not found, or hide it"],
  ["arrows", "from thing to thing, from cell to cell"],
  ["Enter", "select; in the matrix, the rules behind a cell"],
  ["+  -  0", "magnify, shrink, show everything"],
  ["Shift+arrows", "move the picture"],
  ["?", "ask whether A can reach B"],
  ["d", "light, dark, or as the system is"],
  ["p", "print"],
  ["h", "this help"],
  ["Esc", "back: help, search, selection"],
];

const THEMES = ["", "light", "dark"];

function startKeys() {
  byId("keys").append(...HELP.flatMap(([key, text]) => [
    make("dt", {}, make("kbd", {}, key)), make("dd", {}, text)]));
  const tabs = VIEWS.map((view) => byId(`tab-${view}`));
  VIEWS.forEach((view, place) => {
    tabs[place].addEventListener("click", () => setState({ view }));
    tabs[place].addEventListener("keydown", (event) => moveTab(event, tabs, place));
  });
  const actions = { twin: "t", find: "f", theme: "d", help: "h", "help-close": "h", printer: "p" };
  for (const [id, key] of Object.entries(actions)) byId(id).addEventListener("click", () => act(key));
  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => act(button.dataset.zoom));
  }
  document.addEventListener("keydown", onKey);
  onChange(showView);
}

function moveTab(event, tabs, place) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const next = (place + step + tabs.length) % tabs.length;
  setState({ view: VIEWS[next] });
  tabs[next].focus();
  event.stopPropagation();
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.matches("input, textarea, select");
  if (event.key === "Escape") {
    if (!byId("help-box").open) closeDetails();
    return;
  }
  if (typing || byId("help-box").open) return;
  if (event.shiftKey && ARROWS[event.key]) {
    const [x, y] = ARROWS[event.key];
    pictures.get(state.view)?.camera.pan(-x * 80, -y * 80);
  } else if (!act(event.key)) return;
  event.preventDefault();
}

/** Does what a key stands for; says whether it stands for anything. */
function act(key) {
  const camera = state.table ? null : pictures.get(state.view)?.camera;
  const number = Number(key);
  if (key === "0" && camera) camera.showAll();
  else if ((key === "+" || key === "=") && camera) camera.zoom(1.3);
  else if (key === "-" && camera) camera.zoom(1 / 1.3);
  else if (VIEWS[number - 1]) setState({ view: VIEWS[number - 1] });
  else if (key === "/") byId("search").focus();
  else if (key === "t") setState({ table: state.table ? "" : "1" });
  else if (key === "f") setState({ hide: state.hide ? "" : "1" });
  else if (key === "d") setState({ theme: THEMES[(THEMES.indexOf(state.theme) + 1) % THEMES.length] });
  else if (key === "p") window.print();
  else if (key === "?") ask();
  else if (key === "h") toggleHelp();
  else return false;
  return true;
}

function ask() {
  setState({ view: "reach", table: "" });
  byId("question").elements.from.focus();
}

function toggleHelp() {
  const box = byId("help-box");
  if (box.open) box.close();
  else box.showModal();
}

function showView(changed) {
  document.documentElement.dataset.theme = state.theme;
  byId("theme").setAttribute("aria-label", `Colours: ${state.theme || "as the system is"}`);
  byId("theme").textContent = { "": "◐", light: "☀", dark: "☾" }[state.theme];
  byId("find").setAttribute("aria-pressed", String(state.hide === "1"));
  for (const view of VIEWS) {
    const on = view === state.view;
    byId(`tab-${view}`).setAttribute("aria-selected", String(on));
    byId(`tab-${view}`).tabIndex = on ? 0 : -1;
    byId(view).hidden = !on || state.table === "1";
  }
  byId("tables").hidden = state.table !== "1";
  if (changed.has("view")) {
    document.body.dataset.view = state.view;
    byId(`tab-${state.view}`).scrollIntoView({ block: "nearest", inline: "nearest" });
    byId("said").textContent = byId(`tab-${state.view}`).textContent;
  }
}
