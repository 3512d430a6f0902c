// What stands in the place of the diagram where there is none: what a search is about and what it
// found, or what is wrong with the text.

import { html, nothing, type TemplateResult } from "lit-html";
import type { Describe, Exploration, Expectation } from "./abi";
import type { App } from "./app";
import { icon } from "./icons";
import {
  controls,
  figures,
  going,
  grouped,
  headline,
  isSearchAlone,
  judging,
  known,
} from "./search";

export function board(app: App): TemplateResult | typeof nothing {
  if (isTextAlone(app)) return mistakes(app);
  if (!isSearchAlone(app)) return nothing;
  const all = known(app),
    at = going(all);
  return html`${all.map((x) => search(app, x, x === at))}`;
}

/** Whether there is no run to show, but only a text that cannot run. */
export function isTextAlone(app: App): boolean {
  const { describe, errors } = app.store.state;
  return !describe && errors.length > 0;
}

function search(app: App, x: Exploration, goesOn: boolean): TemplateResult {
  const { describe, verdict } = app.store.state;
  return html`<section class="board searches">
    <h2>Search<code>${x.text}</code></h2>
    ${headline(x, goesOn)}
    <dl class="figures">
      ${figures(app, x).map(
        ([name, n, more]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${grouped(n)}${more ? html` <small>${more}</small>` : nothing}</dd>
          </div>`,
      )}
    </dl>
    ${judging(x)}
    <div class="actions">${controls(app, x, goesOn)}</div>
    <div class="terms">
      <div>
        <h3>Within</h3>
        ${pairs(x.bounds)}
      </div>
      <div>
        <h3>Who takes part</h3>
        ${pairs(roles(describe!))}
      </div>
      <div>
        <h3>What is claimed</h3>
        ${claims(x, verdict?.expectations ?? [])}
      </div>
    </div>
  </section>`;
}

function pairs(list: [string, string][]): TemplateResult {
  return html`<dl>
    ${list.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

/** The nodes by what they are. */
function roles(describe: Describe): [string, string][] {
  const by = new Map<string, string[]>();
  for (const { name, roles } of describe.nodes) {
    const role = roles.join(", ");
    by.set(role, [...(by.get(role) ?? []), name]);
  }
  return [...by].map(([role, names]) => [role, names.join(" ")]);
}

function claims(x: Exploration, judged: Expectation[]): TemplateResult {
  if (!x.claims.length) return html`<p class="quiet">Nothing.</p>`;
  return html`<ul class="claims">
    ${x.claims.map((c) => {
      const e = judged.find((e) => e.line === c.line && e.text === c.text);
      const how = !e ? "idle" : e.met ? "holds" : "violated";
      return html`<li class=${how}>
        ${icon(!e ? "later" : e.met ? "holds" : "broken")}
        <span
          ><code>${c.text}</code
          ><span class="hidden"> ${!e ? "not judged yet" : e.met ? "met" : "not met"}</span></span
        >
      </li>`;
    })}
  </ul>`;
}

/** A sentence of the core, in which words of the language stand between backquotes. */
export function quoting(sentence: string): (string | TemplateResult)[] {
  return sentence.split("`").map((part, i) => (i % 2 ? html`<code>${part}</code>` : part));
}

/** The mistakes of a text of which nothing can be shown. */
function mistakes(app: App): TemplateResult {
  const { errors, text, tab } = app.store.state;
  const lines = text.split("\n");
  return html`<section class="board mistakes" role="alert">
    <h2>${errors.length === 1 ? "1 mistake" : `${errors.length} mistakes`}</h2>
    <ol>
      ${errors.slice(0, 8).map(
        (e) =>
          html`<li>
            <p><b>Line ${e.line}</b> <code>${lines[e.line - 1] ?? ""}</code></p>
            <p>${quoting(e.text)}</p>
          </li>`,
      )}
    </ol>
    ${
      tab === "text"
        ? nothing
        : html`<div class="actions">
            <button class="act" @click=${() => app.show("text")}>Show the text</button>
          </div>`
    }
  </section>`;
}
