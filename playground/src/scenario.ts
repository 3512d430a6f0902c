// The scenario's text beside the diagram: the line that led to the event shown is lit. It is plain
// until it is touched; then the editor is fetched and takes its place.

import { html, nothing, type TemplateResult } from "lit-html";
import { ref } from "lit-html/directives/ref.js";
import type { App } from "./app";
import { isTextAlone, quoting } from "./board";
import type { EditorView } from "./editor";
import { lineAt } from "./moves";
import { tokens } from "./words";

const DEBOUNCE_MS = 300;

export function scenario(app: App): TemplateResult {
  const { state } = app.store;
  return html`<div class="textbar">
      <span class="grow"
        >${
          state.errors.length
            ? html`<b class="bad">${count(state.errors.length)}</b>`
            : html`${state.text.trimEnd().split("\n").length} lines`
        }</span
      >
      ${
        state.editing
          ? nothing
          : html`<button class="act" @click=${() => app.startEditing()}>Edit</button>`
      }
      <button class="act" @click=${() => void app.session.format()}>Format</button>
      <button class="act" @click=${() => download(state.text, state.parsed?.title ?? "scenario")}>
        Download
      </button>
    </div>
    ${faults(app)}
    ${
      state.editing
        ? html`<div class="editor" ${ref((e) => e && mount(app, e as HTMLElement))}></div>`
        : plain(app)
    }`;
}

function count(errors: number): string {
  return errors === 1 ? "1 mistake" : `${errors} mistakes`;
}

function faults(app: App): TemplateResult | typeof nothing {
  const { errors, editing } = app.store.state;
  if (!errors.length || (isTextAlone(app) && !editing)) return nothing;
  return html`<ul class="faults" role="alert">
    ${errors.slice(0, 5).map((e) => html`<li><b>Line ${e.line}</b> ${quoting(e.text)}</li>`)}
  </ul>`;
}

function plain(app: App): TemplateResult {
  const { text, trace, position, errors } = app.store.state;
  const now = lineAt(trace, position),
    wrong = new Set(errors.map((e) => e.line));
  const lines = text.replace(/\n$/, "").split("\n");
  return html`<div
    class="listing"
    role="textbox"
    aria-readonly="true"
    aria-multiline="true"
    tabindex="0"
    aria-label="Scenario text; press Enter to edit"
    @dblclick=${() => app.startEditing()}
    @keydown=${(e: KeyboardEvent) => e.key === "Enter" && app.startEditing()}
  >
    ${lines.map(
      (line, i) =>
        html`<div class="line ${i + 1 === now ? "now" : ""} ${wrong.has(i + 1) ? "wrong" : ""}">
          <i>${i + 1}</i
          ><code
            >${tokens(line).map(([is, s]) =>
              is === "plain" ? s : html`<span class=${is}>${s}</span>`,
            )}</code
          >
        </div>`,
    )}
  </div>`;
}

let editor: EditorView | undefined;
let host: HTMLElement | undefined;
let loading = false;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Puts the editor into its place; it is fetched the first time. */
function mount(app: App, element: HTMLElement): void {
  if (host === element && (editor || loading)) return;
  host = element;
  loading = true;
  editor?.destroy();
  editor = undefined;
  void import("./editor")
    .then(({ edit }) => {
      loading = false;
      if (!element.isConnected || host !== element) return;
      editor = edit(
        element,
        app.store.state.text,
        (text) => changed(app, text),
        () => names(app),
      );
      editor.focus();
    })
    .catch((error: unknown) => {
      loading = false;
      app.session.toast(`The editor did not load: ${String(error)}`);
      app.store.set({ editing: false });
    });
}

function changed(app: App, text: string): void {
  clearTimeout(timer);
  timer = setTimeout(() => void app.session.edit(text), DEBOUNCE_MS);
}

function names(app: App): string[] {
  const describe = app.store.state.describe;
  if (!describe) return [];
  const kinds = describe.kinds.flatMap((k) => [k.name, ...Object.values(k.words ?? {})]);
  return [...new Set([...describe.nodes.map((n) => n.name), ...kinds])];
}

/** Brings the editor up to the store: another text, mistakes, and the line of the event shown. */
export function syncEditor(app: App): void {
  const { state } = app.store;
  if (!state.editing || !editor || !host?.isConnected) return;
  void import("./editor").then(({ show }) => {
    if (editor) show(editor, state.text, state.errors, lineAt(state.trace, state.position));
  });
}

/** Keeps the lit line of the plain text in sight. */
export function revealLine(): void {
  const line = document.querySelector<HTMLElement>(".listing .line.now");
  const box = line?.closest<HTMLElement>(".panel");
  if (!line || !box) return;
  const top = line.offsetTop - box.offsetTop;
  if (top < box.scrollTop + 40 || top > box.scrollTop + box.clientHeight - 60) {
    box.scrollTop = top - box.clientHeight / 2;
  }
}

function download(text: string, title: string): void {
  const name =
    title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "") || "scenario";
  save(new Blob([text], { type: "text/plain" }), `${name}.synod`);
}

export function save(blob: Blob, name: string): void {
  const a = document.createElement("a");
  a.href = URL.createObjectURL(blob);
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 10_000);
}
