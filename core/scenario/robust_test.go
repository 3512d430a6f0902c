package scenario

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// texts are all that the tests of this package run, in a fixed order.
func texts(t testing.TB) []string {
	var all []string
	for _, text := range examples(t) {
		all = append(all, text)
	}
	_, sentences := semantics(t)
	all = append(all, sentences...)
	slices.Sort(all)
	return all
}

// dare runs the first runs of whatever a text is, with few events, and reports whether one ran.
func dare(text string) bool {
	f, err := Parse("", text, Known())
	if err != nil {
		return false
	}
	ran := false
	for c := range min(f.CaseCount(), 3) {
		s, err := f.Expand(c, 0)
		if err != nil {
			return ran
		}
		for control := range min(len(s.Controls), 2) + 1 {
			r, err := Begin(s, Setup{Control: control, Rows: true, Search: Bounds{States: 500}})
			if err != nil {
				continue
			}
			r.limit = 3000
			if r.Finish() == nil {
				ran = true
				r.Verdict()
				r.AppendDescription(nil)
			}
		}
	}
	return ran
}

func TestTextsMixedAtRandomAreRunOrRefused(t *testing.T) {
	all := texts(t)
	var lines []string
	for _, text := range all {
		lines = append(lines, strings.Split(text, "\n")...)
	}
	random := rand.New(rand.NewPCG(1, 2))
	ran := 0
	for range 1500 {
		mixed := strings.Split(all[random.IntN(len(all))], "\n")
		for range 1 + random.IntN(4) {
			at := random.IntN(len(mixed))
			if random.IntN(3) == 0 {
				mixed = slices.Delete(mixed, at, at+1)
			} else {
				mixed = slices.Insert(mixed, at, lines[random.IntN(len(lines))])
			}
			if len(mixed) == 0 {
				break
			}
		}
		if dare(strings.Join(mixed, "\n")) {
			ran++
		}
	}
	require.Greater(t, ran, 200)
}

func FuzzAnyTextIsRunOrRefused(f *testing.F) {
	for _, text := range texts(f) {
		f.Add(text)
	}
	f.Add("protocol paxos numbers=modular restart=timeout\nservers 0..63\n0..63 proposes v")
	f.Add(decree + "schedule by-hand\nforge forward(x) P1 -> A1\n" +
		"forge promise(4294967296) A1 -> P1\nrun")
	f.Add(one + "C1 sends a1..a9999\nhold every request until S1 received reply #9\n" +
		"whenever quiet C1 resends")
	f.Fuzz(func(t *testing.T, text string) { dare(text) })
}

func TestTheSameRunInAnyStepsIsTheSame(t *testing.T) {
	compared := 0
	var spare *Run
	for _, text := range texts(t) {
		f, err := Parse("", text, Known())
		require.NoError(t, err)
		s, err := f.Expand(0, 0)
		require.NoError(t, err)
		var hashes [3]uint64
		for i, n := range []int{1, 7, 1000} {
			setup := Setup{Rows: i == 1}
			if i == 2 {
				setup.Spare = spare
			}
			r, err := Begin(s, setup)
			if err != nil {
				continue
			}
			spare = r
			for !r.Advance(n) {
			}
			hashes[i] = r.Hash() ^ r.World.StateHash()
		}
		if hashes[0] != 0 {
			compared++
		}
		require.Equal(t, hashes[0], hashes[1], text)
		require.Equal(t, hashes[0], hashes[2], text)
	}
	require.Greater(t, compared, 90)
}

func TestForgedMessagesAreJudgedAndNeverPanic(t *testing.T) {
	for _, kind := range []string{"prepare", "promise", "accept", "accepted", "chosen", "nack",
		"forward", "request", "reply"} {
		for _, args := range []string{"", "(9)", "(0)", "(-1,nil)", "(4294967296,v)",
			"(99999999999999999,3,v)", "(v,7)", "(n=3,v=x)"} {
			for _, options := range []string{"numbers=plain", "numbers=modular leader=elected",
				"numbers=karp learn=all refuse=nack"} {
				dare("protocol paxos " + options + "\nproposers P1 P2\nacceptors A1 A2 A3\n" +
					"learners L1\nclients C1\n" +
					"P1 proposes red\nafter 15ms forge " + kind + args + " A1 -> P1\n" +
					"forge " + kind + args + " P1 -> A1\n" +
					"forge " + kind + args + " L1 -> L1\nforge " + kind + args + " C1 -> A2\n" +
					"forge " + kind + args +
					" A1 -> C1\nP2 suspects P1 P2\nA1 suspects P1 P2\nC1 sends m1 to A1\nuntil 5s")
			}
		}
	}
}

func TestAForgedCommandThatTheMachineDoesNotKnowChangesNothing(t *testing.T) {
	for _, machine := range []string{"register", "lock", "bank", "kv", "dice", "log"} {
		requirePassed(t, one+"machine "+machine+"\nforge request(nonsense) C1 -> S1\n"+
			"expect S1 has executed nonsense")
	}
}

func BenchmarkALongRun(b *testing.B) {
	f, err := Parse("", "protocol paxos numbers=modular restart=timeout accept-to=all\n"+
		"proposers P1 P2\n"+
		"acceptors A1 A2 A3\ntimeout 30ms\nP1 proposes red\nafter 15ms P2 proposes blue\n"+
		"until 48s", Known())
	require.NoError(b, err)
	s, err := f.Expand(0, 0)
	require.NoError(b, err)
	for b.Loop() {
		r, err := Begin(s, Setup{})
		require.NoError(b, err)
		require.NoError(b, r.Finish())
		b.ReportMetric(float64(len(r.Log.Records)), "events")
	}
}

func TestAFamilyIsMeasured(t *testing.T) {
	s := sample{text: "rounds"}
	for n := range int64(200) {
		s.values = append(s.values, 199-n)
	}
	require.Equal(t, Measured{Text: "rounds", Min: 0, Median: 99, P99: 197, Max: 199, Runs: 200},
		s.measured())
	s.values = []int64{3, 1, 4, 2}
	require.Equal(t, Measured{Text: "rounds", Min: 1, Median: 2, P99: 4, Max: 4, Runs: 4},
		s.measured())
	require.Equal(t, Measured{Text: "latency m1"}, (&sample{text: "latency m1"}).measured())
}
