// The address is the state: the fragment always holds the run and how it is looked at, so that
// reloading, bookmarking and sending it to somebody are the same thing.

import type { Session } from "./session";
import { decode, encode, holdsRun } from "./share";
import type { Entry, Store, Tab } from "./store";

const QUIET_MS = 200;
/** How long a reason stays in sight that nobody has asked for. */
const REASON_MS = 15_000;
const FIRST = "K-15";

const WELCOME = `title Two proposers: the later one adopts what was chosen
protocol paxos
proposers P1 P2
acceptors A1 A2 A3
learners L1
P1 proposes red with 10
when chosen red P2 proposes blue with 11
until 1s
expect chosen red
`;

export class Address {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private ours = "";
  /** What the address was last brought up to, so that a redraw of the same does not put it off. */
  private followed: unknown[] = [];
  /** Whether what is written next stands beside what was there, and not in its place. */
  private beside = false;
  private packed: { text: string; link: string } = { text: "", link: "" };
  /** How often something was gone to: what was to be opened or written before then is not. */
  private visits = 0;
  /** What is written is written in its order, though packing a text takes a while. */
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private store: Store,
    private session: Session,
    private show: (tab: Tab) => void,
  ) {
    window.addEventListener("hashchange", () => location.hash !== this.ours && this.come());
  }

  /** Opens what a person has gone to, in the place where the browser has it. */
  private come(): void {
    this.ours = location.hash;
    this.beside = false;
    clearTimeout(this.timer);
    document.body.dataset["address"] = "behind";
    void this.open();
  }

  /** Opens what the address holds, else the first lesson of the library. */
  async open(): Promise<void> {
    const visit = ++this.visits;
    if (holdsRun(location.hash)) {
      try {
        const link = await decode(location.hash);
        if (visit !== this.visits) return;
        if (link.view && isTab(link.view)) this.show(link.view);
        const known = this.store.state.library.find((e) => e.text === link.text);
        return await this.session.begin(link.text, link, known);
      } catch (error) {
        if (visit !== this.visits) return;
        const reason = error instanceof Error ? error.message : String(error);
        this.session.toast(`This link cannot be opened: ${reason}`, REASON_MS);
      }
    }
    const { library } = this.store.state;
    const entry: Entry | undefined = library.find((e) => e.id === FIRST) ?? library[0];
    await this.session.begin(entry?.text ?? WELCOME, {}, entry);
  }

  /** Keeps what is shown as a page to come back to: the next run gets an address of its own. */
  leave(): void {
    this.visits++;
    this.writing = this.write().finally(() => (this.beside = true));
  }

  /** Brings the address up to the state, a moment after the last change. */
  follow(): void {
    const { parsed, text, position, describe, pending } = this.store.state;
    const now = [parsed, text, describe, pending, this.view(position)];
    if (this.followed.length && now.every((x, i) => x === this.followed[i])) return;
    this.followed = now;
    clearTimeout(this.timer);
    document.body.dataset["address"] = "behind";
    this.timer = setTimeout(() => void this.write(), this.ours ? QUIET_MS : 0);
  }

  /** The link to exactly what is shown. */
  async link(): Promise<string> {
    await this.write();
    const meta = document.querySelector<HTMLMetaElement>("meta[name=public-url]")?.content;
    const base = meta || location.href.slice(0, location.href.length - location.hash.length);
    return base.replace(/#.*$/, "") + this.ours;
  }

  /** Writes what is shown now, once what was to be written before is. */
  private write(): Promise<void> {
    const { parsed, text, position, describe, errors, pending } = this.store.state;
    // Until the run that was asked for is there, text and picture are not of one run.
    if (!text || pending || (!describe && !errors.length)) return this.writing;
    const canonical = parsed?.ok && parsed.canonical ? parsed.canonical : text;
    const view = this.view(position),
      { followed, visits } = this;
    this.writing = this.writing
      .catch(() => undefined) // a browser may refuse a write: the next is tried all the same
      .then(() => this.pack(canonical))
      .then((link) => {
        if (visits !== this.visits) return;
        this.put(link + view);
        if (followed === this.followed) document.body.dataset["address"] = "current";
      });
    return this.writing;
  }

  private async pack(text: string): Promise<string> {
    if (this.packed.text !== text) this.packed = { text, link: await encode(text) };
    return this.packed.link;
  }

  private put(fragment: string): void {
    if (fragment !== this.ours) {
      if (this.beside) history.pushState(null, "", fragment);
      else history.replaceState(null, "", fragment);
      this.ours = fragment;
    }
    this.beside = false;
    if (fragment !== this.store.state.link) this.store.set({ link: fragment });
  }

  private view(position: number): string {
    const { run, case: chosen, control, tab } = this.store.state;
    let view = `&at=${position - 1}`;
    if (run) view += `&run=${run}`;
    if (chosen) view += `&case=${chosen}`;
    if (control >= 0) view += `&control=${control}`;
    if (tab !== "inspect") view += `&view=${tab}`;
    return view;
  }
}

function isTab(name: string): name is Tab {
  return name === "inspect" || name === "text" || name === "events" || name === "cluster";
}
