// The page's side of the worker: each question is a promise, what streams goes to one listener.

import type { Action, Answer, Ask, Fault, Parsed, Shape, Stream, Which } from "./abi";

/** A longer text, or why the statement cannot be written into it. */
export interface Recorded {
  text?: string;
  errors?: Fault[];
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class Core {
  private worker: Worker;
  private waiting = new Map<number, Waiting>();
  private asked = 0;
  private runs = 0;

  constructor(worker: Worker, onStream: (s: Stream) => void) {
    this.worker = worker;
    worker.onmessage = (event: MessageEvent<Answer | Stream>) => {
      const data = event.data;
      if (!("stream" in data)) this.settle(data);
      else if (data.run === this.runs) onStream(data);
    };
    worker.onerror = (event) => this.rejectAll(new Error(event.message || "the worker stopped"));
  }

  parse(text: string): Promise<Parsed> {
    return this.ask("parse", text);
  }

  /**
   * Opens a run; what earlier runs still stream is dropped from here on. What its searches found
   * when it was open before is told at once, unless they are to search anew.
   */
  open(which: Which, shape: Shape, anew: boolean): Promise<{ errors: Fault[] }> {
    return this.ask("open", ++this.runs, which, shape, anew);
  }

  /** What the run that is open still streams is dropped from here on. */
  leave(): void {
    this.runs++;
  }

  /** Ends the searches of the run that is open: it is judged by what they found until then. */
  stop(): Promise<void> {
    return this.ask("stop");
  }
  layout(shape: Shape): Promise<void> {
    return this.ask("layout", shape);
  }
  stateText(history: number): Promise<string> {
    return this.ask("stateText", history);
  }

  /** The statement that does `action` to a message or node after an event. */
  statement(action: Action, event: number, subject: number): Promise<string> {
    return this.ask("statement", action, event, subject);
  }

  /** The text with one statement more in a case, done after an event; -1 is the end. */
  record(text: string, statement: string, chosen: number, event: number): Promise<Recorded> {
    return this.ask("record", text, statement, chosen, event);
  }

  /** The canonical form of a text; a text with mistakes stays as it is. */
  format(text: string): Promise<string> {
    return this.ask("format", text);
  }
  svg(link: string): Promise<string> {
    return this.ask("svg", link);
  }

  private ask<T>(op: string, ...args: unknown[]): Promise<T> {
    const ask: Ask = { id: ++this.asked, op, args };
    this.worker.postMessage(ask);
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(ask.id, { resolve: resolve as (v: unknown) => void, reject });
    });
  }

  private settle(answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if (answer.error !== undefined) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.value);
  }

  private rejectAll(error: Error): void {
    for (const w of this.waiting.values()) w.reject(error);
    this.waiting.clear();
  }
}

/** Starts the worker beside this page. Its address is fixed, which is why a policy may allow it. */
export function startWorker(): Worker {
  const address = new URL("worker.js", document.baseURI).href;
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  const policy = types?.createPolicy("synod", { createScriptURL: (url) => url });
  return new Worker((policy ? policy.createScriptURL(address) : address) as string);
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): unknown };
}
