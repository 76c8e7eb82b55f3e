// The places a packet sees -> everything on its way in the pictures: devices, cables, tunnels.

// From a range with more devices than this, their own cables would hide the way.
const MOST_STARTS = 12;

const cabling = new Map();

function readCabling(network) {
  const join = (one, other, link) => {
    if (!cabling.has(one)) cabling.set(one, []);
    cabling.get(one).push([other, link]);
  };
  for (const cable of network.cables) {
    const link = `${cable.site}/${cable.a}~${cable.b}`;
    const [a, b] = [cable.a, cable.b].map((end) => `${cable.site}/${end.split("/")[0]}`);
    join(a, b, link);
    join(b, a, link);
  }
}

const siteOf = (device) => device.split("/")[0];

/** The devices where a named place is: a range is where its devices are, pods are on the nodes. */
function devicesAt(name) {
  const thing = thingNamed(name);
  if (!thing) return [];
  if (thing.kind === "device") return [thing.name];
  if (thing.kind === "prefix") {
    const twins = [...proofs.ends.values()].filter((end) => end.same_as === thing.name);
    return twins.map((end) => end.name).slice(0, MOST_STARTS);
  }
  if (["service", "namespace"].includes(thing.kind)) return proofs.ends.get("cluster")?.members ?? [];
  if (thing.kind === "client") return devicesAt(`vpn.${endpointOf(thing)}`);
  if (thing.kind === "vpn") return [thing.facts.find(([key]) => key === "device")[1]];
  return [];
}

const endpointOf = (client) => client.facts.find(([key]) => key === "endpoint")[1];

/** The shortest way over cables and radio, as links and devices. */
function cableWay(from, to) {
  const came = new Map([[from, null]]);
  const open = [from];
  while (open.length && !came.has(to)) {
    const here = open.shift();
    for (const [next, link] of cabling.get(here) ?? []) {
      if (!came.has(next)) {
        came.set(next, [here, link]);
        open.push(next);
      }
    }
  }
  const way = [];
  for (let here = to; came.get(here); [here] = came.get(here)) {
    way.push(`device:${here}`, `link:${came.get(here)[1]}`);
  }
  return way;
}

/** Everything that is lit for chains of places. */
function litByPlaces(chains) {
  const lit = new Set();
  for (const places of chains) {
    let before = [];
    let outside = false;
    for (const name of places) {
      const thing = thingNamed(name);
      if (thing) lit.add(thing.id);
      if (thing && thing.kind === "client") lit.add(`vpn:${endpointOf(thing)}`);
      const here = devicesAt(name);
      for (const device of here) lit.add(`device:${device}`);
      if (thing && thing.kind === "internet") {
        for (const device of before) lightOutside(lit, siteOf(device));
        outside = true;
      } else if (here.length) {
        if (outside) for (const device of here) lightOutside(lit, siteOf(device));
        lightBetween(lit, before, here);
        outside = false;
        before = here;
      }
    }
  }
  return lit;
}

function lightBetween(lit, before, here) {
  for (const from of before) {
    const near = here.find((to) => siteOf(to) === siteOf(from));
    if (near && near !== from) for (const id of cableWay(from, near)) lit.add(id);
    if (!near && here.length) {
      for (const site of [siteOf(from), siteOf(here[0])]) lit.add(`backbone:${site}`);
      lit.add("bus:wg-mesh");
    }
  }
}

function lightOutside(lit, site) {
  for (const kind of ["outside", "uplink", "circuit"]) lit.add(`${kind}:${site}`);
}

/** What is lit for one selected thing: itself and what it is joined to. */
function litByThing(thing) {
  const lit = new Set([thing.id]);
  if (thing.kind === "device") {
    for (const [other, link] of cabling.get(thing.name) ?? []) {
      lit.add(`link:${link}`);
      lit.add(`device:${other}`);
    }
  }
  if (thing.cable) {
    const ends = [thing.cable.a, thing.cable.b].map((end) => end.split("/")[0]);
    for (const end of ends) lit.add(`device:${thing.site}/${end}`);
  }
  if (thing.kind === "prefix") for (const name of devicesAt(thing.name)) lit.add(`device:${name}`);
  if (thing.kind === "client") lit.add(`vpn:${endpointOf(thing)}`);
  if (["vpn", "service", "namespace"].includes(thing.kind)) {
    for (const name of devicesAt(endName(thing))) lit.add(`device:${name}`);
  }
  if (thing.kind === "tenant") {
    for (const other of things.values()) {
      if (other.tenant === thing.name && other.kind !== "public") lit.add(other.id);
    }
  }
  if (thing.flow) {
    for (const name of [thing.flow.source, thing.flow.target]) {
      const end = thingNamed(name);
      if (end) lit.add(end.id);
      for (const device of devicesAt(name)) lit.add(`device:${device}`);
    }
  }
  return lit;
}
