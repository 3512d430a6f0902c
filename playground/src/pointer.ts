// Mouse, pen and finger on the diagram: hover lights, a click goes there, a drag pans, a drag of
// the axis scrubs; right click or a long press opens the menu of what lies there.

import type { Diagram } from "./diagram";
import type { Hit } from "./scene";

export interface Gestures {
  pick(hit: Hit | undefined): void;
  scrub(position: number): void;
  menu(hit: Hit, x: number, y: number): void;
  hover(hit: Hit | undefined, x: number, y: number): void;
}

const LONG_PRESS_MS = 500;
const SLOP = 5;

export function listen(diagram: Diagram, gestures: Gestures): void {
  new Pointer(diagram, gestures);
}

class Pointer {
  private down: { x: number; y: number; hit: Hit | undefined; moved: boolean } | undefined;
  private press: ReturnType<typeof setTimeout> | undefined;
  private touches = new Map<number, [number, number]>();

  constructor(
    private diagram: Diagram,
    private gestures: Gestures,
  ) {
    const { canvas } = diagram;
    canvas.addEventListener("pointerdown", (e) => this.begin(e));
    canvas.addEventListener("pointermove", (e) => this.move(e));
    canvas.addEventListener("pointerup", (e) => this.end(e));
    canvas.addEventListener("pointercancel", (e) => this.cancel(e));
    canvas.addEventListener("pointerleave", () => this.leave());
    canvas.addEventListener("contextmenu", (e) => this.contextMenu(e));
    canvas.addEventListener("wheel", (e) => this.wheel(e), { passive: false });
  }

  private place(e: MouseEvent): [number, number] {
    const box = this.diagram.canvas.getBoundingClientRect();
    return [e.clientX - box.left, e.clientY - box.top];
  }

  private begin(e: PointerEvent): void {
    if (e.button !== 0) return;
    const [x, y] = this.place(e),
      touch = e.pointerType === "touch";
    this.touches.set(e.pointerId, [x, y]);
    this.down = { x, y, hit: this.diagram.at(x, y, touch ? 18 : 9), moved: false };
    this.diagram.canvas.setPointerCapture(e.pointerId);
    if (this.down.hit?.is === "axis") this.gestures.scrub(this.diagram.positionAt(x, y));
    else if (touch) this.press = setTimeout(() => this.longPress(e), LONG_PRESS_MS);
  }

  private longPress(e: PointerEvent): void {
    const hit = this.down?.hit;
    this.down = undefined;
    if (hit) this.gestures.menu(hit, e.clientX, e.clientY);
  }

  private move(e: PointerEvent): void {
    const [x, y] = this.place(e);
    const before = this.touches.get(e.pointerId);
    if (before) this.touches.set(e.pointerId, [x, y]);
    if (this.touches.size === 2 && before) return this.pinch(e.pointerId, before, [x, y]);
    if (!this.down) {
      const over = this.diagram.at(x, y);
      this.diagram.hoverOver(over);
      return this.gestures.hover(over, e.clientX, e.clientY);
    }
    if (Math.hypot(x - this.down.x, y - this.down.y) > SLOP) this.down.moved = true;
    if (!this.down.moved) return;
    clearTimeout(this.press);
    if (this.down.hit?.is === "axis") return this.gestures.scrub(this.diagram.positionAt(x, y));
    if (before) this.diagram.pan(this.diagram.vertical ? before[1] - y : before[0] - x);
  }

  private pinch(id: number, before: [number, number], now: [number, number]): void {
    clearTimeout(this.press);
    if (this.down) this.down.moved = true;
    for (const [other, at] of this.touches) {
      if (other === id) continue;
      const was = Math.hypot(before[0] - at[0], before[1] - at[1]);
      const is = Math.hypot(now[0] - at[0], now[1] - at[1]);
      if (was > 10) this.diagram.zoomBy(is / was, this.diagram.vertical ? at[1] : at[0]);
    }
  }

  private end(e: PointerEvent): void {
    clearTimeout(this.press);
    this.touches.delete(e.pointerId);
    const down = this.down;
    this.down = undefined;
    if (down && !down.moved) this.gestures.pick(down.hit);
  }

  private cancel(e: PointerEvent): void {
    clearTimeout(this.press);
    this.touches.delete(e.pointerId);
    this.down = undefined;
  }

  private leave(): void {
    this.diagram.hoverOver(undefined);
    this.gestures.hover(undefined, 0, 0);
  }

  private contextMenu(e: MouseEvent): void {
    const hit = this.diagram.at(...this.place(e), 12);
    if (!hit || hit.is === "axis") return;
    e.preventDefault();
    this.gestures.menu(hit, e.clientX, e.clientY);
  }

  private wheel(e: WheelEvent): void {
    const [x, y] = this.place(e);
    if (e.ctrlKey || e.metaKey) {
      e.preventDefault();
      return this.diagram.zoomBy(Math.exp(-e.deltaY / 300), this.diagram.vertical ? y : x);
    }
    const along = this.diagram.vertical ? e.deltaY : e.shiftKey ? e.deltaY : e.deltaX;
    if (along === 0) return;
    e.preventDefault();
    this.diagram.pan(along);
  }
}
