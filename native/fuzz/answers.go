package fuzz

import (
	"strings"

	"github.com/synodlab/synod/core/trace"
)

// answers judges what the store says. Each execution names the commands that came before it, and
// the checks of order see to it that these sequences are one chain that fits what the clients saw
// when. So a store that executes that chain one by one is the witness: its answers are the only
// right ones, and no other order need be searched for.
type answers struct {
	store map[string]string // by key
	tip   trace.History     // the chain so far
	right map[trace.History]string
}

func (a *answers) begin() {
	a.store, a.right = map[string]string{}, map[trace.History]string{}
	a.tip = 0
}

// wrong returns why the answer in r, of an execution or of a reply, is not the right one; "" if
// it is, or nothing is known about that state.
func (a *answers) wrong(log *trace.Log, r *trace.Record) string {
	if r.State == 0 {
		return ""
	}
	right, known := a.right[r.State]
	if !known {
		last, before := log.Histories.Last(r.State)
		if before != a.tip {
			return "" // not of the chain: the checks of order say so
		}
		right = a.execute(log.Names.Text(last))
		a.right[r.State], a.tip = right, r.State
	}
	if given := log.Names.Bytes(r.VValue); string(given) != right {
		return "the answer to " + log.Names.Text(r.Value) + " was " + string(given) +
			" at a place where it must be " + right
	}
	return ""
}

// execute carries out one command, which stands in the trace with what makes it unique.
func (a *answers) execute(value string) string {
	if _, word, found := strings.Cut(value, ":"); found {
		value = word
	}
	value, _, _ = strings.Cut(value, "#")
	name, rest, _ := strings.Cut(value, "(")
	key, arg, _ := strings.Cut(strings.TrimSuffix(rest, ")"), ",")
	switch name {
	case "put":
		a.store[key] = arg
	case "delete":
		delete(a.store, key)
	case "get":
		if v, ok := a.store[key]; ok {
			return v
		}
		return "nothing"
	}
	return "ok"
}
