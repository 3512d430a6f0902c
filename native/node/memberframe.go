package node

import (
	"errors"
	"iter"
	"time"
	"unicode/utf8"

	"github.com/synodlab/synod/core/paxos"
)

// The frames by which nodes come to know each other and change who votes. The package doc has the
// table.

const (
	changeSize    = frameHead + 16 + 1 + 1 + 4 + 1 + 1 + 4
	changedHead   = frameHead + 16 + 1
	maxCrew       = paxos.MaxNodes
	changeDone    = 0
	changeRefused = 1
	changeUnknown = 2
)

var errFrameMembers = errors.New("node: frame: its members or its change are none")

func appendGenesis(dst []byte, t tag, g *paxos.Genesis) []byte {
	return g.AppendTo(beginFrame(dst, frameGenesis, t))
}

// appendMate appends a node and its address to a frame of the crew, if it has one.
func appendMate(dst []byte, id paxos.NodeID, address string) []byte {
	if address == "" || len(address) > maxAboutBytes {
		return dst
	}
	dst = le.AppendUint16(append(dst, byte(id)), uint16(len(address)))
	return append(dst, address...)
}

// eachMate reads what appendMate wrote, one after the other, up to what cannot be read.
func eachMate(b []byte) iter.Seq2[paxos.NodeID, string] {
	return func(yield func(paxos.NodeID, string) bool) {
		for range maxCrew {
			if len(b) < 3 || int(le.Uint16(b[1:])) > len(b)-3 {
				return
			}
			n := int(le.Uint16(b[1:]))
			if !yield(paxos.NodeID(b[0]), string(b[3:3+n])) {
				return
			}
			b = b[3+n:]
		}
	}
}

func appendChange(dst []byte, t tag, id identity, c *Change) []byte {
	dst = le.AppendUint64(beginFrame(dst, frameChange, t), id.client)
	dst = append(le.AppendUint64(dst, id.seq), byte(c.Op), byte(c.Node))
	dst = append(le.AppendUint32(dst, uint32(c.Base)), byte(c.Prepare), byte(c.Accept))
	return le.AppendUint32(dst, uint32(c.Wait/time.Millisecond))
}

// decodeChange judges what is asked for as Change does.
func (f *frame) decodeChange(b []byte) error {
	if len(b) != changeSize {
		return errFrameShort
	}
	f.id = identity{le.Uint64(b[frameHead:]), le.Uint64(b[frameHead+8:])}
	b = b[frameHead+16:]
	f.change = Change{
		Op: Op(b[0]), Node: paxos.NodeID(b[1]), Base: paxos.Era(le.Uint32(b[2:])),
		Prepare: int(b[6]), Accept: int(b[7]),
		Wait: time.Duration(le.Uint32(b[8:])) * time.Millisecond,
	}
	if c := &f.change; c.Op == 0 || c.Op >= ops || c.Node == 0 || c.Node >= paxos.MaxNodes {
		return errFrameMembers
	}
	return nil
}

// appendChanged appends how a change ended: the newest configuration, or why it was not made.
func appendChanged(dst []byte, t tag, id identity, a *changed) []byte {
	dst = le.AppendUint64(beginFrame(dst, frameChanged, t), id.client)
	dst = le.AppendUint64(dst, id.seq)
	var refused *ChangeError
	switch {
	case a.err == nil:
		dst = le.AppendUint64(append(dst, changeDone), uint64(a.governed.From))
		dst = le.AppendUint32(dst, uint32(a.governed.Era))
		return a.governed.Members.AppendTo(dst)
	case errors.As(a.err, &refused):
		return append(append(dst, changeRefused), refused.Why...)
	}
	return append(dst, changeUnknown)
}

func (f *frame) decodeChanged(b []byte) (err error) {
	const governed = 8 + 4
	if len(b) < changedHead {
		return errFrameShort
	}
	f.id = identity{le.Uint64(b[frameHead:]), le.Uint64(b[frameHead+8:])}
	kind, b := b[changedHead-1], b[changedHead:]
	switch {
	case kind == changeDone && len(b) > governed:
		g := &f.changed.governed
		g.From, g.Era = paxos.Slot(le.Uint64(b)), paxos.Era(le.Uint32(b[8:]))
		g.Members, err = paxos.DecodeMembers(b[governed:])
		return err
	case kind == changeRefused && len(b) <= maxAboutBytes && utf8.Valid(b):
		f.changed.err = &ChangeError{string(b)}
	case kind == changeUnknown && len(b) == 0:
		f.changed.err = ErrUnknownOutcome
	default:
		return errFrameMembers
	}
	return nil
}
