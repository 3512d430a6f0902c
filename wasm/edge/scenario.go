package main

import (
	"encoding/json"
	"net/http"

	"github.com/synodlab/synod/core/scenario"
	"github.com/synodlab/synod/core/scenario/link"
)

// search is how far the searches of one request may go: an isolate has 128 MiB and some seconds.
// What is cut there says so, and the command and the page go on to the end.
var search = scenario.Bounds{States: 250_000, Bytes: 64 << 20}

// judge runs a text as `synod run --json` does, but for the room of its searches: its
// verdict with its link or, if nothing ran, what is wrong with the text.
func judge(text string) (out []byte, ran bool) {
	file, err := scenario.Parse("", text, scenario.Known())
	if err != nil {
		return scenario.AppendErrors(nil, err), false
	}
	verdict, err := scenario.RunFile(file, scenario.Choice{Search: search})
	if err != nil {
		return scenario.AppendErrors(nil, err), false
	}
	verdict.Link = link.Encode(scenario.Format(file))
	return verdict.AppendJSON(nil), true
}

// linked reads the scenario's text out of {"link":"…"}.
func linked(body []byte) (text string, status int, wrong string) {
	var request struct {
		Link string `json:"link"`
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return "", http.StatusBadRequest, `the body is not {"link":"…"}: ` + err.Error()
	}
	text, err := link.Decode(request.Link)
	if err != nil {
		return "", http.StatusBadRequest, err.Error()
	}
	return text, 0, ""
}
