import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { Answer, Stream, Verdict } from "../../src/abi";
import { Host } from "../../src/host";
import { Broken, Instance } from "../../src/instance";

// The core as it is built beside the page; SYNOD_WASM names another.
const wasm = process.env["SYNOD_WASM"] ?? "../bin/synod.wasm";
const compiled = readFile(wasm).then((bytes) => WebAssembly.compile(bytes));

const roles = "protocol paxos\nproposers P1 P2\nacceptors A1 A2 A3\n";
const race = roles + "P1 proposes red with 10\nwhen chosen red P2 proposes blue with 11\n";
const search = roles + "explore numbers 0..1 values red blue\nexpect states 3921\n";
const endless =
  "protocol paxos\nproposers P1 P2\nacceptors A1..A5\n" +
  "explore numbers 0..2 values red blue\nexpect safe\n";
const shape = { width: 60, flags: 0 };

/** A host whose instances are counted, and what it said. */
function hosted(heavyBytes?: number) {
  const said: (Answer | Stream)[] = [],
    made: Instance[] = [];
  let hears: () => void = () => undefined;
  const host = new Host({
    module: () => compiled,
    say: (message) => (said.push(message), hears()),
    create: (module) => made[made.push(new Instance(module)) - 1]!,
    ...(heavyBytes === undefined ? {} : { heavyBytes }),
  });
  let asked = 0;
  const ask = async (op: string, ...args: unknown[]): Promise<Answer> => {
    const id = ++asked;
    await host.answer({ id, op, args });
    return said.find((m): m is Answer => "id" in m && m.id === id)!;
  };
  const open = (run: number, text: string, anew = false) =>
    ask("open", run, { text, case: 0, run: 0, control: -1 }, shape, anew);
  const heard = async <S extends Stream["stream"]>(stream: S, run: number) => {
    for (;;) {
      const found = said.find((m) => "stream" in m && m.stream === stream && m.run === run);
      if (found) return found as Stream & { stream: S };
      await new Promise<void>((resolve) => (hears = resolve));
    }
  };
  const verdict = async (run: number): Promise<Verdict> => (await heard("ended", run)).verdict;
  return { said, made, ask, open, heard, verdict };
}

const broken = (core: Instance) => {
  core.call = () => {
    throw new Broken("it broke");
  };
};

test("an instance that has grown too large is given back before the next run", async () => {
  const light = hosted(),
    heavy = hosted(1);
  for (const h of [light, heavy]) {
    for (const run of [1, 2, 3]) {
      await h.open(run, race);
      await h.verdict(run);
      assert.equal((await h.ask("statement", 0, 5, 2)).value, "lose prepare #1 P1 -> A2");
    }
  }
  assert.equal(light.made.length, 1);
  assert.equal(heavy.made.length, 3);
  assert.deepEqual(await heavy.verdict(3), await light.verdict(1));
});

test("what a large search took is given back", async () => {
  const h = hosted(24 << 20);
  await h.open(1, endless);
  while (!h.made[0] || h.made[0].size <= 24 << 20) await new Promise((r) => setTimeout(r, 10));
  await h.open(2, race);
  await h.verdict(2);
  assert.equal(h.made.length, 2);
  assert.ok(h.made[1]!.size <= 24 << 20);
  assert.ok(!h.said.some((m) => "stream" in m && m.stream === "ended" && m.run === 1));
});

test("after the core threw, a new one answers the next question at the same place", async () => {
  const h = hosted();
  await h.open(1, race);
  await h.verdict(1);
  const before = (await h.ask("statement", 0, 5, 2)).value;
  assert.equal(before, "lose prepare #1 P1 -> A2");
  broken(h.made[0]!);
  assert.equal((await h.ask("statement", 0, 5, 2)).error, "it broke");
  assert.equal((await h.ask("statement", 0, 5, 2)).value, before);
  assert.equal(h.made.length, 2);
});

test("a run that a question broke off goes on in a new instance, and ends alike", async () => {
  const whole = hosted(),
    h = hosted();
  await whole.open(1, search);
  await h.open(1, search);
  await h.heard("searching", 1);
  broken(h.made[0]!);
  assert.equal((await h.ask("format", "x")).error, "it broke");
  assert.deepEqual(await h.verdict(1), await whole.verdict(1));
  assert.equal(h.made.length, 2);
});

test("a run that broke down says so, and the next is opened in a new instance", async () => {
  const h = hosted();
  await h.open(1, search);
  await h.heard("searching", 1);
  broken(h.made[0]!);
  assert.equal((await h.heard("broken", 1)).said, "it broke");
  await h.open(2, race);
  assert.ok((await h.verdict(2)).events > 0);
});

test("what a search found is told at once when its run is opened again", async () => {
  const h = hosted();
  const searched = (run: number) =>
    h.said.some((m) => "stream" in m && m.stream === "searching" && m.run === run);
  await h.open(1, search);
  const found = await h.verdict(1);
  assert.ok(found.passed && searched(1));
  await h.open(2, race);
  await h.verdict(2);
  await h.open(3, search);
  assert.deepEqual(await h.verdict(3), found);
  assert.ok(!searched(3));
  await h.open(4, search, true);
  assert.deepEqual(await h.verdict(4), found);
  assert.ok(searched(4), "it was to search anew");
});

test("of the runs that were searched only the last are kept", async () => {
  const h = hosted();
  for (let run = 1; run <= 34; run++) {
    await h.open(run, `title ${run}\n` + search.replace("0..1", "0..0").replace("3921", "51"));
    await h.verdict(run);
  }
  const again = async (run: number, title: number) => {
    await h.open(run, `title ${title}\n` + search.replace("0..1", "0..0").replace("3921", "51"));
    await h.verdict(run);
    return h.said.some((m) => "stream" in m && m.stream === "searching" && m.run === run);
  };
  assert.equal(await again(35, 34), false);
  assert.equal(await again(36, 1), true);
});
