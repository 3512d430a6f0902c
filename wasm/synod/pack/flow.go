package main

import "encoding/binary"

// The Go compiler gives a function for wasm this frame, in which each part is there if it is used:
//
//	get SP                              what comes before the frame
//	block loop block*(n+1)              exit, jumps, and one block for each segment
//	  get PC_B; br_table; end           goes to the segment that PC_B names
//	  segment 0; end; segment 1; ...    a segment begins where a call returns or a jump goes
//	end unreachable end; i32.const 1    the exit: the stack is unwound
//
// Each jump in it sets PC_B and goes round the loop, through the table. flow turns jumps forward
// into branches to the end of the block before their segment, and loops in which nothing can be
// resumed into loops of wasm. Only jumps back that pass a call still go through the table.
type flow struct {
	before   []instruction // the frame
	segments [][]instruction
	table    []int                 // segment by PC_B
	first    int                   // PC of PC_B 0
	resumed  bool                  // whoever resumes it may name any PC_B
	known    func(place int) state // what the runtime knows of a PC_B; nil: it stays as it is
	places   places                // the new numbers, if there are
	never    map[int]bool          // functions that never return, as calls name them

	again bool   // a jump goes through the table
	into  []bool // segments that a branch or the table goes to
	entry []bool // segments that the table goes to
	until []int  // last segment of the loop that begins at a segment, -1: none
}

// Locals of every function with a frame.
const (
	localPC    = 0 // PC_B
	localStack = 1 // the stack pointer, which is global 0, too
)

// Labels of the frame; a segment's block has the number of the segment, blocks within segments have
// numbers below.
const (
	labelSegment = 1 << 20 // plus the segment
	labelLoop    = 2 << 20 // plus the segment
	labelAgain   = 3 << 20
	labelExit    = 4 << 20
)

// newFlow reads a function's code; nil if it has no frame with a table.
func newFlow(code []instruction, first int) *flow {
	f := &flow{first: first}
	if len(code) < 3 || code[0].op != opGlobalGet || code[1].op != opSet ||
		code[1].x != localStack {
		return nil
	}
	f.before = code[:2]
	labels, at := f.labels(code, 2)
	if labels == nil || at+2 >= len(code) || code[at].op != opGet || code[at].x != localPC ||
		code[at+1].op != opTable || code[at+2].op != opEnd {
		return nil
	}
	r := reader{b: code[at+1].rest}
	for n := r.number(); n >= 0; n-- {
		f.table = append(f.table, r.number())
	}
	if r.bad || !f.cut(code[at+3:], labels[:len(labels)-1]) {
		return nil
	}
	for _, s := range f.table {
		if s >= len(f.segments) {
			return nil
		}
	}
	return f
}

// labels names the blocks that a frame opens from code[at] on, outermost first, and returns where
// they end.
func (f *flow) labels(code []instruction, at int) ([]int, int) {
	opened := at
	for at < len(code) && (code[at].op == opBlock || code[at].op == opLoop) {
		at++
	}
	var labels []int
	last := len(code) - 1
	if last > 2 && code[last-1].op == opConst32 && code[last-2].op == opEnd {
		labels = append(labels, labelExit)
	}
	if len(labels) < at-opened && code[opened+len(labels)].op == opLoop {
		labels = append(labels, labelAgain)
	}
	for s := at - opened - len(labels) - 1; s >= 0; s-- {
		labels = append(labels, labelSegment+s)
	}
	return labels, at
}

// cut cuts the code after the table into segments, its labels named, and each jump into its target.
// The frame's end is left out.
func (f *flow) cut(code []instruction, open []int) bool {
	segment, inner := []instruction{}, 0
	for _, in := range code {
		switch in.op {
		case opBlock, opLoop, opIf:
			inner++
			in.x = inner
			open = append(open, inner)
		case opBranch, opBranchIf:
			if in.x >= len(open) {
				return false
			}
			in.x = open[len(open)-1-in.x]
		case opTable:
			return false
		case opEnd:
			if len(open) == 0 || open[len(open)-1] >= labelLoop { // the frame ends
				f.segments = append(f.segments, segment)
				return f.jumps()
			}
			label := open[len(open)-1]
			open = open[:len(open)-1]
			if label >= labelSegment {
				f.segments = append(f.segments, segment)
				segment = nil
				continue
			}
			in.x = label
		}
		segment = append(segment, in)
	}
	return false
}

