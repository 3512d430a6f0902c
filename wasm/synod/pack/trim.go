package main

import "bytes"

// space is a part of memory in which some things are dropped, which others may share.
type space struct {
	b       []byte
	dropped map[int]int // size by offset
	kept    map[int]bool
}

func newSpace(b []byte) space { return space{b, map[int]int{}, map[int]bool{}} }

// clear clears what was dropped and not kept.
func (s space) clear() {
	for at, size := range s.dropped {
		if !s.kept[at] {
			clear(s.b[at:][:size])
		}
	}
}

// trim clears of the function table what only tells where in a function a panic came from, and
// which arguments it had; the runtime then prints "?" for a file. Stack maps stay: the collector
// needs them. What was inlined goes, too, by which the runtime would know that a recover is not in
// a deferred function but in what that called, and should not recover: no program that is packed
// may recover there.
func (f functions) trim() {
	tables, data := newSpace(f.tables), newSpace(f.data)
	tables.kept[0] = true
	for i := range f.count {
		e, _ := f.entry(i)
		for d := range e.data {
			f.trimData(e, d, data)
		}
		tables.kept[e.get(spAt)] = true
		f.trimTable(e, fileAt, tables)
		f.trimTable(e, lineAt, tables)
		for t := range e.tables {
			at := entryBytes + 4*t
			switch {
			case t == tableUnsafe, t == tableInlined, t == tableLive:
				f.trimTable(e, at, tables)
			default:
				tables.kept[e.get(at)] = true
			}
		}
		e.set(unitAt, 0)
		e.set(startAt, 0)
	}
	tables.clear()
	data.clear()
	f.rename()
}

// trimTable drops the table to which the offset at a place of an entry points.
func (f functions) trimTable(e entry, at int, tables space) {
	tables.dropped[e.get(at)], _ = f.length(e.get(at))
	e.set(at, 0)
}

// trimData drops data d of a function if it is not needed. Arguments end with 255; for each number
// in the table of what is inlined there are 16 bytes.
func (f functions) trimData(e entry, d int, data space) {
	at := e.get(e.dataAt(d))
	size := 0
	switch {
	case at == none:
		return
	case d == dataArgs:
		size = bytes.IndexByte(f.data[at:], 255) + 1
	case d == dataInlined && e.tables > tableInlined:
		_, largest := f.length(e.get(entryBytes + 4*tableInlined))
		size = 16 * (largest + 1)
	}
	if size == 0 || at+size > len(f.data) {
		data.kept[at] = true
		return
	}
	data.dropped[at] = max(data.dropped[at], size)
	e.set(e.dataAt(d), none)
}

// rename writes the functions' names in the order of the functions and without what many have in
// common: the path of this module, and the types that a generic function was made for. Functions
// that a panic does not show have one name.
func (f functions) rename() {
	names, at := make([]byte, 0, len(f.names)), map[string]int{}
	for i := range f.count {
		e, _ := f.entry(i)
		name := bytes.ReplaceAll(f.name(e.get(nameAt)), []byte(ours), nil)
		if open := bytes.IndexByte(name, '['); open >= 0 {
			end := bytes.LastIndexByte(name, ']') + 1
			name = append(append(name[:open:open], "[...]"...), name[max(open, end):]...)
		}
		if hidden(name) {
			name = []byte("runtime.?")
		}
		if _, known := at[string(name)]; !known {
			at[string(name)] = len(names)
			names = append(append(names, name...), 0)
		}
		e.set(nameAt, at[string(name)])
	}
	clear(f.names[copy(f.names, names):])
}

// hidden tells whether a function is one of the runtime's that no panic shows, but for one of the
// runtime itself: those that are not exported. It is the beginning of their names by which it knows
// them, and gopanic by all of it.
func hidden(name []byte) bool {
	own, found := bytes.CutPrefix(name, []byte("runtime."))
	if !found || string(own) == "gopanic" {
		return false
	}
	own = bytes.TrimPrefix(own, []byte("(*"))
	return len(own) > 0 && (own[0] < 'A' || own[0] > 'Z')
}
