// Traces made by hand, in the bytes in which the core hands them over.

import { CHANGE_BYTES, NO_NODE, RECORD_BYTES, Trace } from "../../src/trace";

export interface Event {
  at?: number;
  kind: number;
  node?: number;
  message?: number;
  line?: number;
  ballot?: bigint;
  value?: number;
  from?: number;
  to?: number;
  cause?: number;
  type?: number;
}

const NONE = -(2n ** 63n);

export function records(events: Event[]): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(events.length * RECORD_BYTES));
  events.forEach((e, i) => {
    const at = i * RECORD_BYTES;
    view.setBigInt64(at, BigInt(e.at ?? i), true);
    view.setBigInt64(at + 8, e.ballot ?? NONE, true);
    view.setBigInt64(at + 16, NONE, true);
    view.setBigInt64(at + 24, NONE, true);
    view.setUint32(at + 32, e.message ?? 0, true);
    view.setUint32(at + 36, e.value ?? 0, true);
    view.setUint32(at + 52, e.line ?? 0, true);
    view.setUint32(at + 56, (e.cause ?? -1) + 1, true);
    view.setUint8(at + 60, e.node ?? NO_NODE);
    view.setUint8(at + 61, e.from ?? NO_NODE);
    view.setUint8(at + 62, e.to ?? NO_NODE);
    view.setUint8(at + 63, e.kind);
    view.setUint8(at + 64, (e.type ?? -1) + 1);
  });
  return view.buffer;
}

export interface Change {
  event: number;
  row: number;
  node: number;
  cell: bigint;
}

export function changes(list: Change[]): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(list.length * CHANGE_BYTES));
  list.forEach((c, i) => {
    view.setBigInt64(i * CHANGE_BYTES, c.cell, true);
    view.setUint32(i * CHANGE_BYTES + 8, c.event, true);
    view.setUint16(i * CHANGE_BYTES + 12, c.row, true);
    view.setUint8(i * CHANGE_BYTES + 14, c.node);
  });
  return view.buffer;
}

export function trace(events: Event[], list: Change[] = [], names: string[] = []): Trace {
  const t = new Trace();
  t.append(records(events), changes(list), names);
  return t;
}
