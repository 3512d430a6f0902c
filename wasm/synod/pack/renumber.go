package main

import (
	"encoding/binary"
	"maps"
	"slices"
)

// Places of a function whose places are numbered anew: at which it panics, from firstPanic on, in
// all functions alike. The last value in a table is that of the next lastValue places.
const (
	firstPanic = 1 << 12
	lastValue  = 1<<13 - 1
)

// tableStack is the table of a function's stack maps.
const tableStack = 1

// state is what the runtime looks up for a place in a function where a call returns: how far the
// stack pointer was moved, and the number of the stack map, for which it looks one before.
type state struct{ moved, stack int }

// places are the places of a function at which calls return, with the state that the runtime is to
// find there.
type places map[int]state

// state returns the state of a place in the tables as they are.
func (f functions) state(e entry, at int) state {
	s := state{moved: f.value(e.get(spAt), at)}
	if e.tables > tableStack {
		s.stack = f.value(e.get(entryBytes+4*tableStack), max(at-1, 0))
	}
	return s
}

// value returns what a table says of a place.
func (f functions) value(table, at int) int {
	value, end := -1, 0
	if table == 0 {
		return value
	}
	r := reader{b: f.tables[table:]}
	for first := true; !r.bad; first = false {
		n := r.number()
		if n == 0 && !first {
			break
		}
		value += n>>1 ^ -(n & 1)
		if end += r.number(); at < end {
			return value
		}
	}
	return -1
}

// run is a value of all places from one on; the first of some runs is from place 0 on.
type run struct{ from, value int }

// appendTable appends a table that says what runs say.
func appendTable(b []byte, runs []run) []byte {
	value := -1
	for i, r := range runs {
		size := lastValue
		if i+1 < len(runs) {
			size = runs[i+1].from - r.from
		}
		change := r.value - value
		b = binary.AppendUvarint(b, uint64(uint32(change<<1^change>>31)))
		b = binary.AppendUvarint(b, uint64(size))
		value = r.value
	}
	return append(b, 0)
}

// appendRun appends a value from a place on, unless it is the last one.
func appendRun(runs []run, from, value int) []run {
	switch n := len(runs); {
	case n == 0:
		from = 0
	case runs[n-1].value == value:
		return runs
	}
	return append(runs, run{from, value})
}

// numbering gives the places of a function new numbers: one at which it goes on has the number of
// blocks that end before it, so that the tables of all functions begin alike; of those at which it
// panics there is one for each state.
type numbering struct {
	*flow
	depths []int
	panics map[state]int
	places places
	fits   bool // no two places have one number but different states
}

func (n *numbering) number(place int, back bool) int {
	s := n.known(place)
	if !back {
		if _, ok := n.panics[s]; !ok {
			n.panics[s] = firstPanic + len(n.panics)
		}
		n.places[n.panics[s]] = s
		return n.panics[s]
	}
	at := n.depths[n.goal(place)]
	was, ok := n.places[at]
	n.fits = n.fits && (!ok || was == s) && (at > 0 || place == 0)
	n.places[at] = s
	return at
}

// renumber numbers the places of a function anew, unless the runtime knows its numbers.
func (f *flow) renumber() {
	if f.resumed || f.known == nil {
		return
	}
	n := numbering{f, f.depths(), map[state]int{}, places{0: f.known(0)}, true}
	f.returns(func(_ *instruction, place int, back bool) { n.number(place, back) })
	last := n.depths[len(n.depths)-1]
	if !n.fits || last >= firstPanic || len(n.panics) > lastValue-firstPanic {
		return
	}
	f.returns(func(in *instruction, place int, back bool) {
		in.x = f.first + n.number(place, back)
	})
	f.table, f.places = make([]int, last+1), n.places
	for s := len(n.depths) - 1; s >= 0; s-- {
		f.table[n.depths[s]] = s
	}
}

// tables returns the tables that say what places are to be found.
func (p places) tables() (moved, stack []byte) {
	var moves, stacks []run
	for _, at := range slices.Sorted(maps.Keys(p)) {
		moves = appendRun(moves, at, p[at].moved)
		if at > 0 || len(p) == 1 { // the runtime looks up no stack map for place 0
			stacks = appendRun(stacks, at-1, p[at].stack)
		}
	}
	return appendTable(nil, moves), appendTable(nil, stacks)
}

// write writes the tables of all functions anew, those of the functions that were numbered anew by
// their places, and points the functions to them. Equal tables become one. It reports whether they
// have room.
func (f functions) write(numbered map[int]places) bool {
	old := functions{tables: append([]byte{}, f.tables...)}
	tables, known := []byte{0}, map[string]int{"": 0}
	put := func(e entry, at int, table []byte) {
		if _, ok := known[string(table)]; !ok {
			known[string(table)] = len(tables)
			tables = append(tables, table...)
		}
		e.set(at, known[string(table)])
	}
	for i := range f.count {
		e, _ := f.entry(i)
		anew := map[int][]byte{}
		if p := numbered[e.get(0)]; p != nil {
			anew[spAt], anew[entryBytes+4*tableStack] = p.tables()
		}
		put(e, spAt, old.table(e.get(spAt), anew[spAt]))
		for t := range e.tables {
			at := entryBytes + 4*t
			put(e, at, old.table(e.get(at), anew[at]))
		}
	}
	if len(tables) > len(f.tables) {
		return false
	}
	clear(f.tables[copy(f.tables, tables):])
	return true
}

// table returns the table at an offset, or the one that replaces it; nil if there is none.
func (f functions) table(at int, anew []byte) []byte {
	if at == 0 {
		return nil
	}
	if anew != nil {
		return anew
	}
	size, _ := f.length(at)
	return f.tables[at:][:size]
}
