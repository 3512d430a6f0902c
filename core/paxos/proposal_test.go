package paxos

import (
	"math/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// commandsAt draws commands of which some are under way already, are there twice, or are malformed.
func commandsAt(rng *rand.Rand, seq *uint64) (all []Entry) {
	for range rng.Intn(12) {
		*seq++
		e := value(1, *seq, strings.Repeat("x", rng.Intn(60)))
		switch rng.Intn(12) {
		case 0:
			e.Seq -= uint64(rng.Intn(4))
		case 1:
			e.Data = make([]byte, 161)
		case 2:
			e.Client = 0
		}
		all = append(all, e)
	}
	return all
}

// proposeEach is ProposeAll by way of Propose.
func proposeEach(r *Replica, all []Entry) (taken int, ref Refusal) {
	for ; taken < len(all); taken++ {
		if _, ref = r.Propose(&all[taken]); ref != Taken {
			break
		}
	}
	return taken, ref
}

// Two leaders live through the same, one of which gets its commands together: they take and refuse
// the same, and say and write the same, through full windows, full records, and configurations.
func TestCommandsThatAreProposedTogetherAreProposedEach(t *testing.T) {
	refused, eras := map[Refusal]int{}, 0
	for seed := range int64(150) {
		rng := rand.New(rand.NewSource(seed))
		together, each := newRoomy(t), newRoomy(t)
		both := [2]*solo{together, each}
		seq := uint64(0)
		for range 60 {
			if rng.Intn(12) == 0 {
				m := members(t, 0, 1, NodeID(2+rng.Intn(2)))
				for _, s := range both {
					s.r.Reconfigure(s.r.Era().Era, &m)
				}
			}
			all := commandsAt(rng, &seq)
			first := together.r.next
			slot, n, ref := together.r.ProposeAll(all)
			taken, why := proposeEach(each.r, all)
			require.Equal(t, taken, n, "seed %d", seed)
			require.Equal(t, why, ref, "seed %d", seed)
			require.Equal(t, first, slot)
			refused[ref]++
			require.Equal(t, each.r.AppendState(nil), together.r.AppendState(nil), "seed %d", seed)
			chosen, execute := together.r.Prefix()+1+Slot(rng.Intn(9)), rng.Intn(4) > 0
			for _, s := range both {
				s.persist()
				s.step(s.accepted(1, s.r.Prefix()+1, min(chosen, s.r.proposer.next)))
				s.promise(1, s.nothing())
				s.drain()
				if execute {
					s.execute()
				}
			}
			require.Equal(t, each.out.AppendTo(nil), together.out.AppendTo(nil), "seed %d", seed)
			require.Equal(t, each.r.counts, together.r.counts, "seed %d", seed)
		}
		eras = max(eras, int(together.r.Era().Era))
	}
	for _, ref := range []Refusal{Taken, Full, TooLarge, Duplicate, Malformed} {
		require.Positive(t, refused[ref], ref.String())
	}
	require.Greater(t, eras, 2)
}

func TestAFollowerTakesNoneOfManyCommands(t *testing.T) {
	s := newSolo(t, 3, 0)
	_, n, ref := s.r.ProposeAll([]Entry{value(1, 1, "x")})
	require.Zero(t, n)
	require.Equal(t, Electing, ref)
}
