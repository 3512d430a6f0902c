import assert from "node:assert/strict";
import { test } from "node:test";
import { wasi } from "../../src/wasi";

type Functions = Record<string, (...args: unknown[]) => number>;

function made() {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const w = wasi();
  w.attach(memory);
  const functions = w.imports["wasi_snapshot_preview1"] as Functions;
  return {
    w,
    functions,
    view: new DataView(memory.buffer),
    bytes: new Uint8Array(memory.buffer),
  };
}

test("two instances see the same clock and the same chance", () => {
  const [a, b] = [made(), made()];
  for (const { functions } of [a, b]) {
    assert.equal(functions["clock_time_get"]!(0, 0n, 8), 0);
    assert.equal(functions["random_get"]!(64, 256), 0);
  }
  assert.deepEqual(a.bytes, b.bytes);
  assert.ok(new Set(a.bytes.subarray(64, 320)).size > 50);
});

test("time never stands and never jumps", () => {
  const { functions, view } = made();
  const read = () => (functions["clock_time_get"]!(0, 0n, 8), view.getBigUint64(8, true));
  assert.deepEqual([read(), read(), read()], [1n, 2n, 3n]);
});

test("what the core says last is kept, and its last 8 KiB only", () => {
  const { w, functions, view, bytes } = made();
  bytes.set(new TextEncoder().encode("panic: it broke"), 1024);
  view.setUint32(0, 1024, true);
  view.setUint32(4, 15, true);
  assert.equal(functions["fd_write"]!(2, 0, 1, 16), 0);
  assert.equal(view.getUint32(16, true), 15);
  assert.equal(w.said(), "panic: it broke");
  for (let i = 0; i < 1000; i++) functions["fd_write"]!(2, 0, 1, 16);
  assert.equal(w.said().length, 8192);
});

test("there are no files, and no way out but an exception", () => {
  const { functions } = made();
  assert.equal(functions["fd_write"]!(7, 0, 1, 16), 8);
  assert.equal(functions["path_open"]!(), 8);
  assert.throws(() => functions["proc_exit"]!(2), /code 2/);
});
