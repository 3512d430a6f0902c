// The session ties text, core and store together: it opens a text, takes in what streams, and turns
// what a person does into one line more of the text, run again.

import { VERTICAL, Layout, words as wordFlag } from "./layout";
import type { Action, Describe, Fault, Parsed, Shape, Stream } from "./abi";
import { Core, startWorker } from "./core";
import type { View } from "./share";
import type { Branch, Entry, Store } from "./store";
import { Kind, Trace } from "./trace";

/** What to do with the position once the run is there: an event, or where the run says. */
type Landing = { at: number } | { at: "open" };

/** A run that goes on no longer. */
const still = { running: false, searching: undefined };

export class Session {
  readonly core: Core;
  /** Where the run that streams in is to be looked at; undefined: that place was reached. */
  private landing: Landing | undefined;
  private shape: Shape = { width: 0, flags: 0 };
  /** How often another run was asked for: what was asked for before the last time is given up. */
  private asked = 0;
  /** Which asking was answered last: by a run that is shown or opened, or by why there is none. */
  private answered = 0;
  /** A run of which nothing is shown yet. */
  private next: { describe: Describe; trace: Trace } | undefined;

  constructor(private store: Store) {
    this.core = new Core(startWorker(), (s) => this.take(s));
    store.onMissingState = (h) => void this.core.stateText(h).then((t) => store.learnState(h, t));
  }

  /** Opens a text as a new beginning: no branches, the position where the run or the link says. */
  async begin(text: string, view: View = {}, entry?: Entry): Promise<void> {
    this.store.set({
      branches: [],
      branch: 0,
      open: entry?.id ?? "",
      words: "",
      case: view.case ?? 0,
      run: view.run ?? 0,
      control: view.control ?? -1,
      selection: undefined,
    });
    const landing: Landing = view.at === undefined ? { at: "open" } : { at: view.at + 1 };
    await this.rerun(text, landing, true);
  }

  /** Runs an edited text, and stays at the position if it can. */
  async edit(text: string): Promise<void> {
    this.store.set({ text, open: "" });
    await this.rerun(text, this.here());
  }

  /** Opens another case, run or control of the same text. */
  async choose(which: { case?: number; run?: number; control?: number }): Promise<void> {
    const state = this.store.state;
    const fresh = which.case !== undefined && which.case !== state.case;
    this.store.set({ control: -1, ...(fresh ? { run: 0 } : {}), ...which });
    await this.rerun(state.text, { at: "open" });
  }

  /** Runs the same text once more, and searches what was searched before. */
  async again(): Promise<void> {
    await this.rerun(this.store.state.text, this.here(), false, true);
  }

  /** Does an action after event `event`: the text grows by its statement, and runs again. */
  async act(action: Action, event: number, subject: number): Promise<void> {
    const statement = await this.ask(this.core.statement(action, event, subject));
    if (statement) await this.write(statement, event);
    else if (statement === "") this.decline("That cannot be done at this point.");
  }

  /** Writes one statement into the text, to be done after event `event`. */
  async write(statement: string, event: number): Promise<void> {
    const { text, case: chosen } = this.store.state;
    const answer = await this.ask(this.core.record(text, statement, chosen, event));
    if (!answer) return;
    if (answer.text === undefined)
      return this.decline(answer.errors?.[0]?.text ?? "That cannot be written down.");
    this.branchOff(answer.text, statement, event + 1);
    this.toast(`Written into the scenario: ${statement}`);
    await this.rerun(answer.text, { at: event + 1 }, true);
  }

  /** Begins a branch with a text; the first branch is the run as it was. */
  private branchOff(text: string, said: string, position: number): void {
    const { branches, branch, text: old, position: from } = this.store.state;
    const kept: Branch[] = branches.length
      ? branches.slice()
      : [{ text: old, position: from, said: "as it was" }];
    kept.push({ text, position, said });
    this.store.set({ branches: kept, branch: branch >= 0 ? kept.length - 1 : 0, open: "" });
  }

