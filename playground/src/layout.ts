// The layout of the diagram, as core/diagram computes it: fixed-size items, little endian, read
// here through typed arrays. Positions are pixels along time; rows are the nodes' numbers.

import type { Arrays, Shape } from "./abi";
import type { Instance } from "./instance";

export const Flag = {
  lost: 1,
  copy: 2,
  self: 4,
  held: 8,
  corrupt: 16,
  below: 32,
  fan: 64,
} as const;
export const Mark = {
  promise: 1,
  accept: 2,
  chosen: 3,
  execute: 4,
  reply: 5,
  lead: 6,
  stepDown: 7,
  timer: 8,
  write: 9,
  sync: 10,
  crash: 11,
  restart: 12,
  configure: 13,
  note: 14,
  violation: 15,
  proposes: 16,
  refuses: 17,
  suspects: 18,
  trusts: 19,
  waits: 20,
  commits: 21,
  aborts: 22,
  alarm: 23,
} as const;
export const GapKind = { down: 1, paused: 2, cut: 3 } as const;
export const NO_ROW = 255;
export const NO_LANE = 255;

/** Flags of the core's layout export; the vocabulary's index is shifted above them. */
export const VERTICAL = 1;
export const words = (index: number): number => (index + 1) << 8;

const ARRAYS = [
  ["x", 4],
  ["head", 4],
  ["arrows", 32],
  ["marks", 24],
  ["gaps", 16],
  ["folds", 16],
  ["ticks", 16],
  ["labels", 1],
  ["ends", 4],
] as const;

/** Computes the layout of the open run and copies it out of the core. */
export function readLayout(core: Instance, shape: Shape): { arrays: Arrays; figures: number[] } {
  core.call("layout", shape.width, shape.flags);
  const arrays: Arrays = {};
  ARRAYS.forEach(([name, bytes], i) => {
    const at = core.call("layoutarray", i),
      count = core.call("layoutcount", i);
    arrays[name] = core.bytes(at, count * bytes);
  });
  return { arrays, figures: [core.call("layoutfigure", 0), core.call("layoutfigure", 1)] };
}

export interface Arrow {
  x1: number;
  x2: number;
  send: number;
  end: number;
  label: string;
  labelX: number;
  from: number;
  to: number;
  type: number;
  hue: number;
  dash: number;
  head: number;
  reach: number;
  flags: number;
}
export interface MarkItem {
  x: number;
  event: number;
  label: string;
  labelX: number;
  row: number;
  kind: number;
  hue: number;
  lane: number;
}
export interface Gap {
  x1: number;
  x2: number;
  event: number;
  kind: number;
  row: number;
  to: number;
}
export interface Tick {
  us: number;
  x: number;
  event: number;
}

export class Layout {
  readonly x: Int32Array;
  readonly head: Int32Array;
  readonly arrowCount: number;
  readonly markCount: number;
  readonly gaps: Gap[] = [];
  readonly folds: Tick[] = [];
  readonly ticks: Tick[] = [];
  /** How many records it lays out. */
  readonly count: number;
  readonly width: number;
  readonly lanes: number;
  readonly vertical: boolean;
  /** For each block of arrows, the furthest end in it: so that long arrows are found quickly. */
  private reach: Int32Array;
  private arrows: DataView;
  private marks: DataView;
  private labels: string[] = [""];

  constructor(arrays: Arrays, figures: number[], shape: Shape) {
    this.x = new Int32Array(arrays["x"]!);
    this.head = new Int32Array(arrays["head"]!);
    this.count = this.head.length;
    this.arrows = new DataView(arrays["arrows"]!);
    this.marks = new DataView(arrays["marks"]!);
    this.arrowCount = this.arrows.byteLength / 32;
    this.markCount = this.marks.byteLength / 24;
    this.width = figures[0] ?? 0;
    this.lanes = figures[1] ?? 0;
    this.vertical = (shape.flags & VERTICAL) !== 0;
    this.readLabels(arrays);
    this.readGaps(new DataView(arrays["gaps"]!));
    readTicks(new DataView(arrays["folds"]!), this.folds);
    readTicks(new DataView(arrays["ticks"]!), this.ticks);
    this.reach = this.blockMaxima();
  }

