package scenario

import (
	"math/bits"
	"strconv"
	"strings"

	"github.com/synodlab/synod/core/protocols"
	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// matcher is a message selector made ready for one run.
type matcher struct {
	kinds  uint64 // set
	fields []Field
	n      uint64
	from   uint64 // sets of nodes; all ones: any
	to     uint64
}

const (
	anyNode = ^uint64(0)
	anyKind = ^uint64(0)
)

// matcher prepares s. The kinds are those that have the name, else those that mean the same. The
// error is a word that is no kind of the protocol.
func (r *Run) matcher(s *Selector) (matcher, *Error) {
	m := matcher{kinds: r.kinds(s.Kind), fields: s.Fields, n: s.N, from: anyNode, to: anyNode}
	if m.kinds == 0 {
		return m, r.fault(s.Pos, "`"+r.Protocol.Name+"` has no message `"+s.Kind+"`",
			quoteAll(kindNames(r.Protocol)))
	}
	if s.Ends && !s.AnyFrom {
		m.from = r.set(s.From)
	}
	if s.Ends && !s.AnyTo {
		m.to = r.set(s.To)
	}
	return m, nil
}

func kindNames(p *protocols.Protocol) []string {
	names := make([]string, len(p.Kinds))
	for i := range names {
		names[i] = p.Kinds[i].Name
	}
	return names
}

func (r *Run) set(names []string) uint64 {
	var set uint64
	for _, name := range names {
		set |= 1 << r.node(name)
	}
	return set
}

func (r *Run) kinds(word string) uint64 {
	var named, meant uint64
	for i, k := range r.Protocol.Kinds {
		if strings.EqualFold(k.Name, word) {
			named |= 1 << i
		}
		if k.Words.Is(word) || SameKind(k.Name, word) {
			meant |= 1 << i
		}
	}
	if word == "ping" && named == 0 {
		named = 1 << len(r.Protocol.Kinds) // the detector's
	}
	if named != 0 {
		return named
	}
	return meant
}

// message is what a selector can see of a message, in flight or in the trace.
type message struct {
	kind       uint8
	from, to   sim.Node
	n, na, seq int64
	max        int64
	v, va      sim.Value
	h          sim.History
}

func inFlight(m *sim.Message) message {
	return message{kind: m.Kind, from: m.From, to: m.To, n: m.N, na: m.NA, seq: m.Seq, max: m.Max,
		v: m.V, va: m.VA, h: m.H}
}

func inTrace(r *trace.Record) message {
	return message{kind: r.Type - 1, from: r.From, to: r.To, n: r.Ballot, na: r.VBallot,
		max: r.VBallot, seq: r.Slot, v: r.Value, va: r.VValue, h: r.State}
}

// matches reports whether m fits, its number aside.
func (r *Run) matches(s *matcher, m *message) bool {
	if s.kinds>>m.kind&1 == 0 || s.from>>m.from&1 == 0 || s.to>>m.to&1 == 0 {
		return false
	}
	for i := range s.fields {
		if !r.fits(&s.fields[i], m) {
			return false
		}
	}
	return true
}

func (r *Run) fits(f *Field, m *message) bool {
	if f.Value == "_" {
		return true
	}
	r.effort += costOfAsking
	if int(m.kind) >= len(r.Protocol.Kinds) {
		return false
	}
	for _, name := range r.Protocol.Kinds[m.kind].Fields {
		if (f.Name == "" || f.Name == name) && r.fieldIs(name, m, f.Value) {
			return true
		}
	}
	return false
}

// fieldIs reports whether the field of that name, if m has it, is what the text says.
func (r *Run) fieldIs(name string, m *message, text string) bool {
	switch name {
	case "n":
		return numberIs(m.n, text)
	case "n_a":
		return numberIs(m.na, text)
	case "seq":
		return numberIs(m.seq, text)
	case "max":
		return numberIs(m.max, text)
	case "v":
		return m.v == 0 && isNone(text) || r.means(text, m.v)
	case "v_a":
		return m.va == 0 && isNone(text) || r.means(text, m.va)
	case "state": // of a reply: what it shows, or the command that it answers
		return m.h == 0 && isNone(text) || r.means(text, m.v) || r.showsState(text, m.h)
	}
	return false
}

// showsState reports whether text is the commands of h, blanks aside.
func (r *Run) showsState(text string, h sim.History) bool {
	// Each command has a letter at least, so that a longer history cannot be meant.
	if h == 0 || int(r.Log.Histories.Len(h)) > len(text) {
		return false
	}
	r.effort += costOfAsking*int(r.Log.Histories.Len(h)) + len(text)
	var names, words []byte
	for _, v := range r.Log.Histories.Append(nil, h) {
		names = append(names, r.Log.Names.Bytes(v)...)
		words = append(words, r.word(v)...)
	}
	return sameText(text, names) || sameText(text, words)
}

func numberIs(n int64, text string) bool {
	if n == sim.NoNumber {
		return isNone(text) || text == "-1"
	}
	x, err := strconv.ParseInt(text, 10, 64)
	return err == nil && x == n
}

func isNone(text string) bool { return text == "nil" || text == "⊥" || text == "none" }

// counts reports whether rec is an event of that kind about a message that fits and that is
// counted: one to oneself is not, unless exactly it is selected.
func (r *Run) counts(s *matcher, kind trace.Kind, rec *trace.Record) bool {
	if rec.Kind != kind || rec.From == rec.To && !s.toSelf() {
		return false
	}
	m := inTrace(rec)
	return r.matches(s, &m)
}

// toSelf reports whether s selects messages of one node to itself, and no others.
func (s *matcher) toSelf() bool { return s.from == s.to && bits.OnesCount64(s.from) == 1 }

// counter counts the messages that fit and were sent until now. It reads each record once.
type counter struct {
	cursor int
	n      uint64
	id     uint32 // identity of the one that the selector numbers; 0: not sent yet
}

func (r *Run) count(c *counter, s *matcher) uint64 {
	r.effort += costOfAsking * (len(r.Log.Records) - c.cursor)
	for ; c.cursor < len(r.Log.Records); c.cursor++ {
		if rec := &r.Log.Records[c.cursor]; r.counts(s, trace.Send, rec) {
			if c.n++; c.n == s.n {
				c.id = rec.Message
			}
		}
	}
	return c.n
}

// identity returns the identity of the n-th message ever sent that fits, 0 if there is none yet.
func (r *Run) identity(s *matcher) uint32 {
	var n uint64
	r.effort += costOfGlance * len(r.Log.Records)
	for i := range r.Log.Records {
		if rec := &r.Log.Records[i]; r.counts(s, trace.Send, rec) {
			if n++; n == s.n {
				return rec.Message
			}
		}
	}
	return 0
}

// oldest returns the oldest message in flight that fits and for which want holds; -1: none.
func (r *Run) oldest(s *matcher, want func(*sim.Flight) bool) int {
	id := uint32(0)
	if s.n > 0 {
		if id = r.identity(s); id == 0 {
			return -1
		}
	}
	found := -1
	r.World.Flights(func(i int, f *sim.Flight) bool {
		r.effort += costOfGlance
		m := inFlight(&f.Message)
		if (id == 0 || f.Message.ID == id) && want(f) && r.matches(s, &m) {
			found = i
			return false
		}
		return true
	})
	return found
}
