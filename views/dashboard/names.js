// A picture too small to be read -> the names of its sites and tenants, large, as on a map.

// Below this scale small letters are grey lines: they make room for the names.
const FAR = 0.45;
// Height of a name on the screen, in pixels, where its place is wide enough.
const NAME_HEIGHT = 22;
// Width of a bold letter beside its height; a guess on the safe side.
const LETTER = 0.64;

/** Shows names where the picture is far away, each as large as its place allows. */
function showNames(camera) {
  const far = camera.scale < FAR;
  camera.svg.classList.toggle("far", far);
  if (!far) return;
  camera.names ??= addNames(camera);
  for (const { text, box, letters } of camera.names) {
    const height = Math.min(NAME_HEIGHT / camera.scale, box.width * 0.94 / (letters * LETTER));
    text.style.fontSize = `${height}px`;
  }
}

function addNames(camera) {
  const layer = document.createElementNS(SVG_NAME, "g");
  layer.setAttribute("class", "names");
  // Whoever hears the page hears the places themselves.
  layer.setAttribute("aria-hidden", "true");
  const places = [...camera.svg.querySelectorAll("[data-site],[data-tenant]:not([data-endpoint]),[data-cluster]")];
  const names = places.map((place) => nameOf(camera, place));
  layer.append(...names.map((one) => one.text));
  camera.svg.append(layer);
  return names;
}

function nameOf(camera, place) {
  const text = document.createElementNS(SVG_NAME, "text");
  text.textContent = place.dataset.site ?? place.dataset.tenant ?? place.dataset.cluster;
  text.setAttribute("class", place.classList.contains("place") ? "" : place.getAttribute("class") ?? "");
  const box = boxOf(camera, place);
  text.setAttribute("x", box.x + box.width / 2);
  text.setAttribute("y", box.y + box.height / 2);
  text.addEventListener("click", (event) => {
    event.stopPropagation();
    if (!camera.moved) camera.showBox(box);
  });
  return { text, box, letters: text.textContent.length };
}

/** Where an element lies on the page of its picture. */
function boxOf(camera, element) {
  const { x, y, width, height } = element.getBoundingClientRect();
  const start = camera.toPicture({ x, y });
  return { x: start.x, y: start.y, width: width / camera.scale, height: height / camera.scale };
}
