# workerd serve config.capnp: the worker on a loopback port, as it runs at the edge.
# The files of build/ come from `make build`; see main.go.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "synod", worker = .synod)],
  sockets = [(name = "http", address = "127.0.0.1:8787", http = (), service = "synod")],
);

const synod :Workerd.Worker = (
  modules = [
    (name = "entry.mjs", esModule = embed "entry.mjs"),
    (name = "build/worker.mjs", esModule = embed "build/worker.mjs"),
    (name = "build/runtime.mjs", esModule = embed "build/runtime.mjs"),
    (name = "build/wasm_exec.js", esModule = embed "build/wasm_exec.js"),
    (name = "build/app.wasm", wasm = embed "build/app.wasm"),
  ],
  compatibilityDate = "2026-11-01",
);
