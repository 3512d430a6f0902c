// The bar at the top: which run this is, in whose words, and the link to it.

import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "./app";
import { icon } from "./icons";
import { overlaid } from "./library";
import type { State } from "./store";

export function header(app: App): TemplateResult {
  const { state } = app.store;
  return html` <button
      class="ghost square"
      aria-label="Library"
      aria-expanded=${state.drawer === overlaid()}
      title="Library of scenarios"
      @click=${() => app.openDrawer(!state.drawer)}
    >
      ${icon("menu")}
    </button>
    <a class="mark" href="./" aria-label="Synod, start page">${mark()}<span>Synod</span></a>
    <div class="pickers">${cases(app)}${runs(app)}${controls(app)}${words(app)}</div>
    <div class="grow"></div>
    ${link(app, state)}
    <button
      class="ghost square wide-only"
      title="Save the diagram as SVG"
      aria-label="Save the diagram as SVG"
      @click=${() => app.saveSVG()}
    >
      ${icon("picture")}
    </button>
    <button
      class="ghost square"
      title="Light or dark"
      aria-label="Light or dark"
      @click=${() => app.toggleTheme()}
    >
      ${icon("theme")}
    </button>
    <button
      class="ghost square wide-only"
      title="Keys (?)"
      aria-label="Keys and gestures"
      @click=${() => app.store.set({ help: true })}
    >
      ${icon("help")}
    </button>`;
}

/** Three voices and one decision. */
function mark(): TemplateResult {
  return html`<svg class="logo" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
    <path d="M4 4l6 6M16 4l-6 6M10 10v6" fill="none" stroke="currentColor" stroke-width="1.6" />
    <circle cx="4" cy="4" r="2.4" class="one" />
    <circle cx="16" cy="4" r="2.4" class="two" />
    <circle cx="10" cy="16.4" r="2.6" class="three" />
  </svg>`;
}

function link(app: App, state: State): TemplateResult {
  const size = state.link.length;
  const title =
    size > 8000
      ? `${size} characters: too long for some chats, rather send the text`
      : `The link holds the whole run: ${size} characters`;
  return html`<button class="solid" title=${title} @click=${() => app.copyLink()}>
    ${icon("link")}<span>Copy link</span
    ><small class="wide-only ${size > 8000 ? "bad" : ""}">${size}</small>
  </button>`;
}

function cases(app: App): TemplateResult | typeof nothing {
  const { parsed, case: chosen } = app.store.state;
  if (!parsed || !parsed.cases || parsed.cases.length < 2) return nothing;
  return select(
    "Case",
    String(chosen),
    parsed.cases.map((c, i) => [String(i), c.title ? `${c.name} · ${c.title}` : c.name]),
    (value) => void app.session.choose({ case: Number(value) }),
  );
}

function runs(app: App): TemplateResult | typeof nothing {
  const { parsed, case: chosen, run } = app.store.state;
  const count = parsed?.cases?.[chosen]?.runs ?? parsed?.runs ?? 1;
  if (count < 2) return nothing;
  return html`<label class="picker"
    ><span>Run</span
    ><input
      type="number"
      min="1"
      max=${count}
      .value=${String(run + 1)}
      aria-label="Run, of ${count}"
      @change=${(e: Event) => {
        const wanted = Number((e.target as HTMLInputElement).value) - 1;
        void app.session.choose({ run: Math.max(0, Math.min(count - 1, wanted || 0)) });
      }}
    /><span>of ${count}</span></label
  >`;
}

function controls(app: App): TemplateResult | typeof nothing {
  const { parsed, case: chosen, control } = app.store.state;
  const all = parsed?.cases?.[chosen]?.controls;
  if (!all?.length) return nothing;
  const choices = all.map((c, i): [string, string] => [String(i), c]);
  return select(
    "Rules",
    String(control),
    [["-1", "as written"], ...choices],
    (value) => void app.session.choose({ control: Number(value) }),
  );
}

function words(app: App): TemplateResult | typeof nothing {
  const { describe, words: chosen } = app.store.state;
  if (!describe || describe.vocabularies.length < 2) return nothing;
  const choices = describe.vocabularies.map((v): [string, string] => [v, nameOf(v)]);
  return select("Words", chosen, choices, (value) => app.store.set({ words: value }));
}

function nameOf(vocabulary: string): string {
  return vocabulary === "eth" ? "ETH" : vocabulary.charAt(0).toUpperCase() + vocabulary.slice(1);
}

/** A labelled choice. */
function select(
  label: string,
  chosen: string,
  choices: [string, string][],
  choose: (value: string) => void,
): TemplateResult {
  return html`<label class="picker"
    ><span>${label}</span
    ><select
      aria-label=${label}
      .value=${chosen}
      @change=${(e: Event) => choose((e.target as HTMLSelectElement).value)}
    >
      ${choices.map(
        ([value, text]) =>
          html`<option value=${value} ?selected=${value === chosen}>${text}</option>`,
      )}
    </select></label
  >`;
}
