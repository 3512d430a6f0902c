// The worker owns the core. It answers questions one at a time, and between them advances the open
// run in slices of some five milliseconds, so that a newer text or a question never waits longer.
// An instance that threw is dropped; the next question is asked of a new one, rebuilt by replay.

import type { Answer, Ask, Describe, Exploration, Shape, Stream, Which } from "./abi";
import { Broken, Instance } from "./instance";
import { readLayout } from "./layout";

const SLICE_MS = 5,
  SEARCH_SLICE_MS = 20,
  REPORT_MS = 150;
/** An instance that has grown beyond this is not kept for the next run: memory never shrinks. */
const HEAVY_BYTES = 256 << 20;
const ENDED = 1,
  FAILED = 2;

/** The run that is open: how far it was sent, and how far it was laid out. */
interface Open {
  run: number;
  which: Which;
  shape: Shape;
  events: number;
  changes: number;
  names: number;
  laidOut: number;
  done: boolean;
  search: Search | undefined;
}

/** The search that goes on: its line, since when, and when the page heard of it. */
interface Search {
  line: number;
  began: number;
  reported: number;
  /** Whether the page knows what the run says of itself, now that its events are there. */
  told: boolean;
}

let instance: Instance | undefined;
let open: Open | undefined;
let slice = 64;

const say = (message: Answer | Stream, moved: Transferable[] = []) =>
  (self as unknown as Worker).postMessage(message, moved);

async function load(): Promise<WebAssembly.Module> {
  const answer = await fetch(new URL("synod.wasm", self.location.href));
  if (!answer.ok) throw new Error(`synod.wasm: ${answer.status} ${answer.statusText}`);
  return WebAssembly.compileStreaming(answer);
}

let module: Promise<WebAssembly.Module> | undefined = load();
module.catch(() => (module = undefined));

async function core(): Promise<Instance> {
  module ??= load();
  const compiled = await module;
  if (instance) return instance;
  instance = new Instance(compiled);
  if (open) replay(instance, open);
  return instance;
}

/** Brings a new instance to where the open run was. */
function replay(core: Instance, o: Open): void {
  begin(core, o.which);
  while (core.call("recordcount") < o.events && core.call("advance", 1000) === 0);
}

function begin(core: Instance, which: Which): boolean {
  const size = core.input(which.text);
  const ok =
    which.control < 0
      ? core.call("open", size, which.case, which.run)
      : core.call("openControl", size, which.case, which.run, which.control);
  return ok === 1;
}

function describeRun(core: Instance): Describe {
  core.call("describe");
  return core.json() as Describe;
}

function start(core: Instance, run: number, which: Which, shape: Shape): boolean {
  open = undefined;
  if (!begin(core, which)) return false;
  const describe = describeRun(core);
  // What stands in the tables before anything has happened is there before the first event.
  const initial = core.call("recordcount") === 0 ? core.call("changecount") : 0;
  say({ stream: "opened", run, describe, initial });
  const none = { events: 0, changes: 0, names: 0, laidOut: 0 };
  open = { run, which, shape, ...none, done: false, search: undefined };
  setTimeout(turn, 0, open);
  return true;
}

/** One slice of the open run; it puts itself behind whatever the page has asked meanwhile. */
function turn(o: Open): void {
  if (o !== open || !instance) return;
  try {
    const before = performance.now();
    const state = instance.call("advance", slice);
    pace(performance.now() - before, o.search ? SEARCH_SLICE_MS : SLICE_MS);
    if (!o.search) sendNew(instance, o);
    if (state === FAILED) return fail(instance, o);
    if (state === ENDED) return end(instance, o);
    if (instance.call("searching") === 1) search(instance, o);
    setTimeout(turn, 0, o);
  } catch (error) {
    breakDown(error, o);
  }
}

/** Makes the next slice such that it takes about so long. */
function pace(took: number, wanted: number): void {
  if (took < wanted / 2 && slice < 1 << 16) slice *= 2;
  if (took > 2 * wanted) slice = Math.max(16, Math.floor((slice * wanted) / took));
}

