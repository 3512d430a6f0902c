// What the core says about a text and a run, as JSON; and the messages between page and worker.

/** A mistake in a scenario's text; line and column from 1. */
export interface Fault {
  line: number;
  col: number;
  text: string;
}

export interface Case {
  name: string;
  title: string;
  runs: number;
  controls: string[];
}

export interface Parsed {
  ok: boolean;
  errors: Fault[];
  canonical: string;
  title: string;
  about: string[];
  words: string;
  protocol: string;
  cases: Case[];
  runs: number;
}

/** Names of one thing in the vocabularies of the lectures. */
export type Words = Record<string, string>;

export interface Describe {
  title: string;
  about: string[];
  protocol: string;
  seed: number;
  words: string;
  openAt: number;
  nodes: { name: string; roles: string[] }[];
  vocabularies: string[];
  /** Fields are those that a message has; shown, by vocabulary, those that its label shows. */
  kinds: { name: string; words?: Words; fields: string[]; shown?: Record<string, string[]> }[];
  rows: { name: string; words?: Words; none?: Words; nodes: number[] }[];
  /** By vocabulary: the names of the rows that its document draws, in its order; without: all. */
  tables: Record<string, string[]>;
  timers: string[];
  schedule: string;
}

export interface Check {
  name: string;
  status: string;
  event: number;
  other?: number;
  detail: string;
}
export interface Expectation {
  line: number;
  text: string;
  met: boolean;
  detail: string;
}

/** What is known of one search of a run: what it found, once it is over. */
export interface Exploration {
  line: number;
  text: string;
  /** Each bound by its name, and what it allows. */
  bounds: [string, string][];
  claims: { line: number; text: string }[];
  states: number;
  generated: number;
  depth: number;
  /** States that were found and not yet looked into. */
  frontier: number;
  ends: number;
  stuck: number;
  /** What is asked of the states, once all are found, and of how many it was asked; else absent. */
  judging?: string;
  asked?: number;
  toAsk?: number;
  over: boolean;
  complete: boolean;
  /** Whether a person ended it. */
  stopped: boolean;
  settled: boolean;
  violation: string;
  outcome: string;
  /** Which checks were judged; empty: not all was looked at. */
  judged: string;
  /** The shortest way to the first violation, as a scenario; empty: there is none. */
  counterexample: string;
  /** Of each check that was looked for and found violated. */
  violations: Violation[];
}

/** A check that a search found violated, and the shortest way there, as a scenario. */
export interface Violation {
  check: string;
  counterexample: string;
}

/** How far the searches of the run that is open are. */
export interface Searching {
  explorations: Exploration[];
  /** States a second, of the one that goes on. */
  rate: number;
}

export interface Verdict {
  passed: boolean;
  events: number;
  virtual_us: number;
  trace_hash: string;
  state_hash: string;
  checks: Check[];
  expectations: Expectation[];
  explorations: Exploration[];
}

/** Which run of a text: numbers from 0; control -1 is the scenario itself. */
export interface Which {
  text: string;
  case: number;
  run: number;
  control: number;
}

/** How the diagram is laid out; flags as core/diagram defines them. */
export interface Shape {
  width: number;
  flags: number;
}

/** The arrays of a layout, each a copy of the core's memory. */
export interface Arrays {
  [name: string]: ArrayBuffer;
}

/** A request of the page; every one is answered by one Answer of the same id. */
export interface Ask {
  id: number;
  op: string;
  args: unknown[];
}
export interface Answer {
  id: number;
  value?: unknown;
  error?: string;
}

/** What streams from a run that is open; `run` is the number of the opening. */
export type Stream =
  | { stream: "opened"; run: number; describe: Describe; initial: number }
  | {
      stream: "chunk";
      run: number;
      from: number;
      records: ArrayBuffer;
      changes: ArrayBuffer;
      names: string[];
    }
  | { stream: "layout"; run: number; shape: Shape; arrays: Arrays; figures: number[] }
  | { stream: "searching"; run: number; describe: Describe | undefined; searching: Searching }
  | { stream: "ended"; run: number; describe: Describe; verdict: Verdict }
  | { stream: "failed"; run: number; errors: Fault[] }
  | { stream: "broken"; run: number; said: string };

/** The actions that a person can take, by their numbers in the core's interface. */
export const Action = {
  drop: 0,
  duplicate: 1,
  crash: 2,
  restart: 3,
  hold: 4,
  deliver: 5,
  pause: 6,
  resume: 7,
  wipe: 8,
  lead: 9,
} as const;
export type Action = (typeof Action)[keyof typeof Action];
