// The table of state after an event: for each row and node the last change up to there. Every few
// thousand changes a copy is kept, so that a seek costs the same everywhere in a long run.

import type { Trace } from "./trace";

const KEYFRAME = 4096;

export class TableState {
  private frames: Int32Array[] = [];
  private cells: Int32Array;
  private applied = 0;

  constructor(
    private trace: Trace,
    readonly rows: number,
    readonly nodes: number,
  ) {
    this.cells = new Int32Array(rows * nodes).fill(-1);
    this.frames.push(this.cells.slice());
  }

  /** The last change of each cell (row * nodes + node) before event `position`; -1 is none. */
  at(position: number): Int32Array {
    const target = this.changesBefore(position);
    if (target < this.applied) this.rewind(target);
    while (this.applied < target) this.applyOne();
    return this.cells;
  }

  /** How many changes happen in events 0 … position-1. */
  private changesBefore(position: number): number {
    let low = 0,
      high = this.trace.changes;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.trace.changeEvent(middle) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private rewind(target: number): void {
    const frame = Math.min(Math.floor(target / KEYFRAME), this.frames.length - 1);
    this.cells = this.frames[frame]!.slice();
    this.applied = frame * KEYFRAME;
  }

  private applyOne(): void {
    const c = this.applied++;
    const row = this.trace.changeRow(c),
      node = this.trace.changeNode(c);
    if (row < this.rows && node < this.nodes) this.cells[row * this.nodes + node] = c;
    if (this.applied % KEYFRAME === 0 && this.applied / KEYFRAME === this.frames.length) {
      this.frames.push(this.cells.slice());
    }
  }
}
