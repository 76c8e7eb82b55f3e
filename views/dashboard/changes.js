// The difference from a baseline -> lines to agree to or not, the most dangerous first.

function noBaseline() {
  return make("div", { class: "empty" }, make("h2", {}, "Compared with nothing"),
    make("p", {}, "This page was drawn without another network to hold it against. Draw it with one:"),
    make("pre", {}, "la1r preview --stack NAME --against main"),
    make("p", {}, "`main` may be any git revision, a network.json of an earlier run, or a file from ",
      make("code", {}, "pulumi stack export"), ". Then this view lists what becomes reachable and ",
      "what no longer is, every thing that is added, removed or changed, and every line of a device."));
}

function renderChanges(network) {
  const found = network.changes;
  if (!found) return byId("diff").replaceChildren(noBaseline());
  const { reach, things: changed, files } = found;
  const parts = [make("p", { class: "lead" }, `Against ${found.against}: `,
    `${plural(reach.length, "change")} of reachability, ${plural(changed.length, "thing")}, `,
    `${plural(files.length, "file")}.`)];
  if (!reach.length && !changed.length && !files.length) {
    parts.push(make("div", { class: "empty" }, make("h2", {}, "The two networks are the same.")));
  }
  for (const title of new Set(reach.map((line) => line.title))) {
    const lines = reach.filter((line) => line.title === title);
    const bad = lines[0].danger <= 4 ? "leak" : "";
    parts.push(make("section", { class: "reach" }, make("h2", { class: bad }, title),
      make("ul", {}, lines.map(showReachChange))));
  }
  for (const kind of new Set(changed.map((thing) => thing.kind))) {
    const own = changed.filter((thing) => thing.kind === kind);
    parts.push(make("section", {}, make("h2", {}, kind), make("ul", {}, own.map(showThingChange))));
  }
  if (files.length) parts.push(make("h2", {}, "Lines of devices"), ...files.map(showFile));
  byId("diff").replaceChildren(...parts);
}

function showReachChange(line) {
  const sign = line.opens ? "+" : line.title === "Closed" ? "-" : "!";
  return make("li", { class: signClass(sign) }, make("span", { class: "sign" }, sign),
    someNames(line.sources), " → ", someNames(line.targets), ": ", make("strong", {}, line.ports),
    line.public ? " by a public address" : "", make("small", {}, ` ${line.why.join("; ")}`));
}

const signClass = (sign) => ({ "+": "added", "-": "removed", "~": "changed", "!": "lost" })[sign];

function showThingChange(thing) {
  const fields = thing.sign === "~" ? thing.fields.map(([field, before, after]) =>
    make("small", {}, ` ${field}: ${before || "nothing"} → ${after || "nothing"};`)) : [];
  return make("li", { class: signClass(thing.sign) }, make("span", { class: "sign" }, thing.sign),
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
  const count = network.changes ? network.changes.reach.length + network.changes.things.length : 0;
  if (count) byId("tab-changes").append(make("small", { class: "badge" }, String(count)));
  onChange(() => {
    if (state.view !== "changes" || state.table || drawn) return;
    renderChanges(network);
    drawn = true;
  });
}
