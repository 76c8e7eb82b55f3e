// Facts that devices gave, from a file beside the page -> a view of its own, and a line in the details.
//
// The file is read again and again. Its age is always shown; what is old is marked as old. Nothing in the
// pictures is moved or added: what was seen and is not declared stands in a list.

VIEWS.push("live");

const REREAD_SECONDS = 10;
const STALE_SECONDS = 30;
let live = null;

function readLive() {
  const script = make("script", { src: `${document.body.dataset.live}?${Date.now()}` });
  const done = () => {
    script.remove();
    takeLive(window.la1rLive ?? null);
    delete window.la1rLive;
  };
  script.addEventListener("load", done);
  script.addEventListener("error", done);
  document.head.append(script);
}

function takeLive(facts) {
  const isNew = facts && (!live || facts.read !== live.read);
  const isFirst = isNew && !live;
  if (isNew) live = facts;
  if (isNew || !live) renderLive();
  if (isFirst && document.body.dataset.ready === "yes") renderDetails();
  showAge();
}

const secondsAgo = (time) => Math.max(0, Math.round(Date.now() / 1000 - time));

function durationText(seconds) {
  const units = [[86400, "d"], [3600, "h"], [60, "min"]];
  const [size, unit] = units.find(([each]) => seconds >= 2 * each) ?? [1, "s"];
  return `${Math.floor(seconds / size)} ${unit}`;
}

const isStale = () => !live || secondsAgo(live.read) > STALE_SECONDS;

/** Says how old the facts are; marks go when they are too old to be claimed. */
function showAge() {
  const stale = isStale();
  document.body.dataset.stale = stale ? "yes" : "no";
  const age = byId("live-age");
  if (age) {
    age.textContent = live
      ? `Read ${durationText(secondsAgo(live.read))} ago${stale ? ": old. Nothing here is claimed of now." : "."}`
      : "Nothing was read yet. `la1r dashboard --live` writes what is shown here, as long as it runs.";
  }
  markPictures(stale ? [] : live.devices);
}

function markPictures(devices) {
  const states = new Map(devices.map((one) => [`device:${one.name}`, one.state]));
  for (const { parts } of pictures.values()) {
    for (const { element, ids } of parts) {
      if (!ids[0].startsWith("device:")) continue;
      element.classList.toggle("live-drifted", states.get(ids[0]) === "drifted");
      element.classList.toggle("live-unread", states.get(ids[0]) === "not read");
    }
  }
}

const bytesText = (count) => {
  const place = count < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(count) / 3));
  return `${(count / 1000 ** place).toFixed(place ? 1 : 0)} ${["B", "kB", "MB", "GB", "TB"][place]}`;
};

const handshakeText = (peer) =>
  (peer.handshake ? `${durationText(secondsAgo(peer.handshake))} ago` : "never");

const peerId = (peer) => (peer.client ? `client:${peer.client}` : `device:${peer.gateway}`);

TWINS.live = () => (live ? [
  showTable("Devices read", ["device", "state", "what"],
    live.devices.map((one) => ({ ids: [`device:${one.name}`], cells: [one.name, one.state, one.what] }))),
  showTable("Seen and not declared", ["where", "what"],
    live.undeclared.map((one) => ({ ids: [`device:${one.device}`], cells: [one.device, one.what] }))),
  showTable("WireGuard peers", ["peer", "seen by", "interface", "last handshake", "received", "sent", "from"],
    live.peers.map((one) => ({ ids: [peerId(one), `device:${one.device}`],
      cells: [one.client || one.gateway, one.device, one.interface, handshakeText(one),
        bytesText(one.received), bytesText(one.sent), one.source] }))),
  showTable("Leases", ["address", "name", "MAC", "given by", "ends in", "declared as"],
    live.leases.map((one) => ({ ids: [one.host && thingNamed(one.host)?.id, `device:${one.device}`].filter(Boolean),
      cells: [one.address, one.name, one.mac, one.device,
        one.until ? durationText(Math.max(0, one.until - Math.floor(Date.now() / 1000))) : "never",
        one.host] }))),
  ...(live.weave ? [showTable("Weave connections", ["node", "direction", "address", "what its router says"],
    live.weave.map((one) => ({ ids: [`device:${one.device}`],
      cells: [one.device, one.direction, one.address, one.what] })))] : []),
] : []);

function renderLive() {
  gatherLive();
  if (state.view !== "live" || document.body.dataset.ready !== "yes") return;
  if (state.table) byId("tables").replaceChildren(...TWINS.live());
  byId("facts").replaceChildren(make("p", { class: "lead", id: "live-age" }), ...TWINS.live());
  showAge();
}

/** Hangs facts on the things that they are about, for the panel of details. */
function gatherLive() {
  for (const thing of things.values()) delete thing.live;
  for (const one of live?.devices ?? []) addLive(`device:${one.name}`, () => ["live", one.state]);
  for (const one of live?.peers ?? []) {
    addLive(peerId(one), () => [`handshake with ${one.device}`, handshakeText(one)]);
  }
}

function addLive(id, fact) {
  const thing = things.get(id);
  if (!thing) return;
  const before = thing.live ?? (() => [["read", `${durationText(secondsAgo(live.read))} ago`]]);
  thing.live = () => [...before(), fact()];
}

onChange((changed) => {
  if (["view", "table", "q", "pick"].some((key) => changed.has(key))) renderLive();
});
setInterval(showAge, 1000);
setInterval(readLive, 1000 * REREAD_SECONDS);
readLive();
