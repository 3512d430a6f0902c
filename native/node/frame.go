package node

import (
	"encoding/binary"
	"errors"
	"unicode/utf8"

	"github.com/synodlab/synod/core/paxos"
)

// The kinds of frames between nodes.
const (
	frameMessage = 1 + iota
	frameForward
	frameForwarded
	frameAbout
	frameAsk
	frameConfirmed
	frameInquiry
	frameGenesis
	frameCrew
	frameChange
	frameChanged
	frameWant
	framePiece
	frames
)

const (
	frameHead     = 1 + 8
	messageHead   = frameHead + 4
	forwardHead   = frameHead + 8 + 16
	forwardedSize = frameHead + 16 + 1
	askSize       = frameHead + 16
	confirmedSize = frameHead + 16 + 8 + 1

	maxAboutTexts = 8
	maxAboutBytes = 512
)

// fate is how a forwarded command ended at the leader, if it did not end well.
type fate uint8

const (
	fateRefused fate = 1 + iota // it was not proposed
	fateLost                    // its slot holds another entry
	fateUnknown                 // cannot be known there
)

// identity names a command: client is a process, seq counts its commands.
type identity struct{ client, seq uint64 }

// tag is the part of the cluster id that every frame carries (B-21).
type tag [8]byte

func tagOf(id paxos.ClusterID) tag { return tag(id[:8]) }

var (
	le = binary.LittleEndian

	errFrameShort = errors.New("node: frame: it ends before what it announces")
	errFrameKind  = errors.New("node: frame: of no known kind")
	errFrameText  = errors.New("node: frame: a text is too long or not UTF-8")
)

func beginFrame(dst []byte, kind byte, t tag) []byte {
	return append(append(dst, kind), t[:]...)
}

// appendMessageFrame appends a message of the core and its number.
func appendMessageFrame(dst []byte, t tag, number uint32, m *paxos.Message) []byte {
	dst = le.AppendUint32(beginFrame(dst, frameMessage, t), number)
	return paxos.AppendMessage(dst, m)
}

// appendForward appends a command for the one who leads at ballot b, and for nobody else.
func appendForward(dst []byte, t tag, b paxos.Ballot, id identity, command []byte) []byte {
	dst = le.AppendUint64(beginFrame(dst, frameForward, t), uint64(b))
	dst = le.AppendUint64(le.AppendUint64(dst, id.client), id.seq)
	return append(dst, command...)
}

func appendForwarded(dst []byte, t tag, id identity, f fate) []byte {
	dst = le.AppendUint64(beginFrame(dst, frameForwarded, t), id.client)
	return append(le.AppendUint64(dst, id.seq), byte(f))
}

// appendAsk appends the question which slot a read must wait for.
func appendAsk(dst []byte, t tag, id identity) []byte {
	dst = le.AppendUint64(beginFrame(dst, frameAsk, t), id.client)
	return le.AppendUint64(dst, id.seq)
}

// appendConfirmed appends its answer: the slot, or that it must be asked again.
func appendConfirmed(dst []byte, t tag, id identity, index paxos.Slot, taken bool) []byte {
	dst = le.AppendUint64(beginFrame(dst, frameConfirmed, t), id.client)
	dst = le.AppendUint64(le.AppendUint64(dst, id.seq), uint64(index))
	if taken {
		return append(dst, 1)
	}
	return append(dst, 0)
}

func appendAbout(dst []byte, t tag, texts []string) []byte {
	dst = append(beginFrame(dst, frameAbout, t), byte(len(texts)))
	for _, s := range texts {
		dst = append(le.AppendUint16(dst, uint16(len(s))), s...)
	}
	return dst
}

// frame is what came from a peer. Which fields count depends on kind; bytes point into what was
// decoded.
type frame struct {
	kind    byte
	tag     tag
	number  uint32
	body    []byte // an encoded message, or a command
	ballot  paxos.Ballot
	id      identity
	fate    fate
	index   paxos.Slot
	taken   bool
	slot    paxos.Slot // of a snapshot
	size    int64
	at      int64
	change  Change
	changed changed
	address string
	clients []string
}

// decodeFrame judges what came from a peer. Only what the functions above append is accepted; the
// message in a frame is for the core's decoder to judge.
func decodeFrame(b []byte) (f frame, err error) {
	if len(b) < frameHead {
		return f, errFrameShort
	}
	f.kind, f.tag = b[0], tag(b[1:])
	switch {
	case f.kind == frameMessage && len(b) > messageHead:
		f.number, f.body = le.Uint32(b[frameHead:]), b[messageHead:]
	case f.kind == frameForward && len(b) >= forwardHead:
		f.ballot = paxos.Ballot(le.Uint64(b[frameHead:]))
		f.id = identity{le.Uint64(b[frameHead+8:]), le.Uint64(b[frameHead+16:])}
		f.body = b[forwardHead:]
	case f.kind == frameForwarded && len(b) == forwardedSize:
		f.id = identity{le.Uint64(b[frameHead:]), le.Uint64(b[frameHead+8:])}
		f.fate = fate(b[forwardedSize-1])
		if f.fate < fateRefused || f.fate > fateUnknown {
			return f, errFrameKind
		}
	case f.kind == frameAsk && len(b) == askSize:
		f.id = identity{le.Uint64(b[frameHead:]), le.Uint64(b[frameHead+8:])}
	case f.kind == frameConfirmed && len(b) == confirmedSize && b[confirmedSize-1] <= 1:
		f.id = identity{le.Uint64(b[frameHead:]), le.Uint64(b[frameHead+8:])}
		f.index, f.taken = paxos.Slot(le.Uint64(b[frameHead+16:])), b[confirmedSize-1] == 1
	case f.kind == frameInquiry && len(b) == frameHead:
	case f.kind == frameGenesis || f.kind == frameCrew:
		f.body = b[frameHead:]
	case f.kind == frameWant && len(b) == wantSize,
		f.kind == framePiece && len(b) >= pieceHead:
		return f, f.decodeSnapshot(b)
	case f.kind == frameChange:
		return f, f.decodeChange(b)
	case f.kind == frameChanged:
		return f, f.decodeChanged(b)
	case f.kind == frameAbout:
		return f, f.decodeAbout(b[frameHead:])
	case f.kind < frameMessage || f.kind >= frames:
		return f, errFrameKind
	default:
		return f, errFrameShort
	}
	return f, nil
}

// decodeAbout reads the texts of an "about": they are shown to people, so they are text.
func (f *frame) decodeAbout(b []byte) error {
	if len(b) == 0 || b[0] == 0 || b[0] > maxAboutTexts {
		return errFrameShort
	}
	count := int(b[0])
	b = b[1:]
	for i := range count {
		if len(b) < 2 {
			return errFrameShort
		}
		n := int(le.Uint16(b))
		if n > len(b)-2 {
			return errFrameShort
		}
		text := string(b[2 : 2+n])
		if n > maxAboutBytes || !utf8.ValidString(text) {
			return errFrameText
		}
		if b = b[2+n:]; i == 0 {
			f.address = text
		} else {
			f.clients = append(f.clients, text)
		}
	}
	if len(b) > 0 {
		return errFrameText
	}
	return nil
}
