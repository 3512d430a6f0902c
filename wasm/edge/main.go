// Command edge is Synod as a worker at the edge: the same core that runs in the
// tab and in a native node, behind three addresses.
//
//	GET  /         what this is, as text
//	GET  /healthz  {"ok":true}
//	POST /run      a scenario in, its verdict out
//
// The body of /run is the text of a scenario, or {"link":"…"} as
// application/json. The answer is the JSON of `synod run --json`, byte for byte, but
// for searches, which have less room here and say where they were cut. A run whose
// expectations are unmet answers 200 and says so. What is not a scenario answers
// 400 and {"errors":[{"line":…,"col":…,"text":…}]}.
//
// What is assumed: one instance of this program serves one request (that is how
// github.com/syumai/workers starts it), so nothing is kept between two requests.
// What is not protected: the time a scenario takes. Its own limits bound its
// events; the platform's limit on processor time ends what is longer.
//
// Built for GOOS=js it is the worker; built natively the same main serves the
// same addresses on $PORT.
package main

import "github.com/syumai/workers"

func main() {
	workers.Serve(handler(judge))
}