  /** Goes back, or over, to a branch. */
  async visit(index: number): Promise<void> {
    const { branches, branch, position, pending } = this.store.state;
    const target = branches[index];
    if (!target || index === branch) return;
    const kept = branches.map((b, i) => (i === branch && !pending ? { ...b, position } : b));
    this.store.set({ branches: kept, branch: index });
    await this.rerun(target.text, { at: target.position });
  }

  async format(): Promise<void> {
    const text = await this.ask(this.core.format(this.store.state.text));
    if (text !== undefined) await this.edit(text);
  }

  /** Lays the diagram out anew, for another width, direction or vocabulary. */
  reshape(rowHeight: number, vertical: boolean): void {
    const { describe, words } = this.store.state;
    const vocabulary = describe ? describe.vocabularies.indexOf(words) : -1;
    const flags = (vertical ? VERTICAL : 0) | (vocabulary >= 0 ? wordFlag(vocabulary) : 0);
    if (this.shape.width === rowHeight && this.shape.flags === flags) return;
    this.shape = { width: rowHeight, flags };
    if (describe) void this.core.layout(this.shape);
  }

  /** Asks for another run: returns the number of the asking. */
  private asks(): number {
    this.store.set({ pending: true });
    return ++this.asked;
  }

  /**
   * Asks the core for what the next run is made of. The answer is undefined if another run was
   * asked for meanwhile, or if the core broke down, which is said.
   */
  private async ask<T>(question: Promise<T>): Promise<T | undefined> {
    const ask = this.asks();
    try {
      const answer = await question;
      return ask === this.asked ? answer : undefined;
    } catch (error) {
      if (ask === this.asked) this.decline(reason(error));
      return undefined;
    }
  }

  /** Leaves the run that is there, or comes already, in place of the one that was asked for. */
  private stay(): void {
    this.answered = this.asked;
    this.store.set({ pending: this.next !== undefined });
  }

  private decline(why: string): void {
    this.stay();
    this.toast(why);
  }

  /** Where much the same run is to be looked at: where this one is looked at, or is to be. */
  private here(): Landing {
    const { moved, position } = this.store.state;
    return moved || !this.landing ? { at: position } : this.landing;
  }

  /**
   * Runs a text. Lines are part of a trace, so what a link is made of is the canonical text: where
   * nobody is typing, the text becomes that before it runs.
   */
  private async rerun(
    text: string,
    landing: Landing,
    canonical = false,
    anew = false,
  ): Promise<void> {
    const ask = this.asks();
    this.store.set({ text, playing: 0, cursor: undefined, pair: [], broken: "" });
    try {
      const parsed = await this.core.parse(text);
      if (ask !== this.asked) return;
      this.store.set({ parsed, errors: parsed.errors });
      if (!parsed.ok && canonical) this.clear();
      if (!parsed.ok) return this.stay();
      this.within(parsed);
      if (canonical) this.store.set({ text: (text = parsed.canonical) });
      await this.open(text, landing, anew);
    } catch (error) {
      if (ask !== this.asked) return;
      this.answered = ask;
      this.breakDown(reason(error));
    }
  }

  /** Shows nothing of the run before, where another was begun that cannot run. */
  private clear(): void {
    this.core.leave();
    this.next = undefined;
    this.store.set({
      ...still,
      trace: new Trace(),
      describe: undefined,
      layout: undefined,
      verdict: undefined,
      position: 0,
    });
  }

  /** Opens a run of a text that parses. What the run before still streams is taken in no longer. */
  private async open(text: string, landing: Landing, anew: boolean): Promise<void> {
    const { case: chosen, run, control } = this.store.state;
    const ask = (this.answered = this.asked);
    [this.landing, this.next] = [landing, undefined];
    const which = { text, case: chosen, run, control };
    const { errors } = await this.core.open(which, this.shape, anew);
    if (ask === this.answered && errors?.length) this.fail(errors);
  }

