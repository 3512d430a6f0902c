package kv

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// relive returns s, or one that was cloned or restored from it.
func relive(t *rapid.T, s *Store) *Store {
	switch rapid.IntRange(0, 9).Draw(t, "fate") {
	case 0:
		restored, err := Restore(s.AppendState(nil))
		require.NoError(t, err)
		require.Equal(t, s.Stats(), restored.Stats())
		require.Equal(t, s.Hash(), restored.Hash(), "the sum from nothing is the sum kept")
		return restored
	case 1:
		return s.Clone()
	}
	return s
}

func TestTheStoreAnswersLikeAMapForEachRevision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, m := New(Limits{}), newModel()
		for range rapid.IntRange(1, 60).Draw(t, "commands") {
			r := drawRequest(t, m.revision(), 0)
			require.Equal(t, m.apply(r), do(t, s, r), "%+v", r)
			require.Equal(t, m.revision(), s.Stats().Revision)
			s = relive(t, s)
		}
		require.EqualValues(t, len(m.past[len(m.past)-1]), s.Stats().Keys)
		require.Len(t, m.leases, s.Stats().Leases)
	})
}

func TestAWatchTellsWhatAMapForEachRevisionTells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, m := New(Limits{}), newModel()
		for range rapid.IntRange(1, 40).Draw(t, "commands") {
			r := drawRequest(t, m.revision(), 0)
			m.apply(r)
			do(t, s, r)
			s = relive(t, s)
		}
		w, from := drawWatch(t), rapid.Int64Range(-1, m.revision()+1).Draw(t, "from")
		most := rapid.IntRange(0, 600).Draw(t, "bytes")
		var all []Event
		for at := (Position{Revision: from}); ; {
			events, next, code := s.Watch(&w, at, most, nil)
			if from < m.compacted {
				require.Equal(t, Compacted, code)
				return
			}
			require.Equal(t, OK, code)
			checkBatch(t, &w, at, next, events, most)
			if all, at = append(all, events...), next; next.Revision > m.revision() {
				break
			}
		}
		require.Equal(t, m.watch(&w, from), all)
		for _, e := range all {
			require.True(t, w.Wants(&e))
		}
	})
}

// checkBatch requires that a batch keeps to its bounds.
func checkBatch(t *rapid.T, w *Watch, at, next Position, events []Event, most int) {
	bytes := 0
	for i := range events {
		bytes += events[i].Bytes()
		mod := events[i].KV.Mod
		require.True(t, mod < next.Revision || next.Sub > 0 && mod == next.Revision)
		require.GreaterOrEqual(t, mod, at.Revision)
	}
	if len(events) > 1 && (w.Fragment || events[0].KV.Mod != events[len(events)-1].KV.Mod) {
		require.LessOrEqual(t, bytes, most)
	}
	require.True(t, w.Fragment || next.Sub == 0)
}

func TestReplicasAgreeHoweverTheyCameToTheirState(t *testing.T) { // B-32, B-35
	limits := Limits{Sessions: 3, Window: 4, ReplyBytes: 40}
	rapid.Check(t, func(t *rapid.T) {
		a, b := New(limits), New(limits)
		for range rapid.IntRange(1, 60).Draw(t, "commands") {
			r := drawRequest(t, a.Stats().Revision, 0)
			command := AppendRequest(nil, &r)
			client := rapid.Uint64Range(1, 6).Draw(t, "client")
			seq := rapid.Uint64Range(1, 20).Draw(t, "seq")
			apply, again := a.ApplyOnce, b.ApplyOnce
			if rapid.Bool().Draw(t, "in order") {
				apply, again = a.ApplyNext, b.ApplyNext
			}
			require.Equal(t, apply(client, seq, command, nil), again(client, seq, command, nil))
			b = relive(t, b)
			require.Equal(t, a.Hash(), b.Hash())
		}
		require.Equal(t, a.AppendState(nil), b.AppendState(nil))
	})
}
