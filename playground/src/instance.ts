// One instance of synod.wasm, and its linear memory read in place. What is handed out is a copy:
// the memory may grow, and its views with it, at any call.

import { wasi, type Wasi } from "./wasi";
import { CHANGE_BYTES, RECORD_BYTES } from "./trace";

/** The functions that the core exports; pointers and lengths are unsigned 32-bit numbers. */
interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  [name: string]: unknown;
}

/** The core threw: this instance must not be used any more. */
export class Broken extends Error {}

export class Instance {
  private exports: Exports;
  private wasi: Wasi;

  constructor(module: WebAssembly.Module) {
    this.wasi = wasi();
    const made = new WebAssembly.Instance(module, this.wasi.imports);
    this.exports = made.exports as Exports;
    this.wasi.attach(this.exports.memory);
    this.call("_initialize");
    if (this.call("recordsize") !== RECORD_BYTES) {
      throw new Broken("synod.wasm and this page are of different versions");
    }
  }

  /** The memory that it has taken, in bytes. */
  get size(): number {
    return this.exports.memory.buffer.byteLength;
  }

  has(name: string): boolean {
    return typeof this.exports[name] === "function";
  }

  /** Calls an export; a trap becomes Broken, with what the core said last. */
  call(name: string, ...args: number[]): number {
    const f = this.exports[name];
    if (typeof f !== "function") throw new Broken(`synod.wasm has no ${name}`);
    try {
      return Number((f as (...a: number[]) => number | undefined)(...args) ?? 0) >>> 0;
    } catch (error) {
      const said = this.wasi.said().split("\n")[0] ?? "";
      throw new Broken(said || String(error), { cause: error });
    }
  }

  /** Puts text where the next call reads it, and returns its length in bytes. */
  input(text: string): number {
    const bytes = new TextEncoder().encode(text);
    const at = this.call("input", bytes.length);
    new Uint8Array(this.exports.memory.buffer, at, bytes.length).set(bytes);
    return bytes.length;
  }

  /** The text result of the last call. */
  out(): string {
    const at = this.call("out"),
      size = this.call("outlen");
    return new TextDecoder().decode(new Uint8Array(this.exports.memory.buffer, at, size));
  }

  json(): unknown {
    return JSON.parse(this.out());
  }

  /** A copy of count items of the array at the pointer that export `name` answers. */
  copy(name: string, from: number, to: number, itemBytes: number): ArrayBuffer {
    return this.bytes(this.call(name) + from * itemBytes, (to - from) * itemBytes);
  }

  /** A copy of size bytes at address at. */
  bytes(at: number, size: number): ArrayBuffer {
    return this.exports.memory.buffer.slice(at, at + size);
  }

  records(from: number): ArrayBuffer {
    return this.copy("records", from, this.call("recordcount"), RECORD_BYTES);
  }

  changes(from: number): ArrayBuffer {
    return this.copy("changes", from, this.call("changecount"), CHANGE_BYTES);
  }

  /** The texts from number `from` on, of the table in which texts are numbered from 1. */
  names(from: number): string[] {
    const count = this.call("namecount");
    if (from >= count) return [];
    const ends = new Uint32Array(this.copy("nameends", 0, count, 4));
    const first = from > 0 ? ends[from - 1]! : 0;
    const bytes = new Uint8Array(this.copy("names", first, ends[count - 1]!, 1));
    const decoder = new TextDecoder();
    const texts: string[] = [];
    for (let i = from, start = 0; i < count; i++) {
      texts.push(decoder.decode(bytes.subarray(start, ends[i]! - first)));
      start = ends[i]! - first;
    }
    return texts;
  }
}
