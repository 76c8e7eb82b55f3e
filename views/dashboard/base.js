// Names -> elements, never markup: whatever a name holds, it stays text.

const SVG_NAME = "http://www.w3.org/2000/svg";

/** Makes an element; `on...` are listeners, `class` and all others attributes. */
function make(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

const byId = (id) => document.getElementById(id);

const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** A button that does something when pressed. */
function press(label, action, props = {}) {
  return make("button", { type: "button", onclick: action, ...props }, label);
}

/** Says something to those who do not see the page change. */
function say(text) {
  byId("said").textContent = text;
}

/** The text of a part of the page: large ones are packed, which every browser since 2023 undoes. */
async function readPart(id) {
  const element = byId(id);
  if (element.type !== "application/zlib") return element.textContent;
  const packed = atob(element.textContent);
  const bytes = Uint8Array.from(packed, (sign) => sign.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(plain).text();
}

/** An IPv4 address as a number, or null. */
function addressNumber(text) {
  const found = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!found) return null;
  const parts = found.slice(1).map(Number);
  return parts.some((part) => part > 255) ? null : parts.reduce((sum, part) => sum * 256 + part, 0);
}

/** Whether an address lies in a range written with its length. */
function isIn(cidr, address) {
  const [start, length] = cidr.split("/");
  const first = addressNumber(start);
  return first !== null && address >= first && address < first + 2 ** (32 - Number(length));
}

async function copyText(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without the right to the clipboard there is still the old way.
    const box = make("textarea", { class: "unseen" }, text);
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
  say(`${what} copied`);
  toast(`${what} copied`);
}

function toast(text) {
  const note = byId("toast");
  note.textContent = text;
  note.classList.add("shown");
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => note.classList.remove("shown"), 2500);
}
