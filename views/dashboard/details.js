// The selected thing or the question -> the panel beside every view.

function renderDetails() {
  const panel = byId("details");
  const thing = things.get(state.pick);
  const asked = !thing && state.from && state.to;
  panel.hidden = !thing && !asked;
  if (panel.hidden) return;
  const parts = thing ? describeThing(thing) : describeQuestion();
  byId("details-body").replaceChildren(...parts.filter(Boolean));
  byId("details-body").scrollTop = 0;
}

function describeThing(thing) {
  const kinds = [...new Set(thing.kinds)].join(", ");
  const parts = [make("p", { class: "kind" }, kinds), make("h2", { id: "details-title" }, thing.name)];
  const around = [["site", thing.site], ["tenant", thing.tenant]]
    .filter(([kind, name]) => name && name !== thing.name)
    .map(([kind, name]) => [kind, press(name, () => setState({ pick: `${kind}:${name}` }), { class: "link" })]);
  const facts = [...around, ...thing.facts.map(([key, value]) => [key, factValue(value)]),
    ...(thing.live ? thing.live() : [])];
  parts.push(make("dl", {}, facts.flatMap(([key, value]) => [make("dt", {}, key), make("dd", {}, value)])));
  parts.push(...describeLinks(thing), ...describeReach(thing), showElsewhere(thing));
  return parts;
}

/** A value that is the name of something selects it. */
function factValue(value) {
  return thingNamed(value) && value.length > 1 ? endLink(value) : value;
}

function describeLinks(thing) {
  const links = thing.kind === "device" ? cabling.get(thing.name) ?? [] : [];
  if (!links.length) return [];
  return [make("h3", {}, "Links"), make("ul", {}, links.map(([other, link]) => {
    const cable = things.get(`link:${link}`);
    const { a, b, medium, speed } = cable.cable;
    const [near, far] = a.split("/")[0] === thing.name.split("/")[1] ? [a, b] : [b, a];
    const port = (end) => end.split("/")[1] ?? "";
    const words = [port(near), "→", port(far), medium, speed].filter(Boolean).join(" ");
    return make("li", {}, endLink(other), make("small", {}, ` ${words}`));
  }))];
}

const MOST_PARTNERS = 14;

function describeReach(thing) {
  const name = endName(thing);
  if (!name || !behind(name).length) return [];
  const end = proofs.ends.get(name);
  const note = end && end.same_as
    ? make("p", { class: "note" }, `Treated as ${end.same_as}: no rule tells them apart.`) : null;
  return [note, ...partnerList("May be reached by", name, true), ...partnerList("May reach", name, false)];
}

const shortPorts = (ports) =>
  ports.slice(0, 3).join(", ") + (ports.length > 3 ? ` and ${ports.length - 3} more` : "");

function partnerList(title, name, inwards) {
  const list = partners(name, inwards);
  const items = list.slice(0, MOST_PARTNERS).map(({ name: other, cell }) => {
    const patch = inwards ? { from: other, to: name } : { from: name, to: other };
    const ports = cell.ports.length ? cell.ports : cell.outside;
    return make("li", {}, press(other, () => setState({ ...patch, port: "", pick: "" }), {
      class: "link", title: "Show the rules" }),
    make("small", { class: `ports v-${cell.verdict.split(" ")[0]}` }, ` ${shortPorts(ports)}`));
  });
  const left = list.length - MOST_PARTNERS;
  if (left > 0) items.push(make("li", {}, `and ${left} more`));
  const none = make("p", { class: "note" }, inwards ? "nobody" : "nothing");
  return [make("h3", {}, `${title} `, make("small", {}, String(list.length))),
    items.length ? make("ul", { class: "partners" }, items) : none];
}

/** Buttons to the views in which the thing can be seen. */
function showElsewhere(thing) {
  const views = [];
  for (const [name, picture] of pictures) {
    if (name !== state.view && picture.parts.some((part) => part.ids.includes(thing.id))) views.push(name);
  }
  if (thing.kind === "prefix" || thing.kind === "range") views.push("addresses");
  if (thing.tenant) views.push("tenants");
  const left = views.filter((view) => view !== state.view || state.table);
  if (!left.length) return null;
  const label = { technical: "devices", data: "data layer", addresses: "addresses", tenants: "tenants" };
  return make("p", { class: "elsewhere" }, "Show in ", left.map((view, place) => [
    place ? ", " : "", press(label[view], () => setState({ view, table: "" }), { class: "link" })]));
}

function startDetails() {
  byId("close").addEventListener("click", () => closeDetails());
  onChange((changed) => {
    if (["pick", "from", "to", "port", "view", "table"].some((key) => changed.has(key))) renderDetails();
  });
}

function closeDetails() {
  setState({ pick: "", from: "", to: "", port: "" });
}
