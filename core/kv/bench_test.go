package kv

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"
)

// putter applies puts of 100 bytes to 10,000 keys, over and over, compacting now and then as an
// operator would.
type putter struct {
	s       *Store
	command []byte
	answer  []byte
	compact []byte
	n       uint64
}

func newPutter() *putter {
	p := &putter{s: New(Limits{})}
	for range 19_999 {
		p.put()
	}
	return p
}

func (p *putter) put() {
	p.n++
	r := Request{Op: OpPut, Put: Put{Key: make([]byte, 16), Value: make([]byte, 100)}}
	if p.command == nil {
		p.command = AppendRequest(nil, &r)
	}
	// The key begins behind version, operation, flags, lease and its length.
	binary.BigEndian.PutUint64(p.command[5:], p.n%10_000)
	p.answer = p.s.Apply(p.command, p.answer[:0])
	if p.n%10_000 == 0 {
		compact := Request{Op: OpCompact, Revision: p.s.Stats().Revision}
		p.compact = AppendRequest(p.compact[:0], &compact)
		p.answer = p.s.Apply(p.compact, p.answer[:0])
	}
}

func BenchmarkPut(b *testing.B) {
	p := newPutter()
	b.ReportAllocs()
	for b.Loop() {
		p.put()
	}
}

func BenchmarkPutOnce(b *testing.B) {
	p := newPutter()
	seq := uint64(0)
	b.ReportAllocs()
	for b.Loop() {
		seq++
		p.answer = p.s.ApplyOnce(1, seq, p.command, p.answer[:0])
	}
}

func BenchmarkGet(b *testing.B) {
	p := newPutter()
	r := Request{Op: OpRange, Range: Range{Key: p.command[5:21]}}
	command := AppendRequest(nil, &r)
	b.ReportAllocs()
	for b.Loop() {
		p.answer = p.s.Apply(command, p.answer[:0])
	}
}

func BenchmarkRangeOf1000(b *testing.B) {
	p := newPutter()
	r := Request{Op: OpRange, Range: Range{Key: []byte{0}, End: []byte{0}, Limit: 1000}}
	command := AppendRequest(nil, &r)
	b.ReportAllocs()
	for b.Loop() {
		p.answer = p.s.Apply(command, p.answer[:0])
	}
}

func BenchmarkClone(b *testing.B) {
	p := newPutter()
	b.ReportAllocs()
	for b.Loop() {
		p.s.Clone()
	}
}

// BenchmarkMapPut is what is the least for a put: a Go map that keeps one version.
func BenchmarkMapPut(b *testing.B) {
	p, m := newPutter(), map[string][]byte{}
	b.ReportAllocs()
	for b.Loop() {
		p.n++
		binary.BigEndian.PutUint64(p.command[5:], p.n%10_000)
		m[string(p.command[5:21])] = bytes.Clone(p.command[22:])
	}
}

func BenchmarkHash(b *testing.B) {
	p := newPutter()
	b.ReportAllocs()
	for b.Loop() {
		p.s.Hash()
	}
}

// BenchmarkWatchOf10000 catches up with all that newPutter did.
func BenchmarkWatchOf10000(b *testing.B) {
	p, events := newPutter(), make([]Event, 0, 10_000)
	from := Position{Revision: p.s.compacted}
	b.ReportAllocs()
	for b.Loop() {
		for at := from; at.Revision <= p.s.revision; {
			events, at, _ = p.s.Watch(&everything, at, 1<<20, events[:0])
		}
	}
}

func BenchmarkSnapshot(b *testing.B) {
	p := newPutter()
	var state []byte
	b.ReportAllocs()
	for b.Loop() {
		state = p.s.AppendState(state[:0])
	}
	b.SetBytes(int64(len(state)))
}

func BenchmarkRestore(b *testing.B) {
	state := newPutter().s.AppendState(nil)
	b.SetBytes(int64(len(state)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Restore(state); err != nil {
			b.Fatal(err)
		}
	}
}

func TestAPutAllocatesItsVersionAndItsValue(t *testing.T) {
	p := newPutter()
	command := p.command
	allocs := testing.AllocsPerRun(2000, func() { p.answer = p.s.Apply(command, p.answer[:0]) })
	require.LessOrEqual(t, allocs, 2.0, "one for the version, one for the value, few for trees")
}

func TestAReadAllocatesNothing(t *testing.T) {
	p := newPutter()
	r := Request{Op: OpRange, Range: Range{Key: p.command[5:21], End: []byte{0}, Limit: 10}}
	command := AppendRequest(nil, &r)
	allocs := testing.AllocsPerRun(100, func() { p.answer = p.s.Apply(command, p.answer[:0]) })
	require.Zero(t, allocs)
}
