// The editor of scenario texts, a chunk of its own. It lives in a shadow root, where its styles are
// adopted sheets, so that the page's policy can forbid inline styles.

import {
  autocompletion,
  completionKeymap,
  type CompletionContext,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import {
  HighlightStyle,
  StreamLanguage,
  syntaxHighlighting,
  type StringStream,
} from "@codemirror/language";
import { lintGutter, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { EditorState, StateEffect, StateField, type Text } from "@codemirror/state";
import {
  Decoration,
  EditorView,
  drawSelection,
  highlightActiveLine,
  keymap,
  lineNumbers,
  type DecorationSet,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Fault } from "./abi";
import { HEADERS, STEPS, tokens, type Token } from "./words";

export type { EditorView } from "@codemirror/view";

/** Opens an editor in `parent`; `changed` hears every text that a person makes. */
export function edit(
  parent: HTMLElement,
  text: string,
  changed: (text: string) => void,
  names: () => string[],
): EditorView {
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: "open" });
  const heard = EditorView.updateListener.of((update) => {
    const ours = update.transactions.some((t) => t.effects.some((e) => e.is(replaced)));
    if (update.docChanged && !ours) changed(update.state.doc.toString());
  });
  const state = EditorState.create({
    doc: text,
    extensions: [
      lineNumbers(),
      history(),
      drawSelection(),
      highlightActiveLine(),
      lintGutter(),
      runningLine,
      EditorView.lineWrapping,
      syntaxHighlighting(style),
      language,
      look,
      heard,
      autocompletion({ override: [(c) => complete(c, names())], icons: false }),
      keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap]),
      EditorView.contentAttributes.of({ "aria-label": "Scenario text", spellcheck: "false" }),
    ],
  });
  return new EditorView({ state, parent: root, root });
}

/** Shows another text (kept as it is if it is the same), its mistakes, and the line that runs. */
export function show(view: EditorView, text: string, faults: Fault[], line: number): void {
  if (view.state.doc.toString() !== text && !view.hasFocus) {
    view.dispatch({
      changes: { from: 0, to: view.state.doc.length, insert: text },
      effects: replaced.of(null),
    });
  }
  view.dispatch({ effects: running.of(line) });
  view.dispatch(
    setDiagnostics(
      view.state,
      faults.map((f) => diagnostic(view.state.doc, f)),
    ),
  );
}

function diagnostic(doc: Text, fault: Fault): Diagnostic {
  const line = doc.line(Math.max(1, Math.min(fault.line, doc.lines)));
  const from = Math.min(line.from + Math.max(0, fault.col - 1), line.to);
  const word = /^\S+/.exec(doc.sliceString(from, line.to));
  return { from, to: from + (word?.[0].length ?? 0), severity: "error", message: fault.text };
}

const replaced = StateEffect.define<null>();
const running = StateEffect.define<number>();

const runningLine = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(shown, transaction) {
    for (const effect of transaction.effects)
      if (effect.is(running)) return lit(transaction.state.doc, effect.value);
    return shown.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function lit(doc: Text, line: number): DecorationSet {
  if (line < 1 || line > doc.lines) return Decoration.none;
  return Decoration.set([Decoration.line({ class: "cm-running" }).range(doc.line(line).from)]);
}

/** The tokens of the plain text again, as a language that the editor understands. */
const names: Record<Token, string | null> = {
  comment: "comment",
  text: "string",
  number: "number",
  head: "keyword",
  verb: "operatorKeyword",
  sign: "operator",
  plain: null,
};

const language = StreamLanguage.define<{ left: [Token, string][] }>({
  startState: () => ({ left: [] }),
  token(stream: StringStream, state) {
    if (stream.sol()) state.left = tokens(stream.string);
    const next = state.left.shift();
    if (!next) {
      stream.skipToEnd();
      return null;
    }
    stream.pos += next[1].length;
    return names[next[0]];
  },
});

const style = HighlightStyle.define([
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
  { tag: tags.string, color: "var(--good)" },
  { tag: tags.number, color: "var(--number)" },
  { tag: tags.keyword, color: "var(--accent)", fontWeight: "600" },
  { tag: tags.operatorKeyword, color: "var(--accent)" },
  { tag: tags.operator, color: "var(--muted)" },
]);

const look = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "transparent", fontSize: "12.5px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--muted)", border: "none" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--ink) 4%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent" },
  ".cm-running": { backgroundColor: "var(--lit)", boxShadow: "inset 2px 0 var(--accent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    background: "color-mix(in srgb, var(--accent) 25%, transparent)",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--card)",
    border: "1px solid var(--line)",
    color: "var(--ink)",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--accent)",
    color: "var(--card)",
  },
});

function complete(context: CompletionContext, known: string[]) {
  const word = context.matchBefore(/[\w-]+/);
  if (!word && !context.explicit) return null;
  const from = word?.from ?? context.pos;
  const line = context.state.doc.lineAt(context.pos);
  const first = context.state.sliceDoc(line.from, from).trim() === "";
  const options = [...known.map((label) => ({ label, type: "variable" }))];
  if (first)
    options.unshift(...[...STEPS, ...HEADERS].map((label) => ({ label, type: "keyword" })));
  return { from, options };
}
