// The space-time diagram, painted: a pure function of the scene. What has not happened yet is a
// faint print of what will; what is on its way ends at the playhead.

import { drawFate, drawHead, drawMark } from "./glyphs";
import { Flag, GapKind, Mark, NO_LANE, NO_ROW, type Arrow, type MarkItem } from "./layout";
import { across, along, AXIS, extent, laneAt, point, timeAt, type Scene } from "./scene";
import { time } from "./speech";

const DASHES = [[], [7, 3], [1.5, 3], [8, 3, 1.5, 3]];
const GHOST = 0.24;
/** A line longer than this many pixels, in dashes, takes seconds to draw. */
const LONG = 8000;
/** How far a loop's handles stand from its lifeline. */
const LOOP = 19;
const LABEL = "11px ui-sans-serif, system-ui, sans-serif";
/** From so many messages in sight on, each is a hair; from DENSE on they are counted only. */
const CROWD = 1500;
const DENSE = 6000;

type Context = CanvasRenderingContext2D;

export function paint(c: Context, s: Scene): void {
  const { view: v, inks } = s;
  c.globalAlpha = 1;
  c.fillStyle = inks.paper;
  c.fillRect(0, 0, v.width, v.height);
  c.lineCap = c.lineJoin = "round";
  c.font = LABEL;
  c.textBaseline = "alphabetic";
  beside = [];
  c.save();
  clipTime(c, s);
  axis(c, s);
  lifelines(c, s);
  arrows(c, s);
  marks(c, s);
  playhead(c, s);
  c.restore();
  names(c, s);
}

function clipTime(c: Context, { view: v }: Scene): void {
  c.beginPath();
  if (v.vertical) c.rect(0, v.gutter, v.width, v.height - v.gutter);
  else c.rect(v.gutter, 0, v.width - v.gutter, v.height);
  c.clip();
}

/** The stretch of time on screen, with room for what reaches in from outside. */
function span(s: Scene): [number, number] {
  const v = s.view;
  return [timeAt(v, v.gutter) - 90, timeAt(v, v.gutter + extent(v)) + 30];
}

function axis(c: Context, s: Scene): void {
  const { view: v, inks, layout } = s,
    [from, to] = span(s);
  const now = along(v, s.playhead);
  let last = "";
  c.lineWidth = 1;
  c.fillStyle = inks.muted;
  for (const tick of layout.ticks) {
    if (tick.x < from || tick.x > to) continue;
    const t = Math.round(along(v, tick.x)) + 0.5,
      text = time(tick.us);
    c.strokeStyle = inks.line;
    line(c, v.vertical ? [30, t, v.width, t] : [t, AXIS - 4, t, v.height]);
    const [start, end] = v.vertical ? [t - 14, t] : [t + 4, t + 4 + c.measureText(text).width];
    const covered = (now > start - 6 && now < end + 6) || (!v.vertical && end > v.width);
    const [x, y] = v.vertical ? [2, t - 4] : [t + 4, AXIS - 8];
    if (text !== last && !covered) c.fillText(text, x, y);
    last = text;
  }
  for (const fold of layout.folds) {
    if (fold.x < from || fold.x > to) continue;
    foldMark(c, s, along(v, fold.x));
  }
}

/** Where time was folded away: two waves across all lifelines. */
function foldMark(c: Context, { view: v, inks }: Scene, t: number): void {
  const end = v.vertical ? v.width : v.height;
  c.strokeStyle = inks.muted;
  c.globalAlpha = 0.55;
  for (const shift of [-2, 2]) {
    c.beginPath();
    for (let a = v.margin - 14; a <= end - 8; a += 4) {
      const wave = t + shift + 1.6 * ((a / 4) % 2 < 1 ? 1 : -1);
      if (v.vertical) c.lineTo(a, wave);
      else c.lineTo(wave, a);
    }
    c.stroke();
  }
  c.globalAlpha = 1;
}

function lifelines(c: Context, s: Scene): void {
  const { layout } = s;
  const start = -8,
    end = layout.width + 24;
  s.nodes.forEach((_, row) => {
    let x = start;
    for (const gap of layout.gaps) {
      if (gap.row !== row || gap.kind === GapKind.cut) continue;
      lifeline(c, s, row, x, gap.x1, []);
      const dash = gap.kind === GapKind.paused ? [5, 4] : [1, 6];
      lifeline(c, s, row, gap.x1, Math.min(gap.x2, end), dash);
      x = gap.x2;
    }
    if (x < end) lifeline(c, s, row, x, end, []);
  });
  c.setLineDash([]);
  for (const gap of layout.gaps)
    if (gap.kind === GapKind.cut) cutMark(c, s, gap.x1, gap.row, gap.to);
  c.globalAlpha = 1;
}

