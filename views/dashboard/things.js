// The network -> everything that has a name, with the words by which it is found.

const things = new Map();

/** Remembers a thing; a second one of the same name adds to the first. */
function addThing(kind, name, more) {
  const id = `${kind}:${name}`;
  const known = things.get(id);
  if (known) {
    known.ports.push(...(more.ports ?? []));
    known.facts.push(...(more.facts ?? []));
    return;
  }
  const thing = { id, kind, name, kinds: [kind], ports: [], cidrs: [], facts: [], ...more };
  things.set(id, thing);
}

function gatherThings(network) {
  addThing("internet", "internet", { facts: [["what", "everyone outside"]] });
  for (const site of network.sites) {
    const facts = ["description", "circuit", "provider", "endpoint", "router", "gateway"];
    addThing("site", site.name, { site: site.name, facts: pickFacts(site, facts) });
  }
  for (const device of network.devices) addDevice(network, device);
  for (const host of network.hosts) addHost(host);
  for (const prefix of network.prefixes) {
    const facts = pickFacts(prefix, ["cidr", "alias", "role", "segment", "gateway", "pool"]);
    const cidrs = [prefix.cidr, prefix.alias].filter(Boolean);
    const site = prefix.name.split(".")[0];
    addThing("prefix", prefix.name, { site, kinds: ["prefix", prefix.role], cidrs, facts });
  }
  for (const strip of network.map.strips) {
    if (!things.has(`prefix:${strip.name}`) && !strip.name.startsWith("vpn.")) {
      const facts = [["cidr", strip.cidr], ["kind", strip.kind]];
      addThing("range", strip.name, { kinds: ["range", strip.kind], cidrs: [strip.cidr], facts });
    }
  }
  for (const cable of network.cables) addCable(cable);
  for (const card of network.cards) addTenant(card);
  for (const one of network.endpoints) {
    if (one.kind === "pods" && one.name.startsWith("namespace.")) addNamespace(one, network);
  }
  addVpn(network);
  for (const flow of network.flows) {
    const ports = flow.ports;
    const facts = [["from", flow.source], ["to", flow.target], ["ports", ports.join(", ")]];
    if (flow.public_port) facts.push(["public port", String(flow.public_port)]);
    facts.push(["why", flow.why], ["origin", flow.origin]);
    addThing("flow", flow.name, { kinds: ["flow", flow.origin], ports: [...ports], facts, flow });
  }
  for (const port of network.public_ports) {
    const facts = [["dialled", `${port.public} at ${port.site}`], ["leads to", port.target]];
    facts.push(["as", port.ports], ["why", port.why]);
    const tenant = port.target.includes("/") ? port.target.split("/")[0] : undefined;
    const name = `${port.public} at ${port.site} to ${port.target}`;
    addThing("public", name, { site: port.site, tenant, ports: [port.public], facts });
  }
  for (const thing of things.values()) thing.text = wordsOf(thing);
}

const pickFacts = (record, keys) =>
  keys.filter((key) => record[key]).map((key) => [key.replace("_", " "), String(record[key])]);

function addDevice(network, device) {
  const site = device.name.split("/")[0];
  const facts = pickFacts(device, ["role", "platform", "model", "description", "rack", "unit"]);
  for (const port of device.interfaces) {
    const words = [port.segment, ...port.addresses, port.mac, port.vlan && `VLAN ${port.vlan}`];
    facts.push([port.name, words.filter(Boolean).join(", ") || port.kind]);
  }
  const way = device.management;
  if (way) facts.push(["login", `${way.host ?? "its own address"} port ${way.port}`]);
  const files = device.files.map(([path, lines]) => `${path} (${plural(lines, "line")})`);
  if (files.length) facts.push(["files", files.join(", ")]);
  const managed = device.platform === "unmanaged" ? "unmanaged" : "managed";
  addThing("device", device.name, { site, kinds: ["device", device.role, managed], facts });
}

function addHost(host) {
  const name = `${host.site}/${host.name}`;
  const facts = [["address", host.address]];
  if (host.elsewhere !== host.address) facts.push(["seen from elsewhere as", host.elsewhere]);
  if (host.mac) facts.push(["MAC", host.mac]);
  const other = host.names.filter((one) => one !== host.name);
  if (other.length) facts.push(["also called", other.join(", ")]);
  const id = things.has(`device:${name}`) ? "device" : "host";
  addThing(id, name, { site: host.site, facts });
}

