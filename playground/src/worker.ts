// The worker owns the core: it fetches it, and has a host answer what the page asks.

import type { Ask } from "./abi";
import { Host } from "./host";

async function load(): Promise<WebAssembly.Module> {
  const answer = await fetch(new URL("synod.wasm", self.location.href));
  if (!answer.ok) throw new Error(`synod.wasm: ${answer.status} ${answer.statusText}`);
  return WebAssembly.compileStreaming(answer);
}

let loading: Promise<WebAssembly.Module> | undefined = load();
loading.catch(() => (loading = undefined));

const host = new Host({
  module: () => (loading ??= load()),
  say: (message, moved = []) => (self as unknown as Worker).postMessage(message, moved),
});

self.addEventListener("message", (event) => void host.answer(event.data as Ask));
