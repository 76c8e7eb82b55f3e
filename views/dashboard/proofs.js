// The matrix as it is written in the page -> verdicts by name, with the rule chain behind each.

const OPEN = "open";
const PARTLY = "partly";
const CLOSED = "closed";
const UNENFORCEABLE = "not enforceable";
const NO_PUBLIC_PORT =
  "only public addresses can be dialled from outside, and no port there leads to it";
const NO_WAY = "no way leads there";

const proofs = { names: [], place: new Map(), grid: [], cells: [], ends: new Map() };

function readProofs(network) {
  const raw = network.proofs;
  proofs.raw = raw;
  proofs.names = raw.names;
  proofs.place = new Map(raw.names.map((name, place) => [name, place]));
  proofs.ends = new Map(network.endpoints.map((end) => [end.name, end]));
  proofs.grid = raw.rows.map((row) => {
    const numbers = new Uint32Array(raw.names.length);
    for (let here = 0, place = 0; place < row.length; place += 2) {
      numbers.fill(row[place + 1], here, here + row[place]);
      here += row[place];
    }
    return numbers;
  });
  const numbers = new Map();
  proofs.cells = raw.cells.map(([verdict, open, bare, outside, why, ways, stops]) => {
    const look = [verdict, open, bare, outside].join();
    if (!numbers.has(look)) numbers.set(look, numbers.size);
    return {
      verdict,
      ports: raw.ports[open],
      unenforceable: raw.ports[bare],
      outside: raw.ports[outside],
      why: why.map((number) => raw.reasons[number]),
      ways,
      stops,
      // Equal for cells that look alike, whatever the rules behind them.
      look: numbers.get(look),
    };
  });
}

const cellAt = (source, target) => proofs.cells[proofs.grid[source][target]];

/** Whether a pair is nobody's question: one end with itself. */
const isSelf = (source, target) => source === target && cellAt(source, target).verdict === CLOSED;

/** The evaluated ends, as places in the matrix, that a name stands for. */
function behind(name) {
  if (proofs.place.has(name)) return [proofs.place.get(name)];
  const end = proofs.ends.get(name);
  if (!end) return [];
  const names = end.members.length ? end.members : end.same_as ? [end.same_as] : [];
  return [...new Set(names.flatMap(behind))];
}

function readWay(number) {
  const [ports, dial, enforced, reason, ...steps] = proofs.raw.ways[number];
  return {
    ports: proofs.raw.ports[ports],
    to: proofs.raw.dials[dial],
    enforced: enforced === 1,
    reason: reason < 0 ? null : proofs.raw.reasons[reason],
    steps: steps.map((step) => proofs.raw.steps[step]),
  };
}

function readStop(number) {
  const [ports, ...steps] = proofs.raw.stops[number];
  return { ports: proofs.raw.ports[ports], steps: steps.map((step) => proofs.raw.steps[step]) };
}

/** Every pair of evaluated ends between two names. */
function pairsBetween(from, to) {
  const targets = behind(to);
  return behind(from).flatMap((source) =>
    targets.filter((target) => !isSelf(source, target)).map((target) => ({ source, target })));
}

/** What holds between two names on some ports: one word, and how many of the pairs. */
function answer(from, to, port) {
  const asked = readPort(port || "any");
  const pairs = pairsBetween(from, to);
  if (!asked || !pairs.length) return null;
  const judged = pairs.map(({ source, target }) => judgeCell(cellAt(source, target), asked));
  return { verdict: joinVerdicts(judged), pairs, asked, reached: judged.filter(isOpenish).length };
}

const isOpenish = (verdict) => verdict !== CLOSED;

function judgeCell(cell, asked) {
  const ports = readPorts(cell.ports);
  if (meets(readPorts(cell.unenforceable), asked)) return UNENFORCEABLE;
  if (covers(ports, asked)) return OPEN;
  return meets(ports, asked) || meets(readPorts(cell.outside), asked) ? PARTLY : CLOSED;
}

function joinVerdicts(verdicts) {
  if (new Set(verdicts).size === 1) return verdicts[0];
  return verdicts.includes(UNENFORCEABLE) ? UNENFORCEABLE : PARTLY;
}

/** The sentence that says what a cell says. */
function describeCell(cell) {
  if (cell.verdict === CLOSED) return "closed";
  const words = [];
  if (cell.ports.length) words.push(`open on ${cell.ports.join(", ")}`);
  if (cell.outside.length && cell.outside.join() !== cell.ports.join()) {
    words.push(`open on ${cell.outside.join(", ")} by a public address`);
  }
  if (cell.unenforceable.length) words.push(`not enforceable on ${cell.unenforceable.join(", ")}`);
  return words.join("; ");
}

/** Who reaches a thing, or whom it reaches, by name and alike ones together. */
function partners(name, inwards) {
  const own = behind(name);
  const found = [];
  proofs.names.forEach((other, place) => {
    if (own.includes(place) && own.length > 1) return;
    const cells = own.filter((one) => one !== place)
      .map((one) => (inwards ? cellAt(place, one) : cellAt(one, place)))
      .filter((cell) => cell.verdict !== CLOSED);
    if (cells.length) found.push({ name: other, cell: cells[0], alike: cells.length });
  });
  return found;
}
