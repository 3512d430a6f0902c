// The searches of the run: how far they are by now, what they found, and the way to a violation.

import { html, nothing, type TemplateResult } from "lit-html";
import type { Exploration, Violation } from "./abi";
import type { App } from "./app";
import { icon, type Icon } from "./icons";

/** The section of the inspector; nothing if the run has no search, or is one and nothing else. */
export function searches(app: App): TemplateResult | typeof nothing {
  const all = known(app);
  if (!all.length || isSearchAlone(app)) return nothing;
  const at = going(all);
  return html`<section class="searches">
    <h2>Search</h2>
    ${all.map(
      (x) =>
        html`<p class="searched"><code>${x.text}</code></p>
          ${headline(x, x === at)}
          <dl>
            ${figures(app, x).map(
              ([name, n, more]) =>
                html`<dt>${name}</dt>
                  <dd>${grouped(n)}${more ? html` <small>${more}</small>` : nothing}</dd>`,
            )}
          </dl>
          ${judging(x)}
          <div class="actions">${controls(app, x, x === at)}</div>`,
    )}
  </section>`;
}

/** The same in one line, where the run is told: the panel beside it may show something else. */
export function searchLine(app: App): TemplateResult | typeof nothing {
  const all = known(app);
  if (isSearchAlone(app)) return nothing;
  const at = going(all);
  if (at) {
    const does = at.judging
      ? `Judging ${at.judging}: ${grouped(at.asked!)} of ${grouped(at.toAsk!)}`
      : `Searching every order: ${grouped(at.states)} states`;
    return html`<p class="searching going">
      ${icon("later")}<span>${does}</span>${controls(app, at, true)}
    </p>`;
  }
  const broken = all.find((x) => x.counterexample);
  const shown = broken ?? all.find((x) => !x.complete) ?? all[0];
  if (!shown) return nothing;
  return html`<p class="searching">
    <span class="outcome ${standing(shown)}"
      >${icon(icons[standing(shown)])}<span>The search: ${shown.outcome}.</span></span
    >
    ${controls(app, shown, false)}
  </p>`;
}

export function hasSearch(app: App): boolean {
  return known(app).length > 0;
}

/** Whether nothing happens in the run but that it is searched. */
export function isSearchAlone(app: App): boolean {
  const { describe, trace } = app.store.state;
  return describe !== undefined && trace.count === 0 && hasSearch(app);
}

export function known(app: App): Exploration[] {
  const { verdict, searching } = app.store.state;
  return verdict?.explorations ?? searching?.explorations ?? [];
}

/** The one of them that goes on; those below it wait for it. */
export function going(all: Exploration[]): Exploration | undefined {
  return all.find((x) => !x.over);
}

/** What a search found, or what it does. */
export function headline(x: Exploration, goesOn: boolean): TemplateResult {
  if (x.over)
    return html`<p class="outcome ${standing(x)}" role="status">
      ${icon(icons[standing(x)])}<span>${x.outcome}.</span>
    </p>
      ${x.judged ? html`<p class="quiet">${capital(x.judged)}.</p>` : nothing}`;
  if (!goesOn) return html`<p class="outcome quiet">Waits for the search above.</p>`;
  const does = x.judging
    ? `All states are found. Now it is judged ${x.judging}.`
    : "Every order of events is tried.";
  return html`<p class="outcome">${icon("later")}<span>${does}</span></p>`;
}

/** How many states were asked, once all are found. */
export function judging(x: Exploration): TemplateResult | typeof nothing {
  if (!x.judging) return nothing;
  return html`<p class="judging">
    <progress max=${x.toAsk!} value=${x.asked!} aria-label="Judging ${x.judging}"></progress>
    <span>${grouped(x.asked!)} of ${grouped(x.toAsk!)}</span>
  </p>`;
}

/** The figures of a search, each by its name, and what is to be said of it. */
export function figures(app: App, x: Exploration): [string, number, string][] {
  const rate = app.store.state.searching?.rate ?? 0;
  const pace = rate ? `${grouped(rounded(rate))} a second` : "so far";
  const all: [string, number, string][] = [
    ["states", x.states, x.over || x.judging ? "" : pace],
    ["generated", x.generated, ""],
    ["depth", x.depth, ""],
  ];
  if (x.over ? x.frontier : !x.judging)
    all.push(["frontier", x.frontier, x.over ? "not looked into" : "not yet looked into"]);
  if (x.complete) all.push(["ends", x.ends, "where nothing more can happen"]);
  if (x.settled && x.stuck) all.push(["stuck", x.stuck, "never to decide"]);
  return all;
}

/** What can be done with a search: end it, begin it anew, or open what it found. */
export function controls(
  app: App,
  x: Exploration,
  goesOn: boolean,
): TemplateResult | typeof nothing {
  if (goesOn)
    return button("Stop", "End the search, and keep what it found", () =>
      app.session.core.stop(),
    );
  if (x.counterexample) {
    const several = x.violations.length > 1;
    return html`${x.violations.map((v) => way(app, v, several))}`;
  }
  if (!x.stopped) return nothing;
  return button("Search again", "From the beginning: what it found is not kept", () =>
    app.session.again(),
  );
}

/** Opens the way to a violation; where there are several, it says to which. */
function way(app: App, v: Violation, several: boolean): TemplateResult {
  return button(
    `Open the shortest counterexample${several ? ` to ${v.check}` : ""}`,
    "A run of its own; Back leads here again",
    () => app.openText(v.counterexample),
  );
}

function button(text: string, title: string, press: () => unknown): TemplateResult {
  return html`<button class="act" title=${title} @click=${press}>${text}</button>`;
}

type Standing = "holds" | "violated" | "idle";

function standing(x: Exploration): Standing {
  return x.violation ? "violated" : x.complete ? "holds" : "idle";
}

const icons: Record<Standing, Icon> = { holds: "holds", violated: "broken", idle: "unknown" };

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function grouped(n: number): string {
  return n.toLocaleString("en");
}

/** Two digits are what a rate is known to. */
function rounded(n: number): number {
  return Number(n.toPrecision(2));
}