// jumps replaces what sets PC_B and goes round by a branch to the segment; false if it finds a
// branch that it does not know.
func (f *flow) jumps() bool {
	for s, code := range f.segments {
		kept := code[:0]
		for _, in := range code {
			n := len(kept)
			jump := in.op == opBranch && in.x == labelAgain && n > 1 &&
				kept[n-2].op == opConst32 && kept[n-1].op == opSet && kept[n-1].x == localPC &&
				uint(kept[n-2].x) < uint(len(f.table))
			switch {
			case jump:
				if in.x = labelSegment + f.table[kept[n-2].x]; target(&in) >= len(f.segments) {
					return false
				}
				kept = kept[:n-2]
			case in.x >= labelSegment && in.x != labelExit &&
				(in.op == opBranch || in.op == opBranchIf):
				return false
			}
			kept = append(kept, in)
		}
		f.segments[s] = kept
	}
	return true
}

// target returns the segment that a branch goes to, -1 if it is none.
func target(in *instruction) int {
	if (in.op == opBranch || in.op == opBranchIf) && in.x >= labelSegment && in.x < labelLoop {
		return in.x - labelSegment
	}
	return -1
}

// branches calls do for each branch to a segment.
func (f *flow) branches(do func(from int, in *instruction, to int)) {
	for s, code := range f.segments {
		for i := range code {
			if to := target(&code[i]); to >= 0 {
				do(s, &code[i], to)
			}
		}
	}
}

// plan decides what becomes of each jump.
func (f *flow) plan() {
	n := len(f.segments)
	f.into, f.entry, f.until = make([]bool, n), make([]bool, n), make([]int, n)
	for pc, s := range f.table {
		f.entry[s] = f.entry[s] || f.resumed || pc < 2
	}
	f.returns(func(_ *instruction, place int, back bool) {
		f.entry[f.goal(place)] = f.entry[f.goal(place)] || back
	})
	f.loops()
	f.branches(func(from int, in *instruction, to int) { f.into[to] = true })
	for s := range f.into {
		f.into[s] = f.into[s] || f.entry[s]
	}
	f.renumber()
}

// returns calls do for each place at which a call returns, and whether it does: a call within a
// block is of what panics, but for the one that grows the stack, whose function begins again.
func (f *flow) returns(do func(in *instruction, place int, back bool)) {
	for _, code := range f.segments {
		depth := 0
		for i := range code {
			switch in := &code[i]; {
			case in.op == opBlock || in.op == opLoop || in.op == opIf:
				depth++
			case in.op == opEnd:
				depth--
			case in.op == opConst64 && in.x>>16 == f.first>>16:
				place := in.x & 0xffff
				do(in, place, place == 0 || depth == 0 && !f.panics(code[i:]))
			}
		}
	}
}

// panics tells whether the first call in code is one that never returns.
func (f *flow) panics(code []instruction) bool {
	for _, in := range code {
		if in.op == opCall {
			return f.never[in.x]
		}
		if in.op == opIndirect {
			break
		}
	}
	return false
}

// goal is the segment that a value of PC_B names.
func (f *flow) goal(place int) int { return f.table[min(place, len(f.table)-1)] }

// loops finds the jumps back that can be loops: nothing enters them but at their beginning. The
// others become entries of the table.
func (f *flow) loops() {
	for s := range f.until {
		f.until[s] = -1
	}
	f.branches(func(from int, in *instruction, to int) {
		if to <= from {
			f.until[to] = max(f.until[to], from)
		}
	})
	for changed := true; changed; {
		changed = f.nest()
		for s := range f.until {
			if f.until[s] >= 0 && f.entered(s) {
				f.until[s], f.entry[s], f.again, changed = -1, true, true, true
			}
		}
	}
}

// nest lets a loop that begins within another end there, too.
func (f *flow) nest() (changed bool) {
	for s := range f.until {
		for t := s + 1; t <= f.until[s]; t++ {
			if f.until[t] > f.until[s] {
				f.until[s], changed = f.until[t], true
			}
		}
	}
	return changed
}

