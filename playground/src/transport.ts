// The bar at the bottom: play, step, scrub, speed, and the branches of this run.

import { html, nothing, svg, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { App } from "./app";
import { icon, type Icon } from "./icons";
import { move } from "./moves";
import { SPEEDS } from "./player";
import { time } from "./speech";

export function transport(app: App): TemplateResult {
  const { state } = app.store,
    { trace, position, playing } = state;
  const step = (by: 1 | -1) => app.go(move(trace, position, by, "event"));
  const key = (name: Icon, title: string, click: () => void, more = "") =>
    button(trace.count === 0, name, title, click, more);
  return html` ${branches(app)}
    <div class="keys" role="group" aria-label="Playback">
      ${key("first", "To the beginning (Home)", () => app.go(0), "wide-only")}
      ${key(
        "reverse",
        playing < 0 ? "Pause" : "Play backwards",
        () => (playing < 0 ? app.player.stop() : app.player.play(-1)),
        "wide-only",
      )}
      ${key("back", "Step back (←)", () => step(-1))}
      ${key(
        playing > 0 ? "pause" : "play",
        playing > 0 ? "Pause (Space)" : "Play (Space)",
        () => app.player.toggle(),
        "primary",
      )}
      ${key("next", "Step forward (→)", () => step(1))}
      ${key("last", "To the end (End)", () => app.go(trace.count), "wide-only")}
    </div>
    ${slider(app)}
    <output class="count" aria-live="off">${position}<span> / ${trace.count}</span></output>
    <label class="picker speed"
      ><span class="wide-only">Speed</span
      ><select
        aria-label="Speed"
        .value=${String(state.speed)}
        @change=${(e: Event) => choose(app, e.target as HTMLSelectElement)}
      >
        ${SPEEDS.map((s) => speed(s, s === state.speed))}
      </select></label
    >`;
}

function speed(s: number, chosen: boolean): TemplateResult {
  return html`<option value=${s} ?selected=${chosen}>${s}×</option>`;
}

function choose(app: App, select: HTMLSelectElement): void {
  app.store.set({ speed: Number(select.value) });
}

function button(
  still: boolean,
  name: Icon,
  title: string,
  click: () => void,
  more: string,
): TemplateResult {
  return html`<button
    class="ghost square ${more}"
    ?disabled=${still}
    title=${title}
    aria-label=${title}
    @click=${click}
  >
    ${icon(name)}
  </button>`;
}

function slider(app: App): TemplateResult {
  const { trace, position, running, pending } = app.store.state;
  return html`<div class="scrub ${running || pending ? "running" : ""}">
    <input
      type="range"
      min="0"
      max=${trace.count}
      step="1"
      ?disabled=${trace.count === 0}
      aria-label="Position in the run"
      .value=${live(String(position))}
      aria-valuetext=${valueText(app)}
      @input=${(e: Event) => app.go(Number((e.target as HTMLInputElement).value))}
    />
    ${ticks(app)}
  </div>`;
}

/** The position as a sentence, for those who hear the slider. */
export function valueText(app: App): string {
  const { trace, position } = app.store.state;
  const speech = app.store.speech;
  if (!speech || position === 0 || trace.count === 0)
    return `Before the first of ${trace.count} events`;
  const i = position - 1;
  return `Event ${position} of ${trace.count}, at ${time(trace.at(i))}: ${speech.sentence(i)}`;
}

/** Where properties break, as strokes over the slider. */
function ticks(app: App): TemplateResult | typeof nothing {
  const { trace, verdict } = app.store.state;
  const broken = verdict?.checks.filter((c) => c.status === "breaks" && c.event >= 0) ?? [];
  if (!trace.count || !broken.length) return nothing;
  return html`<svg
    class="ticks"
    viewBox="0 0 1000 8"
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    ${broken.map((c) => stroke(((c.event + 1) / trace.count) * 1000))}
  </svg>`;
}

function branches(app: App): TemplateResult | typeof nothing {
  const { branches: all, branch } = app.store.state;
  if (!all.length) return nothing;
  return html`<div class="branches" role="group" aria-label="Branches of this run">
    ${all.map(
      (b, i) =>
        html`<button
          class="branch"
          aria-pressed=${i === branch}
          title=${b.said}
          @click=${() => void app.session.visit(i)}
        >
          ${i === 0 ? "" : "+ "}${b.said}
        </button>`,
    )}
  </div>`;
}

function stroke(x: number) {
  return svg`<line x1=${x} x2=${x} y1="0" y2="8" vector-effect="non-scaling-stroke"></line>`;
}
