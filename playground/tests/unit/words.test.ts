import assert from "node:assert/strict";
import { test } from "node:test";
import { tokens } from "../../src/words";

test("the tokens of a line are the line", () => {
  for (const line of [
    "deliver q1 1 -> 0 1 2",
    '  title # a "title',
    'note "half',
    "expect *.n_a = _ 11",
    "# all comment",
    "C1 sends m1 # why",
    "lose accept #2 S1 -> *",
    "",
    "each n k in 3/1 4/1",
    "\t$x ${t}ms é⊥",
  ]) {
    assert.equal(
      tokens(line)
        .map(([, text]) => text)
        .join(""),
      line,
    );
  }
});

test("a number sign before a digit names a message, else it begins a comment", () => {
  assert.ok(!tokens("lose accept #2 S1 -> S2").some(([is]) => is === "comment"));
  assert.deepEqual(tokens("run # on").at(-1), ["comment", "# on"]);
});
