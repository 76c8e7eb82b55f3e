// The address map -> bars to scale: who has which range, what is free, and each range from inside.

const percent = (text) => `${text}%`;

function place(element, from, width) {
  element.style.left = percent(from);
  element.style.width = percent(width);
  return element;
}

function renderAddresses(network) {
  const { bars, strips, overlaps } = network.map;
  const shown = new Map(strips.map((strip) => [strip.name, strip]));
  byId("map").replaceChildren(
    make("p", { class: "lead" }, "Every bar is drawn to scale. Ranges are selected with a click; ",
      "gaps are free."),
    addressLegend(),
    ...(overlaps.length ? [showOverlaps(overlaps)] : []),
    make("h2", {}, "Ranges"),
    make("div", { class: "bars" }, bars.map(showBar)),
    make("h2", {}, "Inside each range"),
    make("div", { class: "strips" }, [...shown.values()].map(showStrip)),
  );
  markAddresses();
}

function addressLegend() {
  const entry = (style, text) => make("li", {}, make("span", { class: `swatch ${style}` }), text);
  return make("ul", { class: "legend", "aria-label": "Legend" },
    entry("used", "used address"), entry("pool", "given out by DHCP, or shared out"),
    entry("reserved", "reserved"), entry("free", "free"), entry("clash", "conflict"));
}

function showOverlaps(overlaps) {
  const conflicts = overlaps.filter((pair) => !pair.reasons.length).length;
  const title = conflicts ? plural(conflicts, "conflict") : "Overlaps, each with its reason";
  return make("section", { class: `overlaps ${conflicts ? "clash" : ""}` }, make("h2", {}, title),
    make("ul", {}, overlaps.map((pair) => make("li", {}, endLink(pair.a), " and ", endLink(pair.b),
      ` both hold ${pair.cidr}: `, pair.reasons.join("; ") || "nothing tells them apart."))));
}

// A range takes so many percent of its bar before all of its address fits into it.
const ROOMY = 8;

/** A range inside a bar; where it is narrow, without what all in the bar have in common. */
function shortCidr(cidr, bar, width) {
  const common = Math.floor(Number(bar.cidr.split("/")[1]) / 8);
  return width >= ROOMY ? cidr : `…${cidr.split(".").slice(common).join(".")}`;
}

function showBar(bar) {
  const track = make("div", { class: "track" });
  track.style.setProperty("--lanes", bar.lanes);
  for (const gap of bar.free) {
    const first = shortCidr(gap.cidrs[0], bar, gap.width);
    const text = gap.cidrs.length > 1 ? `${first} …` : first;
    track.append(place(make("span", { class: "gap", title: `free: ${gap.cidrs.join(", ")}` },
      make("small", {}, text)), gap.from, gap.width));
  }
  for (const one of bar.ranges) {
    const button = press("", () => setState({ pick: rangeId(one.name) }), {
      class: `range ${one.kind}`, "data-thing": rangeId(one.name), title: `${one.name} ${one.cidr}` });
    button.append(make("b", {}, one.name), make("small", {}, shortCidr(one.cidr, bar, one.width)));
    button.style.setProperty("--lane", one.lane);
    track.append(place(button, one.from, one.width));
  }
  const size = ["", "solo", "half", "half"][bar.ranges.length] ?? "wide";
  return make("div", { class: `bar ${size}` }, make("h3", {}, bar.cidr),
    make("div", { class: "slide" }, track));
}

function showStrip(strip) {
  const band = make("div", { class: `band ${strip.kind}` });
  for (const inner of strip.inner) {
    const title = `${inner.name}: ${inner.range}`;
    band.append(place(make("span", { class: "pool", title }), inner.from, inner.width));
  }
  for (const mark of strip.marks) {
    const title = `${mark.address} ${mark.names.join(", ")}`;
    const clash = mark.names.length > 1 ? " clash" : "";
    band.append(place(make("span", { class: `mark${clash}`, title }), mark.at, strip.mark));
  }
  const inner = strip.inner.map((one) => `${one.name} ${one.range}`).join("; ");
  const size = strip.size.toLocaleString("en");
  const counted = !["reserved", "cluster", "alias-pool"].includes(strip.kind);
  const used = counted ? `${strip.marks.length} of ${size} used` : `${size} addresses`;
  const words = [strip.kind.replace("-", " "), used, strip.note, inner].filter(Boolean).join(" · ");
  const name = press(strip.name, () => setState({ pick: rangeId(strip.name) }), { class: "link" });
  return make("div", { class: "strip", "data-thing": rangeId(strip.name) },
    make("div", { class: "what" }, make("h3", {}, name), make("code", {}, strip.cidr)),
    make("div", { class: "scale" }, band, make("p", {}, words)));
}

/** Marks what is selected or found; a device is where its address is. */
function markAddresses() {
  const { ids } = searchResult();
  const thing = things.get(state.pick);
  const addresses = thing ? thing.facts.map(([, value]) => value).join(" ") : "";
  for (const element of document.querySelectorAll("#map [data-thing]")) {
    const id = element.dataset.thing;
    element.classList.toggle("picked", id === state.pick);
    element.classList.toggle("dim", Boolean(ids) && !ids.has(id));
  }
  for (const mark of document.querySelectorAll("#map .mark")) {
    const address = mark.title.split(" ")[0];
    mark.classList.toggle("picked", addresses.split(/[\s,/]+/).includes(address));
  }
}

function startAddresses(network) {
  let drawn = false;
  onChange((changed) => {
    if (state.view !== "addresses" || state.table) return;
    if (!drawn) renderAddresses(network);
    else if (["pick", "q", "view", "table"].some((key) => changed.has(key))) markAddresses();
    drawn = true;
  });
}
