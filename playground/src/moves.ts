// Where a step leads: from one position in a trace to another. A position is how many events have
// happened, 0 … count; the event that is shown is the one before it.

import { Kind, type Trace } from "./trace";

export type Unit = "event" | "message" | "node" | "line";

export function clamp(position: number, trace: Trace): number {
  return Math.max(0, Math.min(position, trace.count));
}

/** The position one unit on, or back. `node` is whose events count as steps for "node". */
export function move(trace: Trace, position: number, by: 1 | -1, unit: Unit, node = -1): number {
  switch (unit) {
    case "event":
      return clamp(position + by, trace);
    case "message":
      return seek(trace, position, by, (i) => arrives(trace, i));
    case "node":
      return seek(trace, position, by, (i) => node < 0 || trace.node(i) === node);
    case "line":
      return by > 0 ? nextLine(trace, position) : previousLine(trace, position);
  }
}

function arrives(trace: Trace, i: number): boolean {
  const kind = trace.kind(i);
  return kind === Kind.Deliver || kind === Kind.Lose;
}

/** The position right after the next event, in direction `by`, for which `wanted` holds. */
function seek(
  trace: Trace,
  position: number,
  by: 1 | -1,
  wanted: (i: number) => boolean,
): number {
  let i = by > 0 ? position : position - 2;
  for (; i >= 0 && i < trace.count; i += by) if (wanted(i)) return i + 1;
  return by > 0 ? trace.count : 0;
}

/** The position before the next event that a line of the text begins. */
function nextLine(trace: Trace, position: number): number {
  for (let i = position + 1; i < trace.count; i++) if (begins(trace, i)) return i;
  return trace.count;
}

function previousLine(trace: Trace, position: number): number {
  for (let i = position - 1; i > 0; i--) if (begins(trace, i)) return i;
  return 0;
}

function begins(trace: Trace, i: number): boolean {
  const line = trace.line(i);
  return line !== 0 && (i === 0 || trace.line(i - 1) !== line);
}

/** The line of the text that led to the event shown, or 0. */
export function lineAt(trace: Trace, position: number): number {
  for (let i = position - 1; i >= 0; i--) if (trace.line(i) !== 0) return trace.line(i);
  return 0;
}

/** The events of one message: its sending, and its arrival or loss so far; -1 for none. */
export function messageEvents(trace: Trace, message: number): { sent: number; ended: number } {
  let sent = -1,
    ended = -1;
  for (let i = 0; i < trace.count; i++) {
    if (trace.message(i) !== message) continue;
    const kind = trace.kind(i);
    if (sent < 0 && kind === Kind.Send) sent = i;
    else if (kind === Kind.Deliver || kind === Kind.Lose) ended = i;
  }
  return { sent, ended };
}

/**
 * The event after which something is done to a message: the one shown while the message is on its
 * way, else the one that sent it, since before and after that there is nothing to be touched.
 */
export function whenToTouch(sent: number, ended: number, position: number): number {
  return sent < position && (ended < 0 || ended >= position) ? position - 1 : sent;
}

/** Whether a node has a role in which it could lead. */
export function mayLead(roles: string[]): boolean {
  return roles.some((r) => !["client", "learner", "acceptor", "participant"].includes(r));
}

/** Whether a node is up and running after `position` events. */
export function condition(
  trace: Trace,
  position: number,
  node: number,
): "up" | "down" | "paused" {
  for (let i = Math.min(position, trace.count) - 1; i >= 0; i--) {
    if (trace.node(i) !== node) continue;
    const kind = trace.kind(i);
    if (kind === Kind.Crash) return "down";
    if (kind === Kind.Restart) return "up";
    if (kind === Kind.Note && trace.note(i) === "pauses") return "paused";
    if (kind === Kind.Note && trace.note(i) === "resumes") return "up";
  }
  return "up";
}
