// A question - can A reach B on a port? - -> the verdict, the rule chain and the path in the pictures.

function startQuestion() {
  const names = [...proofs.ends.keys()].sort();
  byId("ends").append(...names.map((name) => make("option", { value: name })));
  const form = byId("question");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const read = (name) => form.elements[name].value.trim();
    setState({ from: read("from"), to: read("to"), port: read("port"), pick: "" });
  });
  byId("swap").addEventListener("click", () => setState({ from: state.to, to: state.from }));
  onChange((changed) => {
    if (!["from", "to", "port", "view"].some((key) => changed.has(key))) return;
    for (const key of ["from", "to", "port"]) form.elements[key].value = state[key];
    renderAnswer();
  });
}

function renderAnswer() {
  const place = byId("answer");
  if (!state.from || !state.to) {
    place.replaceChildren("Ask, or choose a cell: the rules behind it are listed, and the way is lit.");
    return;
  }
  const unknown = [state.from, state.to].find((name) => !behind(name).length);
  if (unknown) {
    place.replaceChildren(make("strong", {}, `Nothing is called ${unknown}.`));
    return;
  }
  if (state.port && !readPort(state.port)) {
    place.replaceChildren(make("strong", {},
      `${state.port} is not a port: write tcp/443, udp/53, 443, icmp or any.`));
    return;
  }
  const found = answer(state.from, state.to, state.port);
  place.replaceChildren(...(found ? sentence(found) : ["That is one and the same end."]));
}

function sentence(found) {
  const words = { [OPEN]: "Yes", [PARTLY]: "In part", [CLOSED]: "No",
    [UNENFORCEABLE]: "Yes, and no rule could prevent it" }[found.verdict];
  const on = state.port ? ` on ${state.port}` : "";
  const many = found.pairs.length > 1
    ? ` (${found.reached} of ${found.pairs.length} pairs)` : "";
  return [chip(found.verdict), ` ${words}: ${state.from} to ${state.to}${on}${many}.`];
}

const chip = (verdict) =>
  make("span", { class: `chip v-${verdict.split(" ")[0]}` }, verdict);

/** The panel that shows a pair: verdict, reasons, chain. */
function describeQuestion() {
  const found = behind(state.from).length && behind(state.to).length
    ? answer(state.from, state.to, state.port) : null;
  const title = make("h2", { id: "details-title" }, endLink(state.from), " → ", endLink(state.to));
  if (!found) return [title, make("p", {}, "Nothing is known of this pair.")];
  const parts = [title, make("p", {}, ...sentence(found))];
  if (state.view !== "technical") parts.push(showIn("technical", "Show the way in the devices"));
  if (state.view !== "data") parts.push(showIn("data", "Show it in the data layer"));
  if (state.view !== "reach") parts.push(showIn("reach", "Show it in the matrix"));
  for (const name of [state.from, state.to]) parts.push(twinNote(name));
  const shown = found.pairs.length === 1 ? found.pairs : distinctPairs(found.pairs);
  for (const group of shown.slice(0, 12)) parts.push(...describePair(group, found));
  if (shown.length > 12) parts.push(make("p", {}, `${shown.length - 12} more kinds of pairs`));
  return parts;
}

const showIn = (view, label) =>
  press(label, () => setState({ view, table: "" }), { class: "link show" });

function twinNote(name) {
  const end = proofs.ends.get(name);
  if (!end || !end.same_as) return null;
  return make("p", { class: "note" }, `${name} is treated as ${end.same_as}: no rule tells them apart.`);
}

/** One of the pairs with the same cell stands for all of them. */
function distinctPairs(pairs) {
  const byCell = new Map();
  for (const pair of pairs) {
    const number = proofs.grid[pair.source][pair.target];
    if (!byCell.has(number)) byCell.set(number, { ...pair, more: 0 });
    else byCell.get(number).more += 1;
  }
  const rank = (pair) => Number(cellAt(pair.source, pair.target).verdict === CLOSED);
  return [...byCell.values()].sort((a, b) => rank(a) - rank(b));
}

function describePair(pair, found) {
  const cell = cellAt(pair.source, pair.target);
  const parts = [];
  if (found.pairs.length > 1) {
    const more = pair.more ? ` and ${plural(pair.more, "pair")} alike` : "";
    parts.push(make("h3", {}, `${proofs.names[pair.source]} → ${proofs.names[pair.target]}${more}`));
  }
  parts.push(make("p", {}, chip(cell.verdict), ` ${describeCell(cell)}`));
  for (const why of cell.why) parts.push(make("p", { class: "why" }, why));
  const asked = (one) => meets(readPorts(one.ports), found.asked);
  for (const way of cell.ways.map(readWay).filter(asked)) {
    const bare = way.enforced ? "" : ", not enforceable";
    parts.push(make("h3", { class: "opened" }, `Open on ${way.ports.join(", ")} at ${way.to}${bare}`));
    parts.push(chain(way.steps, way.reason ?? "nobody is passed on the way"));
  }
  const stops = cell.stops.map(readStop).filter(asked);
  for (const stop of stops) {
    parts.push(make("h3", { class: "stopped" }, `Closed on ${stop.ports.join(", ")}`));
    parts.push(chain(stop.steps, "no rule of anybody is asked on the way"));
  }
  if (!cell.ways.length && !stops.length) {
    const outside = proofs.names[pair.source] === "internet";
    parts.push(make("p", { class: "why" }, outside ? NO_PUBLIC_PORT : NO_WAY));
  }
  return parts;
}

function chain(steps, otherwise) {
  if (!steps.length) return make("p", { class: "why" }, otherwise);
  return make("ol", { class: "chain" }, steps.map(([place, text]) =>
    make("li", {}, endLink(place), make("span", {}, ` ${text}`))));
}

/** A name that selects the thing it means, where it means one. */
function endLink(name) {
  const thing = thingNamed(name);
  if (!thing) return make("strong", {}, name);
  return press(name, () => setState({ pick: thing.id }), { class: "link" });
}

/** Every place that a pair's packets see, in order. */
function placesOfQuestion() {
  const found = state.from && state.to ? answer(state.from, state.to, state.port) : null;
  if (!found) return [];
  return found.pairs.slice(0, 40).flatMap(({ source, target }) => {
    const cell = cellAt(source, target);
    const asked = (one) => meets(readPorts(one.ports), found.asked);
    const ways = cell.ways.map(readWay).filter(asked);
    const chains = ways.length ? ways : cell.stops.map(readStop).filter(asked);
    const ended = ways.length ? [proofs.names[target]] : [];
    const start = found.pairs.length === 1 ? state.from : proofs.names[source];
    const goal = found.pairs.length === 1 && ended.length ? [state.to] : ended;
    return chains.length
      ? chains.map(({ steps }) => [start, ...steps.map(([place]) => place), ...goal])
      : [[start]];
  });
}

/** The flows that open what is asked, and the tenant or site that they lead to. */
function flowsOfQuestion() {
  const found = state.from && state.to ? answer(state.from, state.to, state.port) : null;
  if (!found) return null;
  const why = found.pairs.flatMap(({ source, target }) => cellAt(source, target).why);
  const target = thingNamed(state.to);
  return { ids: new Set(why.map((reason) => `flow:${reason.split(": ")[0]}`)),
    place: target?.tenant ?? target?.site };
}
