// Playing moves the playhead along the diagram's time and lets the position follow: pausing,
// scrubbing and playing backwards are the same thing. With reduced motion it goes event by event.

import type { Store } from "./store";

const PIXELS_A_SECOND = 130;
const STEPS_A_SECOND = 2;
export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64];

export class Player {
  private last = 0;
  private calm = matchMedia("(prefers-reduced-motion: reduce)");
  private rest = 0;

  constructor(private store: Store) {}

  toggle(): void {
    const { playing } = this.store.state;
    if (playing) this.stop();
    else this.play(1);
  }

  play(direction: 1 | -1): void {
    const { trace, position } = this.store.state;
    const atEnd = direction > 0 ? position >= trace.count : position <= 0;
    if (trace.count === 0) return;
    if (atEnd) this.store.set({ position: direction > 0 ? 0 : trace.count });
    this.store.set({ playing: direction, cursor: undefined, moved: true });
    this.last = performance.now();
    requestAnimationFrame((now) => this.tick(now));
  }

  stop(): void {
    this.store.set({ playing: 0, cursor: undefined });
  }

  faster(by: 1 | -1): void {
    const at = SPEEDS.indexOf(this.store.state.speed);
    const speed = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at + by))]!;
    this.store.set({ speed });
  }

  private tick(now: number): void {
    const { playing, layout, speed } = this.store.state;
    if (!playing) return;
    const seconds = Math.min(0.25, Math.max(0, now - this.last) / 1000) * speed;
    this.last = now;
    if (layout) {
      if (this.calm.matches) this.stepwise(seconds * STEPS_A_SECOND * playing);
      else this.glide(seconds * PIXELS_A_SECOND * playing);
    }
    if (this.store.state.playing) requestAnimationFrame((then) => this.tick(then));
  }

  private glide(pixels: number): void {
    const { layout, cursor, position, trace, playing } = this.store.state;
    const next = (cursor ?? layout!.playhead(position)) + pixels;
    const reached = layout!.positionAt(next);
    const over = playing > 0 ? reached >= trace.count : reached <= 0;
    this.store.set(
      over
        ? { position: reached, cursor: undefined, playing: 0 }
        : { position: reached, cursor: next },
    );
  }

  private stepwise(steps: number): void {
    this.rest += steps;
    const whole = Math.trunc(this.rest);
    if (whole === 0) return;
    this.rest -= whole;
    const { position, trace } = this.store.state;
    const next = Math.max(0, Math.min(trace.count, position + whole));
    const over = next === 0 || next === trace.count;
    this.store.set({ position: next, ...(over ? { playing: 0 as const } : {}) });
  }
}
