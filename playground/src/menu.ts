// The menu of a message, an event or a node: what can be done to it, as in the inspector.

import { html, nothing, type TemplateResult } from "lit-html";
import { ref } from "lit-html/directives/ref.js";
import { Action } from "./abi";
import type { App } from "./app";
import { condition, mayLead, messageEvents, whenToTouch } from "./moves";
import type { Hit } from "./scene";

interface Open {
  x: number;
  y: number;
  title: string;
  items: [string, () => void][];
}

let open: Open | undefined;
let back: HTMLElement | undefined;

export function openMenu(app: App, hit: Hit, x: number, y: number): void {
  const made = itemsOf(app, hit);
  if (!made) return;
  back = document.activeElement instanceof HTMLElement ? document.activeElement : undefined;
  open = { x, y, ...made };
  app.store.set({});
}

export function closeMenu(app: App): boolean {
  if (!open) return false;
  open = undefined;
  back?.focus();
  app.store.set({});
  return true;
}

function itemsOf(
  app: App,
  hit: Hit,
): { title: string; items: [string, () => void][] } | undefined {
  const { trace } = app.store.state,
    speech = app.store.speech;
  if (!speech) return undefined;
  if (hit.is === "node") return nodeItems(app, hit.node);
  if (hit.is === "axis") return undefined;
  const event = hit.is === "event" ? hit.event : hit.send;
  const here: [string, () => void] = ["Go here", () => app.go(event + 1)];
  const message = trace.message(event);
  if (!message)
    return {
      title: speech.sentence(event),
      items: [here, ...(nodeItems(app, trace.node(event))?.items ?? [])],
    };
  const { sent, ended } = messageEvents(trace, message);
  const when = whenToTouch(sent, ended, app.store.state.position);
  const act = (action: Action) => () => void app.session.act(action, when, message);
  return {
    title: speech.label(event),
    items: [
      here,
      ["Drop", act(Action.drop)],
      ["Duplicate", act(Action.duplicate)],
      ["Hold", act(Action.hold)],
      ["Deliver now", act(Action.deliver)],
    ],
  };
}

function nodeItems(
  app: App,
  node: number,
): { title: string; items: [string, () => void][] } | undefined {
  const { trace, position, describe } = app.store.state;
  if (!describe?.nodes[node]) return undefined;
  const act = (action: Action) => () => void app.session.act(action, position - 1, node);
  const how = condition(trace, position, node);
  const lead: [string, () => void][] = mayLead(describe.nodes[node].roles)
    ? [["Make it lead", act(Action.lead)]]
    : [];
  const items: [string, () => void][] =
    how === "down"
      ? [["Restart", act(Action.restart)]]
      : [
          ["Crash", act(Action.crash)],
          ["Crash, and lose its disk", act(Action.wipe)],
          how === "paused" ? ["Resume", act(Action.resume)] : ["Pause", act(Action.pause)],
          ...lead,
        ];
  return { title: app.store.speech!.subject(node), items };
}

export function menu(app: App): TemplateResult | typeof nothing {
  if (!open) return nothing;
  const { title, items } = open;
  return html`<div
      class="veil"
      @pointerdown=${() => closeMenu(app)}
      @contextmenu=${(e: Event) => e.preventDefault()}
    ></div>
    <div
      class="menu"
      role="menu"
      aria-label=${title}
      ${ref((e) => e && place(e as HTMLElement))}
      @keydown=${(e: KeyboardEvent) => walk(app, e)}
    >
      <p>${title}</p>
      ${items.map(
        ([text, act]) =>
          html`<button
            role="menuitem"
            @click=${() => {
              closeMenu(app);
              act();
            }}
          >
            ${text}
          </button>`,
      )}
    </div>`;
}

/** Puts the menu at the pointer, inside the window, and moves the focus into it. */
function place(element: HTMLElement): void {
  if (!open) return;
  queueMicrotask(() => {
    if (!open) return;
    const { offsetWidth: w, offsetHeight: h } = element;
    element.style.left = `${Math.max(8, Math.min(open.x, innerWidth - w - 8))}px`;
    element.style.top = `${Math.max(8, Math.min(open.y, innerHeight - h - 8))}px`;
    if (!element.contains(document.activeElement)) element.querySelector("button")?.focus();
  });
}

function walk(app: App, e: KeyboardEvent): void {
  const items = [...(e.currentTarget as HTMLElement).querySelectorAll("button")];
  const at = items.indexOf(document.activeElement as HTMLButtonElement);
  const by = e.key === "ArrowDown" ? 1 : e.key === "ArrowUp" ? -1 : 0;
  if (e.key === "Escape" || e.key === "Tab") closeMenu(app);
  else if (by) items[(at + by + items.length) % items.length]?.focus();
  else return;
  e.preventDefault();
  e.stopPropagation();
}
