// Ends of connections -> lines of the matrix: grouped by site and tenant, equal ones in one line.

// More lines than this are no longer read, so groups begin folded.
const MOST_LINES = 48;

const groups = [];

/** Groups in the order of a reader: outside, sites, tenants, the system. */
function gatherGroups(network) {
  const byName = new Map();
  const group = (key, title, kind) => {
    if (!byName.has(key)) byName.set(key, { key, title, kind, places: [], lines: [] });
    return byName.get(key);
  };
  group("internet", "internet", "internet");
  for (const site of network.sites) group(`site:${site.name}`, site.name, "site");
  const tenants = [...network.tenants].sort((a, b) => a.id - b.id);
  for (const tenant of tenants) group(`tenant:${tenant.name}`, tenant.name, "tenant");
  group("system", "system", "system");
  proofs.names.forEach((name, place) => {
    const end = proofs.ends.get(name);
    const key = end.kind === "internet" ? "internet"
      : end.tenant ? `tenant:${end.tenant}`
        : end.kind === "pods" ? "system" : `site:${end.site}`;
    group(key, key.split(":")[1] ?? key, key.split(":")[0]).places.push(place);
  });
  groups.push(...[...byName.values()].filter((one) => one.places.length));
  for (const one of groups) one.lines = joinEqual(one);
}

/** Ends that nobody can tell apart share a line. */
function joinEqual(group) {
  const lines = [];
  for (const place of sortPlaces(group.places)) {
    const line = lines.find((known) => areEqual(known.places, place));
    if (line) line.places.push(place);
    else lines.push({ group, places: [place] });
  }
  for (const line of lines) nameLine(line);
  return lines;
}

/** Ranges first, then devices, endpoints, services and other pods, by name. */
function sortPlaces(places) {
  const order = ["internet", "prefix", "vpn", "client", "device", "pods"];
  const rank = (place) => {
    const end = proofs.ends.get(proofs.names[place]);
    return order.indexOf(end.kind) * 2 + Number(end.name.startsWith("namespace."));
  };
  return [...places].sort((a, b) => rank(a) - rank(b) || a - b);
}

function areEqual(known, place) {
  const one = known[0];
  const look = (source, target) => cellAt(source, target).look;
  if (isSelf(one, one) !== isSelf(place, place)) return false;
  const itself = look(one, one);
  if (look(place, place) !== itself) return false;
  for (const other of known) {
    if (look(other, place) !== look(place, other)) return false;
    if (!isSelf(one, one) && look(other, place) !== itself) return false;
    if (known.length > 1 && look(other, place) !== look(known[0], known[1])) return false;
  }
  for (let third = 0; third < proofs.names.length; third += 1) {
    if (third === place || known.includes(third)) continue;
    if (look(one, third) !== look(place, third) || look(third, one) !== look(third, place)) {
      return false;
    }
  }
  return true;
}

function nameLine(line) {
  const names = line.places.map((place) => proofs.names[place]);
  line.key = names[0];
  line.title = names.length > 1 ? `${shortName(names[0])} +${names.length - 1}` : shortName(names[0]);
  const twins = [...proofs.ends.values()].filter((end) => names.includes(end.same_as));
  line.all = [...names, ...twins.map((end) => end.name)];
  line.twins = twins.length;
}

/** A name without what its group says already. */
function shortName(name) {
  const end = proofs.ends.get(name);
  if (name.startsWith("namespace.")) return `${name.slice("namespace.".length)} (other pods)`;
  if (end.kind === "pods" && end.tenant) return name.slice(end.tenant.length + 1);
  if (end.site && (end.kind === "device" || end.kind === "prefix")) {
    return end.kind === "device" ? name.slice(end.site.length + 1) : name.slice(end.site.length);
  }
  return name;
}

function isFolded(group) {
  const changed = state.fold.split(",").includes(group.key);
  const count = groups.reduce((sum, one) => sum + one.lines.length, 0);
  const byDefault = count > MOST_LINES && group.lines.length > 1;
  return byDefault !== changed;
}

function toggleGroup(group) {
  const keys = new Set(state.fold.split(",").filter(Boolean));
  if (!keys.delete(group.key)) keys.add(group.key);
  setState({ fold: [...keys].join() }, { trail: false });
}

/** The lines that are shown now: all of a group, or one that stands for it. */
function shownLines() {
  return groups.flatMap((group) => {
    if (!isFolded(group)) return group.lines;
    const all = group.lines.flatMap((line) => line.all);
    const title = group.lines.length > 1 ? `${group.title} (${all.length})` : group.title;
    return [{ group, key: group.key, title, places: group.places, all, folded: true, twins: 0 }];
  });
}

/** What holds between two lines: the cell where all pairs look alike, else what they share. */
function cellBetween(row, column) {
  const looks = new Map();
  for (const source of row.places) {
    for (const target of column.places) {
      if (!isSelf(source, target)) {
        const cell = cellAt(source, target);
        looks.set(cell.look, cell);
      }
    }
  }
  const cells = [...looks.values()];
  if (!cells.length) return null;
  const verdict = joinVerdicts(cells.map((cell) => cell.verdict));
  const labels = new Set(cells.filter((cell) => cell.verdict !== CLOSED).map(labelOf));
  const label = labels.size === 1 ? [...labels][0] : labels.size ? "some" : "–";
  // Colour alone does not say it, and paper may have none.
  const mark = verdict === UNENFORCEABLE ? "!" : "";
  return { verdict, label: label + mark, cell: cells.length === 1 ? cells[0] : null };
}

/** The few letters that fit in a cell. */
function labelOf(cell) {
  const ports = cell.ports.length ? cell.ports : cell.outside;
  if (ports[0] === "any") return "any";
  const numbers = new Set(ports.map((port) => port.split("/")[1] ?? port));
  if (numbers.size === 1) {
    const only = [...numbers][0];
    if (only.length <= 5) return only;
  }
  return `${ports.length}×`;
}
