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
  private turn: Promise<void> = Promise.resolve();
  private packed: { text: string; link: string } = { text: "", link: "" };

  constructor(
    private store: Store,
    private session: Session,
    private show: (tab: Tab) => void,
  ) {
    window.addEventListener("hashchange", () => location.hash !== this.ours && void this.open());
  }

  /** Opens what the address holds, else the first lesson of the library. */
  async open(): Promise<void> {
    if (holdsRun(location.hash)) {
      try {
        const link = await decode(location.hash);
        if (link.view && isTab(link.view)) this.show(link.view);
        const known = this.store.state.library.find((e) => e.text === link.text);
        return await this.session.begin(link.text, link, known);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.session.toast(`This link cannot be opened: ${reason}`, REASON_MS);
      }
    }
    const { library } = this.store.state;
    const entry: Entry | undefined = library.find((e) => e.id === FIRST) ?? library[0];
    await this.session.begin(entry?.text ?? WELCOME, {}, entry);
  }

  /** Keeps what is open as a page to come back to: the next run gets an address of its own. */
  async leave(): Promise<void> {
    await this.write();
    this.beside = true;
  }

  /** Brings the address up to the state, a moment after the last change. */
  follow(): void {
    const { parsed, text, position, describe } = this.store.state;
    const now = [parsed, text, describe, this.view(position)];
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

  /** Writes come one after the other, so that the last one is of the newest state. */
  private write(): Promise<void> {
    const now = () => this.writeNow();
    return (this.turn = this.turn.then(now, now));
  }

  private async writeNow(): Promise<void> {
    const { parsed, text, position, describe } = this.store.state;
    if (!text || !describe) return;
    const due = this.followed;
    const canonical = parsed?.ok && parsed.canonical ? parsed.canonical : text;
    if (this.packed.text !== canonical)
      this.packed = { text: canonical, link: await encode(canonical) };
    const fragment = this.packed.link + this.view(position);
    if (due === this.followed) document.body.dataset["address"] = "current";
    if (fragment === this.ours) return;
    this.ours = fragment;
    if (this.beside) history.pushState(null, "", fragment);
    else history.replaceState(null, "", fragment);
    this.beside = false;
    this.store.set({ link: fragment });
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