  /** A case, run or control that the text does not have is the first one. */
  private within(parsed: Parsed): void {
    const { case: chosen, run, control } = this.store.state;
    const found = parsed.cases[chosen];
    const runs = found?.runs ?? parsed.runs,
      controls = found?.controls.length ?? 0;
    if (found && run >= 0 && run < runs && control < controls) return;
    this.store.set({ case: found ? chosen : 0, run: 0, control: -1 });
    this.toast("The text has no such case or run: this is its first.", 8000);
  }

  private get pending(): boolean {
    return this.answered !== this.asked;
  }

  private fail(errors: Fault[]): void {
    this.store.set({ ...still, errors, pending: this.pending });
  }

  private breakDown(said: string): void {
    this.next = undefined;
    this.store.set({ ...still, pending: this.pending, broken: said });
  }

  /** Takes in a stream. The run before stays on screen until the next has its first layout. */
  private take(s: Stream): void {
    const { store } = this;
    switch (s.stream) {
      case "opened":
        this.next = { describe: s.describe, trace: new Trace(s.initial) };
        return;
      case "chunk":
        (this.next?.trace ?? store.state.trace).append(s.records, s.changes, s.names);
        if (!this.next) this.land(false);
        return;
      case "layout":
        this.show(new Layout(s.arrays, s.figures, s.shape));
        return;
      case "searching":
        store.set({ searching: s.searching });
        if (s.describe) store.set({ describe: s.describe });
        return this.land(false);
      case "ended":
        store.set({ ...still, verdict: s.verdict, describe: s.describe });
        return this.land(true);
      case "failed":
        this.fail(s.errors);
        return this.land(true);
      case "broken":
        return this.breakDown(s.said);
    }
  }

  private show(layout: Layout): void {
    const next = this.next;
    this.next = undefined;
    this.store.set({ layout });
    if (!next) return;
    const known = next.describe.vocabularies.includes(this.store.state.words);
    const words = known ? this.store.state.words : next.describe.words;
    this.store.set({
      ...next,
      words,
      verdict: undefined,
      position: 0,
      moved: false,
      selection: undefined,
      running: true,
      searching: undefined,
      pending: this.pending,
    });
    this.land(false);
  }

  /**
   * Goes to where the run is to be looked at, as soon as that event is there, unless a person has
   * gone elsewhere while the run still came in.
   */
  private land(ended: boolean): void {
    const { trace, moved } = this.store.state;
    const at = this.landing?.at === "open" ? this.opening(ended) : (this.landing?.at ?? -1);
    if (moved || at < 0 || (trace.count < at && !ended)) return this.store.set({});
    this.landing = undefined;
    this.store.set({ position: Math.min(at, trace.count) });
  }

  /** The position at which the run says that it opens, or -1 as long as that is not known. */
  private opening(ended: boolean): number {
    const { trace, describe, searching } = this.store.state;
    const opens = describe?.openAt ?? -1;
    if (!ended && !searching) return -1;
    const event = opens >= 0 ? opens : this.firstBreak();
    return event >= 0 ? event + 1 : trace.count;
  }

  /** The first event at which a property breaks, or -1. */
  private firstBreak(): number {
    const { verdict, trace } = this.store.state;
    if (!verdict) {
      let i = 0;
      while (i < trace.count && trace.kind(i) !== Kind.Violation) i++;
      return i < trace.count ? trace.cause(i) : -1;
    }
    const checks = verdict.checks;
    const events = checks
      .filter((c) => c.status === "breaks" && c.event >= 0)
      .map((c) => c.event);
    return events.length ? Math.min(...events) : -1;
  }

  private toasts = 0;
  toast(said: string, ms = 4000): void {
    const number = ++this.toasts;
    this.store.set({ toast: said });
    const over = () => number === this.toasts && this.store.set({ toast: "" });
    // Its time begins when it is in sight: a page behind others, or under load, draws late.
    requestAnimationFrame(() => setTimeout(over, ms));
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
