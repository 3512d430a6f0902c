// The geometry of the diagram on screen. Time runs right and nodes are rows, or, on a phone, time
// runs down and nodes are columns: everything is drawn in (time, across) and turned here.

import { NO_LANE, type Layout } from "./layout";

/** The inks of a theme, read from the page's own colours. */
export interface Inks {
  paper: string;
  ink: string;
  muted: string;
  line: string;
  accent: string;
  bad: string;
  good: string;
  hues: string[];
}

export interface Scene {
  layout: Layout;
  nodes: string[];
  /** Events that have happened. */
  position: number;
  /** Where the playhead stands, in pixels along time. */
  playhead: number;
  /** Events or messages that are lit: hovered, selected, or a pair that breaks a property. */
  hover: Hit | undefined;
  lit: ReadonlySet<number>;
  message: number;
  view: Viewport;
  inks: Inks;
}

/** What lies under a pointer. */
export type Hit =
  | { is: "event"; event: number }
  | { is: "arrow"; send: number; end: number }
  | { is: "node"; node: number }
  | { is: "axis"; x: number };

export interface Viewport {
  width: number;
  height: number;
  /** Room for the nodes' names, before time begins. */
  gutter: number;
  /** Room for axis, notes and violations, before the first lifeline. */
  margin: number;
  rowHeight: number;
  zoom: number;
  /** Pixels along time that are scrolled away. */
  pan: number;
  vertical: boolean;
}

/** Room between the axis and the first lifeline, without lanes. */
export const AXIS = 24;
export const LANE = 17;
const BEGIN = 14;

export function along(v: Viewport, x: number): number {
  return v.gutter + BEGIN + x * v.zoom - v.pan;
}
export function across(v: Viewport, row: number): number {
  return v.margin + row * v.rowHeight;
}

/** Time's pixel at a place on screen: the inverse of `along`. */
export function timeAt(v: Viewport, place: number): number {
  return (place - v.gutter - BEGIN + v.pan) / v.zoom;
}

/** A point of the diagram on screen. */
export function point(v: Viewport, x: number, row: number): [number, number] {
  const t = along(v, x),
    a = across(v, row);
  return v.vertical ? [a, t] : [t, a];
}

/** How long time is on screen. */
export function extent(v: Viewport): number {
  return (v.vertical ? v.height : v.width) - v.gutter;
}

/** The pan that keeps the playhead in sight: a function of the playhead alone. */
export function follow(v: Viewport, width: number, playhead: number): number {
  const room = extent(v) - BEGIN - 30;
  const whole = width * v.zoom;
  if (whole <= room) return 0;
  return Math.max(0, Math.min(playhead * v.zoom - room * 0.6, whole - room));
}

/** What lies at a place on screen: a mark before an arrow, an arrow before the axis. */
export function hit(
  layout: Layout,
  v: Viewport,
  px: number,
  py: number,
  reach: number,
): Hit | undefined {
  const [time, side] = v.vertical ? [py, px] : [px, py];
  if (time < v.gutter) return hitNode(layout, v, side);
  const x = timeAt(v, time);
  const mark = hitMark(layout, v, px, py, x, reach);
  if (mark) return mark;
  const arrow = hitArrow(layout, v, px, py, x, reach);
  if (arrow) return arrow;
  return side < v.margin - v.rowHeight * 0.3 ? { is: "axis", x } : undefined;
}

function hitNode(_layout: Layout, v: Viewport, side: number): Hit | undefined {
  const row = Math.round((side - v.margin) / v.rowHeight);
  if (row < 0 || Math.abs(side - across(v, row)) > Math.min(v.rowHeight / 2, 22))
    return undefined;
  return { is: "node", node: row };
}

function hitMark(layout: Layout, v: Viewport, px: number, py: number, x: number, reach: number) {
  let best: Hit | undefined,
    nearest = reach;
  const span = reach / v.zoom + 1;
  layout.marksWithin(x - span, x + span, (i) => {
    const mark = layout.mark(i);
    const lane = mark.lane >= 2 && mark.lane !== NO_LANE;
    const [mx, my] = lane ? laneAt(v, mark.x, mark.lane) : point(v, mark.x, mark.row);
    const away = Math.hypot(px - mx, py - my);
    if (away <= nearest) [nearest, best] = [away, { is: "event", event: mark.event }];
  });
  return best;
}

/** Where a header lane (notes, violations) is at x. Lanes count from 2, next to the nodes. */
export function laneAt(v: Viewport, x: number, lane: number): [number, number] {
  const t = along(v, x);
  if (v.vertical) return [44, t];
  return [t, v.margin - 34 - Math.max(0, lane - 2) * LANE];
}

function hitArrow(layout: Layout, v: Viewport, px: number, py: number, x: number, reach: number) {
  let best: Hit | undefined,
    nearest = reach;
  layout.arrowsWithin(x - reach, x + reach, (i) => {
    const a = layout.arrow(i);
    const [x1, y1] = point(v, a.x1, a.from);
    const [x2, y2] = point(v, a.x2, a.from + ((a.to - a.from) * a.reach) / 16);
    const away = distance(px, py, x1, y1, x2, y2);
    if (away < nearest) [nearest, best] = [away, { is: "arrow", send: a.send, end: a.end }];
  });
  return best;
}

function distance(
  px: number,
  py: number,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
): number {
  const dx = x2 - x1,
    dy = y2 - y1,
    length = dx * dx + dy * dy;
  const t = length ? Math.max(0, Math.min(1, ((px - x1) * dx + (py - y1) * dy) / length)) : 0;
  return Math.hypot(px - x1 - t * dx, py - y1 - t * dy);
}
