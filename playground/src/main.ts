// The page: one state, drawn as panels around one diagram.

import { html, nothing, render, type TemplateResult } from "lit-html";
import { Address } from "./address";
import type { App } from "./app";
import { board, isTextAlone } from "./board";
import { Cluster } from "./cluster";
import { Diagram } from "./diagram";
import { events } from "./events";
import { keepFocus } from "./focus";
import { header } from "./header";
import { inspector } from "./inspector";
import { helpSheet, listenKeys } from "./keys";
import { focusDrawer, library, loadLibrary, overlaid } from "./library";
import { menu, openMenu } from "./menu";
import { Player } from "./player";
import { listen } from "./pointer";
import { revealLine, save, scenario, syncEditor } from "./scenario";
import type { Hit } from "./scene";
import { isSearchAlone } from "./search";
import { Session } from "./session";
import { holdsRun } from "./share";
import { story } from "./story";
import { Store, type Tab } from "./store";
import { tables } from "./tables";
import { applyTheme, otherTheme, savedTheme } from "./theme";
import { transport } from "./transport";

const store = new Store();
const session = new Session(store);
const player = new Player(store);
const cluster = new Cluster(store);
const address = new Address(store, session, show);
const element = (id: string) => document.getElementById(id)!;
const canvas = element("diagram") as HTMLCanvasElement;
const tip = element("tip");

const app: App = {
  store,
  session,
  player,
  go(position) {
    store.set({ position, moved: true, cursor: undefined, playing: 0, pair: [] });
  },
  show,
  openEntry(entry) {
    if (overlaid()) app.openDrawer(false);
    store.set({ editing: false });
    address.leave();
    toTop();
    void session.begin(entry.text, {}, entry);
  },
  openText(text) {
    address.leave();
    toTop();
    void session.begin(text);
  },
  copyLink: () => void copyLink(),
  saveSVG: () => void saveSVG(),
  toggleTheme() {
    const theme = otherTheme(store.state.theme);
    applyTheme(theme);
    store.set({ theme });
    diagram.recolour();
  },
  startEditing: () => store.set({ editing: true }),
  openDrawer(drawer) {
    store.set({ drawer });
    focusDrawer(drawer);
  },
};

const diagram = new Diagram(canvas, store, (height, vertical) =>
  session.reshape(height, vertical),
);

function show(tab: Tab): void {
  store.set({ tab });
}

/** Another run is looked at from its beginning. */
function toTop(): void {
  scrollTo(0, 0);
  for (const part of ["stage", "panel"]) element(part).scrollTop = 0;
}

async function copyLink(): Promise<void> {
  const link = await address.link();
  try {
    await navigator.clipboard.writeText(link);
    session.toast(`Link copied: ${link.length} characters hold the whole run.`);
  } catch {
    session.toast("The link is in the address bar: this browser does not let a page copy it.");
  }
}

async function saveSVG(): Promise<void> {
  const link = await address.link();
  save(new Blob([await session.core.svg(link)], { type: "image/svg+xml" }), "synod.svg");
}

function side(): TemplateResult {
  const wanted = store.state.tab;
  const tab = wanted === "cluster" && !cluster.present ? "inspect" : wanted;
  const tabs: [Tab, string][] = [
    ["inspect", "Inspect"],
    ["text", "Scenario"],
    ["events", "Events"],
  ];
  if (cluster.present) tabs.push(["cluster", "Cluster"]);
  return html`<div class="tabs" role="tablist" aria-label="Panels">
      ${tabs.map(
        ([name, title]) =>
          html`<button
            role="tab"
            id="tab-${name}"
            aria-selected=${tab === name}
            aria-controls="panel"
            tabindex=${tab === name ? 0 : -1}
            @keydown=${walkTabs}
            @click=${() => show(name)}
          >
            ${title}${
              name === "text" && store.state.errors.length
                ? html`<b class="bad"> ${store.state.errors.length}</b>`
                : nothing
            }
          </button>`,
      )}
    </div>
    <div class="panel ${tab}" id="panel" role="tabpanel" aria-labelledby="tab-${tab}">
      ${panel(tab)}
    </div>`;
}