function lifeline(
  c: Context,
  s: Scene,
  row: number,
  x1: number,
  x2: number,
  dash: number[],
): void {
  const { inks, playhead: now } = s;
  c.setLineDash(dash);
  c.lineWidth = 1.25;
  c.strokeStyle = inks.muted;
  c.globalAlpha = 0.75;
  if (x1 < now) seen(c, s, point(s.view, x1, row), point(s.view, Math.min(x2, now), row));
  c.globalAlpha = GHOST + 0.12;
  if (x2 > now) seen(c, s, point(s.view, Math.max(x1, now), row), point(s.view, x2, row));
  c.globalAlpha = 1;
}

/** A link that was cut: two short strokes on the lifeline, pointing to the other end. */
function cutMark(c: Context, s: Scene, x: number, row: number, to: number): void {
  const [px, py] = point(s.view, x, row),
    way = Math.sign(to - row) * 7;
  c.strokeStyle = s.inks.bad;
  c.lineWidth = 1.5;
  c.globalAlpha = x <= s.playhead ? 1 : GHOST;
  if (s.view.vertical) line(c, [px + way, py - 3, px + way, py + 3]);
  else line(c, [px - 3, py + way, px + 3, py + way]);
}

function arrows(c: Context, s: Scene): void {
  const [from, to] = span(s);
  const visible: number[] = [];
  s.layout.arrowsWithin(from, to, (i) => void visible.push(i));
  if (visible.length > DENSE) return density(c, s, visible);
  const crowd = visible.length >= CROWD;
  for (const i of visible) arrow(c, s, s.layout.arrow(i), crowd);
  c.setLineDash([]);
  c.globalAlpha = 1;
}

/** Too many to tell apart: for each lifeline, how many messages leave it where. */
function density(c: Context, s: Scene, visible: number[]): void {
  const { view: v, layout } = s;
  c.globalAlpha = 0.05;
  c.fillStyle = s.inks.accent;
  for (const i of visible) {
    const a = layout.arrow(i),
      [x, y] = point(v, a.x1, a.from);
    c.fillRect(x - 1, y - 8, 2, 16);
  }
  c.globalAlpha = 1;
}

/** One message; in a crowd it is a hair without dashes, head or label. */
function arrow(c: Context, s: Scene, a: Arrow, crowd: boolean): void {
  const { position, playhead: now, inks } = s;
  const sent = a.send < position;
  const over = a.end >= 0 && a.end < position;
  const lit =
    s.hover?.is === "arrow"
      ? s.hover.send === a.send && s.hover.end === a.end
      : s.lit.has(a.send) || (a.end >= 0 && s.lit.has(a.end));
  const hue = s.inks.hues[a.hue] ?? inks.ink;
  const end = a.end < 0 ? Math.max(a.x2, Math.min(now, s.layout.width)) : a.x2;
  const way = a.end < 0 ? 0.5 : a.reach / 16;
  const at = (f: number): [number, number] =>
    point(s.view, a.x1 + (end - a.x1) * f, a.from + (a.to - a.from) * way * f);
  c.strokeStyle = c.fillStyle = hue;
  c.lineWidth = lit ? 2.6 : crowd ? 0.7 : 1.4;
  c.setLineDash(crowd ? [] : (DASHES[a.dash] ?? []));
  if (a.flags & Flag.self) return loop(c, s, a, sent);
  const part = over
    ? 1
    : sent
      ? Math.max(0.04, Math.min(0.96, (now - a.x1) / (end - a.x1 || 1)))
      : 0;
  c.globalAlpha = 1;
  if (part > 0) seen(c, s, at(0), at(part));
  c.globalAlpha = GHOST;
  if (part < 1) seen(c, s, at(part), at(1));
  c.setLineDash([]);
  if (crowd && !lit) return;
  c.globalAlpha = over ? 1 : GHOST;
  ending(c, s, a, at(0), at(1), hue);
  c.globalAlpha = 1;
  if (sent && !over) drawFate(c, a.flags & Flag.held ? "held" : "flying", ...at(part), hue, inks);
  if (s.view.zoom >= 0.8 && a.labelX >= 0 && (sent || lit)) label(c, s, a);
}

/** How it ends: lost, damaged, or with the head that tells its kind. */
function ending(c: Context, s: Scene, a: Arrow, from: number[], to: number[], hue: string): void {
  const [x1, y1] = from as [number, number],
    [x2, y2] = to as [number, number];
  if (a.flags & Flag.lost) return drawFate(c, "lost", x2, y2, hue, s.inks);
  if (a.flags & Flag.corrupt) return drawFate(c, "corrupt", x2, y2, hue, s.inks);
  if (a.end >= 0) drawHead(c, a.head, x2, y2, Math.atan2(y2 - y1, x2 - x1), hue, s.inks);
}

