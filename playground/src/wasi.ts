// The ten functions of WASI that a Go reactor asks for. Time and chance are ours to choose: the
// clock stands still but for one nanosecond a reading, and the random bytes are a fixed sequence,
// so that the core can depend on neither. What it writes to standard error is kept for a panic.

const EBADF = 8;

export interface Wasi {
  imports: WebAssembly.Imports;
  attach(memory: WebAssembly.Memory): void;
  /** What was written to standard output and error, the last 8 KiB. */
  said(): string;
}

export class Exited extends Error {}

export function wasi(): Wasi {
  let memory: WebAssembly.Memory | undefined;
  let now = 0n;
  let seed = 0x9e3779b9;
  let said = "";
  const view = () => new DataView(memory!.buffer);

  const write = (fd: number, iovs: number, count: number, written: number): number => {
    if (fd !== 1 && fd !== 2) return EBADF;
    let total = 0;
    for (let i = 0; i < count; i++) {
      const at = view().getUint32(iovs + 8 * i, true);
      const size = view().getUint32(iovs + 8 * i + 4, true);
      said += new TextDecoder().decode(new Uint8Array(memory!.buffer, at, size));
      total += size;
    }
    said = said.slice(-8192);
    view().setUint32(written, total, true);
    return 0;
  };
  const random = (at: number, size: number): number => {
    const bytes = new Uint8Array(memory!.buffer, at, size);
    for (let i = 0; i < size; i++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      bytes[i] = seed >>> 24;
    }
    return 0;
  };
  const none = (count: number, size: number): number => {
    view().setUint32(count, 0, true);
    view().setUint32(size, 0, true);
    return 0;
  };
  const functions: Record<string, (...args: never[]) => number> = {
    clock_time_get: (_id: number, _precision: bigint, at: number) => {
      view().setBigUint64(at, ++now, true);
      return 0;
    },
    random_get: random,
    fd_write: write,
    poll_oneoff: (_in: number, _out: number, _n: number, events: number) => {
      view().setUint32(events, 0, true);
      return 0;
    },
    sched_yield: () => 0,
    proc_exit: (code: number) => {
      throw new Exited(`the core exited with code ${code}`);
    },
    args_sizes_get: none,
    args_get: () => 0,
    environ_sizes_get: none,
    environ_get: () => 0,
  };
  // Any other function of the interface answers "no such file": the core has none.
  const absent = () => EBADF;
  const handler = { get: (o: typeof functions, name: string) => o[name] ?? absent };
  return {
    imports: { wasi_snapshot_preview1: new Proxy(functions, handler) },
    attach: (m) => void (memory = m),
    said: () => said,
  };
}
