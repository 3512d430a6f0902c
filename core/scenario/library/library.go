// Package library holds the scenario files that come with Synod: one folder for each document;
// cross, what all of the documents rest on; and pitfalls, what implementers of Paxos got wrong,
// each beside the rule that repairs it.
package library

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed */*.synod
var files embed.FS

// Entry is one scenario of the library.
type Entry struct {
	ID       string // K-15: the name of its file, up to the words that may follow
	Document string // karp: the name of its folder
	Text     string
}

// All returns every scenario, by document, in the order in which to read them, and by id.
func All() []Entry {
	var entries []Entry
	for _, d := range documents {
		entries = append(entries, shelf(d.name)...)
	}
	return entries
}

// shelf returns the scenarios of one document.
func shelf(document string) []Entry {
	names, err := fs.Glob(files, document+"/*.synod")
	if err != nil {
		panic("library: the pattern is wrong: " + err.Error())
	}
	slices.Sort(names)
	entries := make([]Entry, len(names))
	for i, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			panic("library: an embedded file cannot be read: " + err.Error())
		}
		entries[i] = Entry{ID: id(path.Base(name)), Document: document, Text: string(text)}
	}
	return entries
}

// id returns the id that a file's name begins with: a letter, a dash, a number.
func id(name string) string {
	letter, rest, _ := strings.Cut(strings.TrimSuffix(name, ".synod"), "-")
	number, _, _ := strings.Cut(rest, "-")
	return letter + "-" + number
}

// Find returns the scenario with an id, and whether there is one.
func Find(id string) (Entry, bool) {
	for _, e := range All() {
		if strings.EqualFold(e.ID, id) {
			return e, true
		}
	}
	return Entry{}, false
}
