// Events in words: the label of a message and the sentence of an event, in the chosen vocabulary.
// Numbers, values and names are only printed here; what they mean is the core's business.

import type { Describe } from "./abi";
import { Kind, NO_NODE, NO_NUMBER, type Trace } from "./trace";

/** What the words of a note that the core has for its checks become in a sentence. */
const SAID: Record<string, string> = {
  round: "begins round",
  settled: "waits no longer",
  wiped: "loses all that its disk held",
  cuts: "is cut",
  mends: "works again",
  holds: "is held on its way",
  releases: "is released",
  corrupts: "is damaged on its way",
};

export class Speech {
  constructor(
    readonly trace: Trace,
    readonly describe: Describe,
    readonly words: string,
    private stateText: (history: number) => string,
  ) {}

  node(n: number): string {
    return this.describe.nodes[n]?.name ?? "";
  }

  /** A node as the subject of a sentence: names that are bare digits need a noun. */
  subject(n: number): string {
    const name = this.node(n);
    return /^\d/.test(name) ? `Node ${name}` : name;
  }
  object(n: number): string {
    return this.subject(n).replace(/^Node/, "node");
  }

  kind(type: number): string {
    const kind = this.describe.kinds[type];
    return kind ? (kind.words?.[this.words] ?? kind.name) : "message";
  }

  /** The name of a row of the table of state. */
  row(row: number): string {
    const r = this.describe.rows[row];
    return r ? (r.words?.[this.words] ?? r.name) : "";
  }

  /** What stands for nothing in a row: -1, nil, ⊥. */
  nothing(row: number): string {
    return this.describe.rows[row]?.none?.[this.words] ?? "–";
  }

  /** The label of the message that event i is about: Q1(11). */
  label(i: number): string {
    const type = this.trace.type(i);
    const kind = this.describe.kinds[type];
    const fields = kind?.shown?.[this.words] ?? kind?.fields ?? [];
    const shown = fields.map((f) => this.field(i, f)).filter((f) => f !== "");
    return this.kind(type) + (shown.length ? `(${shown.join(", ")})` : "");
  }

  /** One field of the message of event i, by its name; "" if it has none. */
  field(i: number, name: string): string {
    const t = this.trace,
      last = this.describe.rows.length - 1;
    switch (name) {
      case "n":
        return number(t.ballot(i));
      case "n_a":
        return number(t.vballot(i)) || this.absent(name, 0);
      case "max":
        return number(t.vballot(i));
      case "seq":
        return number(t.slot(i));
      case "v":
        return t.value(i) || this.absent(name, last);
      case "v_a":
        return t.vvalue(i) || this.absent(name, last);
      case "state":
        return t.vvalue(i) || this.state(i);
      default:
        return "";
    }
  }

  /** What stands for an absent field: that of its row, else that of a first or last row. */
  private absent(name: string, otherwise: number): string {
    const row = this.describe.rows.findIndex(
      (r) => r.name === name || Object.values(r.words ?? {}).includes(name),
    );
    return this.nothing(row < 0 ? otherwise : row);
  }

  /** The commands behind a reply or in a machine, in order. */
  state(i: number): string {
    return this.history(this.trace.state(i));
  }

  /** The commands of a history, by its number; 0 is the empty one. */
  history(h: number): string {
    return h === 0 ? "" : this.stateText(h);
  }

  /** One sentence, without a full stop, of what happens in event i. */
  sentence(i: number): string {
    const t = this.trace,
      node = this.subject(t.node(i)),
      n = number(t.ballot(i));
    const value = t.value(i),
      slot = number(t.slot(i)),
      note = t.note(i);
    const inSlot = slot ? ` in slot ${slot}` : "",
      at = n ? ` at ${n}` : "";
    switch (t.kind(i)) {
      case Kind.Send:
        return `${this.subject(t.from(i))} sends ${this.label(i)} to ${this.object(t.to(i))}`;
      case Kind.Deliver:
        return `${this.subject(t.to(i))} receives ${this.label(i)} from ${this.object(t.from(i))}`;
      case Kind.Lose:
        return `${this.label(i)} from ${this.object(t.from(i))} to ${this.object(t.to(i))} is lost`;
      case Kind.Duplicate:
        return `${this.label(i)} to ${this.object(t.to(i))} is on its way twice`;
      case Kind.Timer:
        return `${node}: its timer ${note} fires`;
      case Kind.Write:
        return `${node} begins to write${note ? ` ${note}` : ""} to its disk`;
      case Kind.Sync:
        return `${node}: all it wrote is durable`;
      case Kind.Crash:
        return `${node} crashes`;
      case Kind.Restart:
        return `${node} restarts from its disk`;
      case Kind.Promise:
        return `${node} promises ${n}`;
      case Kind.Accept:
        return `${node} accepts ${value || "no value"}${at}${inSlot}`;
      case Kind.Chosen:
        return `${node} learns that ${value || "nothing"} is chosen${inSlot}`;
      case Kind.Execute:
        return `${node} executes ${value}${this.after(i)}`;
      case Kind.Reply:
        return `${node} hears an answer to ${value}${this.after(i)}`;
      case Kind.Lead:
        return `${node} acts as leader${at}`;
      case Kind.StepDown:
        return `${node} leads no longer`;
      case Kind.Configure:
        return `${node}: configuration ${value}${inSlot} ${note}`.trimEnd();
      case Kind.Violation:
        return `${note} is violated`;
      default:
        return this.noted(i);
    }
  }

  private after(i: number): string {
    const shown = this.trace.vvalue(i) || this.state(i);
    return shown ? ` (${shown})` : "";
  }

  private noted(i: number): string {
    const t = this.trace,
      note = t.note(i),
      from = t.from(i),
      to = t.to(i);
    const about = t.message(i) && t.type(i) >= 0 ? ` ${this.label(i)}` : "";
    const said = SAID[note] ?? note,
      ends = `${this.node(from)} → ${this.node(to)}`;
    if (from !== NO_NODE && to !== NO_NODE)
      return about ? `${ends}:${about} ${said}` : `The link ${ends} ${said}`;
    if (t.node(i) === NO_NODE) return note;
    if (note === "refuses" && to !== NO_NODE) return this.refusal(i);
    const more = [t.value(i), number(t.ballot(i))].filter((x) => x).join(" with ");
    const other = to !== NO_NODE ? ` ${this.object(to)}` : "";
    return `${this.subject(t.node(i))} ${said}${other}${more ? ` ${more}` : ""}`;
  }

  private refusal(i: number): string {
    const t = this.trace,
      higher = number(t.vballot(i));
    const why = higher ? ` for the higher ${higher}` : "";
    const whose = `${number(t.ballot(i))} of ${this.object(t.to(i))}`;
    return `${this.subject(t.node(i))} refuses ${whose}${why}`;
  }
}

export function number(n: number): string {
  return n === NO_NUMBER ? "" : String(n);
}

/** Virtual time, in the unit in which it reads best. */
export function time(us: number): string {
  if (us < 1000) return `${us} µs`;
  if (us < 1_000_000) return `${trim(us / 1000)} ms`;
  return `${trim(us / 1_000_000)} s`;
}

function trim(n: number): string {
  return n.toFixed(3).replace(/\.?0+$/, "");
}
