// The address is the state: the fragment always holds the run and how it is looked at, so that
// reloading, bookmarking and sending it to somebody are the same thing.

import type { Session } from "./session";
import { decode, encode, holdsRun } from "./share";
import type { Entry, Store, Tab } from "./store";

const QUIET_MS = 200;
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
        return await this.session.begin(link.text, link);
      } catch (error) {
        this.session.toast(
          `This link cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
    const { library } = this.store.state;
    const entry: Entry | undefined = library.find((e) => e.id === FIRST) ?? library[0];
    await this.session.begin(entry?.text ?? WELCOME, {}, entry);
  }

  /** Brings the address up to the state, a moment after the last change. */
  follow(): void {
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

  private async write(): Promise<void> {
    const { parsed, text, position, describe } = this.store.state;
    if (!text || !describe) return;
    const canonical = parsed?.ok && parsed.canonical ? parsed.canonical : text;
    if (this.packed.text !== canonical)
      this.packed = { text: canonical, link: await encode(canonical) };
    const fragment = this.packed.link + this.view(position);
    document.body.dataset["address"] = "current";
    if (fragment === this.ours) return;
    this.ours = fragment;
    history.replaceState(null, "", fragment);
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
