// The difference from a baseline -> lines to agree to or not, the most dangerous first.

// The last of the dangers that have to be seen first.
const GRAVE = 4;

function noBaseline() {
  return make("div", { class: "empty" }, make("h2", {}, "Compared with nothing"),
    make("p", {}, "This page was drawn without another network to hold it against. Draw it with one:"),
    make("pre", {}, "la1r preview --stack NAME --against main"),
    make("p", {}, "In the place of ", make("code", {}, "main"), " may stand any git revision, a ",
      "network.json of an earlier run, or a file from ", make("code", {}, "pulumi stack export"), ". Then this view lists what becomes reachable and ",
      "what no longer is, every thing that is added, removed or changed, and every line of a device."));
}

function renderChanges(network) {
  const found = network.changes;
  if (!found) return byId("diff").replaceChildren(noBaseline());
  const { reach, trust, things: changed, files } = found;
  const parts = [make("p", { class: "lead" }, `Against ${found.against}: `,
    `${plural(reach.length, "change")} of reachability, ${trust.length} of trust, ${plural(changed.length, "thing")}, `,
    `${plural(files.length, "file")}.`)];
  if (!reach.length && !changed.length && !files.length) {
    parts.push(make("div", { class: "empty" }, make("h2", {}, "The two networks are the same.")));
  }
  parts.push(...showReach(reach.filter((line) => line.danger <= GRAVE)));
  if (trust.length) {
    parts.push(make("section", {}, make("h2", { class: "leak" }, "Trust"),
      make("ul", {}, trust.map((sentence) => make("li", { class: "lost" }, sign("!"), sentence)))));
  }
  parts.push(...showReach(reach.filter((line) => line.danger > GRAVE)));
  for (const kind of new Set(changed.map((thing) => thing.kind))) {
    const own = changed.filter((thing) => thing.kind === kind);
    parts.push(make("section", {}, make("h2", {}, kind), make("ul", {}, own.map(showThingChange))));
  }
  if (files.length) parts.push(make("h2", {}, "Lines of devices"), ...files.map(showFile));
  byId("diff").replaceChildren(...parts);
}

const sign = (mark) => make("span", { class: "sign" }, mark);

/** A section for each kind of danger, in the order in which they come. */
function showReach(lines) {
  return [...new Set(lines.map((line) => line.title))].map((title) =>
    make("section", { class: "reach" },
      make("h2", { class: lines.find((line) => line.title === title).danger <= GRAVE ? "leak" : "" }, title),
      make("ul", {}, lines.filter((line) => line.title === title).map(showReachChange))));
}

function showReachChange(line) {
  const mark = line.opens ? "+" : line.title === "Closed" ? "-" : "!";
  return make("li", { class: signClass(mark) }, sign(mark),
    someNames(line.sources), " → ", someNames(line.targets), ": ", make("strong", {}, line.ports),
    line.public ? " by a public address" : "", make("small", {}, ` ${line.why.join("; ")}`));
}

const signClass = (sign) => ({ "+": "added", "-": "removed", "~": "changed", "!": "lost" })[sign];

function showThingChange(thing) {
  const fields = thing.sign === "~" ? thing.fields.map(([field, before, after]) =>
    make("small", {}, ` ${field}: ${before || "nothing"} → ${after || "nothing"};`)) : [];
  return make("li", { class: signClass(thing.sign) }, sign(thing.sign),
    endLink(thing.name), fields);
}

function showFile(file) {
  const count = `+${file.added} −${file.removed}`;
  const lines = file.lines.length ? file.lines : ["too many lines to show: they stand in the file itself"];
  return make("details", { class: "file" },
    make("summary", {}, `${file.name} `, make("small", {}, count)),
    make("pre", { tabindex: "0" }, lines.map((line) =>
      make("span", { class: signClass(line[0]) ?? "" }, `${line}\n`))));
}

const changeTables = (found) => [
  showTable("Trust", ["change"], found.trust.map((sentence) => ({ cells: [sentence] }))),
  showTable("Reachability", ["change", "from", "to", "ports", "why"], found.reach.map((line) => ({
    cells: [line.title, line.sources.join(", "), line.targets.join(", "), line.ports,
      line.why.join("; ")] }))),
  showTable("Things", ["thing", "kind", "change", "fields"], found.things.map((thing) => ({
    cells: [thing.name, thing.kind, { "+": "added", "-": "removed", "~": "changed" }[thing.sign],
      thing.fields.map(([field, before, after]) => `${field}: ${before} → ${after}`).join("; ")] }))),
  showTable("Files", ["file", "added", "removed"], found.files.map((file) => ({
    cells: [file.name, file.added, file.removed] }))),
];

function startChanges(network) {
  let drawn = false;
  const found = network.changes;
  const count = found ? found.reach.length + found.trust.length + found.things.length : 0;
  if (count) byId("tab-changes").append(make("small", { class: "badge" }, String(count)));
  onChange(() => {
    if (state.view !== "changes" || state.table || drawn) return;
    renderChanges(network);
    drawn = true;
  });
}
