package main

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strconv"
)

// bodyMax is the longest request to /run in bytes: the language's own limit on a text.
// A link is packed; one that is longer all the same is refused.
const bodyMax = 64 << 10

const jsonType = "application/json"

const welcome = `Synod at the edge: the same Paxos core as in the tab and on a server.

    POST /run      a scenario as text, or {"link": "..."} as application/json;
                   answers the verdict of synod run --json
    GET  /healthz  whether this worker runs
`

// A fault is why a request was refused that holds no scenario's text: it has no
// place in one, so its line and column are 0.
type fault struct {
	Line int    `json:"line"`
	Col  int    `json:"col"`
	Text string `json:"text"`
}

// handler serves the worker's addresses. Judge runs the text of a scenario and
// returns its verdict; if nothing ran, what is wrong with the text. Both are JSON.
func handler(judge func(text string) (out []byte, ran bool)) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, "text/plain; charset=utf-8", []byte(welcome))
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, jsonType, []byte("{\"ok\":true}\n"))
	})
	mux.HandleFunc("POST /run", func(w http.ResponseWriter, r *http.Request) {
		text, status, wrong := scenarioOf(r)
		if wrong != "" {
			refuse(w, status, wrong)
			return
		}
		out, ran := judge(text)
		if !ran {
			answer(w, http.StatusBadRequest, jsonType, out)
			return
		}
		answer(w, http.StatusOK, jsonType, out)
	})
	return caught(mux)
}

// caught answers 500 when a handler panics. Without it the panic would end the Go
// program, and the platform would report a promise that nobody kept.
func caught(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if recover() != nil {
				refuse(w, http.StatusInternalServerError, "the core failed on this text")
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// scenarioOf reads the scenario's text out of a request to /run, or says with
// which status and why it is refused.
func scenarioOf(r *http.Request) (text string, status int, wrong string) {
	body, err := io.ReadAll(io.LimitReader(r.Body, bodyMax+1))
	if err != nil {
		return "", http.StatusBadRequest, "the body cannot be read: " + err.Error()
	}
	if len(body) > bodyMax {
		return "", http.StatusRequestEntityTooLarge,
			"the body is longer than " + strconv.Itoa(bodyMax) + " bytes"
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == jsonType {
		return linked(body)
	}
	return string(body), 0, ""
}

// refuse answers in the shape of a scenario's errors.
func refuse(w http.ResponseWriter, status int, wrong string) {
	body, err := json.Marshal(struct {
		Errors []fault `json:"errors"`
	}{[]fault{{Text: wrong}}})
	if err != nil { // strings and integers always encode
		panic(err)
	}
	answer(w, status, jsonType, append(body, '\n'))
}

// answer writes once: each write to a worker's response is a trip to JavaScript.
func answer(w http.ResponseWriter, status int, kind string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that left cannot be told
}
