// The library: every scenario that ships, by the document it is from, found by id or word.

import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "./app";
import { icon } from "./icons";
import type { Entry } from "./store";

let wanted = "";

/** Who gave the lecture that a folder of the library is from. */
const documents: Record<string, string> = {
  meling: "Meling",
  karp: "Karp",
  lin: "Lin",
  marshall: "Marshall",
  eth: "ETH",
  lamport: "Lamport",
  pitfalls: "What others got wrong",
};

export function library(app: App): TemplateResult {
  const { library: all, open } = app.store.state;
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
        @click=${() => app.store.set({ drawer: false })}
      >
        ${icon("close")}
      </button>
    </div>
    <nav aria-label="Scenarios">
      ${all.length ? nothing : html`<p class="quiet">No library is here.</p>`}
      ${all.length && !found.length ? html`<p class="quiet">Nothing matches.</p>` : nothing}
      ${groups(found).map(
        ([document, entries]) =>
          html`<h2>${documents[document] ?? document}</h2>
            <ul>
              ${entries.map(
                (e) =>
                  html`<li>
                    <button
                      class="entry"
                      aria-current=${e.id === open ? "page" : nothing}
                      @click=${() => app.openEntry(e)}
                    >
                      <b>${e.id}</b><span>${e.title}</span>
                    </button>
                  </li>`,
              )}
            </ul>`,
      )}
    </nav>`;
}

function matches(e: Entry, words: string): boolean {
  const text = `${e.id} ${e.title} ${e.document}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((w) => text.includes(w));
}

function groups(entries: Entry[]): [string, Entry[]][] {
  const byDocument = new Map<string, Entry[]>();
  for (const e of entries) {
    const group = byDocument.get(e.document);
    if (group) group.push(e);
    else byDocument.set(e.document, [e]);
  }
  return [...byDocument];
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
  return ["id", "title", "document", "text"].every((k) => typeof entry?.[k] === "string");
}
