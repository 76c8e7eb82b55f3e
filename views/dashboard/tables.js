// Rows of facts -> a table that can be sorted, filtered by the search and copied as CSV.

// More rows than this are shown when asked for: a browser takes its time with them.
const FIRST_ROWS = 400;

/** A cell of CSV; a leading sign would make a spreadsheet compute what somebody wrote. */
function csvCell(value) {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const csvText = (columns, rows) =>
  [columns, ...rows.map((row) => row.cells)].map((cells) =>
    cells.map((cell) => csvCell(String(cell))).join(",")).join("\r\n");

const BY_NUMBER = new Intl.Collator("en", { numeric: true });

/** A section with one table; each row has cells and, where it shows a thing, the thing's id. */
function showTable(title, columns, rows) {
  const { ids } = searchResult();
  const kept = ids ? rows.filter((row) => !row.ids || row.ids.some((id) => ids.has(id))) : rows;
  const sorted = { rows: kept, by: -1, down: false, most: FIRST_ROWS };
  const section = make("section", { class: "table" });
  const head = columns.map((column, place) =>
    make("th", { scope: "col" }, press(column, () => sortBy(place), { class: "sort" })));
  const body = make("tbody");
  const more = make("p", { class: "more" });
  const fill = () => {
    body.replaceChildren(...sorted.rows.slice(0, sorted.most).map(showRow));
    const left = sorted.rows.length - sorted.most;
    more.replaceChildren(...(left > 0
      ? [press(`Show ${plural(left, "more row")}`, () => { sorted.most = Infinity; fill(); })] : []));
    if (!sorted.rows.length) more.replaceChildren(ids ? "Nothing here is found by the search." : "None.");
  };
  const sortBy = (place) => {
    sorted.down = sorted.by === place && !sorted.down;
    sorted.by = place;
    const sign = sorted.down ? -1 : 1;
    const compare = (a, b) => sign * BY_NUMBER.compare(String(a.cells[place]), String(b.cells[place]));
    sorted.rows = [...sorted.rows].sort(compare);
    head.forEach((cell, at) => {
      if (at === place) cell.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    });
    fill();
  };
  const copy = press("Copy as CSV", () => copyText(csvText(columns, sorted.rows), title),
    { class: "copy", "aria-label": `Copy as CSV: ${title}` });
  const heading = make("h2", {}, `${title} `, make("small", {}, String(kept.length)));
  const table = make("table", { "aria-label": title }, make("thead", {}, make("tr", {}, head)), body);
  section.append(make("header", {}, heading, copy),
    make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title }, table), more);
  fill();
  return section;
}

function showRow(row) {
  const id = row.ids && row.ids[0];
  return make("tr", { class: id && id === state.pick ? "picked" : null }, row.cells.map((cell, place) => {
    const first = place === 0 && (id || row.open);
    const open = row.open ?? (() => setState({ pick: id }));
    return make("td", {}, first ? press(String(cell), open, { class: "link" }) : String(cell));
  }));
}

// ---------------------------------------------------------------- twins of the views

