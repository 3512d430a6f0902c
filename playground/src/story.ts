// What this run is about, and what happens now, in one sentence.

import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "./app";
import { isTextAlone, quoting } from "./board";
import { rungs } from "./library";
import { hasSearch, searchLine } from "./search";
import { time } from "./speech";

/** What index.html says, until there is a run to tell of: so nothing moves before then. */
const welcome = html`<div class="welcome">
  <h1>Synod</h1>
  <p class="about">Paxos that you can see, share and run.</p>
</div>`;

export function story(app: App): TemplateResult {
  const { describe, parsed, broken, errors, tab } = app.store.state;
  if (!describe && !broken && !errors.length) return welcome;
  const title = isTextAlone(app)
    ? "This text cannot run"
    : describe?.title || parsed?.title || (describe ? "A run without a title" : "");
  const about = (describe?.about ?? parsed?.about ?? []).join(" ");
  return html`<h1>${title}</h1>
    ${about ? html`<p class="about">${about}</p>` : nothing}
    ${rungs(app)} ${searchLine(app)}
    ${
      broken
        ? html`<p class="alarm" role="alert">
            <b>The core stopped.</b> ${broken} What it had shown is kept, and the link in the
            address bar leads here again.
          </p>`
        : nothing
    }
    ${
      errors.length && tab !== "text" && !isTextAlone(app)
        ? html`<p class="alarm" role="alert">
            <b>Line ${errors[0]!.line}.</b> ${quoting(errors[0]!.text)}
            <button class="jump" @click=${() => app.show("text")}>Show the text</button>
          </p>`
        : nothing
    }
    ${now(app)}`;
}

function now(app: App): TemplateResult | typeof nothing {
  const { trace, position, playing } = app.store.state,
    speech = app.store.speech;
  if (!speech || (trace.count === 0 && hasSearch(app))) return nothing;
  const i = position - 1;
  return html`<p class="happening" aria-live=${playing ? "off" : "polite"}>
    ${
      i < 0
        ? html`<span class="when">${time(0)}</span> Nothing has happened yet.`
        : html`<span class="when">${time(trace.at(i))}</span> ${stopped(speech.sentence(i))}`
    }
  </p>`;
}

/** A sentence with its full stop; what a person noted may have its own. */
export function stopped(sentence: string): string {
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}
