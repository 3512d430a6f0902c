// The searches of the run: how far they are by now, what they found, and the way to a violation.

import { html, nothing, type TemplateResult } from "lit-html";
import type { Exploration } from "./abi";
import type { App } from "./app";
import { icon, type Icon } from "./icons";

/** The section of the inspector; nothing if the run has no search. */
export function searches(app: App): TemplateResult | typeof nothing {
  const all = known(app);
  if (!all.length) return nothing;
  const at = all.findIndex((x) => !x.over);
  return html`<section class="searches">
    <h2>Search</h2>
    ${all.map((x, i) =>
      x.over ? found(app, x) : i === at ? going(app, x) : html`${line(x)}${waits}`,
    )}
  </section>`;
}

/** The same in one line, where the run is told: the panel beside it may show something else. */
export function searchLine(app: App): TemplateResult | typeof nothing {
  const all = known(app);
  const at = all.find((x) => !x.over);
  if (at)
    return html`<p class="searching going">
      ${icon("later")}<span>Searching every order: ${grouped(at.states)} states</span>${stop(app)}
    </p>`;
  const broken = all.find((x) => x.counterexample);
  const shown = broken ?? all.find((x) => !x.complete) ?? all[0];
  if (!shown) return nothing;
  return html`<p class="searching">
    <span class="outcome ${standing(shown)}">${outcome(shown, "The search: ")}</span>
    ${broken ? ways(app, broken) : nothing}
  </p>`;
}

export function hasSearch(app: App): boolean {
  return known(app).length > 0;
}

const waits = html`<p class="quiet">Waits for the search above.</p>`;

function known(app: App): Exploration[] {
  const { verdict, searching } = app.store.state;
  return verdict?.explorations ?? searching?.explorations ?? [];
}

function going(app: App, x: Exploration): TemplateResult {
  const rate = app.store.state.searching?.rate ?? 0;
  return html`${line(x)}
    <dl>
      ${figure("states", x.states, rate ? `${grouped(rounded(rate))} a second` : "")}
      ${figure("generated", x.generated)} ${figure("depth", x.depth)}
      ${figure("frontier", x.frontier, "not yet looked into")}
    </dl>
    <div class="actions">${stop(app)}</div>`;
}

function found(app: App, x: Exploration): TemplateResult {
  return html`${line(x)}
    <p class="outcome ${standing(x)}" role="status">${outcome(x)}</p>
    <dl>
      ${figure("states", x.states)} ${figure("generated", x.generated)}
      ${figure("depth", x.depth)}
      ${x.complete ? figure("ends", x.ends, "where nothing more can happen") : nothing}
      ${x.frontier ? figure("frontier", x.frontier, "not looked into") : nothing}
      ${x.settled && x.stuck ? figure("stuck", x.stuck, "never to decide") : nothing}
    </dl>
    ${x.judged ? html`<p class="quiet">${capital(x.judged)}.</p>` : nothing}
    ${x.counterexample ? html`<div class="actions">${ways(app, x)}</div>` : nothing}`;
}

function line(x: Exploration): TemplateResult {
  return html`<p class="searched"><code>${x.text}</code></p>`;
}

function stop(app: App): TemplateResult {
  return html`<button
    class="act"
    title="End the search, and keep what it found"
    @click=${() => void app.session.core.stop()}
  >
    Stop
  </button>`;
}

/** A way to each violation; where there are several, each says to which. */
function ways(app: App, x: Exploration): TemplateResult[] {
  return x.violations.map(
    (v, _, all) =>
      html`<button
        class="act"
        title="A run of its own; Back leads here again"
        @click=${() => app.openText(v.counterexample)}
      >
        Open the shortest counterexample${all.length > 1 ? ` to ${v.check}` : nothing}
      </button>`,
  );
}

type Standing = "holds" | "violated" | "idle";

function standing(x: Exploration): Standing {
  return x.violation ? "violated" : x.complete ? "holds" : "idle";
}

const icons: Record<Standing, Icon> = { holds: "holds", violated: "broken", idle: "unknown" };

function outcome(x: Exploration, before = ""): TemplateResult {
  return html`${icon(icons[standing(x)])}<span>${before}${x.outcome}.</span>`;
}

function figure(name: string, n: number, more = ""): TemplateResult {
  return html`<dt>${name}</dt>
    <dd>${grouped(n)}${more ? html` <small>${more}</small>` : nothing}</dd>`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function grouped(n: number): string {
  return n.toLocaleString("en");
}

/** Two digits are what a rate is known to. */
function rounded(n: number): number {
  return Number(n.toPrecision(2));
}
