package explore

import (
	"slices"

	"github.com/synodlab/synod/core/sim"
)

// wire numbers the distinct messages that are ever sent in a search, from 0. Two are the same if
// nothing but their identity differs.
type wire struct {
	messages []sim.Message
	index    map[string]int32
	key      []byte
}

// number returns the number of m, which is borrowed.
func (w *wire) number(m *sim.Message) int32 {
	k := append(w.key[:0], m.Kind, byte(m.From), byte(m.To))
	for _, x := range [...]int64{m.N, m.NA, m.Seq, m.Max, int64(m.V), int64(m.VA), int64(m.H)} {
		k = append(k, byte(x), byte(x>>8), byte(x>>16), byte(x>>24), byte(x>>32), byte(x>>40),
			byte(x>>48), byte(x>>56))
	}
	w.key = append(k, m.Body...)
	if n, ok := w.index[string(w.key)]; ok {
		return n
	}
	if w.index == nil {
		w.index = map[string]int32{}
	}
	n := int32(len(w.messages))
	w.index[string(w.key)] = n
	kept := *m
	kept.Body = slices.Clone(m.Body)
	w.messages = append(w.messages, kept)
	return n
}
