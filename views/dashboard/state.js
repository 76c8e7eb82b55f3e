// What the reader looks at <-> the part of the address behind `#`: a link shows the same again.

const VIEWS = ["technical", "data", "reach", "addresses", "tenants", "changes"];
const BLANK = {
  view: "technical",
  pick: "", // the thing that is selected
  q: "", // search
  from: "", // ends and port of a question
  to: "",
  port: "",
  hide: "", // hide what is not found instead of dimming it
  table: "", // the table twin of the view
  fold: "", // groups of the matrix that are not as they are by default
  theme: "",
};

const state = { ...BLANK };
const renderers = [];

/** Called after every change, with what changed. */
function onChange(renderer) {
  renderers.push(renderer);
}

function readHash() {
  const found = new URLSearchParams(location.hash.slice(1));
  for (const key of Object.keys(BLANK)) state[key] = found.get(key) ?? BLANK[key];
  if (!VIEWS.includes(state.view)) state.view = BLANK.view;
}

function writeHash() {
  const kept = Object.entries(state).filter(([key, value]) => value !== BLANK[key]);
  return kept.length ? `#${new URLSearchParams(kept)}` : "#";
}

/** Changes the state; typing leaves no trail for the back button. */
function setState(patch, { trail = true } = {}) {
  const before = { ...state };
  Object.assign(state, patch);
  const hash = writeHash();
  if (hash !== (location.hash || "#")) keepAddress(hash, trail);
  render(before);
}

function keepAddress(hash, trail) {
  try {
    if (trail) history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
  } catch (error) {
    // Browsers allow so many changes in some seconds; the page goes on without.
    if (error.name !== "SecurityError") throw error;
  }
}

function render(before) {
  const changed = new Set(Object.keys(state).filter((key) => !before || before[key] !== state[key]));
  if (changed.size) for (const renderer of renderers) renderer(changed);
}

function followHash() {
  const before = { ...state };
  readHash();
  render(before);
}

window.addEventListener("popstate", followHash);
window.addEventListener("hashchange", followHash);
