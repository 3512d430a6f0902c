import assert from "node:assert/strict";
import { test } from "node:test";
import { condition, lineAt, mayLead, messageEvents, move, whenToTouch } from "../../src/moves";
import { Kind } from "../../src/trace";
import { trace } from "./recording";

const run = trace([
  { kind: Kind.Note, node: 0, line: 4 },
  { kind: Kind.Send, node: 0, from: 0, to: 1, message: 1 },
  { kind: Kind.Send, node: 0, from: 0, to: 2, message: 2 },
  { kind: Kind.Deliver, node: 1, from: 0, to: 1, message: 1, line: 5 },
  { kind: Kind.Promise, node: 1 },
  { kind: Kind.Lose, node: 2, from: 0, to: 2, message: 2, line: 6 },
  { kind: Kind.Crash, node: 1, line: 7 },
  { kind: Kind.Restart, node: 1 },
]);

test("steps stop at both ends of the run", () => {
  assert.equal(move(run, 0, -1, "event"), 0);
  assert.equal(move(run, 8, 1, "event"), 8);
  assert.equal(move(run, 3, 1, "event"), 4);
});

test("a step by message leads to where one arrives or is lost", () => {
  assert.equal(move(run, 0, 1, "message"), 4);
  assert.equal(move(run, 4, 1, "message"), 6);
  assert.equal(move(run, 6, 1, "message"), 8);
  assert.equal(move(run, 6, -1, "message"), 4);
  assert.equal(move(run, 4, -1, "message"), 0);
});

test("a step by node passes over what happens elsewhere", () => {
  assert.equal(move(run, 1, 1, "node", 1), 4);
  assert.equal(move(run, 7, -1, "node", 1), 5);
});

test("a step by line leads to what stands before the next line's doing", () => {
  assert.deepEqual(
    [0, 3, 5, 6, 8].map((p) => move(run, p, 1, "line")),
    [3, 5, 6, 8, 8],
  );
  assert.deepEqual(
    [8, 6, 5, 3, 0].map((p) => move(run, p, -1, "line")),
    [6, 5, 3, 0, 0],
  );
});

test("the line shown is the last that made something happen", () => {
  assert.deepEqual(
    [0, 1, 3, 4, 5, 6, 8].map((p) => lineAt(run, p)),
    [0, 4, 4, 5, 5, 6, 7],
  );
});

test("a message knows where it was sent and where it ended", () => {
  assert.deepEqual(messageEvents(run, 2), { sent: 2, ended: 5 });
  assert.deepEqual(messageEvents(run, 9), { sent: -1, ended: -1 });
});

test("a node is down between its crash and its restart only", () => {
  assert.deepEqual(
    [6, 7, 8].map((p) => condition(run, p, 1)),
    ["up", "down", "up"],
  );
});

test("what is done to a message happens while it is on its way", () => {
  assert.equal(whenToTouch(1, 3, 2), 1);
  assert.equal(whenToTouch(1, 3, 3), 2);
  assert.equal(whenToTouch(1, 3, 4), 1);
  assert.equal(whenToTouch(1, 3, 0), 1);
  assert.equal(whenToTouch(1, -1, 8), 7);
});

test("who only asks, learns or accepts is not made to lead", () => {
  assert.equal(mayLead(["client"]), false);
  assert.equal(mayLead(["acceptor", "learner"]), false);
  assert.equal(mayLead(["acceptor", "proposer"]), true);
  assert.equal(mayLead(["server"]), true);
});
