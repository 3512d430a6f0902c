// The trace of a run as typed arrays: copies of the core's records, appended as they stream in.
// The layout is that of trace.Record (72 bytes) and trace.Change (16 bytes), little endian.

export const RECORD_BYTES = 72;
export const CHANGE_BYTES = 16;

/** The absent number. Everything that reads numbers compares with it. */
export const NO_NUMBER = -(2 ** 63);
export const NO_NODE = 255;

export const Kind = {
  None: 0,
  Send: 1,
  Deliver: 2,
  Lose: 3,
  Duplicate: 4,
  Timer: 5,
  Write: 6,
  Sync: 7,
  Crash: 8,
  Restart: 9,
  Promise: 10,
  Accept: 11,
  Chosen: 12,
  Execute: 13,
  Reply: 14,
  Lead: 15,
  StepDown: 16,
  Configure: 17,
  Note: 18,
  Violation: 19,
} as const;

export const KIND_NAMES = [
  "none",
  "send",
  "deliver",
  "lose",
  "duplicate",
  "timer",
  "write",
  "sync",
  "crash",
  "restart",
  "promise",
  "accept",
  "chosen",
  "execute",
  "reply",
  "lead",
  "step-down",
  "configure",
  "note",
  "violation",
];

const WORDS = RECORD_BYTES / 4;

/** What stands in one cell of a table of state; a state is a history, whose text the core knows. */
export type Cell =
  | { is: "empty" }
  | { is: "absent" }
  | { is: "number"; text: string }
  | { is: "text"; text: string }
  | { is: "state"; history: number };

/** Bytes that grow by doubling; what was appended never moves for a reader of `words`. */
class Bytes {
  length = 0;
  bytes = new Uint8Array(1 << 14);
  words = new Int32Array(this.bytes.buffer);

  append(more: ArrayBuffer): void {
    if (this.length + more.byteLength > this.bytes.length)
      this.grow(this.length + more.byteLength);
    this.bytes.set(new Uint8Array(more), this.length);
    this.length += more.byteLength;
  }

  private grow(to: number): void {
    let size = this.bytes.length;
    while (size < to) size *= 2;
    const bigger = new Uint8Array(size);
    bigger.set(this.bytes.subarray(0, this.length));
    this.bytes = bigger;
    this.words = new Int32Array(bigger.buffer);
  }
}

export class Trace {
  private records = new Bytes();
  private changed = new Bytes();
  private texts: string[] = [""];

  /** `initial` is how many changes come before the first event. */
  constructor(private initial = 0) {}

  get count(): number {
    return this.records.length / RECORD_BYTES;
  }
  get changes(): number {
    return this.changed.length / CHANGE_BYTES;
  }

  append(records: ArrayBuffer, changes: ArrayBuffer, names: string[]): void {
    this.records.append(records);
    this.changed.append(changes);
    for (const name of names) this.texts.push(name);
  }

  private number(i: number, word: number): number {
    const w = this.records.words,
      at = i * WORDS + word;
    return w[at + 1]! * 2 ** 32 + (w[at]! >>> 0);
  }
  private word(i: number, word: number): number {
    return this.records.words[i * WORDS + word]! >>> 0;
  }
  private byte(i: number, at: number): number {
    return this.records.bytes[i * RECORD_BYTES + at]!;
  }

  /** Virtual time in microseconds. */
  at(i: number): number {
    return this.number(i, 0);
  }
  ballot(i: number): number {
    return this.number(i, 2);
  }
  vballot(i: number): number {
    return this.number(i, 4);
  }
  slot(i: number): number {
    return this.number(i, 6);
  }
  message(i: number): number {
    return this.word(i, 8);
  }
  value(i: number): string {
    return this.text(this.word(i, 9));
  }
  vvalue(i: number): string {
    return this.text(this.word(i, 10));
  }
  /** The number of a history; its text is asked of the core. */
  state(i: number): number {
    return this.word(i, 11);
  }
  note(i: number): string {
    return this.text(this.word(i, 12));
  }
  /** The line of the text that made it happen, from 1; 0: the protocol itself. */
  line(i: number): number {
    return this.word(i, 13);
  }
  /** The event that this one follows from, or -1. */
  cause(i: number): number {
    return this.word(i, 14) - 1;
  }
  node(i: number): number {
    return this.byte(i, 60);
  }
  from(i: number): number {
    return this.byte(i, 61);
  }
  to(i: number): number {
    return this.byte(i, 62);
  }
  kind(i: number): number {
    return this.byte(i, 63);
  }
  /** Index into the protocol's kinds of messages, or -1. */
  type(i: number): number {
    return this.byte(i, 64) - 1;
  }

  text(name: number): string {
    return this.texts[name] ?? "";
  }

  /** The event that made change c; -1: it stood there from the beginning. */
  changeEvent(c: number): number {
    return c < this.initial ? -1 : this.changed.words[c * 4 + 2]! >>> 0;
  }
  changeRow(c: number): number {
    return this.changed.words[c * 4 + 3]! & 0xffff;
  }
  changeNode(c: number): number {
    return this.changed.bytes[c * CHANGE_BYTES + 14]!;
  }

  /** What change c puts into its cell: odd is a text or a state, even twice a number. */
  changeCell(c: number): Cell {
    const low = this.changed.words[c * 4]!,
      high = this.changed.words[c * 4 + 1]!;
    if (high === -0x80000000 && low === 0) return { is: "empty" };
    if (high === -0x80000000 && low === 1) return { is: "absent" };
    if (low & 1) {
      const index = (low >>> 1) + (high & 1) * 2 ** 31;
      if (high & 2) return { is: "state", history: index };
      return { is: "text", text: this.text(index) };
    }
    const raw = (BigInt(high) << 32n) | BigInt(low >>> 0);
    return { is: "number", text: (raw >> 1n).toString() };
  }
}
