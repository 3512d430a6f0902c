// The glyphs of marks and of arrows' ends, the same as in the SVG of core/diagram: told apart by
// shape alone, so that no meaning hangs on colour. Each stands around (0, 0), some ten pixels wide;
// a head has its tip there and points along x.

import { Mark } from "./layout";
import type { Inks } from "./scene";

/** How a part of a glyph is drawn: in the owner's hue or another ink, filled or stroked. */
type Part = "fill" | "line" | "hollow" | "thin" | "grey" | "bad" | "inside" | "cross";
type Glyph = [Part, string][];

const circle = (r: number) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
const STAR = "M0-6.8L1.7-2.3L6.5-2.1L2.7 .9L4 5.5L0 2.8L-4 5.5L-2.7 .9L-6.5-2.1L-1.7-2.3Z";
const TICKED: Glyph = [
  ["fill", circle(7)],
  ["inside", "M-3.5 .2L-1 2.9L3.6-2.7"],
];
const LOZENGE = "M0-4.5L4.5 0L0 4.5L-4.5 0Z";
const SQUARE = "M-2.5-2.5h5v5h-5z";

const marks: Record<number, Glyph> = {
  [Mark.promise]: [["hollow", circle(4)]],
  [Mark.accept]: [["fill", circle(4.6)]],
  [Mark.chosen]: TICKED,
  [Mark.execute]: [["fill", "M-4.5-4.5h9v9h-9Z"]],
  [Mark.reply]: [["hollow", "M-4-4h8v8h-8Z"]],
  [Mark.lead]: [["fill", STAR]],
  [Mark.stepDown]: [["hollow", STAR]],
  [Mark.timer]: [
    ["hollow", circle(4.6)],
    ["line", "M0-2.8V0H2.4"],
  ],
  [Mark.write]: [["thin", SQUARE]],
  [Mark.sync]: [["grey", SQUARE]],
  [Mark.crash]: [["bad", "M2-9L-5.5 1.5H-.8L-2 9L5.5-1.5H.8Z"]],
  [Mark.restart]: [["grey", "M-4-6L6.5 0L-4 6Z"]],
  [Mark.configure]: [["hollow", "M-5 0L-2.5-4.4H2.5L5 0L2.5 4.4H-2.5Z"]],
  [Mark.note]: [["thin", circle(3)]],
  [Mark.violation]: [
    ["bad", "M0-8L8 0L0 8L-8 0Z"],
    ["inside", "M0-4V1.2M0 3.4v.6"],
  ],
  [Mark.proposes]: [["fill", circle(3.2)]],
  [Mark.refuses]: [
    ["hollow", circle(4.6)],
    ["line", "M-3.2 3.2L3.2-3.2"],
  ],
  [Mark.suspects]: [["thin", LOZENGE]],
  [Mark.trusts]: [["grey", LOZENGE]],
  [Mark.waits]: [["hollow", "M-3.6-5H3.6L-3.6 5H3.6Z"]],
  [Mark.commits]: TICKED,
  [Mark.aborts]: [
    ["fill", circle(7)],
    ["inside", "M-3-3L3 3M-3 3L3-3"],
  ],
  [Mark.alarm]: [
    ["bad", "M0-7.5L7.5 5.5H-7.5Z"],
    ["inside", "M0-3V1.4M0 3.4v.6"],
  ],
};

const heads: Glyph[] = [
  [["fill", "M-1 0L-9.5-3.6V3.6Z"]],
  [["line", "M-8.5-4L-1 0L-8.5 4"]],
  [["fill", "M-1 0L-8.5-3.6V3.6ZM-7.5 0L-15-3.6V3.6Z"]],
  [["line", "M-2.5-5V5M-6.5-3.5V3.5"]],
  [["hollow", "M-1 0L-6-3.7L-11 0L-6 3.7Z"]],
];
const lost: Glyph = [["cross", "M-4.5-4.5L4.5 4.5M-4.5 4.5L4.5-4.5"]];
const flying: Glyph = [["hollow", circle(4)]];
const held: Glyph = [
  ["hollow", circle(6)],
  ["line", "M-2-3V3M2-3V3"],
];
const corrupt: Glyph = [
  ["hollow", circle(6)],
  ["line", "M-4 2L-1.5-2.5L1 2.5L3.5-3"],
];

export function drawMark(
  c: Context,
  kind: number,
  x: number,
  y: number,
  hue: string,
  inks: Inks,
): void {
  draw(c, marks[kind] ?? marks[Mark.note]!, x, y, 0, hue, inks);
}

export function drawHead(
  c: Context,
  kind: number,
  x: number,
  y: number,
  angle: number,
  hue: string,
  inks: Inks,
): void {
  draw(c, heads[kind] ?? heads[0]!, x, y, angle, hue, inks);
}

/** Where a message was lost, is now, is held, or was damaged. */
export function drawFate(
  c: Context,
  fate: "lost" | "flying" | "held" | "corrupt",
  x: number,
  y: number,
  hue: string,
  inks: Inks,
): void {
  draw(c, { lost, flying, held, corrupt }[fate], x, y, 0, hue, inks);
}

type Context = CanvasRenderingContext2D;
const paths = new Map<string, Path2D>();

function draw(
  c: Context,
  glyph: Glyph,
  x: number,
  y: number,
  angle: number,
  hue: string,
  inks: Inks,
) {
  c.save();
  c.setLineDash([]);
  c.translate(x, y);
  if (angle) c.rotate(angle);
  for (const [part, text] of glyph) {
    let path = paths.get(text);
    if (!path) paths.set(text, (path = new Path2D(text)));
    drawPart(c, part, path, hue, inks);
  }
  c.restore();
}

function drawPart(c: Context, part: Part, path: Path2D, hue: string, inks: Inks): void {
  switch (part) {
    case "fill":
      return filled(c, path, hue, inks.paper);
    case "bad":
      return filled(c, path, inks.bad, inks.paper);
    case "grey":
      return filled(c, path, inks.muted, inks.paper);
    case "line":
      return stroked(c, path, hue, 1.5);
    case "cross":
      return crossed(c, path, inks);
    case "inside":
      return stroked(c, path, inks.paper, 1.8);
    case "hollow":
      return hollow(c, path, hue, 1.5, inks.paper);
    case "thin":
      return hollow(c, path, inks.muted, 1.1, inks.paper);
  }
}

/** A filled shape with an edge of paper, that stands off from the lines under it. */
function filled(c: Context, path: Path2D, ink: string, paper: string): void {
  stroked(c, path, paper, 2.5);
  c.fillStyle = ink;
  c.fill(path);
}

function hollow(c: Context, path: Path2D, ink: string, width: number, paper: string): void {
  c.fillStyle = paper;
  c.fill(path);
  stroked(c, path, ink, width);
}

function crossed(c: Context, path: Path2D, inks: Inks): void {
  stroked(c, path, inks.paper, 5);
  stroked(c, path, inks.bad, 2);
}

function stroked(c: Context, path: Path2D, ink: string, width: number): void {
  c.strokeStyle = ink;
  c.lineWidth = width;
  c.stroke(path);
}
