// Everything that the page shows is this state, and every change of it is one `set`. The version
// rises with each; views are drawn at most once a frame, from the state alone.

import type { Describe, Fault, Parsed, Searching, Verdict } from "./abi";
import type { Layout } from "./layout";
import { Speech } from "./speech";
import { TableState } from "./tablestate";
import { Trace } from "./trace";

/** A scenario of the library, by its card in library.json. */
export interface Entry {
  id: string;
  title: string;
  document: string;
  /** The part of the document that it belongs to. */
  place: string;
  text: string;
  /** The ids of what repairs the failure that it shows. */
  next: string[];
  /** The ids of the failures that it repairs. */
  previous: string[];
}

/** What is selected besides the event shown: a message by its number, or a node by its index. */
export type Selection =
  { is: "message"; message: number } | { is: "node"; node: number } | undefined;

/** A text that was left for another by an action; `said` is the statement that made the branch. */
export interface Branch {
  text: string;
  position: number;
  said: string;
}

export type Tab = "inspect" | "text" | "events" | "cluster";
export type Theme = "auto" | "light" | "dark";

export interface State {
  text: string;
  parsed: Parsed | undefined;
  errors: Fault[];
  case: number;
  run: number;
  control: number;
  trace: Trace;
  describe: Describe | undefined;
  verdict: Verdict | undefined;
  /** Whether another run was asked for than is shown: it is not there yet. */
  pending: boolean;
  /** Whether the run that is shown has not come to its end. */
  running: boolean;
  /** How far its searches are, once only they go on. */
  searching: Searching | undefined;
  /** What the core said when it broke down. */
  broken: string;
  layout: Layout | undefined;
  position: number;
  /** Whether a person has moved since the run came on screen. */
  moved: boolean;
  /** The playhead between two events while it moves; undefined: it stands at the position. */
  cursor: number | undefined;
  playing: 0 | 1 | -1;
  speed: number;
  selection: Selection;
  /** Two events that together break a property, lit in the diagram. */
  pair: number[];
  words: string;
  tab: Tab;
  theme: Theme;
  branches: Branch[];
  branch: number;
  library: Entry[];
  open: string;
  link: string;
  toast: string;
  drawer: boolean;
  help: boolean;
  editing: boolean;
  /** Whether the tables show every row that the protocol keeps. */
  allRows: boolean;
}

const initial = (): State => ({
  text: "",
  parsed: undefined,
  errors: [],
  case: 0,
  run: 0,
  control: -1,
  trace: new Trace(),
  describe: undefined,
  verdict: undefined,
  pending: false,
  running: false,
  searching: undefined,
  broken: "",
  layout: undefined,
  position: 0,
  moved: false,
  cursor: undefined,
  playing: 0,
  speed: 1,
  selection: undefined,
  pair: [],
  words: "",
  tab: "inspect",
  theme: "auto",
  branches: [],
  branch: 0,
  library: [],
  open: "",
  link: "",
  toast: "",
  drawer: false,
  help: false,
  editing: false,
  allRows: false,
});

export class Store {
  state: State = initial();
  version = 0;
  private listeners: (() => void)[] = [];
  private scheduled = false;
  private texts = new Map<number, string>();
  private tableOf: TableState | undefined;

  /** Asks for the text of a history that is not known yet; set by whoever owns the core. */
  onMissingState: (history: number) => void = () => undefined;

  set(patch: Partial<State>): void {
    Object.assign(this.state, patch);
    if ("describe" in patch || "trace" in patch) this.tableOf = undefined;
    if ("trace" in patch) this.texts.clear();
    this.version++;
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      for (const listener of this.listeners) listener();
    });
  }

  onFrame(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** The table of state at the position. */
  get table(): TableState {
    const { trace, describe } = this.state;
    return (this.tableOf ??= new TableState(
      trace,
      describe?.rows.length ?? 0,
      describe?.nodes.length ?? 0,
    ));
  }

  /** Events in words, or undefined while nothing is open. */
  get speech(): Speech | undefined {
    const { trace, describe, words } = this.state;
    if (!describe) return undefined;
    return new Speech(trace, describe, words, (h) => this.stateText(h));
  }

  private stateText(history: number): string {
    const known = this.texts.get(history);
    if (known !== undefined) return known;
    this.texts.set(history, "…");
    this.onMissingState(history);
    return "…";
  }

  learnState(history: number, text: string): void {
    this.texts.set(history, text);
    this.set({});
  }
}