/** A message to oneself: a small loop, on the side of the lifeline where its label is not. */
function loop(c: Context, s: Scene, a: Arrow, sent: boolean): void {
  const [x, y] = point(s.view, a.x1, a.from),
    [x2, y2] = point(s.view, a.x2, a.from);
  c.globalAlpha = sent ? 0.9 : GHOST;
  if (Math.hypot(x2 - x, y2 - y) > LONG) c.setLineDash([]);
  c.beginPath();
  c.moveTo(x, y);
  const edge = s.view.vertical && a.from === s.nodes.length - 1;
  const bulge = a.flags & Flag.below || edge ? -LOOP : LOOP;
  if (s.view.vertical) c.bezierCurveTo(x + bulge, y, x2 + bulge, y2, x2, y2);
  else c.bezierCurveTo(x, y + bulge, x2, y2 + bulge, x2, y2);
  c.stroke();
  c.globalAlpha = 1;
}

function label(c: Context, s: Scene, a: Arrow): void {
  const below = (a.flags & Flag.below) !== 0;
  const [x, y] = point(s.view, a.labelX, a.from);
  if (s.view.vertical) besides(c, s, a.label, x + 8, y + 4);
  else if (x >= s.view.gutter) haloed(c, s, a.label, x, y + (below ? 15 : -8), s.inks.ink);
}

/** The labels of this picture that stand beside each other, as x, y and width. */
let beside: [number, number, number][] = [];

/** A label where columns are narrow: one that would cover another is left out. */
function besides(c: Context, s: Scene, text: string, x: number, y: number): void {
  const width = c.measureText(text).width;
  x = Math.max(2, Math.min(x, s.view.width - width - 4));
  const covers = beside.some(([a, b, w]) => Math.abs(y - b) < 11 && x < a + w && a < x + width);
  if (covers) return;
  beside.push([x, y, width]);
  haloed(c, s, text, x, y, s.inks.ink);
}

/** Text that stays legible over lines: an edge of paper, then ink. */
function haloed(c: Context, s: Scene, text: string, x: number, y: number, ink: string): void {
  c.setLineDash([]);
  c.strokeStyle = s.inks.paper;
  c.lineWidth = 3.5;
  c.strokeText(text, x, y);
  c.fillStyle = ink;
  c.fillText(text, x, y);
}

function marks(c: Context, s: Scene): void {
  const [from, to] = span(s);
  const visible: number[] = [];
  s.layout.marksWithin(from, to, (i) => void visible.push(i));
  if (visible.length > DENSE) return;
  for (const i of visible) mark(c, s, s.layout.mark(i));
  c.globalAlpha = 1;
}

function mark(c: Context, s: Scene, m: MarkItem): void {
  const { inks } = s,
    done = m.event < s.position;
  const hue = inks.hues[m.hue] ?? inks.ink;
  const over = s.hover?.is === "event" && s.hover.event === m.event;
  c.globalAlpha = done ? 1 : GHOST;
  if (m.lane >= 2 && m.lane !== NO_LANE) return headline(c, s, m);
  if (m.row === NO_ROW) return;
  const [x, y] = point(s.view, m.x, m.row);
  if (over || (done && s.lit.has(m.event))) halo(c, s, x, y);
  drawMark(c, m.kind, x, y, hue, inks);
  if (m.labelX < 0 || s.view.zoom < 0.8 || !m.label || !done) return;
  const [lx, ly] = point(s.view, m.labelX, m.row);
  if (s.view.vertical) besides(c, s, m.label, lx + 8, ly + 4);
  else if (lx >= s.view.gutter) haloed(c, s, m.label, lx, ly + (m.lane === 1 ? 16 : -8), inks.ink);
}

