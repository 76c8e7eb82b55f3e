// A picture in a frame -> moved and magnified by wheel, drag, two fingers and keys.

const MOST_ZOOM = 4;
// Below this scale the letters of a picture can no longer be read.
const READABLE = 0.65;

class Camera {
  constructor(svg) {
    this.svg = svg;
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    this.page = { width, height };
    // The picture's point in the upper left of the frame, and pixels for each of its units.
    this.x = 0;
    this.y = 0;
    this.scale = 0;
    this.pointers = new Map();
    this.moved = false;
    svg.removeAttribute("width");
    svg.removeAttribute("height");
    svg.setAttribute("preserveAspectRatio", "xMinYMin meet");
    svg.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    svg.addEventListener("pointerdown", (event) => this.onDown(event));
    svg.addEventListener("pointermove", (event) => this.onMove(event));
    for (const end of ["pointerup", "pointercancel"]) {
      svg.addEventListener(end, (event) => this.pointers.delete(event.pointerId));
    }
    // Paper has no frame to move: it gets the whole page.
    const { width: all, height: most } = this.page;
    addEventListener("beforeprint", () => svg.setAttribute("viewBox", `0 0 ${all} ${most}`));
    addEventListener("afterprint", () => this.show());
    new ResizeObserver(() => (this.scale ? this.show() : this.fit())).observe(svg);
  }

  get frame() {
    return this.svg.getBoundingClientRect();
  }

  show() {
    const { width, height } = this.frame;
    if (!width || !height) return;
    this.svg.setAttribute("viewBox",
      `${this.x} ${this.y} ${width / this.scale} ${height / this.scale}`);
    showNames(this);
  }

  /** The scale at which the whole page is seen. */
  get whole() {
    const { width, height } = this.frame;
    return Math.min(1, width / this.page.width, height / this.page.height);
  }

  showAll() {
    this.scale = this.whole;
    this.x = Math.min(0, (this.page.width - this.frame.width / this.scale) / 2);
    this.y = 0;
    this.show();
  }

  /** The whole page; where that could not be read, its upper part as wide as the frame. */
  fit() {
    const { width } = this.frame;
    if (!width) return;
    const wide = Math.min(1, width / this.page.width);
    // On a phone a part that can be read says more than a whole that cannot.
    const scale = width < 700 ? Math.max(wide, READABLE) : wide;
    if (this.whole >= READABLE || scale < READABLE * 0.7) return this.showAll();
    this.scale = scale;
    this.x = Math.min(0, (this.page.width - width / scale) / 2);
    this.y = 0;
    this.show();
  }

  /** Shows a point of the picture in the middle of the frame. */
  centre(x, y, scale) {
    this.scale = scale;
    this.x = x - this.frame.width / scale / 2;
    this.y = y - this.frame.height / scale / 2;
    this.show();
  }

  /** Shows a part of the picture as large as the frame allows. */
  showBox({ x, y, width, height }) {
    const { width: wide, height: high } = this.frame;
    const scale = Math.min(1, wide / (width + 40), high / (height + 40));
    this.centre(x + width / 2, y + height / 2, scale);
  }

  zoom(factor, at) {
    const { left, top, width, height } = this.frame;
    const point = at ?? { x: left + width / 2, y: top + height / 2 };
    const here = this.toPicture(point);
    this.scale = Math.min(MOST_ZOOM, Math.max(this.whole * 0.8, this.scale * factor));
    this.x = here.x - (point.x - left) / this.scale;
    this.y = here.y - (point.y - top) / this.scale;
    this.show();
  }

  toPicture(point) {
    const { left, top } = this.frame;
    return { x: this.x + (point.x - left) / this.scale, y: this.y + (point.y - top) / this.scale };
  }

  pan(x, y) {
    this.x -= x / this.scale;
    this.y -= y / this.scale;
    this.show();
  }

  onWheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    this.zoom(Math.exp(-event.deltaY * lines * 0.0016), { x: event.clientX, y: event.clientY });
  }

  onDown(event) {
    if (event.button) return;
    this.moved = false;
    this.start = { x: event.clientX, y: event.clientY };
    this.pointers.set(event.pointerId, this.start);
  }

  onMove(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const here = { x: event.clientX, y: event.clientY };
    if (!this.moved && Math.hypot(here.x - this.start.x, here.y - this.start.y) < 5) return;
    // Captured only now: a captured click would lose the thing that was clicked.
    if (!this.moved) this.svg.setPointerCapture(event.pointerId);
    this.moved = true;
    const other = [...this.pointers].find(([id]) => id !== event.pointerId);
    this.pointers.set(event.pointerId, here);
    if (!other) return this.pan(here.x - before.x, here.y - before.y);
    const apart = (point) => Math.hypot(point.x - other[1].x, point.y - other[1].y);
    this.zoom(apart(here) / Math.max(1, apart(before)), other[1]);
  }
}
