// The two pictures -> things that can be found, selected and walked through by keys.

// What an element of a picture is, by its data attribute; several names may stand in one.
const SHOWN_AS = {
  device: "device", mounted: "device", host: "device", client: "client", endpoint: "vpn",
  tenant: "tenant", namespace: "namespace", "system-namespace": "namespace", service: "service",
  prefix: "prefix", site: "site", link: "link", flow: "flow", circuit: "circuit",
  "internet-of": "outside", "backbone-of": "backbone", bus: "bus", cell: "cell",
};
// Kinds that hold others: they are groups, not buttons, and they never fade as a whole.
const HOLDERS = new Set(["site", "tenant"]);
const pictures = new Map();

async function startPictures() {
  for (const name of ["technical", "data"]) {
    const frame = byId(`${name}-frame`);
    if (!frame.querySelector("svg")) {
      const text = await readPart(`${name}-text`);
      frame.append(new DOMParser().parseFromString(text, "image/svg+xml").documentElement);
    }
    pictures.set(name, readPicture(name, frame.querySelector("svg")));
  }
  onChange((changed) => {
    const keys = ["view", "pick", "q", "hide", "from", "to", "port", "table"];
    if (keys.some((key) => changed.has(key))) lightPictures(changed);
  });
}

function readPicture(name, svg) {
  svg.setAttribute("role", "group");
  const picture = { name, svg, camera: new Camera(svg), parts: [], stops: [] };
  for (const element of svg.querySelectorAll("g")) {
    const ids = idsOf(element);
    if (ids.length) picture.parts.push({ element, ids, holder: HOLDERS.has(ids[0].split(":")[0]) });
  }
  for (const part of picture.parts) makeStop(picture, part);
  if (picture.stops.length) picture.stops[0].element.setAttribute("tabindex", "0");
  svg.addEventListener("click", (event) => clickPicture(picture, event));
  svg.addEventListener("keydown", (event) => moveInPicture(picture, event));
  return picture;
}

/** The ids of everything an element of a picture shows. */
function idsOf(element) {
  const data = Object.entries(element.dataset);
  const ids = [];
  for (const [key, value] of data) {
    const name = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const kind = SHOWN_AS[name];
    if (name === "internet") ids.push("internet:internet");
    else if (name === "uplink") ids.push(`uplink:${siteOf(value)}`);
    else if (name === "backbone") ids.push(`backbone:${siteOf(value)}`);
    else if (kind && !(name === "tenant" && "endpoint" in element.dataset)) {
      const several = kind === "flow" || kind === "link" ? value.split(" ") : [value];
      ids.push(...several.map((one) => `${kind}:${one}`));
    }
  }
  return ids;
}

/** Makes a part reachable by keys, with a name for those who hear the page. */
function makeStop(picture, part) {
  const { element, ids } = part;
  const thing = things.get(ids[0]);
  if (!thing || thing.kind === "link" || "mounted" in element.dataset) return;
  const holds = element.querySelector("g[data-device],g[data-client],g[data-service],g[data-host],"
    + "g[data-namespace],g[data-flow],g[data-prefix],g[data-endpoint]");
  element.setAttribute("role", holds ? "group" : "button");
  element.setAttribute("tabindex", "-1");
  // What is written in it comes first: whoever speaks to a browser says what is seen.
  const seen = holds ? [] : [...element.querySelectorAll("text")].map((text) => text.textContent);
  const words = [seen.join(" "), thing.name, thing.kinds[1] ?? thing.kind,
    thing.tenant && `tenant ${thing.tenant}`];
  element.setAttribute("aria-label", words.filter(Boolean).join(", "));
  picture.stops.push({ element, id: thing.id });
}

const partAt = (picture, element) => {
  const group = element.closest("g[data-link],g[tabindex],g[data-mounted]");
  return group && picture.parts.find((part) => part.element === group);
};

function clickPicture(picture, event) {
  if (picture.camera.moved) return;
  const part = partAt(picture, event.target);
  const id = part && part.ids.find((one) => things.has(one));
  if (id && !(part.holder && id.startsWith("site:"))) setState({ pick: id });
  else if (state.pick || state.from) setState({ pick: "", from: "", to: "", port: "" });
}

// ---------------------------------------------------------------- light

function litIds() {
  if (state.pick && things.has(state.pick)) return litByThing(things.get(state.pick));
  if (state.from && state.to) return litByPlaces(placesOfQuestion());
  return searchResult().ids;
}

