// The library: every scenario that ships, by the document it is from, found by id or word.

import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "./app";
import { icon } from "./icons";
import type { Entry } from "./store";

let wanted = "";

/** Whether the library lies over the page, for want of room beside it. */
export function overlaid(): boolean {
  return innerWidth < 1100;
}

/** Moves the focus into the library that comes to lie over the page, and back when it goes. */
export function focusDrawer(open: boolean): void {
  if (!overlaid()) return;
  const wanted = open ? ".drawer-close" : "#top button";
  requestAnimationFrame(() => document.querySelector<HTMLElement>(wanted)?.focus());
}

/** Who gave the lecture that a folder of the library is from. */
const documents: Record<string, string> = {
  meling: "Meling",
  karp: "Karp",
  lin: "Lin",
  marshall: "Marshall",
  eth: "ETH",
  cross: "All five",
  pitfalls: "What others got wrong",
};

export function library(app: App): TemplateResult {
  const { library: all } = app.store.state;
  const found = all.filter((e) => matches(e, wanted));
  return html`<div class="find">
      <input
        type="search"
        placeholder="Find a scenario"
        aria-label="Find a scenario"
        .value=${wanted}
        @input=${(e: Event) => {
          wanted = (e.target as HTMLInputElement).value;
          app.store.set({});
        }}
      />
      <button
        class="ghost square drawer-close"
        aria-label="Close the library"
        @click=${() => app.openDrawer(false)}
      >
        ${icon("close")}
      </button>
    </div>
    <nav aria-label="Scenarios">
      ${all.length ? nothing : html`<p class="quiet">No library is here.</p>`}
      ${all.length && !found.length ? html`<p class="quiet">Nothing matches.</p>` : nothing}
      ${groups(found, (e) => e.document).map(([document, entries]) =>
        shelf(app, document, entries, !!wanted.trim()),
      )}
    </nav>`;
}

/** One document: its entries under the headings of its parts. All are open while one is sought. */
function shelf(app: App, document: string, entries: Entry[], seeking: boolean): TemplateResult {
  const { open } = app.store.state;
  const isOpen = seeking || entries.some((e) => e.id === open);
  return html`<details ?open=${isOpen}>
    <summary>
      <h2>${documents[document] ?? document}</h2>
      <small>${entries.length}</small>
    </summary>
    ${groups(entries, (e) => e.place).map(
      ([place, list]) =>
        html`<h3>${place}</h3>
          <ul>
            ${list.map((e) => item(app, e, e.id === open))}
          </ul>`,
    )}
  </details>`;
}

function item(app: App, e: Entry, current: boolean): TemplateResult {
  return html`<li>
    <button
      class="entry"
      aria-current=${current ? "page" : nothing}
      @click=${() => app.openEntry(e)}
    >
      <b>${e.id}</b><span>${e.title}</span>
    </button>
  </li>`;
}

/** What repairs the failure that the open scenario shows, and what it repairs itself. */
export function rungs(app: App): TemplateResult | typeof nothing {
  const { library: all, open } = app.store.state;
  const here = all.find((e) => e.id === open);
  if (!here || here.next.length + here.previous.length === 0) return nothing;
  return html`<p class="rungs">
    ${rung(app, "Repaired by", here.next)} ${rung(app, "Repairs", here.previous)}
  </p>`;
}

function rung(app: App, said: string, ids: string[]): TemplateResult | typeof nothing {
  const entries = app.store.state.library.filter((e) => ids.includes(e.id));
  if (!entries.length) return nothing;
  return html`<span
    >${said}
    ${entries.map(
      (e) =>
        html`<button class="jump" title=${e.title} @click=${() => app.openEntry(e)}>
          ${e.id}
        </button>`,
    )}</span
  >`;
}

function matches(e: Entry, words: string): boolean {
  const text = `${e.id} ${e.title} ${e.document} ${e.place}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((w) => text.includes(w));
}

/** The entries by a key, in the order in which each key comes first. */
function groups(entries: Entry[], key: (e: Entry) => string): [string, Entry[]][] {
  const byKey = new Map<string, Entry[]>();
  for (const e of entries) {
    const group = byKey.get(key(e));
    if (group) group.push(e);
    else byKey.set(key(e), [e]);
  }
  return [...byKey];
}

/** The library of this site; empty where none is served. Every entry is checked for its shape. */
export async function loadLibrary(): Promise<Entry[]> {
  try {
    const answer = await fetch("library.json");
    const list: unknown = await answer.json();
    return Array.isArray(list) ? list.filter(isEntry) : [];
  } catch {
    return [];
  }
}

function isEntry(e: unknown): e is Entry {
  const entry = e as Record<string, unknown> | null;
  const words = (list: unknown): boolean =>
    Array.isArray(list) && list.every((x) => typeof x === "string");
  return (
    ["id", "title", "document", "place", "text"].every((k) => typeof entry?.[k] === "string") &&
    words(entry?.["next"]) &&
    words(entry?.["previous"])
  );
}
