package main

import "encoding/binary"

// Locals that place adds behind PC_B and the stack pointer: the PC of PC_B 0, and that of the place
// at which the last call returned, or the one at which the function was resumed.
const (
	localBase = 2
	localLast = 3
	added     = 2
)

// place lets a function's calls write where they return as a sum: of the PC at which the last call
// returned, where that is known, which is nearly always one less; otherwise of the function's PC.
// So the same is written again and again, in all functions.
func (f *flow) place(locals []byte, code []instruction) ([]byte, []instruction) {
	longer, ok := withPlaces(locals)
	if !ok {
		return locals, code
	}
	last := f.last(code)
	out := make([]instruction, 0, len(code)+4*len(last)+8)
	out = append(out, instruction{op: opConst64, x: f.first}, instruction{op: opSet, x: localBase})
	for i, in := range code {
		switch {
		case in.op == opTable:
			n := len(out) - 1 // the table's index is put on the stack after this
			out = append(out[:n], instruction{op: opGet, x: localBase}, instruction{op: opGet},
				instruction{op: opExtend}, instruction{op: opAdd64},
				instruction{op: opSet, x: localLast}, out[n])
		case f.isPlace(&in):
			out = f.sum(out, in.x&0xffff, last[i])
			continue
		case in.op >= opGet && in.op <= opTee && in.x >= localBase:
			in.x += added
		}
		out = append(out, in)
	}
	return longer, out
}

func (f *flow) isPlace(in *instruction) bool {
	return in.op == opConst64 && in.x>>16 == f.first>>16
}

// sum appends a place: of a call that may return the place stays in a local.
func (f *flow) sum(out []instruction, place int, last known) []instruction {
	from, change := localBase, place
	if last.returns && last.value >= 0 {
		from, change = localLast, place-last.value
	}
	out = append(out, instruction{op: opGet, x: from}, instruction{op: opConst64, x: change},
		instruction{op: opAdd64})
	if last.returns {
		out = append(out, instruction{op: opTee, x: localLast})
	}
	return out
}

// known is what is known where a call's place is written: the place in localLast, or one of those
// below; and whether the call may return.
type known struct {
	value   int
	returns bool
}

const (
	anyPlace = -1 // it depends on the way taken
	noPlace  = -2 // no way leads here
)

// join is what is known where two ways meet.
func join(a, b int) int {
	switch {
	case a == b || b == noPlace:
		return a
	case a == noPlace:
		return b
	}
	return anyPlace
}

// last finds what is known at each place in code, by its index.
func (f *flow) last(code []instruction) map[int]known {
	w := walk{flow: f, code: code, loops: map[int]int{}, found: map[int]known{}}
	for w.changed = true; w.changed; {
		w.changed = false
		w.all()
	}
	return w.found
}

// walk goes through code in order, and knows what is in localLast. At a loop it begins with what
// the walk before it found on the ways back.
type walk struct {
	*flow
	code    []instruction
	open    []label
	now     int
	loops   map[int]int // by the index of the loop
	changed bool
	found   map[int]known
}

// label is a block that is open, and what is known on the ways to its end.
type label struct {
	name, begin int
	loop        bool
	value       int
}

func (w *walk) all() {
	w.open, w.now = w.open[:0], 0
	for i := range w.code {
		switch in := &w.code[i]; in.op {
		case opBlock, opLoop, opIf:
			w.begin(i, in)
		case opEnd:
			w.end()
		case opBranch, opBranchIf:
			w.branch(in)
		case opTable:
			w.table(in)
		case opReturn, opUnreachable:
			w.now = noPlace
		case opConst64:
			if w.isPlace(in) {
				returns := !w.panics(w.code[i:])
				w.found[i] = known{w.now, returns}
				if returns {
					w.now = in.x & 0xffff
				}
			}
		}
	}
}

func (w *walk) begin(i int, in *instruction) {
	l := label{name: in.x, begin: i, loop: in.op == opLoop, value: noPlace}
	switch in.op {
	case opIf:
		l.value = w.now
	case opLoop:
		if back, ok := w.loops[i]; ok {
			w.now = join(w.now, back)
		}
	}
	w.open = append(w.open, l)
}

func (w *walk) end() {
	n := len(w.open) - 1
	if n < 0 {
		return
	}
	w.now = join(w.now, w.open[n].value)
	w.open = w.open[:n]
}

func (w *walk) branch(in *instruction) {
	for i := len(w.open) - 1; i >= 0; i-- {
		if w.open[i].name == in.x {
			w.to(&w.open[i], w.now)
			break
		}
	}
	if in.op == opBranch {
		w.now = noPlace
	}
}

// to notes a way to a label.
func (w *walk) to(l *label, value int) {
	if !l.loop {
		l.value = join(l.value, value)
		return
	}
	was, ok := w.loops[l.begin]
	if !ok {
		was = noPlace
	}
	if now := join(was, value); now != was {
		w.loops[l.begin], w.changed = now, true
	}
}

// table notes the ways from the table, on which a place is known: that which chose the way.
func (w *walk) table(in *instruction) {
	r := reader{b: in.rest}
	n := r.number() + 1
	for place := range n {
		value := place
		if place == n-1 {
			value = anyPlace // and all places after it
		}
		if at := len(w.open) - 1 - r.number(); at >= 0 {
			w.to(&w.open[at], value)
		}
	}
	w.now = noPlace
}

// withPlaces adds the locals to the declaration of locals, whose first is one of 32 bits.
func withPlaces(locals []byte) ([]byte, bool) {
	r := reader{b: locals}
	groups := r.number()
	if groups < 1 || r.number() != 1 || r.take(1)[0] != type32 {
		return nil, false
	}
	rest := r.b
	if groups > 1 {
		n := r.number()
		if r.take(1)[0] == type64 {
			longer := binary.AppendUvarint([]byte{byte(groups), 1, type32}, uint64(n+added))
			return append(append(longer, type64), r.b...), true
		}
	}
	return append([]byte{byte(groups + 1), 1, type32, added, type64}, rest...), true
}
