// What workerd calls. The Go program behind worker.mjs answers plain HTTP; what it
// cannot do (sockets that outlive a request, Durable Objects) branches off here.
import worker from "./build/worker.mjs";

export default {
  fetch: (request, env, ctx) => worker.fetch(request, env, ctx),
};