// entered tells whether something goes into the loop at segment s but not to its beginning.
func (f *flow) entered(s int) bool {
	for t := s + 1; t <= f.until[s]; t++ {
		if f.entry[t] {
			return true
		}
	}
	in := false
	f.branches(func(from int, _ *instruction, to int) {
		in = in || (from < s || from > f.until[s]) && to > s && to <= f.until[s]
	})
	return in
}

// code returns the function's code in its new frame; what is needed of its labels is a name.
func (f *flow) code() []instruction {
	f.plan()
	out := f.before
	if f.again {
		out = append(out, instruction{op: opLoop, x: labelAgain})
	}
	out = f.open(out, 0, len(f.segments)-1)
	out = append(out, instruction{op: opBlock, x: labelSegment},
		instruction{op: opGet}, f.dispatch(), instruction{op: opEnd})
	for s := range f.segments {
		if s > 0 && f.into[s] {
			out = append(out, instruction{op: opEnd})
		}
		if f.until[s] >= 0 {
			out = append(out, instruction{op: opLoop, x: labelLoop + s})
			out = f.open(out, s, f.until[s])
		}
		out = f.segment(out, s)
		for t := s; t >= 0; t-- {
			if f.until[t] == s {
				out = append(out, instruction{op: opEnd})
			}
		}
	}
	if f.again {
		out = append(out, instruction{op: opEnd})
	}
	return append(out, instruction{op: opUnreachable}, instruction{op: opEnd})
}

// open opens the blocks of the segments after first up to last that are in no loop within.
func (f *flow) open(out []instruction, first, last int) []instruction {
	mark := len(out)
	for s := first + 1; s <= last; s++ {
		if f.into[s] {
			out = append(out, instruction{op: opBlock, x: labelSegment + s})
		}
		s = max(s, f.until[s])
	}
	blocks := out[mark:]
	for i, j := 0, len(blocks)-1; i < j; i, j = i+1, j-1 {
		blocks[i], blocks[j] = blocks[j], blocks[i]
	}
	return out
}

// depths returns how many blocks end before each segment where the table is: a segment within a
// loop has that of what comes before the loop, as nothing goes there.
func (f *flow) depths() []int {
	depth, inside, depths := 0, -1, make([]int, len(f.segments))
	for s := range f.segments {
		if s > 0 && s > inside && f.into[s] {
			depth++
		}
		depths[s] = depth
		inside = max(inside, f.until[s])
	}
	return depths
}

// dispatch is the table for what is still entered: other values of PC_B do not occur.
func (f *flow) dispatch() instruction {
	depths := f.depths()
	rest := binary.AppendUvarint(nil, uint64(len(f.table)-1))
	for _, s := range f.table {
		rest = binary.AppendUvarint(rest, uint64(depths[s]))
	}
	return instruction{op: opTable, rest: rest}
}

// segment appends the code of segment s.
func (f *flow) segment(out []instruction, s int) []instruction {
	for _, in := range f.segments[s] {
		switch to := target(&in); {
		case to > s:
		case to >= 0 && f.until[to] >= 0:
			in.x = labelLoop + to
		case to >= 0:
			pc := 0
			for f.table[pc] != to {
				pc++
			}
			out = append(out, instruction{op: opConst32, x: pc}, instruction{op: opSet})
			in.x = labelAgain
		case in.op == opBranchIf && in.x == labelExit && f.fell(out):
			out = append(out[:len(out)-2], instruction{op: opReturn})
			continue
		case in.op == opBranchIf && in.x == labelExit:
			out = append(out, instruction{op: opIf}, instruction{op: opConst32, x: 1},
				instruction{op: opReturn}, instruction{op: opEnd})
			continue
		}
		out = append(out, in)
	}
	return out
}

// fell tells whether out ends with a call that never returns, and the stack pointer that nobody
// needs: such a call unwinds the stack.
func (f *flow) fell(out []instruction) bool {
	return ends(out, opCall, opGlobalGet, opSet) && f.never[out[len(out)-3].x]
}
