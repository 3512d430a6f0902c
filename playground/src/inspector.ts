// The inspector: the event shown, its message, its node, and what can be done to them here.

import { html, nothing, type TemplateResult } from "lit-html";
import { Action } from "./abi";
import type { App } from "./app";
import { chips, expectations } from "./chips";
import { condition, mayLead, messageEvents, whenToTouch } from "./moves";
import { hasSearch, searches } from "./search";
import { stopped } from "./story";
import { number, time, type Speech } from "./speech";
import { KIND_NAMES, NO_NODE, NO_NUMBER } from "./trace";

export function inspector(app: App): TemplateResult {
  const speech = app.store.speech;
  return html` <section>
      <h2>Properties</h2>
      ${chips(app)}${expectations(app)}
    </section>
    ${searches(app)}
    ${speech ? html`${selected(app, speech)}${shown(app, speech)}` : nothing} ${hashes(app)}`;
}

/** What names this run: equal hashes are equal runs, in a tab, in a terminal, at the edge. */
function hashes(app: App): TemplateResult | typeof nothing {
  const { verdict } = app.store.state;
  if (!verdict) return nothing;
  return html`<section>
    <h2>Fingerprint</h2>
    <dl>
      <dt>trace</dt>
      <dd><code id="trace-hash">${verdict.trace_hash}</code></dd>
      <dt>state</dt>
      <dd><code>${verdict.state_hash}</code></dd>
    </dl>
  </section>`;
}

function selected(app: App, speech: Speech): TemplateResult | typeof nothing {
  const { selection } = app.store.state;
  if (!selection) return nothing;
  return selection.is === "node"
    ? node(app, speech, selection.node, true)
    : message(app, speech, selection.message, true);
}

/** The event before the position: its fields, then its message and its node. */
function shown(app: App, speech: Speech): TemplateResult | typeof nothing {
  const { trace, position, selection } = app.store.state;
  if (trace.count === 0 && hasSearch(app)) return nothing;
  if (position === 0)
    return html`<section>
      <h2>Beginning</h2>
      <p class="quiet">Nothing has happened yet.</p>
    </section>`;
  const i = position - 1,
    m = trace.message(i),
    n = trace.node(i);
  const same = selection?.is === "message" && selection.message === m;
  return html`<section>
      <h2>Event ${position}<small>${KIND_NAMES[trace.kind(i)]} · ${time(trace.at(i))}</small></h2>
      <p>${stopped(speech.sentence(i))}</p>
      ${fields(app, speech, i)}
    </section>
    ${m && !same ? message(app, speech, m, false) : nothing}
    ${n !== NO_NODE && selection?.is !== "node" ? node(app, speech, n, false) : nothing}`;
}

function fields(app: App, speech: Speech, i: number): TemplateResult {
  const { trace } = app.store.state;
  const rows: [string, unknown][] = [
    ["number", known(trace.ballot(i))],
    ["accepted number", known(trace.vballot(i))],
    ["slot", known(trace.slot(i))],
    ["value", trace.value(i)],
    ["accepted value", trace.vvalue(i)],
    ["state", speech.state(i)],
    ["note", trace.note(i)],
    ["because of", cause(app, trace.cause(i))],
    ["line", trace.line(i) ? String(trace.line(i)) : ""],
  ];
  return html`<dl>
    ${rows.map(([name, value]) =>
      value === ""
        ? nothing
        : html`<dt>${name}</dt>
            <dd>${value}</dd>`,
    )}
  </dl>`;
}

function known(n: number): string {
  return n === NO_NUMBER ? "" : number(n);
}

function cause(app: App, event: number): TemplateResult | string {
  return event < 0 ? "" : jump(app, event, `event ${event + 1}`);
}

function jump(app: App, event: number, text: string): TemplateResult {
  return html`<button class="jump" @click=${() => app.go(event + 1)}>${text}</button>`;
}

function message(app: App, speech: Speech, m: number, chosen: boolean): TemplateResult {
  const { trace, position } = app.store.state;
  const { sent, ended } = messageEvents(trace, m);
  if (sent < 0) return html``;
  const when = whenToTouch(sent, ended, position);
  const act = (action: Action) => void app.session.act(action, when, m);
  return html`<section class=${chosen ? "chosen" : ""}>
    <h2>Message ${m}${close(app, chosen)}</h2>
    <p>
      <code>${speech.label(sent)}</code> ${speech.node(trace.from(sent))} →
      ${speech.node(trace.to(sent))}
    </p>
    <dl>
      <dt>sent</dt>
      <dd>${jump(app, sent, `event ${sent + 1}, ${time(trace.at(sent))}`)}</dd>
      <dt>
        ${ended < 0 ? "still" : KIND_NAMES[trace.kind(ended)] === "lose" ? "lost" : "arrives"}
      </dt>
      <dd>
        ${
          ended < 0
            ? "on its way"
            : jump(app, ended, `event ${ended + 1}, ${time(trace.at(ended))}`)
        }
      </dd>
    </dl>
    ${
      when === position - 1
        ? nothing
        : html`<p class="quiet">What is done to it happens at event ${when + 1}.</p>`
    }
    <div class="actions">
      ${action("Drop", "Lose this message", () => act(Action.drop))}
      ${action("Duplicate", "Let a second copy travel", () => act(Action.duplicate))}
      ${action("Hold", "Keep it on its way until it is released", () => act(Action.hold))}
      ${action("Deliver now", "Let it arrive at once", () => act(Action.deliver))}
    </div>
  </section>`;
}

function node(app: App, speech: Speech, n: number, chosen: boolean): TemplateResult {
  const { trace, position, describe } = app.store.state;
  const how = condition(trace, position, n);
  const act = (action: Action) => void app.session.act(action, position - 1, n);
  return html`<section class=${chosen ? "chosen" : ""}>
    <h2 class="named">
      ${speech.subject(n)}<small>
        ${describe!.nodes[n]?.roles.join(", ")}${how === "up" ? "" : ` · ${how}`}</small
      >${close(app, chosen)}
    </h2>
    <div class="actions">
      ${
        how === "down"
          ? action("Restart", "Start again from its disk", () => act(Action.restart))
          : html`${action("Crash", "Stop it; it keeps only its disk", () => act(Action.crash))}
            ${action("Wipe", "Crash it, and empty its disk", () => act(Action.wipe))}
            ${
              how === "paused"
                ? action("Resume", "Let it go on", () => act(Action.resume))
                : action("Pause", "It takes nothing in until it is resumed", () =>
                    act(Action.pause),
                  )
            }
            ${
              mayLead(describe!.nodes[n]!.roles)
                ? action("Lead", "Make it start to lead now", () => act(Action.lead))
                : nothing
            }`
      }
    </div>
  </section>`;
}

function action(text: string, title: string, click: () => void): TemplateResult {
  return html`<button class="act" title=${title} @click=${click}>${text}</button>`;
}

function close(app: App, chosen: boolean): TemplateResult | typeof nothing {
  if (!chosen) return nothing;
  return html`<button class="jump right" @click=${() => app.store.set({ selection: undefined })}>
    done
  </button>`;
}
