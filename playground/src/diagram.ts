// The diagram on its canvas: sizes, panning and zooming, what lies under the pointer. It is drawn
// on demand only, at most once a frame, from the store and these few things of its own.

import { paint } from "./paint";
import {
  AXIS,
  LANE,
  across,
  extent,
  follow,
  hit,
  timeAt,
  type Hit,
  type Inks,
  type Scene,
  type Viewport,
} from "./scene";
import type { Store } from "./store";
import { inks } from "./theme";

const MAX_HEIGHT = 520;
export const PHONE = 700;

export class Diagram {
  private scheduled = false;
  private zoom = 1;
  /** How far a person has panned away from where the playhead would have it. */
  private shift = 0;
  private hover: Hit | undefined;
  private colours: Inks;
  private shownAt = -1;
  /** How often it was painted: so that a test can wait for it. */
  painted = 0;

  constructor(
    readonly canvas: HTMLCanvasElement,
    private store: Store,
    private onShape: (rowHeight: number, vertical: boolean) => void,
  ) {
    this.colours = inks();
    new ResizeObserver(() => this.resize()).observe(canvas.parentElement!);
  }

  get vertical(): boolean {
    return innerWidth <= PHONE;
  }

  /** Takes the page's colours anew. */
  recolour(): void {
    this.colours = inks();
    this.draw();
  }

  resize(): void {
    this.onShape(this.rowHeight(), this.vertical);
    this.draw();
  }

  draw(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      this.drawNow();
    });
  }

  private drawNow(): void {
    const scene = this.scene();
    if (!scene) return;
    const { canvas } = this,
      { width, height } = scene.view,
      ratio = devicePixelRatio || 1;
    if (
      canvas.width !== Math.round(width * ratio) ||
      canvas.height !== Math.round(height * ratio)
    ) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.height = `${height}px`;
    }
    const context = canvas.getContext("2d")!;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint(context, scene);
    canvas.dataset["first"] ??= String(Math.round(performance.now()));
    canvas.dataset["painted"] = String(++this.painted);
    canvas.dataset["position"] = String(scene.position);
  }

  scene(): Scene | undefined {
    const { layout, position, cursor, describe, selection, pair, trace } = this.store.state;
    if (!layout || !describe) return undefined;
    const playhead = cursor ?? layout.playhead(position);
    if (this.shownAt !== position) [this.shift, this.shownAt] = [0, position];
    const view = this.viewport(layout.width, layout.lanes, playhead);
    const lit = new Set(pair);
    if (position > 0) lit.add(position - 1);
    const message = selection?.is === "message" ? selection.message : 0;
    if (message) for (const e of eventsOf(trace, message)) lit.add(e);
    const nodes = describe.nodes.map((n) => n.name);
    return {
      layout,
      nodes,
      position,
      playhead,
      hover: this.hover,
      lit,
      message,
      view,
      inks: this.colours,
    };
  }

  private viewport(length: number, lanes: number, playhead: number): Viewport {
    const box = this.canvas.parentElement!,
      { vertical } = this;
    const width = box.clientWidth,
      rowHeight = this.rowHeight();
    const nodes = this.store.state.describe?.nodes.length ?? 1;
    const margin = vertical ? 58 : AXIS + 20 + lanes * LANE + 10;
    const height = vertical
      ? Math.max(240, Math.round(innerHeight * 0.46))
      : margin + (nodes - 1) * rowHeight + 30;
    const gutter = vertical ? 26 : this.gutter();
    const view = { width, height, gutter, margin, rowHeight, zoom: this.zoom, pan: 0, vertical };
    view.zoom *= fill(extent(view), length);
    const limit = Math.max(0, length * view.zoom - extent(view) + 60);
    const pan = follow(view, length, playhead) + this.shift;
    return { ...view, pan: Math.max(0, Math.min(pan, limit)) };
  }

  private gutter(): number {
    const names = this.store.state.describe?.nodes ?? [];
    const longest = Math.max(1, ...names.map((n) => n.name.length));
    return Math.min(140, 26 + longest * 9);
  }

  private rowHeight(): number {
    const nodes = this.store.state.describe?.nodes.length ?? 3;
    if (this.vertical) return Math.floor((innerWidth - 58 - 40) / Math.max(1, nodes - 1));
    const fit = Math.floor((MAX_HEIGHT - 100) / Math.max(1, nodes - 1));
    return Math.max(30, Math.min(68, fit));
  }

  /** What lies at a place of the canvas; a finger reaches further than a mouse. */
  at(x: number, y: number, reach = 9): Hit | undefined {
    const scene = this.scene();
    return scene && hit(scene.layout, scene.view, x, y, reach);
  }

  /** The position at a place along time. */
  positionAt(x: number, y: number): number {
    const scene = this.scene();
    if (!scene) return 0;
    return scene.layout.positionAt(timeAt(scene.view, this.vertical ? y : x));
  }

  pan(by: number): void {
    const scene = this.scene();
    if (!scene) return;
    const base = follow(scene.view, scene.layout.width, scene.playhead);
    this.shift = scene.view.pan - base + by;
    this.draw();
  }

  /** Zooms around a place along time. */
  zoomBy(factor: number, place: number): void {
    const before = this.scene();
    if (!before) return;
    const x = timeAt(before.view, place);
    this.zoom = Math.max(0.05, Math.min(4, this.zoom * factor));
    const after = this.scene()!;
    this.pan((x - timeAt(after.view, place)) * after.view.zoom);
  }

  hoverOver(over: Hit | undefined): void {
    if (JSON.stringify(over) === JSON.stringify(this.hover)) return;
    this.hover = over;
    this.canvas.style.cursor = !over ? "" : over.is === "axis" ? "ew-resize" : "pointer";
    this.draw();
  }

  /** Where a node's name stands, for a menu that opens without a pointer. */
  placeOf(node: number): [number, number] {
    const scene = this.scene();
    if (!scene) return [0, 0];
    const a = across(scene.view, node);
    return this.vertical ? [a, scene.view.gutter] : [scene.view.gutter, a];
  }
}

/** How much a short run is stretched, so that it fills the room it has. */
function fill(room: number, length: number): number {
  return Math.max(1, Math.min(1.6, (room - 60) / Math.max(1, length)));
}

function eventsOf(
  trace: { count: number; message(i: number): number },
  message: number,
): number[] {
  const events: number[] = [];
  for (let i = 0; i < trace.count; i++) if (trace.message(i) === message) events.push(i);
  return events;
}