function walkTabs(e: KeyboardEvent): void {
  const by = e.key === "ArrowRight" ? 1 : e.key === "ArrowLeft" ? -1 : 0;
  if (!by) return;
  e.preventDefault();
  e.stopPropagation();
  const all = [...document.querySelectorAll<HTMLButtonElement>(".tabs [role=tab]")];
  const next =
    all[(all.indexOf(e.currentTarget as HTMLButtonElement) + by + all.length) % all.length]!;
  next.click();
  next.focus();
}

function panel(tab: Tab): TemplateResult {
  switch (tab) {
    case "inspect":
      return inspector(app);
    case "text":
      return scenario(app);
    case "events":
      return events(app);
    case "cluster":
      return cluster.panel();
  }
}

/** Whether the page is as index.html has it. */
let still = true;

/** Draws every panel from the state; the diagram draws itself in the next frame. */
function draw(): void {
  const { state } = store;
  document.body.classList.toggle("drawer", state.drawer);
  document.title = state.describe?.title ? `${state.describe.title} · Synod` : "Synod";
  keepFocus(panels);
  element("toast").textContent = state.toast;
  diagram.resize();
  syncEditor(app);
  revealLine();
  if (!state.playing) address.follow();
}

function panels(): void {
  if (still) element("story").replaceChildren();
  still = false;
  const { describe, parsed } = store.state;
  const picture = element("picture");
  picture.classList.toggle("boarded", isSearchAlone(app) || isTextAlone(app));
  picture.classList.toggle("past", describe !== undefined && parsed?.ok === false);
  beneath(store.state.drawer && overlaid());
  render(header(app), element("top"));
  render(library(app), element("library"));
  render(story(app), element("story"));
  render(board(app), element("board"));
  render(tables(app), element("tables"));
  render(side(), element("side"));
  render(transport(app), element("transport"));
  render(html`${menu(app)}${helpSheet(app)}${veil()}`, element("over"));
}

/** What lies beneath the library cannot be reached by the keyboard either. */
function beneath(covered: boolean): void {
  for (const part of ["top", "stage", "side", "transport"]) element(part).inert = covered;
}

/** On a small screen the library lies over the page, and a press beside it closes it. */
function veil(): TemplateResult | typeof nothing {
  if (!store.state.drawer) return nothing;
  return html`<div class="veil dim beside" @click=${() => app.openDrawer(false)}></div>`;
}

function pick(hit: Hit | undefined): void {
  if (!hit) return store.set({ selection: undefined });
  const { trace } = store.state;
  if (hit.is === "event") app.go(hit.event + 1);
  if (hit.is === "arrow")
    store.set({ selection: { is: "message", message: trace.message(hit.send) } });
  if (hit.is === "node") store.set({ selection: { is: "node", node: hit.node } });
  if (hit.is !== "axis") show("inspect");
}

function hover(hit: Hit | undefined, x: number, y: number): void {
  const speech = store.speech;
  const event = hit?.is === "event" ? hit.event : hit?.is === "arrow" ? hit.send : -1;
  tip.hidden = !speech || event < 0 || event >= store.state.trace.count;
  if (tip.hidden) return;
  tip.textContent = hit?.is === "arrow" ? speech!.label(event) : speech!.sentence(event);
  tip.style.left = `${Math.min(x + 14, innerWidth - tip.offsetWidth - 8)}px`;
  tip.style.top = `${Math.min(y + 16, innerHeight - tip.offsetHeight - 8)}px`;
}

async function start(): Promise<void> {
  const theme = savedTheme();
  applyTheme(theme);
  store.onFrame(draw);
  listenKeys(app);
  document.querySelector(".skip")!.addEventListener("click", (e) => {
    e.preventDefault(); // the address holds the run
    document.querySelector<HTMLElement>("#side [aria-selected=true]")?.focus();
  });
  listen(diagram, {
    pick,
    hover,
    scrub: (p) => app.go(p),
    menu: (hit, x, y) => openMenu(app, hit, x, y),
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => diagram.recolour());
  store.set({ theme, library: await loadLibrary() });
  const asked = holdsRun(location.hash);
  await address.open();
  await cluster.find();
  if (cluster.present && !asked) show("cluster");
  fetchAhead();
}

/** Fetches the editor when nothing else is to do, so that it is there without a network too. */
function fetchAhead(): void {
  setTimeout(() => void import("./editor").catch(() => undefined), 3000);
}

void start();
