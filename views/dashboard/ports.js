// Ports as they are written (`tcp/443`, `udp/5000-5010`, `icmp`, `any`) -> sets that can be compared.

const LAST_PORT = 65535;
// The numbers of every word that stands for ports: `any`, `tcp`, `icmp`, ...
let protocols = {};

function readProtocols(network) {
  protocols = network.protocols;
}

/** The intervals of one written port; null where it is none. */
function readPort(text) {
  const word = text.trim().toLowerCase();
  if (Object.hasOwn(protocols, word)) return protocols[word];
  const found = /^(?:(tcp|udp|sctp)\/)?(\d{1,5})(?:-(\d{1,5}))?$/.exec(word);
  if (!found) return null;
  const [first, last] = [Number(found[2]), Number(found[3] ?? found[2])];
  if (first < 1 || first > last || last > LAST_PORT) return null;
  // Without a protocol it is asked for both of those that have ports.
  return (found[1] ? [found[1]] : ["tcp", "udp"]).map((name) => {
    const before = protocols[name][0][0] - 1;
    return [before + first, before + last];
  });
}

const readPorts = (texts) => texts.flatMap((text) => readPort(text) ?? []);

const meets = (one, other) =>
  one.some(([first, last]) => other.some(([from, to]) => first <= to && from <= last));

/** Whether every one of the asked ports is in the set; its intervals may touch. */
function covers(ports, asked) {
  return asked.every(([first, last]) => {
    let next = first;
    for (const [from, to] of [...ports].sort((a, b) => a[0] - b[0])) {
      if (from <= next && to >= next) next = to + 1;
    }
    return next > last;
  });
}
