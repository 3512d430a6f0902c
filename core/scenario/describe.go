package scenario

import (
	"slices"
	"strconv"
	"strings"

	"github.com/synodlab/synod/core/diagram"
	"github.com/synodlab/synod/core/protocols"
	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// AppendJSON appends what a file is, for a page: its canonical text, title, cases and their runs.
func (f *File) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"ok":true,"errors":[],"canonical":`...)
	dst = trace.AppendString(dst, Format(f))
	var h Header
	if s, err := f.Expand(0, 0); err == nil {
		h = s.Header
	}
	dst = trace.AppendString(append(dst, `,"title":`...), h.Title)
	dst = appendStrings(append(dst, `,"about":`...), h.About)
	dst = trace.AppendString(append(dst, `,"words":`...), h.Words)
	dst = trace.AppendString(append(dst, `,"protocol":`...), h.Protocol.Name)
	dst = append(dst, `,"runs":`...)
	dst = strconv.AppendInt(dst, int64(f.Runs()), 10)
	dst = append(dst, `,"cases":[`...)
	for c := range f.CaseCount() {
		if c > 0 {
			dst = append(dst, ',')
		}
		dst = f.appendCase(dst, c)
	}
	return append(dst, "]}"...)
}

func (f *File) appendCase(dst []byte, c int) []byte {
	dst = trace.AppendString(append(dst, `{"name":`...), f.CaseName(c))
	s, err := f.Expand(c, 0)
	if err == nil {
		dst = trace.AppendString(append(dst, `,"title":`...), s.CaseTitle)
	}
	dst = append(dst, `,"runs":`...)
	dst = strconv.AppendInt(dst, int64(f.RunsOf(c)), 10)
	dst = append(dst, `,"controls":`...)
	var controls []string
	if err == nil {
		for i := range s.Controls {
			controls = append(controls, s.Controls[i].Text)
		}
	}
	return append(appendStrings(dst, controls), '}')
}

func appendStrings(dst []byte, texts []string) []byte {
	dst = append(dst, '[')
	for i, t := range texts {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = trace.AppendString(dst, t)
	}
	return append(dst, ']')
}

// AppendDescription appends what a page must know to show the run: its nodes, and the words of its
// protocol in every vocabulary.
func (r *Run) AppendDescription(dst []byte) []byte {
	h := &r.Scenario.Header
	dst = trace.AppendString(append(dst, `{"title":`...), h.Title)
	dst = appendStrings(append(dst, `,"about":`...), h.About)
	dst = trace.AppendString(append(dst, `,"protocol":`...), r.Protocol.Name)
	dst = append(dst, `,"seed":`...)
	dst = strconv.AppendUint(dst, h.Seed, 10)
	dst = trace.AppendString(append(dst, `,"words":`...), h.Words)
	dst = append(dst, `,"openAt":`...)
	dst = strconv.AppendInt(dst, int64(r.OpenAt), 10)
	schedule := "timed"
	if h.ByHand {
		schedule = "by-hand"
	}
	dst = trace.AppendString(append(dst, `,"schedule":`...), schedule)
	dst = append(dst, `,"nodes":[`...)
	for i, name := range r.place.Nodes {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = trace.AppendString(append(dst, `{"name":`...), name)
		dst = append(appendStrings(append(dst, `,"roles":`...), r.roleNames(i)), '}')
	}
	dst = appendStrings(append(dst, `],"vocabularies":`...), protocols.Vocabularies)
	dst = r.appendKinds(append(dst, `,"kinds":[`...))
	dst = r.appendRows(append(dst, `],"rows":[`...))
	dst = append(dst, `],"tables":{`...)
	for i, rows := range r.Protocol.Tables {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(trace.AppendString(dst, protocols.Vocabularies[i]), ':')
		dst = appendStrings(dst, rows)
	}
	dst = appendStrings(append(dst, `},"timers":`...), r.Protocol.Timers)
	dst = appendStrings(append(dst, `,"fields":`...), r.Protocol.Fields)
	return append(appendStrings(append(dst, `,"shapes":`...), shapeWords), '}')
}

func (r *Run) appendKinds(dst []byte) []byte {
	for i, k := range r.Protocol.Kinds {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = trace.AppendString(append(dst, `{"name":`...), k.Name)
		dst = appendWords(append(dst, `,"words":`...), k.Words)
		dst = appendStrings(append(dst, `,"fields":`...), k.Fields)
		dst = append(dst, `,"shown":{`...)
		for v, name := range protocols.Vocabularies {
			if v > 0 {
				dst = append(dst, ',')
			}
			dst = appendStrings(append(trace.AppendString(dst, name), ':'), k.Label(v))
		}
		dst = append(dst, "}}"...)
	}
	return dst
}

func (r *Run) appendRows(dst []byte) []byte {
	for i, row := range r.rows {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = trace.AppendString(append(dst, `{"name":`...), row.Name)
		dst = appendWords(append(dst, `,"words":`...), row.Words)
		dst = append(appendWords(append(dst, `,"none":`...), row.None), `,"nodes":[`...)
		first := true
		for n := range r.place.Nodes {
			if r.cell(sim.Node(n), i) == trace.Absent {
				continue
			}
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = strconv.AppendInt(dst, int64(n), 10)
		}
		dst = append(dst, "]}"...)
	}
	return dst
}

func appendWords(dst []byte, w protocols.Words) []byte {
	dst = append(dst, '{')
	for i, name := range protocols.Vocabularies {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(trace.AppendString(dst, name), ':')
		dst = trace.AppendString(dst, w.In(i))
	}
	return append(dst, '}')
}

// Words returns how the messages of the run are labelled in a vocabulary; "" is the scenario's own.
func (r *Run) Words(vocabulary string) *diagram.Words {
	if vocabulary == "" {
		vocabulary = r.Scenario.Header.Words
	}
	v := max(slices.Index(protocols.Vocabularies, vocabulary), 0)
	w := &diagram.Words{}
	w.None, w.Zero = protocols.None(v)
	for _, k := range r.Protocol.Kinds {
		kind := diagram.KindWords{Word: k.Words.In(v)}
		for _, name := range k.Label(v) {
			if f, ok := diagram.FieldOf(name); ok {
				kind.Fields = append(kind.Fields, f)
			}
		}
		w.Kinds = append(w.Kinds, kind)
	}
	return w
}

// Table is a table of state as a vocabulary draws it: the rows' names, and what stands in each at
// each node.
type Table struct {
	Nodes []string
	Rows  []string
	Cells [][]string // by row, then node; "" if the node has no such row
}

// Table returns the table of state as it is now, in the scenario's vocabulary: only the rows that
// its document draws, or all.
func (r *Run) Table(all bool) Table {
	v := max(slices.Index(protocols.Vocabularies, r.Scenario.Header.Words), 0)
	t := Table{Nodes: r.place.Nodes}
	names := r.Protocol.Tables[v]
	if names == nil || all {
		names = nil
		for i := range r.rows {
			names = append(names, r.rows[i].Name)
		}
	}
	for _, name := range names {
		row := r.row(name)
		word := r.rows[row].Words.In(v)
		cells := make([]string, len(t.Nodes))
		there := false
		for n := range t.Nodes {
			if c := r.cell(sim.Node(n), row); c != trace.Absent {
				cells[n], there = r.cellText(c, row, word), true
			}
		}
		if there {
			t.Rows, t.Cells = append(t.Rows, word), append(t.Cells, cells)
		}
	}
	return t
}

// Picture returns what the SVG of the run bears beside the diagram.
func (r *Run) Picture(link string) *diagram.SVG {
	h := &r.Scenario.Header
	return &diagram.SVG{Title: h.Title, About: strings.Join(h.About, " "), Link: link}
}
