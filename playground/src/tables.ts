// The tables of state: rows are what the protocol keeps, columns are nodes, and what the event
// shown changed is lit. The words are those of the lecture that a person chose.

import { html, nothing, type TemplateResult } from "lit-html";
import { ref } from "lit-html/directives/ref.js";
import type { App } from "./app";
import { PHONE } from "./diagram";
import { condition } from "./moves";
import { isSearchAlone } from "./search";
import type { Speech } from "./speech";
import type { Cell } from "./trace";

export function tables(app: App): TemplateResult | typeof nothing {
  const { describe, position, trace } = app.store.state,
    speech = app.store.speech;
  if (!describe || !speech || !describe.rows.length || isSearchAlone(app)) return nothing;
  const cells = app.store.table.at(position),
    rows = rowsShown(app);
  const columns = describe.nodes
    .map((_, n) => n)
    .filter((n) => rows.some((r) => has(describe.rows[r]!.nodes, n)));
  const names = rows.map((r) => speech.row(r));
  return html`<div class="scroll" tabindex="0" role="region" aria-label="State of every node">
      <table class="state" ${ref((e) => e && room(e as HTMLElement, columns.length, names))}>
        <caption class="hidden">
          State after event ${position} of ${trace.count}
        </caption>
        <colgroup>
          <col class="rows" />
          ${columns.map(() => html`<col />`)}
        </colgroup>
        <thead>
          <tr>
            <td></td>
            ${columns.map((n) => head(app, n))}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (r) =>
              html`<tr>
                <th scope="row">${variable(speech.row(r))}</th>
                ${columns.map((n) => cell(app, speech, r, n, cells))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${more(app, rows.length)}`;
}

/** The rows that the document of the chosen words draws, in its order; all, if a person asks. */
function rowsShown(app: App): number[] {
  const { describe, words, allRows } = app.store.state;
  const all = describe!.rows.map((_, r) => r);
  const drawn = describe!.tables?.[words];
  if (!drawn || allRows) return all;
  const named = drawn.map((name) => describe!.rows.findIndex((r) => r.name === name));
  const there = named.filter((r) => r >= 0);
  return there.length ? there : all;
}

function more(app: App, shown: number): TemplateResult | typeof nothing {
  const { describe, words, allRows } = app.store.state;
  const all = describe!.rows.length;
  if (!describe!.tables?.[words] || (shown === all && !allRows)) return nothing;
  return html`<button class="jump" @click=${() => app.store.set({ allRows: !allRows })}>
    ${allRows ? "Only the rows of the lecture" : `All ${all} rows`}
  </button>`;
}

/** No column narrower than its text can be read in; beyond that the table scrolls by itself. */
function room(table: HTMLElement, columns: number, names: string[]): void {
  const small = innerWidth <= PHONE;
  const longest = Math.max(...names.map((name) => printed(name).length));
  const first = Math.min(small ? 84 : 164, 16 + longest * (small ? 7 : 7.6));
  table.style.minWidth = `${first + columns * (small ? 54 : 76)}px`;
  table.querySelector("col")!.style.width = `${first}px`;
}

/** A name without the signs that are not printed. */
function printed(name: string): string {
  return isIndexed(name) ? name.replace("_", "") : name;
}

/** Whether a name is a letter or two and an index, as n_a. */
function isIndexed(name: string): boolean {
  return /^[A-Za-z]{1,2}_\w{1,8}$/.test(name);
}

function has(nodes: number[] | undefined, n: number): boolean {
  return nodes === undefined || nodes.includes(n);
}

function head(app: App, n: number): TemplateResult {
  const { trace, position, describe, selection } = app.store.state;
  const how = condition(trace, position, n);
  const chosen = selection?.is === "node" && selection.node === n;
  const name = describe!.nodes[n]!.name;
  return html`<th scope="col" class=${how}>
    <button
      aria-pressed=${chosen}
      title="Inspect ${name}"
      @click=${() => {
        app.store.set({ selection: { is: "node", node: n } });
        app.show("inspect");
      }}
    >
      ${name}${how === "up" ? nothing : html`<small> ${how}</small>`}
    </button>
  </th>`;
}

function cell(
  app: App,
  speech: Speech,
  row: number,
  node: number,
  cells: Int32Array,
): TemplateResult {
  const { trace, position, describe } = app.store.state;
  if (!has(describe!.rows[row]!.nodes, node)) return html`<td></td>`;
  const change = cells[row * describe!.nodes.length + node]!;
  const what = change < 0 ? { is: "empty" as const } : trace.changeCell(change);
  const fresh = change >= 0 && position > 0 && trace.changeEvent(change) === position - 1;
  if (what.is === "absent") return html`<td></td>`;
  const text = cellText(speech, row, what);
  const kind = `${what.is}${fresh ? " fresh" : ""}`;
  return html`<td class=${kind} title=${text.length > 16 ? text : nothing}>${text}</td>`;
}

function cellText(speech: Speech, row: number, what: Cell): string {
  switch (what.is) {
    case "number":
    case "text":
      return what.text;
    case "state":
      return speech.history(what.history);
    default:
      return speech.nothing(row);
  }
}

/** A variable as the lectures print it: n_a with its index set low. */
export function variable(name: string): TemplateResult {
  const [first = "", ...rest] = name.split("_");
  if (isIndexed(name)) return html`<var>${first}<sub>${rest.join("_")}</sub></var>`;
  return html`<var>${first}${rest.map((part) => html`_<wbr />${part}`)}</var>`;
}