/** All events are there, and the searches go on: says now and then how far they are. */
function search(core: Instance, o: Open): void {
  const now = performance.now();
  if (!o.search) {
    // A slice of events is too many states, which take longer, and more so the more there are.
    slice = 16;
    if (o.laidOut !== o.events) sendLayout(core, o);
    o.search = { line: -1, began: now, reported: now, told: false };
  }
  if (now - o.search.reported < REPORT_MS) return;
  o.search.reported = now;
  core.call("searches");
  const explorations = core.json() as Exploration[];
  const at = explorations.find((x) => !x.over);
  if (at && o.search.line >= 0 && at.line !== o.search.line) o.search.began = now;
  o.search.line = at?.line ?? -1;
  const ms = now - o.search.began;
  const rate = at && ms > 0 ? (1000 * at.states) / ms : 0;
  const describe = o.search.told ? undefined : describeRun(core);
  o.search.told = true;
  say({ stream: "searching", run: o.run, describe, searching: { explorations, rate } });
}

function sendNew(core: Instance, o: Open): void {
  const records = core.records(o.events),
    changes = core.changes(o.changes);
  const names = core.names(o.names),
    from = o.events;
  o.events = core.call("recordcount");
  o.changes = core.call("changecount");
  o.names += names.length;
  say({ stream: "chunk", run: o.run, from, records, changes, names }, [records, changes]);
  if (o.events >= 2 * o.laidOut) sendLayout(core, o);
}

function sendLayout(core: Instance, o: Open): void {
  const { arrays, figures } = readLayout(core, o.shape);
  o.laidOut = o.events;
  const moved = Object.values(arrays);
  say({ stream: "layout", run: o.run, shape: o.shape, arrays, figures }, moved);
}

function fail(core: Instance, o: Open): void {
  o.done = true;
  const { errors } = core.json() as { errors: [] };
  sendLayout(core, o);
  say({ stream: "failed", run: o.run, errors });
}

function end(core: Instance, o: Open): void {
  o.done = true;
  if (o.laidOut !== o.events) sendLayout(core, o);
  const describe = describeRun(core);
  core.call("verdict");
  say({ stream: "ended", run: o.run, describe, verdict: core.json() as never });
}

/** The core threw. What was sent stays on the page; the instance goes. */
function breakDown(error: unknown, o: Open): void {
  instance = undefined;
  open = undefined;
  say({
    stream: "broken",
    run: o.run,
    said: error instanceof Error ? error.message : String(error),
  });
}

const operations: Record<string, (core: Instance, ...args: never[]) => unknown> = {
  parse(core, text: string) {
    const ok = core.call("parse", core.input(text)) === 1;
    return { errors: [], ...(core.json() as object), ok };
  },
  open(core, run: number, which: Which, shape: Shape) {
    if (start(core, run, which, shape)) return { errors: [] };
    return core.json();
  },
  stop(core) {
    core.call("stopsearches");
  },
  layout(core, shape: Shape) {
    if (!open) return;
    open.shape = shape;
    sendLayout(core, open);
  },
  stateText(core, history: number) {
    core.call("statetext", history);
    return core.out();
  },
  statement(core, action: number, event: number, subject: number) {
    core.call("statement", action, event, subject);
    return core.out();
  },
  record(core, text: string, statement: string, chosen: number, event: number) {
    core.call("record", core.input(`${statement}\n${text}`), chosen, event);
    return core.json();
  },
  format(core, text: string) {
    return core.call("format", core.input(text)) === 1 ? core.out() : text;
  },
  svg(core, link: string) {
    core.call("svg", core.input(link));
    return core.out();
  },
};

/** What a large search took is given back before another run is opened. */
function dropHeavy(): void {
  if (!instance || instance.size <= HEAVY_BYTES) return;
  instance = open = undefined;
}

async function answer(ask: Ask): Promise<void> {
  try {
    const operation = operations[ask.op];
    if (ask.op === "open") dropHeavy();
    if (!operation) throw new Error(`no operation ${ask.op}`);
    say({ id: ask.id, value: operation(await core(), ...(ask.args as never[])) });
  } catch (error) {
    if (error instanceof Broken) instance = undefined;
    say({ id: ask.id, error: error instanceof Error ? error.message : String(error) });
  }
}

self.addEventListener("message", (event) => void answer(event.data as Ask));