/** What concerns the whole run: a text over the lifelines, and a hair that leads down from it. */
function headline(c: Context, s: Scene, m: MarkItem): void {
  const { view: v, inks } = s,
    bad = m.kind === Mark.violation || m.kind === Mark.alarm;
  const [x, y] = laneAt(v, m.x, m.lane);
  c.strokeStyle = bad ? inks.bad : inks.muted;
  c.setLineDash(bad ? [] : [2, 2]);
  c.lineWidth = bad ? 1.25 : 0.75;
  const end = m.row === NO_ROW || bad ? s.nodes.length - 1 : m.row;
  const [ex, ey] = point(v, m.x, end);
  line(c, v.vertical ? [0, y, ex, ey] : [x, y - 4, ex, ey]);
  c.setLineDash([]);
  if (bad) drawMark(c, m.kind, ...point(v, m.x, m.row === NO_ROW ? 0 : m.row), inks.bad, inks);
  if (m.labelX < 0 || !m.label) return;
  const ink = bad ? inks.bad : inks.ink;
  if (!bad) c.font = `italic ${LABEL}`;
  const start = v.vertical ? 44 : along(v, m.labelX) + 5,
    room = v.width - start - 8;
  // Across narrow columns what is still to come would cover what is there.
  const shown = v.vertical ? m.event < s.position : start > v.gutter && room > 60;
  if (shown) haloed(c, s, fitted(c, m.label, room), start, v.vertical ? y - 4 : y + 4, ink);
  c.font = LABEL;
}

/** As much of a text as there is room for. */
function fitted(c: Context, text: string, room: number): string {
  if (c.measureText(text).width <= room) return text;
  let end = text.length - 1;
  while (end > 0 && c.measureText(`${text.slice(0, end)}…`).width > room) end--;
  return `${text.slice(0, end)}…`;
}

function halo(c: Context, s: Scene, x: number, y: number): void {
  c.beginPath();
  c.arc(x, y, 11, 0, 7);
  c.fillStyle = s.inks.accent;
  c.globalAlpha = 0.22;
  c.fill();
  c.globalAlpha = 1;
}

function playhead(c: Context, s: Scene): void {
  const { view: v, inks } = s,
    t = Math.round(along(v, s.playhead)) + 0.5;
  c.strokeStyle = c.fillStyle = inks.accent;
  c.globalAlpha = 0.85;
  c.lineWidth = 1.25;
  c.setLineDash([]);
  line(c, v.vertical ? [0, t, v.width, t] : [t, AXIS - 6, t, v.height]);
  c.globalAlpha = 1;
  c.beginPath();
  if (v.vertical) polygon(c, [0, t - 5, 9, t, 0, t + 5]);
  else polygon(c, [t - 5.5, AXIS - 12, t + 5.5, AXIS - 12, t, AXIS - 3]);
  c.fill();
}

/** The nodes' names stand still while time scrolls under them. */
function names(c: Context, s: Scene): void {
  const { view: v, inks } = s;
  c.fillStyle = inks.paper;
  if (v.vertical) c.fillRect(0, 0, v.width, v.gutter);
  else c.fillRect(0, 0, v.gutter, v.height);
  c.font = "600 13px ui-sans-serif, system-ui, sans-serif";
  s.nodes.forEach((name, row) => {
    const lit = s.hover?.is === "node" && s.hover.node === row;
    c.fillStyle = lit ? inks.accent : inks.ink;
    const a = across(v, row);
    c.textAlign = v.vertical ? "center" : "right";
    const shown = fitted(c, name, v.vertical ? v.rowHeight - 4 : v.gutter - 18);
    if (v.vertical) c.fillText(shown, a, v.gutter - 9);
    else c.fillText(shown, v.gutter - 12, a + 4.5);
  });
  c.textAlign = "left";
  c.strokeStyle = inks.line;
  c.lineWidth = 1;
  if (v.vertical) line(c, [0, v.gutter - 0.5, v.width, v.gutter - 0.5]);
}

/** What of a straight line is on screen: the dashes of the rest would cost as much as these. */
function seen(c: Context, { view: v }: Scene, from: number[], to: number[]): void {
  const [x1, y1, x2, y2] = [from[0]!, from[1]!, to[0]!, to[1]!];
  const [start, way] = v.vertical ? [y1, y2 - y1] : [x1, x2 - x1];
  const end = v.vertical ? v.height : v.width;
  if (way === 0) return line(c, [x1, y1, x2, y2]);
  const a = (-20 - start) / way,
    b = (end + 20 - start) / way;
  const first = Math.max(0, Math.min(a, b)),
    last = Math.min(1, Math.max(a, b));
  if (first >= last) return;
  const at = (f: number) => [x1 + (x2 - x1) * f, y1 + (y2 - y1) * f];
  c.lineDashOffset = first * Math.hypot(x2 - x1, y2 - y1);
  line(c, [...at(first), ...at(last)]);
  c.lineDashOffset = 0;
}

function line(c: Context, p: number[]): void {
  c.beginPath();
  c.moveTo(p[0]!, p[1]!);
  c.lineTo(p[2]!, p[3]!);
  c.stroke();
}

function polygon(c: Context, p: number[]): void {
  c.moveTo(p[0]!, p[1]!);
  for (let i = 2; i < p.length; i += 2) c.lineTo(p[i]!, p[i + 1]!);
  c.closePath();
}