  /** Where the playhead stands when `position` events have happened. */
  playhead(position: number): number {
    if (this.count === 0) return 0;
    if (position <= 0) return Math.min(0, this.head[0]! - 12);
    return this.head[Math.min(position, this.count) - 1]!;
  }

  /** How many events have happened when the playhead stands at x. */
  positionAt(x: number): number {
    let low = 0,
      high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.head[middle]! <= x) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  arrow(i: number): Arrow {
    const v = this.arrows,
      at = i * 32,
      style = v.getUint8(at + 29);
    return {
      x1: v.getInt32(at, true),
      x2: v.getInt32(at + 4, true),
      send: v.getUint32(at + 8, true),
      end: v.getInt32(at + 12, true),
      label: this.labels[v.getUint32(at + 16, true)] ?? "",
      labelX: v.getInt32(at + 20, true),
      from: v.getUint8(at + 24),
      to: v.getUint8(at + 25),
      type: v.getUint8(at + 26) - 1,
      hue: v.getUint8(at + 28),
      dash: style & 15,
      head: style >> 4,
      reach: v.getUint8(at + 30),
      flags: v.getUint8(at + 31),
    };
  }

  mark(i: number): MarkItem {
    const v = this.marks,
      at = i * 24;
    return {
      x: v.getInt32(at, true),
      event: v.getUint32(at + 4, true),
      label: this.labels[v.getUint32(at + 8, true)] ?? "",
      labelX: v.getInt32(at + 12, true),
      row: v.getUint8(at + 16),
      kind: v.getUint8(at + 17),
      hue: v.getUint8(at + 19),
      lane: v.getUint8(at + 20),
    };
  }

  /** Calls f with each arrow that touches [x1, x2], in order. */
  arrowsWithin(x1: number, x2: number, f: (i: number) => void): void {
    const end = firstAt(this.arrowCount, (i) => this.arrows.getInt32(i * 32, true) > x2);
    for (let block = 0; block * BLOCK < end; block++) {
      if (this.reach[block]! < x1) continue;
      for (let i = block * BLOCK; i < Math.min(end, (block + 1) * BLOCK); i++) {
        if (this.arrowEnd(i) >= x1) f(i);
      }
    }
  }

  /** Calls f with each mark within [x1, x2], in order. */
  marksWithin(x1: number, x2: number, f: (i: number) => void): void {
    let i = firstAt(this.markCount, (m) => this.marks.getInt32(m * 24, true) >= x1);
    for (; i < this.markCount && this.marks.getInt32(i * 24, true) <= x2; i++) f(i);
  }

  private arrowEnd(i: number): number {
    const under = this.arrows.getInt32(i * 32 + 12, true) < 0;
    return under ? this.width : this.arrows.getInt32(i * 32 + 4, true);
  }

  private blockMaxima(): Int32Array {
    const maxima = new Int32Array(Math.ceil(this.arrowCount / BLOCK));
    for (let i = 0; i < this.arrowCount; i++) {
      const block = Math.floor(i / BLOCK);
      maxima[block] = Math.max(maxima[block]!, this.arrowEnd(i));
    }
    return maxima;
  }

  private readLabels(arrays: Arrays): void {
    const bytes = new Uint8Array(arrays["labels"]!),
      decoder = new TextDecoder();
    let start = 0;
    for (const end of new Uint32Array(arrays["ends"]!)) {
      this.labels.push(decoder.decode(bytes.subarray(start, end)));
      start = end;
    }
  }

  private readGaps(v: DataView): void {
    for (let at = 0; at < v.byteLength; at += 16) {
      this.gaps.push({
        x1: v.getInt32(at, true),
        x2: v.getInt32(at + 4, true),
        event: v.getUint32(at + 8, true),
        kind: v.getUint8(at + 12),
        row: v.getUint8(at + 13),
        to: v.getUint8(at + 14),
      });
    }
  }
}

const BLOCK = 256;

function readTicks(v: DataView, into: Tick[]): void {
  for (let at = 0; at < v.byteLength; at += 16) {
    into.push({
      us: Number(v.getBigInt64(at, true)),
      x: v.getInt32(at + 8, true),
      event: v.getUint32(at + 12, true),
    });
  }
}

/** The first index below n for which `holds` is true, when it is false before and true after. */
function firstAt(n: number, holds: (i: number) => boolean): number {
  let low = 0,
    high = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
