// The host of the core answers questions one at a time, and between them advances the open run in
// slices of some five milliseconds, so that a newer text or a question never waits longer. An
// instance that threw is dropped; the next question is asked of a new one, rebuilt by replay.

import type { Answer, Ask, Describe, Exploration, Shape, Stream, Verdict, Which } from "./abi";
import { Broken, Instance } from "./instance";
import { readLayout } from "./layout";

const SLICE_MS = 5,
  SEARCH_SLICE_MS = 20,
  REPORT_MS = 150;
/** An instance that has grown beyond this is not kept for the next run: memory never shrinks. */
const HEAVY_BYTES = 256 << 20;
/** Of how many runs it is kept what their searches found. */
const KEPT = 32;
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

export interface Surroundings {
  /** The compiled core, asked for anew as long as there is none. */
  module(): Promise<WebAssembly.Module>;
  say(message: Answer | Stream, moved?: Transferable[]): void;
  heavyBytes?: number;
  create?(module: WebAssembly.Module): Instance;
}

type Operation = (core: Instance, ...args: never[]) => unknown;

export class Host {
  private instance: Instance | undefined;
  private open: Open | undefined;
  private slice = 64;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** What the searches of a run found, the run come back to last at the end. */
  private kept = new Map<string, Verdict>();

  constructor(private around: Surroundings) {}

  /** Answers a question of the page. */
  async answer(ask: Ask): Promise<void> {
    const { say } = this.around;
    try {
      const operation = this.operations[ask.op];
      if (ask.op === "open") this.dropHeavy();
      if (!operation) throw new Error(`no operation ${ask.op}`);
      say({ id: ask.id, value: operation(await this.core(), ...(ask.args as never[])) });
    } catch (error) {
      say({ id: ask.id, error: reason(error) });
      if (!(error instanceof Broken)) return;
      this.instance = undefined;
      if (this.open && !this.open.done) await this.core().catch(() => undefined);
    }
  }

  /** The instance there is, or a new one, brought to where the open run was. */
  private async core(): Promise<Instance> {
    const compiled = await this.around.module();
    if (this.instance) return this.instance;
    const { create = (m) => new Instance(m) } = this.around;
    const core = (this.instance = create(compiled)),
      o = this.open;
    if (!o) return core;
    try {
      replay(core, o);
    } catch (error) {
      this.breakDown(error, o);
      throw error;
    }
    if (!o.done) this.goOn(o);
    return core;
  }

  /** What a large search took is given back before another run is opened. */
  private dropHeavy(): void {
    if (!this.instance) return;
    if (this.instance.size <= (this.around.heavyBytes ?? HEAVY_BYTES)) return;
    this.instance = this.open = undefined;
  }

  private start(core: Instance, run: number, which: Which, shape: Shape): boolean {
    this.open = undefined;
    if (!begin(core, which)) return false;
    const describe = describeRun(core);
    // What stands in the tables before anything has happened is there before the first event.
    const initial = core.call("recordcount") === 0 ? core.call("changecount") : 0;
    this.around.say({ stream: "opened", run, describe, initial });
    const none = { events: 0, changes: 0, names: 0, laidOut: 0 };
    this.open = { run, which, shape, ...none, done: false, search: undefined };
    this.goOn(this.open);
    return true;
  }

