// Tenants -> cards: who gets in without a rule first, then coverage, endpoints, what is published.

function renderTenants(network) {
  const { ids } = searchResult();
  const shown = network.cards.filter((card) => !ids || hasFound(card, ids));
  const all = network.cards.flatMap((card) => card.namespaces).length;
  const bare = network.cards.flatMap((card) => card.bare).length;
  const lead = all
    ? `${all - bare} of ${plural(all, "namespace")} of tenants are isolated: closed both ways but for `
      + "what their policies open."
    : "No tenant has a namespace.";
  byId("cards").replaceChildren(make("p", { class: "lead" }, lead),
    make("div", { class: "cards" }, shown.map(showCard)));
  if (!network.cards.length) byId("cards").replaceChildren(make("p", { class: "lead" }, "No tenants."));
  if (network.cards.length && !shown.length) {
    byId("cards").append(make("p", { class: "lead" }, "No tenant is found by the search."));
  }
}

function hasFound(card, ids) {
  const own = [`tenant:${card.name}`, ...card.namespaces.map((name) => `namespace:${name}`),
    ...card.services.map((one) => `service:${one.name}`),
    ...card.endpoints.flatMap((one) => [`vpn:${one.name}`,
      ...one.clients.map((name) => `client:${name}`)])];
  return own.some((id) => ids.has(id));
}

function showCard(card) {
  const closed = card.namespaces.length - card.bare.length;
  const id = `tenant:${card.name}`;
  const name = press(card.name, () => setState({ pick: id }), { class: "link" });
  const picked = state.pick === id ? " picked" : "";
  const parts = [
    make("header", {}, make("h2", {}, name), make("span", { class: "tag" }, card.trust)),
    card.description ? make("p", {}, card.description) : null,
    coverage(closed, card.namespaces.length),
  ];
  if (card.bare.length) {
    parts.push(make("p", { class: "leak" }, "Not isolated: ", names(card.bare, "namespace")));
  }
  if (card.leaks.length) {
    parts.push(make("h3", { class: "leak" }, "Gets in, and no rule could prevent it"),
      wayList(card.leaks));
  }
  if (card.ways.length) parts.push(make("h3", {}, "Gets in by rules"), wayList(card.ways));
  if (card.endpoints.length) parts.push(make("h3", {}, "VPN"), ...card.endpoints.map(showEndpoint));
  if (card.namespaces.length) {
    parts.push(make("h3", {}, "Namespaces"), make("p", {}, names(card.namespaces, "namespace")));
  }
  if (card.services.length) parts.push(make("h3", {}, "Services"), serviceList(card.services));
  return make("article", { class: `card ${card.style}${picked}`, "aria-label": card.name }, parts);
}

function coverage(closed, all) {
  if (!all) return make("p", { class: "note" }, "no namespaces");
  const text = `${closed} of ${plural(all, "namespace")} isolated`;
  const meter = make("meter", { min: "0", max: String(all), value: String(closed), "aria-label": text });
  return make("p", { class: "coverage" }, meter, ` ${text}`);
}

const names = (list, kind) => list.flatMap((name, place) => {
  const label = kind === "namespace" ? name : name;
  const link = press(label, () => setState({ pick: `${kind}:${name}` }), { class: "link" });
  return place ? [", ", link] : [link];
});

const MOST_NAMES = 3;

function someNames(list) {
  const shown = list.slice(0, MOST_NAMES).flatMap((name, at) => (at ? [", ", endLink(name)] : [endLink(name)]));
  const left = list.length - MOST_NAMES;
  return left > 0 ? [...shown, make("span", { title: list.join(", ") }, ` and ${left} more`)] : shown;
}

function wayList(ways) {
  return make("ul", {}, ways.map((way) => {
    const ports = press(way.ports.join(", "), () => setState({ from: way.sources[0],
      to: way.targets[0], port: "", pick: "" }), { class: "link ports", title: "Show the rules" });
    return make("li", {}, someNames(way.sources), " → ", someNames(way.targets), ": ", ports,
      make("small", {}, ` ${way.why.join("; ")}`));
  }));
}

function showEndpoint(one) {
  const clients = one.clients.length ? names(one.clients, "client") : ["no clients"];
  return make("p", {}, press(one.name, () => setState({ pick: `vpn:${one.name}` }), { class: "link" }),
    ` ${one.port} at ${one.at}, ${one.address}: `, clients);
}

function serviceList(services) {
  return make("ul", {}, services.map((one) => make("li", {}, endLink(one.name),
    ` ${[one.address, one.ports.join(", ")].filter(Boolean).join(" ")}`,
    one.public.length ? make("strong", {}, ` published as ${one.public.join(", ")}`) : null,
    one.hostnames.length ? ` (${one.hostnames.join(", ")})` : "")));
}

function startTenants(network) {
  onChange((changed) => {
    if (state.view !== "tenants" || state.table) return;
    if (["view", "table", "q", "pick"].some((key) => changed.has(key))) renderTenants(network);
  });
}