function lightPictures(changed) {
  const picture = pictures.get(state.view);
  if (!picture || state.table) return;
  if (!picture.camera.scale) picture.camera.fit();
  const asked = litIds();
  const shown = new Set(picture.parts.flatMap((part) => part.ids));
  // Where nothing of it is in this picture, the picture stays as it is.
  const lit = asked && [...asked].some((id) => shown.has(id)) ? asked : null;
  picture.svg.classList.toggle("lights", Boolean(lit));
  picture.svg.classList.toggle("hides", Boolean(lit) && state.hide === "1");
  const flows = state.pick ? null : flowsOfQuestion();
  for (const part of picture.parts) {
    const on = lit ? part.ids.some((id) => lit.has(id)) || isAskedFlow(part, flows) : false;
    part.on = on;
    part.element.classList.toggle("lit", on);
    part.element.classList.toggle("picked", part.ids.includes(state.pick));
  }
  // What is around something lit, or inside of it, does not fade either.
  const around = new Set();
  for (const part of picture.parts) {
    if (!part.on) continue;
    for (let up = part.element.parentNode; up !== picture.svg; up = up.parentNode) around.add(up);
  }
  for (const part of picture.parts) {
    const inside = part.element.parentNode.closest(".lit");
    const keep = part.on || around.has(part.element) || (inside && inside !== picture.svg);
    part.element.classList.toggle("dim", Boolean(lit) && !keep && !part.holder);
  }
  const moved = ["pick", "view", "from", "to"].some((key) => changed.has(key));
  if (moved) showPicked(picture, state.pick || (thingNamed(state.to)?.id ?? ""));
}

/** Whether a lane shows the flow that answers the question: one flow leads to several tenants. */
function isAskedFlow(part, flows) {
  if (!flows || !part.ids.some((id) => flows.ids.has(id))) return false;
  const around = part.element.parentNode.closest("[data-tenant],[data-site]");
  return !around || [around.dataset.tenant, around.dataset.site].includes(flows.place);
}

/** Brings a thing into view, large enough to be read. */
function showPicked(picture, id) {
  const part = picture.parts.find((one) => one.ids[0] === id);
  const { camera } = picture;
  if (!part || !camera.scale) return;
  if (part.holder) return camera.scale < FAR ? camera.showBox(boxOf(camera, part.element)) : null;
  const box = part.element.getBoundingClientRect();
  const frame = camera.frame;
  const seen = box.left >= frame.left && box.right <= frame.right &&
    box.top >= frame.top && box.bottom <= frame.bottom;
  if (seen && camera.scale >= 0.5) return;
  const middle = camera.toPicture({ x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 });
  camera.centre(middle.x, middle.y, Math.max(camera.scale, 0.8));
}

// ---------------------------------------------------------------- keys

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function moveInPicture(picture, event) {
  const here = picture.stops.find((stop) => stop.element === document.activeElement);
  if (!here) return;
  if (event.key === "Enter" || event.key === " ") setState({ pick: here.id });
  else if (ARROWS[event.key] && !event.shiftKey) {
    const next = nearest(picture, here, ARROWS[event.key]);
    if (next) focusStop(picture, next);
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

function focusStop(picture, stop) {
  for (const other of picture.stops) other.element.setAttribute("tabindex", "-1");
  stop.element.setAttribute("tabindex", "0");
  stop.element.focus();
  const box = stop.element.getBoundingClientRect();
  const frame = picture.svg.getBoundingClientRect();
  const x = Math.max(0, frame.left + 40 - box.left) - Math.max(0, box.right - frame.right + 40);
  const y = Math.max(0, frame.top + 40 - box.top) - Math.max(0, box.bottom - frame.bottom + 40);
  if (x || y) picture.camera.pan(x, y);
}

/** The next thing in a direction: near, and rather straight ahead. */
function nearest(picture, here, [x, y]) {
  const middle = (box) => [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const from = middle(here.element.getBoundingClientRect());
  let best = null;
  let least = Infinity;
  for (const stop of picture.stops) {
    if (stop === here || stop.element.classList.contains("dim")) continue;
    const to = middle(stop.element.getBoundingClientRect());
    const ahead = (to[0] - from[0]) * x + (to[1] - from[1]) * y;
    const aside = Math.abs((to[0] - from[0]) * y) + Math.abs((to[1] - from[1]) * x);
    const cost = ahead + aside * 3;
    if (ahead > 1 && cost < least) [best, least] = [stop, cost];
  }
  return best;
}
