// The properties of the run as chips: what holds, what is violated, and what is only later.
// A press goes to the event that breaks it, and lights the pair.

import { html, nothing, type TemplateResult } from "lit-html";
import type { Check, Expectation } from "./abi";
import type { App } from "./app";
import { icon, type Icon } from "./icons";
import { isSearchAlone } from "./search";

type Standing = "holds" | "violated" | "later" | "idle";

const icons: Record<Standing, Icon> = {
  holds: "holds",
  violated: "broken",
  later: "later",
  idle: "unknown",
};

export function standing(check: Check, position: number): Standing {
  if (check.status === "holds") return "holds";
  if (check.status !== "breaks") return "idle";
  return check.event < position ? "violated" : "later";
}

export function chips(app: App): TemplateResult | typeof nothing {
  const { verdict, running, pending, searching } = app.store.state;
  if (searching) return html`<p class="quiet">Judged when the search is over.</p>`;
  if (isSearchAlone(app))
    return html`<p class="quiet">Nothing happens in this run: it is searched.</p>`;
  if ((running || pending) && !verdict)
    return html`<p class="quiet soon">Judging as it runs…</p>`;
  if (!verdict) return html`<p class="quiet">Not judged: the run did not come to its end.</p>`;
  const order = { violated: 0, later: 1, holds: 2, idle: 3 };
  const { position } = app.store.state;
  const sorted = verdict.checks
    .slice()
    .sort((a, b) => order[standing(a, position)] - order[standing(b, position)]);
  return html`<div class="chips" role="group" aria-label="Properties">
    ${sorted.map((c) => chip(app, c, position))}
  </div>`;
}

function chip(app: App, check: Check, position: number): TemplateResult {
  const how = standing(check, position);
  const says = {
    holds: "holds",
    violated: `violated at event ${check.event + 1}`,
    later: `holds so far, breaks at event ${check.event + 1}`,
    idle: "nothing to judge",
  }[how];
  const content = html`${icon(icons[how])}<span>${check.name}</span>${
    how === "violated" || how === "later" ? html`<small>@${check.event + 1}</small>` : nothing
  }`;
  const title = `${check.name}: ${says}${check.detail ? `. ${check.detail}` : ""}`;
  const said = html`${content}<span class="hidden">${says}</span>`;
  if (check.status !== "breaks")
    return html`<span class="chip ${how}" title=${title}>${said}</span>`;
  return html`<button class="chip ${how}" title=${title} @click=${() => visit(app, check)}>
    ${said}
  </button>`;
}

function visit(app: App, check: Check): void {
  if (check.event < 0) return app.go(app.store.state.trace.count);
  app.go(check.event + 1);
  const other = check.other ?? -1;
  app.store.set({ pair: other >= 0 ? [check.event, other] : [check.event] });
  if (check.detail) app.session.toast(`${check.name}: ${check.detail}`);
}

/** What the scenario expects, met or not, each leading to its line. */
export function expectations(app: App): TemplateResult | typeof nothing {
  const all = app.store.state.verdict?.expectations ?? [];
  if (!all.length) return nothing;
  const list = all.filter((e) => !ofMany(e)),
    many = all.filter(ofMany);
  const met = list.filter((e) => e.met).length;
  return html`<details class="expectations" ?open=${met < list.length}>
    <summary>${met} of ${list.length} expectations met</summary>
    <ol>
      ${list.map(expectation)} ${many.map(expectationOfMany)}
    </ol>
  </details>`;
}

/** Whether an expectation is of all runs of a family, so that one run does not settle it. */
function ofMany(e: Expectation): boolean {
  return /^(expect )?in (some run|no run|at least \d+ runs|\d+ runs?) /.test(e.text);
}

function expectationOfMany(e: Expectation): TemplateResult {
  return html`<li class="idle">
    ${icon("unknown")}
    <span><code>${e.text}</code><small>judged over all runs together, by synod run</small></span>
  </li>`;
}

function expectation(e: Expectation): TemplateResult {
  return html`<li class=${e.met ? "holds" : "violated"}>
    ${icon(e.met ? "holds" : "broken")}
    <span
      ><code>${e.text}</code
      >${e.detail && !e.met ? html`<small>${e.detail}</small>` : nothing}</span
    >
    <span class="hidden">${e.met ? "met" : "not met"}</span>
  </li>`;
}