const TWINS = {
  technical: (network) => [
    showTable("Devices", ["device", "site", "role", "platform", "addresses", "rack", "links"],
      network.devices.map((device) => ({ ids: [`device:${device.name}`], cells: deviceCells(device) }))),
    showTable("Links", ["from", "to", "medium", "speed", "site"],
      network.cables.map((cable) => ({ ids: [`link:${cable.site}/${cable.a}~${cable.b}`],
        cells: [cable.a, cable.b, cable.medium, cable.speed ?? "", cable.site] }))),
    showTable("WireGuard", ["interface", "device", "address", "port", "peers"],
      network.vpn.interfaces.map((face) => ({
        ids: [face.endpoint ? `vpn:${face.endpoint}` : `tunnel:${face.device} ${face.name}`],
        cells: [face.name, face.device, face.address, `udp/${face.port}`,
          face.peers.map((peer) => peer.name).join(", ")] }))),
  ],
  data: (network) => [
    showTable("Public ports", ["site", "dialled", "leads to", "as", "why"],
      network.public_ports.map((port) => ({
        ids: [`public:${port.public} at ${port.site} to ${port.target}`],
        cells: [port.site, port.public, port.target, port.ports, port.why] }))),
    showTable("Services", ["service", "namespace", "address", "ports", "published as"],
      network.cards.flatMap((card) => card.services).map((service) => ({
        ids: [`service:${service.name}`],
        cells: [service.name, service.namespace, service.address, service.ports.join(", "),
          service.public.join(", ")] }))),
    showTable("Flows", ["flow", "from", "to", "ports", "origin", "why"],
      network.flows.map((flow) => ({ ids: [`flow:${flow.name}`],
        cells: [flow.name, flow.source, flow.target, flow.ports.join(", "), flow.origin, flow.why] }))),
    showTable("Network policies", ["policy", "namespace"],
      network.policies.map(([namespace, name]) => ({ ids: [`namespace:${namespace}`],
        cells: [name, namespace] }))),
  ],
  reach: () => [showTable("Who can reach whom", ["from", "to", "verdict", "ports", "why"], pairRows())],
  addresses: (network) => [
    showTable("Ranges", ["range", "addresses", "kind", "size", "used", "note"],
      network.map.strips.map((strip) => ({ ids: [rangeId(strip.name)],
        cells: [strip.name, strip.cidr, strip.kind, strip.size, strip.marks.length, strip.note] }))),
    showTable("Addresses", ["address", "name", "range"],
      network.map.strips.flatMap((strip) => strip.marks.map((mark) => ({
        ids: mark.names.map((name) => thingNamed(name)?.id ?? ""),
        cells: [mark.address, mark.names.join(", "), strip.name] })))),
    showTable("Overlaps", ["one", "other", "addresses", "why it does no harm"],
      network.map.overlaps.map((pair) => ({
        cells: [pair.a, pair.b, pair.cidr, pair.reasons.join("; ") || "it does: a conflict"] }))),
  ],
  tenants: (network) => [
    showTable("Tenants", ["tenant", "trust", "namespaces", "isolated", "leaks", "published ports"],
      network.cards.map((card) => ({ ids: [`tenant:${card.name}`], cells: [card.name, card.trust,
        card.namespaces.join(", "),
        `${card.namespaces.length - card.bare.length} of ${card.namespaces.length}`,
        card.leaks.length, card.services.flatMap((one) => one.public).join(", ")] }))),
    showTable("Ways in", ["tenant", "from", "to", "ports", "kind", "why"],
      network.cards.flatMap((card) => ["leaks", "ways"].flatMap((kind) => card[kind].map((way) => ({
        ids: [`tenant:${card.name}`], cells: [card.name, way.sources.join(", "),
          way.targets.join(", "), way.ports.join(", "),
          kind === "leaks" ? "not enforceable" : "by rules", way.why.join("; ")] }))))),
  ],
  changes: (network) => (network.changes ? changeTables(network.changes) : []),
};

const rangeId = (name) => thingNamed(name)?.id ?? `range:${name}`;

function deviceCells(device) {
  const [site, name] = device.name.split("/");
  const addresses = device.interfaces.flatMap((port) => port.addresses).join(", ");
  const links = (cabling.get(device.name) ?? []).map(([other]) => other.split("/")[1]).join(", ");
  const rack = device.rack ? `${device.rack} ${device.unit ?? ""}`.trim() : "";
  return [name, site, device.role, device.platform, addresses, rack, links];
}

function pairRows() {
  const rows = [];
  proofs.names.forEach((from, source) => proofs.names.forEach((to, target) => {
    const cell = cellAt(source, target);
    if (cell.verdict === CLOSED) return;
    const ids = [from, to].map((name) => thingNamed(name)?.id ?? "");
    const ports = (cell.ports.length ? cell.ports : cell.outside).join(", ");
    rows.push({ ids, open: () => setState({ from, to, port: "", pick: "" }),
      cells: [from, to, cell.verdict, ports, cell.why.join("; ")] });
  }));
  return rows;
}

function startTables(network) {
  onChange((changed) => {
    const keys = ["view", "table", "q", "pick"];
    const shown = state.table === "1";
    document.body.classList.toggle("as-table", shown);
    byId("twin").setAttribute("aria-pressed", String(shown));
    if (shown && keys.some((key) => changed.has(key))) {
      byId("tables").replaceChildren(...TWINS[state.view](network));
      if (!byId("tables").children.length) byId("tables").append(noBaseline());
    }
  });
}
