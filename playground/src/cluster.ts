// A live cluster, where a node serves this page: who leads, how far each node is, and the last
// events of its read-only trace. Nothing is ever sent to a node.

import { html, nothing, type TemplateResult } from "lit-html";
import type { Store } from "./store";

/** How many events are kept, and how many of the beats, which come without end. */
const KEPT = 1000;
const KEPT_BEATS = 300;
/** A page that shows a cluster is drawn so often at most. */
const REDRAW_MS = 200;
const RETRY_MS = [500, 1000, 2000, 5000];

interface Status {
  node: number | string;
  role?: string;
  leader?: number | string;
  ballot?: string;
  chosen?: number;
  applied?: number;
}

interface Member {
  name: string;
  trace: string;
  status: Status | undefined;
  up: boolean;
  tries: number;
}

interface Line {
  /** In the order in which they came, over all nodes. */
  number: number;
  from: string;
  event: Record<string, unknown>;
}

export class Cluster {
  private members: Member[] = [];
  private lines: Line[] = [];
  private beatLines: Line[] = [];
  private taken = 0;
  private only = "";
  private beats = false;
  private redraw: ReturnType<typeof setTimeout> | undefined;

  constructor(private store: Store) {}

  get present(): boolean {
    return this.members.length > 0;
  }

  /** Asks whether a node serves this page; static sites answer with no nodes. */
  async find(): Promise<void> {
    try {
      const answer = await fetch("cluster.json");
      const { nodes } = (await answer.json()) as { nodes?: unknown };
      if (!Array.isArray(nodes)) return;
      this.members = nodes
        .filter(isNode)
        .map((n) => ({ name: n.name, trace: n.trace, status: n.status, up: false, tries: 0 }));
      for (const m of this.members) this.connect(m);
      this.store.set({});
    } catch {
      this.members = [];
    }
  }

  private connect(m: Member): void {
    let socket: WebSocket;
    try {
      socket = new WebSocket(new URL(m.trace, wsBase()));
    } catch {
      return;
    }
    socket.onopen = () => {
      [m.up, m.tries] = [true, 0];
      this.changed();
    };
    socket.onmessage = (e: MessageEvent) => typeof e.data === "string" && this.take(m, e.data);
    socket.onclose = () => {
      m.up = false;
      this.changed();
      setTimeout(() => this.connect(m), RETRY_MS[Math.min(m.tries++, RETRY_MS.length - 1)]);
    };
  }

  /** One frame: one or several lines of JSON. A line that is not one is passed over. */
  private take(m: Member, frame: string): void {
    for (const text of frame.split("\n")) {
      if (!text || text.length > 65536) continue;
      const line = parse(text);
      if (!line) continue;
      if (typeof line["status"] === "object" && line["status"])
        m.status = line["status"] as Status;
      else this.keep({ number: this.taken++, from: m.name, event: line });
    }
    this.changed();
  }

  private keep(line: Line): void {
    const beat = line.event["message"] === "beat";
    const [kept, most] = beat ? [this.beatLines, KEPT_BEATS] : [this.lines, KEPT];
    kept.push(line);
    if (kept.length > most) kept.splice(0, kept.length - most);
  }

  /** Nobody but this panel shows what a cluster does, so nothing is drawn while it is shut. */
  private changed(): void {
    if (this.redraw !== undefined || this.store.state.tab !== "cluster") return;
    this.redraw = setTimeout(() => {
      this.redraw = undefined;
      this.store.set({});
    }, REDRAW_MS);
  }

  /** What the panel lists: the newest first. */
  private listed(): Line[] {
    const all = this.beats ? [...this.lines, ...this.beatLines] : this.lines;
    return all
      .filter((l) => !this.only || l.from === this.only)
      .sort((a, b) => b.number - a.number);
  }

  panel(): TemplateResult {
    const listed = this.listed();
    return html`<section>
        <h2>Nodes</h2>
        <div class="scroll" tabindex="0" role="region" aria-label="Nodes">
          <table class="state cluster">
            <thead>
              <tr>
                <th scope="col">node</th>
                <th scope="col">role</th>
                <th scope="col">leader</th>
                <th scope="col">ballot</th>
                <th scope="col">chosen</th>
                <th scope="col">applied</th>
              </tr>
            </thead>
            <tbody>
              ${this.members.map((m) => this.row(m))}
            </tbody>
          </table>
        </div>
      </section>
      <section>
        <h2>
          Last events<small>${this.only ? `of ${this.only}, ` : ""}newest first</small>
        </h2>
        <label class="check">
          <input
            type="checkbox"
            .checked=${this.beats}
            @change=${() => {
              this.beats = !this.beats;
              this.store.set({});
            }}
          />
          Show beats
        </label>
        <ol class="log">
          ${listed.map((l) => html`<li><b>${l.from}</b> ${eventText(l.event)}</li>`)}
        </ol>
        ${listed.length ? nothing : html`<p class="quiet">${this.silence()}</p>`}
      </section>`;
  }

  /** Why no event is listed. */
  private silence(): string {
    const who = this.only ? `node ${this.only}` : "any node";
    const but = this.beats || !this.beatLines.length ? "" : " but beats";
    return `Nothing${but} has come from ${who} since this page was opened.`;
  }

  private row(m: Member): TemplateResult {
    const s = m.status;
    const say = (x: unknown) => (m.up && x !== undefined && x !== "" ? String(x) : "–");
    return html`<tr class=${m.up ? "" : "down"}>
      <th scope="row">
        <button
          aria-pressed=${this.only === m.name}
          title="Only its events"
          @click=${() => {
            this.only = this.only === m.name ? "" : m.name;
            this.store.set({});
          }}
        >
          ${m.name}${m.up ? nothing : html`<small> no answer</small>`}
        </button>
      </th>
      <td>${say(s?.role)}</td>
      <td>${say(s?.leader)}</td>
      <td>${say(s?.ballot)}</td>
      <td>${say(s?.chosen)}</td>
      <td>${say(s?.applied)}</td>
    </tr>`;
  }
}

/** One event of a native trace in words: the fields that it has, in a fixed order. */
function eventText(e: Record<string, unknown>): string {
  const say = (key: string) => (e[key] === undefined ? "" : ` ${String(e[key])}`);
  const way =
    e["from"] !== undefined && e["to"] !== undefined
      ? ` ${String(e["from"])} → ${String(e["to"])}`
      : "";
  const named = (key: string) => (e[key] === undefined ? "" : ` ${key} ${String(e[key])}`);
  const parts = [
    say("kind"),
    say("message"),
    way,
    named("ballot"),
    named("slot"),
    say("value"),
    say("note"),
  ];
  return parts.join("").trim();
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function isNode(n: unknown): n is { name: string; trace: string; status?: Status } {
  const node = n as Record<string, unknown> | null;
  return typeof node?.["name"] === "string" && typeof node["trace"] === "string";
}

function wsBase(): string {
  return document.baseURI.replace(/^http/, "ws");
}
