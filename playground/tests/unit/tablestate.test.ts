import assert from "node:assert/strict";
import { test } from "node:test";
import { TableState } from "../../src/tablestate";
import { Kind } from "../../src/trace";
import { records, trace, type Change } from "./recording";

const EMPTY = -(2n ** 63n);

test("cells hold numbers, texts, states and nothing", () => {
  const t = trace(
    [{ kind: Kind.Note }],
    [
      { event: 0, row: 0, node: 0, cell: 11n << 1n },
      { event: 0, row: 0, node: 1, cell: (2n << 1n) | 1n },
      { event: 0, row: 1, node: 0, cell: EMPTY },
      { event: 0, row: 1, node: 1, cell: -1n << 1n },
      { event: 0, row: 1, node: 1, cell: (2n ** 61n + 1n) << 1n },
    ],
    ["red", "blue"],
  );
  assert.deepEqual(
    [0, 1, 2, 3, 4].map((c) => t.changeCell(c)),
    [
      { is: "number", text: "11" },
      { is: "text", text: "blue" },
      { is: "empty" },
      { is: "number", text: "-1" },
      { is: "number", text: "2305843009213693953" },
    ],
  );
});

test("a state is told from a text by its own bit", () => {
  const cell = ((7n | (1n << 32n)) << 1n) | 1n;
  const t = trace([{ kind: Kind.Note }], [{ event: 0, row: 0, node: 0, cell }], ["red"]);
  assert.deepEqual(t.changeCell(0), { is: "state", history: 7 });
});

test("a seek to any position, from any other, gives what replay gives", () => {
  const list: Change[] = [];
  let chance = 1;
  const next = (n: number) => (chance = (Math.imul(chance, 1103515245) + 12345) >>> 0) % n;
  for (let i = 0; i < 20_000; i++) {
    list.push({ event: i >> 1, row: next(5), node: next(4), cell: BigInt(i) << 1n });
  }
  const t = trace(
    Array.from({ length: 10_000 }, () => ({ kind: Kind.Note })),
    list,
  );
  const seeking = new TableState(t, 5, 4);
  for (let k = 0; k < 60; k++) {
    const position = next(10_001);
    const expected = new Int32Array(20).fill(-1);
    list.forEach((c, i) => c.event < position && (expected[c.row * 4 + c.node] = i));
    assert.deepEqual(seeking.at(position), expected, `at ${position}`);
  }
});

test("records keep their bytes when the trace grows", () => {
  const t = trace(
    [{ kind: Kind.Accept, at: 2 ** 40, ballot: 11n, value: 1, node: 3, line: 7 }],
    [],
    ["red"],
  );
  for (let i = 0; i < 2000; i++) t.append(trace1(), new ArrayBuffer(0), []);
  assert.deepEqual(
    [t.count, t.at(0), t.ballot(0), t.value(0), t.node(0), t.line(0), t.cause(0)],
    [2001, 2 ** 40, 11, "red", 3, 7, -1],
  );
});

function trace1(): ArrayBuffer {
  return records([{ kind: Kind.Note }]);
}