function addCable(cable) {
  const name = `${cable.site}/${cable.a}~${cable.b}`;
  const facts = [["from", `${cable.site}/${cable.a}`], ["to", `${cable.site}/${cable.b}`]];
  facts.push(...pickFacts(cable, ["medium", "speed"]));
  addThing("link", name, { site: cable.site, kinds: ["link", cable.medium], facts, cable });
}

function addTenant(card) {
  const facts = [["trust", card.trust]];
  if (card.description) facts.push(["description", card.description]);
  const closed = card.namespaces.length - card.bare.length;
  facts.push(["isolated", `${closed} of ${plural(card.namespaces.length, "namespace")}`]);
  addThing("tenant", card.name, { tenant: card.name, kinds: ["tenant", card.trust], facts, card });
  for (const service of card.services) {
    const known = [["namespace", service.namespace], ["ports", service.ports.join(", ")]];
    if (service.address) known.push(["address", service.address]);
    if (service.hostnames.length) known.push(["names", service.hostnames.join(", ")]);
    if (service.public.length) known.push(["published as", service.public.join(", ")]);
    const ports = service.ports.map((port) => port.split(" to ")[0]);
    addThing("service", service.name, { tenant: card.name, ports, facts: known });
  }
}

function addNamespace(end, network) {
  const name = end.name.slice("namespace.".length);
  if (name.includes("[")) return;
  const own = network.policies.filter(([namespace]) => namespace === name);
  const facts = [["what", end.what]];
  if (own.length) facts.push(["policies", own.map(([, policy]) => policy).join(", ")]);
  const kinds = ["namespace", ...(end.tenant ? [] : ["system"])];
  addThing("namespace", name, { tenant: end.tenant ?? undefined, kinds, facts });
}

function addVpn(network) {
  const owner = new Map(network.endpoints.map((one) => [one.name, one.tenant]));
  for (const face of network.vpn.interfaces) {
    const site = face.device.split("/")[0];
    const facts = [["device", face.device], ["interface", face.name], ["address", face.address]];
    facts.push(["listens on", `udp/${face.port}`], ["MTU", String(face.mtu)]);
    facts.push(["peers", face.peers.map((peer) => peer.name).join(", ") || "none"]);
    const ports = [`udp/${face.port}`];
    const more = { site, ports, facts, cidrs: face.endpoint ? [face.address] : [] };
    if (!face.endpoint) addThing("tunnel", `${face.device} ${face.name}`, more);
    else addThing("vpn", face.endpoint, { ...more, tenant: owner.get(`vpn.${face.endpoint}`) });
  }
  for (const client of network.vpn.clients) {
    const facts = pickFacts(client, ["endpoint", "index", "expires"]);
    const tenant = owner.get(`client.${client.name}`) ?? owner.get(`vpn.${client.endpoint}`);
    addThing("client", client.name, { tenant, facts });
  }
}

const wordsOf = (thing) =>
  [thing.name, ...thing.kinds, thing.site, thing.tenant, ...thing.facts.map((fact) => fact[1])]
    .filter(Boolean).join(" ").toLowerCase();

/** The name that reachability knows a thing by; null where it knows none. */
function endName(thing) {
  if (!thing) return null;
  const prefix = { vpn: "vpn.", client: "client.", namespace: "namespace." }[thing.kind] ?? "";
  const known = ["internet", "site", "device", "prefix", "tenant", "service", "vpn", "client",
    "namespace"];
  return known.includes(thing.kind) ? prefix + thing.name : null;
}

/** The thing behind a name as reachability, flows and steps write it. */
function thingNamed(name) {
  const bare = name.replace(/\[.*$/, "");
  const forms = [["vpn.", "vpn"], ["client.", "client"], ["namespace.", "namespace"],
    ["namespace ", "namespace"]];
  for (const [start, kind] of forms) {
    if (bare.startsWith(start)) return things.get(`${kind}:${bare.slice(start.length)}`);
  }
  if (bare === "the internet") return things.get("internet:internet");
  const kinds = ["device", "service", "prefix", "tenant", "site", "internet", "range", "host"];
  const found = kinds.find((kind) => things.has(`${kind}:${bare}`));
  return found && things.get(`${found}:${bare}`);
}
