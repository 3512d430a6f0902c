// The keys of the page, and the sheet that lists them.

import { html, nothing, type TemplateResult } from "lit-html";
import { ref } from "lit-html/directives/ref.js";
import type { App } from "./app";
import { icon } from "./icons";
import { closeMenu } from "./menu";
import { move, type Unit } from "./moves";

const list: [string[], string][] = [
  [["Space"], "play, pause"],
  [["←", "→"], "one event back, forward"],
  [[",", "."], "one message back, forward"],
  [["[", "]"], "one line of the scenario back, forward"],
  [["Shift", "←", "→"], "one event of the selected node"],
  [["Home", "End"], "to the beginning, to the end"],
  [["+", "−"], "faster, slower"],
  [["Ctrl wheel", "pinch"], "zoom"],
  [["right click", "long press"], "what can be done here"],
  [["?"], "this sheet"],
];

export function listenKeys(app: App): void {
  document.addEventListener("keydown", (e) => {
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "Escape" && escape(app)) return e.preventDefault();
    if (typing(e)) return;
    if (press(app, e)) e.preventDefault();
  });
}

/** Whether a key goes into a field, or works the control that has the focus. */
function typing(e: KeyboardEvent): boolean {
  const target = e.composedPath()[0];
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  if (target.matches("input[type=range]")) return e.key === "PageUp" || e.key === "PageDown";
  if (target.matches("input")) return true;
  const presses = target.matches("button, a, summary, [role=button]");
  return presses && (e.key === " " || e.key === "Enter");
}

function press(app: App, e: KeyboardEvent): boolean {
  const { trace, position, selection } = app.store.state;
  const node =
    selection?.is === "node" ? selection.node : position > 0 ? trace.node(position - 1) : -1;
  const by = (way: 1 | -1, unit: Unit) => app.go(move(trace, position, way, unit, node));
  const keys: Record<string, () => void> = {
    " ": () => app.player.toggle(),
    ArrowRight: () => by(1, e.shiftKey ? "node" : "event"),
    ArrowLeft: () => by(-1, e.shiftKey ? "node" : "event"),
    ".": () => by(1, "message"),
    ",": () => by(-1, "message"),
    "]": () => by(1, "line"),
    "[": () => by(-1, "line"),
    Home: () => app.go(0),
    End: () => app.go(trace.count),
    "+": () => app.player.faster(1),
    "=": () => app.player.faster(1),
    "-": () => app.player.faster(-1),
    "?": () => app.store.set({ help: true }),
  };
  const act = keys[e.key];
  act?.();
  return act !== undefined;
}

function escape(app: App): boolean {
  const { help, drawer, selection } = app.store.state;
  if (closeMenu(app)) return true;
  if (!help && !drawer && !selection) return false;
  if (help) closeHelp(app);
  else if (drawer) app.openDrawer(false);
  else app.store.set({ selection: undefined });
  return true;
}

let before: Element | null = null;
let taken: HTMLElement | undefined;

/** Moves the focus into a new sheet, to its one control; closing it gives the focus back. */
function take(button: HTMLElement): void {
  if (taken === button) return; // the same sheet is drawn once more
  taken = button;
  before = document.activeElement;
  queueMicrotask(() => button.focus());
}

function closeHelp(app: App): void {
  app.store.set({ help: false });
  if (before instanceof HTMLElement) before.focus();
}

export function helpSheet(app: App): TemplateResult | typeof nothing {
  if (!app.store.state.help) return nothing;
  const close = () => closeHelp(app);
  return html`<div class="veil dim" @click=${close}></div>
    <div
      class="sheet"
      role="dialog"
      aria-modal="true"
      aria-label="Keys and gestures"
      @keydown=${(e: KeyboardEvent) => e.key === "Tab" && e.preventDefault()}
    >
      <h2>
        Keys and gestures<button
          class="ghost square right"
          aria-label="Close"
          ${ref((e) => e && take(e as HTMLElement))}
          @click=${close}
        >
          ${icon("close")}
        </button>
      </h2>
      <dl>
        ${list.map(
          ([key, does]) =>
            html`<dt>${key.map((k) => html`<kbd>${k}</kbd> `)}</dt>
              <dd>${does}</dd>`,
        )}
      </dl>
      <p class="quiet">
        Solid marks have happened; faint ones are still to come. Whatever you do to a message or a
        node is written into the scenario as one line, and the link holds it.
      </p>
    </div>`;
}
