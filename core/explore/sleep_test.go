package explore_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/explore"
)

// sleepless is a model of which every step is looked at.
type sleepless struct{ explore.Model }

func (m sleepless) Decided(state []uint64) bool {
	return m.Model.(explore.Decided).Decided(state)
}

func (m sleepless) Narrow() bool { return m.Model.(explore.Grower).Narrow() }

func (m sleepless) Grow() func(out, state []uint64) { return m.Model.(explore.Grower).Grow() }

func TestWhatSleepsLeadsNowhereNew(t *testing.T) {
	for name, change := range map[string]func(*explore.Scene){
		"numbers":  func(s *explore.Scene) { numbered(s, 2) },
		"attempts": func(s *explore.Scene) { s.Attempts = 1 },
		"crashes":  func(s *explore.Scene) { numbered(s, 1).Crashes = 1 },
		"a disk that forgets": func(s *explore.Scene) {
			numbered(s, 1).Restarts, s.Losing = 1, []uint8{0}
		},
	} {
		for _, use := range []string{"paxos", "textbook", "textbook accept=any quorum=1",
			"paxos refuse=nack"} {
			goals := []string{"chosen-once", "promise", "safe-proposal"}
			if use == "paxos refuse=nack" {
				goals = goals[:1] // then a promise is no fact, and may come in either order
			}
			t.Run(name+" "+use, func(t *testing.T) {
				scene := func() *explore.Scene {
					s := cast(t, 2, 3, use, goals...)
					s.Values = s.Values[:1]
					change(s)
					return s
				}
				with := explore.NewActors(scene())
				require.Positive(t, with.Steps())
				a := run(with, explore.Limits{}, 1<<20)
				b := run(sleepless{explore.NewActors(scene())}, explore.Limits{}, 1<<20)
				require.Empty(t, with.Full())
				require.Equal(t, b.Result(), a.Result())
				for i := range a.Result().Distinct {
					require.Equal(t, b.State(i), a.State(i))
				}
				t.Logf("%+v", a.Result())
			})
		}
	}
}
