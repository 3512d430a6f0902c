// The scenario language as the page colours and completes it. What a line means is judged by the
// core alone; here are only the words that begin or structure one.

export const HEADERS = [
  "synod",
  "title",
  "about",
  "cites",
  "protocol",
  "servers",
  "proposers",
  "acceptors",
  "learners",
  "clients",
  "coordinator",
  "participants",
  "spares",
  "machine",
  "words",
  "seed",
  "network",
  "link",
  "disk",
  "timeout",
  "detector",
  "retry",
  "schedule",
  "until",
  "case",
  "each",
  "control",
  "explore",
  "measure",
];

export const STEPS = [
  "deliver",
  "lose",
  "duplicate",
  "hold",
  "release",
  "corrupt",
  "delay",
  "forge",
  "crash",
  "restart",
  "wipe",
  "pause",
  "resume",
  "sync",
  "partition",
  "heal",
  "cut",
  "mend",
  "run",
  "step",
  "note",
  "open",
  "join",
  "leave",
  "members",
  "timeout",
  "expect",
  "try",
  "at",
  "after",
  "when",
  "whenever",
];

const VERBS = [
  "sends",
  "resends",
  "proposes",
  "leads",
  "suspects",
  "trusts",
  "votes",
  "executed",
  "heard",
  "chosen",
  "breaks",
  "not",
  "all",
  "every",
  "until",
  "with",
  "in",
  "from",
  "to",
  "before",
];

const begins = new Set([...HEADERS, ...STEPS]);
const verbs = new Set(VERBS);

export type Token = "comment" | "text" | "number" | "head" | "verb" | "sign" | "plain";

/** Blanks, comments, quoted texts, signs, words, numbers, and anything else. */
const PARTS = [
  /\s+/,
  /#(?!\d).*|^\s*#.*/,
  /"[^"]*"?/,
  /->|<->|\||=|!=|<=|>=|<|>/,
  /[A-Za-z][\w'$-]*|\$\w+/,
  /-?\d[\w.]*%?/,
  /./,
];

/** Splits one line into tokens; together they are the line. A title or about is all text. */
export function tokens(line: string): [Token, string][] {
  const found: [Token, string][] = [];
  const pattern = new RegExp(PARTS.map((part) => `(${part.source})`).join("|"), "g");
  let first = true,
    prose = false;
  for (const m of line.matchAll(pattern)) {
    const [all, space, comment, quoted, sign, word, number] = m;
    if (space !== undefined) found.push(["plain", all]);
    else if (comment !== undefined) found.push(["comment", all]);
    else if (prose) found.push(["text", all]);
    else if (quoted !== undefined) found.push(["text", all]);
    else if (sign !== undefined) found.push(["sign", all]);
    else if (number !== undefined) found.push(["number", all]);
    else if (word !== undefined) {
      found.push([first && begins.has(word) ? "head" : verbs.has(word) ? "verb" : "plain", all]);
      if (first && (word === "title" || word === "about")) prose = true;
    } else found.push(["plain", all]);
    if (space === undefined) first = false;
  }
  return found;
}
