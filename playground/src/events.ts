// Every event of the run as a table: what the diagram shows, for those who read or hear it. Only
// the rows in sight are in the page, so that a hundred thousand of them scroll like ten.

import { html, type TemplateResult } from "lit-html";
import { ref } from "lit-html/directives/ref.js";
import type { App } from "./app";
import { time } from "./speech";

const ROW = 26;
const SPARE = 8;
/** Browsers limit the height of an element; beyond this the table shows a window of the run. */
const MOST = 400_000;

let scrolled = 0;
let height = 400;
let shownAt = -1;

export function events(app: App): TemplateResult {
  const { trace, position } = app.store.state,
    speech = app.store.speech;
  if (!trace.count) return html`<p class="quiet none">There are no events in this run.</p>`;
  const count = Math.min(trace.count, MOST);
  const first = Math.max(0, Math.floor(scrolled / ROW) - SPARE);
  const last = Math.min(count, Math.ceil((scrolled + height) / ROW) + SPARE);
  const rows = [];
  for (let i = first; i < last; i++)
    rows.push(row(app, i, i === position - 1, speech?.sentence(i) ?? ""));
  return html`<div
    class="virtual"
    tabindex="0"
    role="region"
    aria-label="Events"
    @scroll=${(e: Event) => scroll(app, e.currentTarget as HTMLElement)}
    ${ref((e) => e && settle(app, e as HTMLElement))}
  >
    <table class="events" aria-rowcount=${trace.count}>
      <colgroup>
        <col class="number" />
        <col class="time" />
        <col />
      </colgroup>
      <thead class="hidden">
        <tr>
          <th>Event</th>
          <th>Time</th>
          <th>What happens</th>
        </tr>
      </thead>
      <tbody>
        <tr class="spacer" aria-hidden="true">
          <td colspan="3" ${tall(first * ROW)}></td>
        </tr>
        ${rows}
        <tr class="spacer" aria-hidden="true">
          <td colspan="3" ${tall((count - last) * ROW)}></td>
        </tr>
      </tbody>
    </table>
  </div>`;
}

function row(app: App, i: number, now: boolean, sentence: string): TemplateResult {
  const { trace, position } = app.store.state;
  const when = i < position ? "" : "future";
  return html`<tr
    class=${now ? "now" : when}
    aria-rowindex=${i + 1}
    aria-current=${now ? "step" : "false"}
    @click=${() => app.go(i + 1)}
  >
    <td><button class="jump" aria-label="Go to event ${i + 1}">${i + 1}</button></td>
    <td>${time(trace.at(i))}</td>
    <td title=${sentence}>${sentence}</td>
  </tr>`;
}

function tall(pixels: number) {
  return ref((e) => e && ((e as HTMLElement).style.height = `${pixels}px`));
}

function scroll(app: App, box: HTMLElement): void {
  if (Math.abs(box.scrollTop - scrolled) < ROW) return;
  scrolled = box.scrollTop;
  app.store.set({});
}

/** Follows the position, but leaves alone who scrolls while it stands. */
function settle(app: App, box: HTMLElement): void {
  queueMicrotask(() => {
    if (!box.clientHeight || box.clientHeight === height) return;
    height = box.clientHeight;
    app.store.set({});
  });
  const { position } = app.store.state;
  if (position === shownAt) return;
  shownAt = position;
  queueMicrotask(() => {
    const top = (position - 1) * ROW;
    if (top < box.scrollTop + ROW || top > box.scrollTop + box.clientHeight - 2 * ROW) {
      box.scrollTop = Math.max(0, top - box.clientHeight / 2);
    }
  });
}
