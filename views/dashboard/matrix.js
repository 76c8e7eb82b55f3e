// Lines of the matrix -> a grid of verdicts, read with arrow keys or by pointing.

let cursor = [0, 0];

function renderMatrix() {
  const lines = shownLines();
  const table = make("table", { class: "matrix", role: "grid", "aria-label":
    "Who can reach whom: rows open connections, columns answer" });
  table.append(headRow(lines), make("tbody", {}, bodyRows(lines)));
  table.addEventListener("click", (event) => openCell(event.target.closest("td"), lines));
  table.addEventListener("keydown", (event) => moveInMatrix(event, lines));
  table.addEventListener("mouseover", (event) => crossHighlight(table, event.target.closest("td")));
  table.addEventListener("mouseleave", () => crossHighlight(table, null));
  byId("matrix").replaceChildren(table);
  markCell(lines);
  focusable(table);
}

function groupSpans(lines) {
  const spans = [];
  for (const line of lines) {
    const last = spans[spans.length - 1];
    if (last && last.group === line.group) last.count += 1;
    else spans.push({ group: line.group, count: 1 });
  }
  return spans;
}

function foldButton(group) {
  const folded = isFolded(group);
  if (group.lines.length < 2) return make("span", {}, group.title);
  const sign = folded ? "▸" : "▾";
  const label = `${folded ? "Unfold" : "Fold"} ${group.title}`;
  return press(`${sign} ${group.title}`, () => toggleGroup(group), {
    class: "fold", "aria-expanded": String(!folded), "aria-label": label });
}

function headRow(lines) {
  const head = make("thead");
  const top = make("tr", { class: "groups" }, make("td", { class: "corner" }, "from ↓  to →"));
  for (const { group, count } of groupSpans(lines)) {
    const props = { colspan: count, class: group.kind, title: group.title };
    const named = make("th", { ...props, scope: "colgroup" }, group.title);
    // A single column says it below, where there is room for it.
    top.append(count > 1 ? named : make("td", props));
  }
  const row = make("tr", {}, make("td", { class: "corner" }));
  lines.forEach((line, place) => {
    const name = make("span", {}, line.title);
    row.append(make("th", { scope: "col", class: edge(lines, place), title: line.all.join(", ") },
      name));
  });
  head.append(top, row);
  return head;
}

/** A thick line between groups; folded ones need none among themselves. */
function edge(lines, place) {
  const [before, here] = [lines[place - 1], lines[place]];
  const apart = before && before.group !== here.group && !(before.folded && here.folded);
  return apart ? "edge" : null;
}

function bodyRows(lines) {
  return lines.map((row, at) => {
    const element = make("tr", { class: edge(lines, at) });
    element.append(rowHead(lines, row, at));
    lines.forEach((column, place) => {
      const found = cellBetween(row, column);
      const verdict = found ? found.verdict : "none";
      const words = found
        ? `${row.title} to ${column.title}: ${found.cell ? describeCell(found.cell) : "not all alike"}`
        : `${row.title} itself`;
      const props = { class: `v-${verdict.split(" ")[0]} ${edge(lines, place) ?? ""}`.trim(),
        "data-at": `${at},${place}`, tabindex: "-1", "aria-label": found ? `${found.label}, ${words}` : words };
      element.append(make("td", props, found ? found.label : ""));
    });
    return element;
  });
}

function rowHead(lines, row, at) {
  const first = !at || lines[at - 1].group !== row.group;
  const group = make("span", { class: `group ${row.group.kind}` });
  if (first) group.append(foldButton(row.group));
  const many = row.twins ? make("small", {}, ` and ${row.twins} alike`) : null;
  const name = make("span", { class: "end", title: row.all.join(", ") },
    row.folded ? plural(row.all.length, "end") : row.title, many);
  return make("th", { scope: "row" }, group, name);
}

// ---------------------------------------------------------------- pointing

const cellElement = (at, place) => document.querySelector(`.matrix td[data-at="${at},${place}"]`);

function focusable(table) {
  for (const old of table.querySelectorAll('td[tabindex="0"]')) old.tabIndex = -1;
  const here = cellElement(...cursor) ?? table.querySelector("td[data-at]");
  if (here) here.tabIndex = 0;
}

function crossHighlight(table, cell) {
  for (const old of table.querySelectorAll(".cross")) old.classList.remove("cross");
  if (!cell || !cell.dataset.at) return;
  const [at, place] = cell.dataset.at.split(",").map(Number);
  const rows = table.querySelectorAll("tr");
  rows[at + 2].cells[0].classList.add("cross");
  rows[1].cells[place + 1].classList.add("cross");
}

function moveInMatrix(event, lines) {
  const cell = event.target.closest("td");
  if (!cell || !cell.dataset.at) return;
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  if (event.key === "Enter" || event.key === " ") openCell(cell, lines);
  else if (steps[event.key]) {
    const here = cell.dataset.at.split(",").map(Number);
    const most = lines.length - 1;
    cursor = here.map((one, axis) => Math.min(most, Math.max(0, one + steps[event.key][axis])));
    const table = cell.closest("table");
    focusable(table);
    cellElement(...cursor).focus();
    crossHighlight(table, cellElement(...cursor));
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

function openCell(cell, lines) {
  if (!cell || !cell.dataset.at) return;
  cursor = cell.dataset.at.split(",").map(Number);
  const [row, column] = cursor.map((place) => lines[place]);
  const name = (line) => (line.folded ? groupName(line.group) : line.key);
  setState({ from: name(row), to: name(column), port: "", pick: "" });
}

/** The name that stands for a whole group; where none does, its first end. */
function groupName(group) {
  return proofs.ends.has(group.title) ? group.title : proofs.names[group.places[0]];
}

/** Shows which cell the question is about. */
function markCell(lines) {
  const table = document.querySelector(".matrix");
  if (!table) return;
  for (const old of table.querySelectorAll(".asked")) old.classList.remove("asked");
  const find = (name) => lines.findIndex((line) =>
    line.all.includes(name) || (line.folded && groupName(line.group) === name));
  const [at, place] = [find(state.from), find(state.to)];
  const cell = at >= 0 && place >= 0 ? cellElement(at, place) : null;
  if (cell) cell.classList.add("asked");
}

function startMatrix() {
  onChange((changed) => {
    if (state.view !== "reach" || state.table) return;
    if (changed.has("view") || changed.has("fold") || changed.has("table")) renderMatrix();
    else if (changed.has("from") || changed.has("to")) markCell(shownLines());
  });
}