  private goOn(o: Open): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.turn(o), 0);
  }

  /** One slice of the open run; it puts itself behind whatever the page has asked meanwhile. */
  private turn(o: Open): void {
    const core = this.instance;
    if (o !== this.open || !core) return;
    try {
      const before = performance.now();
      const state = core.call("advance", this.slice);
      this.pace(performance.now() - before, o.search ? SEARCH_SLICE_MS : SLICE_MS);
      if (!o.search) this.sendNew(core, o);
      if (state === FAILED) return this.fail(core, o);
      if (state === ENDED) return this.end(core, o);
      if (core.call("searching") === 1 && this.search(core, o)) return;
      this.goOn(o);
    } catch (error) {
      this.breakDown(error, o);
    }
  }

  /** Makes the next slice such that it takes about so long. */
  private pace(took: number, wanted: number): void {
    if (took < wanted / 2 && this.slice < 1 << 16) this.slice *= 2;
    if (took > 2 * wanted) this.slice = Math.max(16, Math.floor((this.slice * wanted) / took));
  }

  /**
   * All events are there, and the searches go on: says now and then how far they are. It reports
   * whether the run is over, since what they find is known.
   */
  private search(core: Instance, o: Open): boolean {
    const now = performance.now();
    if (!o.search) {
      if (this.recall(core, o)) return true;
      // A slice of events is too many states, which take longer, and more so the more there are.
      this.slice = 16;
      if (o.laidOut !== o.events) this.sendLayout(core, o);
      o.search = { line: -1, began: now, reported: -Infinity, told: false };
    }
    if (now - o.search.reported < REPORT_MS) return false;
    o.search.reported = now;
    core.call("searches");
    const explorations = core.json() as Exploration[];
    const at = explorations.find((x) => !x.over);
    if (at && o.search.line >= 0 && at.line !== o.search.line) o.search.began = now;
    o.search.line = at?.line ?? -1;
    const ms = now - o.search.began;
    const rate = at && ms > 0 && !at.judging ? (1000 * at.states) / ms : 0;
    const describe = o.search.told ? undefined : describeRun(core);
    o.search.told = true;
    this.around.say({
      stream: "searching",
      run: o.run,
      describe,
      searching: { explorations, rate },
    });
    return false;
  }

  /** Ends a run whose searches were carried out before, with what they found then. */
  private recall(core: Instance, o: Open): boolean {
    const verdict = this.kept.get(nameOf(o.which));
    if (!verdict) return false;
    this.tell(core, o, verdict);
    return true;
  }

  private keep(o: Open, verdict: Verdict): void {
    const name = nameOf(o.which);
    this.kept.delete(name);
    this.kept.set(name, verdict);
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value!);
  }

  private sendNew(core: Instance, o: Open): void {
    const records = core.records(o.events),
      changes = core.changes(o.changes);
    const names = core.names(o.names),
      from = o.events;
    o.events = core.call("recordcount");
    o.changes = core.call("changecount");
    o.names += names.length;
    const { say } = this.around;
    say({ stream: "chunk", run: o.run, from, records, changes, names }, [records, changes]);
    if (o.events >= 2 * o.laidOut) this.sendLayout(core, o);
  }

  private sendLayout(core: Instance, o: Open): void {
    const { arrays, figures } = readLayout(core, o.shape);
    o.laidOut = o.events;
    const moved = Object.values(arrays);
    const { say } = this.around;
    say({ stream: "layout", run: o.run, shape: o.shape, arrays, figures }, moved);
  }

  private fail(core: Instance, o: Open): void {
    o.done = true;
    const { errors } = core.json() as { errors: [] };
    this.sendLayout(core, o);
    this.around.say({ stream: "failed", run: o.run, errors });
  }

  private end(core: Instance, o: Open): void {
    core.call("verdict");
    this.tell(core, o, core.json() as Verdict);
  }

  private tell(core: Instance, o: Open, verdict: Verdict): void {
    o.done = true;
    if (o.laidOut !== o.events) this.sendLayout(core, o);
    if (verdict.explorations.length) this.keep(o, verdict);
    this.around.say({ stream: "ended", run: o.run, describe: describeRun(core), verdict });
  }

  /** The core threw. What was sent stays on the page; the instance goes. */
  private breakDown(error: unknown, o: Open): void {
    this.instance = this.open = undefined;
    this.around.say({ stream: "broken", run: o.run, said: reason(error) });
  }

  private operations: Record<string, Operation> = {
    parse(core, text: string) {
      const ok = core.call("parse", core.input(text)) === 1;
      return { errors: [], ...(core.json() as object), ok };
    },
    open: (core, run: number, which: Which, shape: Shape, anew: boolean) => {
      if (anew) this.kept.delete(nameOf(which));
      if (this.start(core, run, which, shape)) return { errors: [] };
      return core.json();
    },
    stop(core) {
      core.call("stopsearches");
    },
    layout: (core, shape: Shape) => {
      if (!this.open) return;
      this.open.shape = shape;
      this.sendLayout(core, this.open);
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

function nameOf({ text, ...which }: Which): string {
  return `${which.case} ${which.run} ${which.control} ${text}`;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
