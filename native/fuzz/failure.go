package fuzz

import (
	"strings"

	"github.com/synodlab/synod/core/check"
)

// Failure is what a run did that it must not.
type Failure struct {
	Name   string // of a check of the language, or one of those below
	Detail string // one sentence
	Claim  string // an expectation that says so, in the language; "": there is none
	Event  int    // the record that shows it; -1: none does alone
	At     Millis // when
}

// The failures that are no checks of the language.
const (
	Answers    = "answers"    // the store answered what no store would that executes one by one
	Unanswered = "unanswered" // a client waits for an answer that does not come
	Diverged   = "diverged"   // two nodes have executed the same and hold another state
	Restless   = "restless"   // it never comes to rest
	Panic      = "panic"      // the code stopped itself
	Runaway    = "runaway"    // more happens than a run may have
	Script     = "script"     // the plan asked for what cannot be done: the fuzzer's own mistake
)

// Alike reports whether two failures are probably one mistake: two broken checks of safety, of
// which one mostly brings about the others; else the same name, and for a panic the same place.
func (f *Failure) Alike(other *Failure) bool {
	switch {
	case f == nil || other == nil:
		return false
	case check.Safety(f.Name) && check.Safety(other.Name):
		return true
	case f.Name != other.Name:
		return false
	}
	return f.Name != Panic || headline(f.Detail) == headline(other.Detail)
}

// headline is what two panics at one place have in common: the words before the first number.
func headline(text string) string {
	if i := strings.IndexAny(text, "0123456789\n"); i >= 0 {
		return text[:i]
	}
	return text
}
