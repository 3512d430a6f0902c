package fuzz

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/scenario"
	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// byHand is a plan of a person: three servers, one client, nothing by chance.
func byHand(steps ...Step) *Plan {
	return &Plan{Seed: 1, Protocol: Shipping, Servers: 3, Clients: []int{1}, Until: 4000,
		Patience: 2000, Steps: steps,
		World: []Option{{Line: "retry 300ms next"}, {Line: "disk sync 2ms"}}}
}

func TestTheCensusCountsWhatHappened(t *testing.T) {
	r := NewRunner()
	r.Matrix = &Matrix{}
	p := byHand(
		Step{At: 0, Text: "S1 leads"},
		Step{At: 200, Text: "C1 sends put(a,1)"},
		Step{At: 215, Text: "lose accept S1 -> S2", Try: true},
		Step{At: 300, Text: "duplicate beat S1 -> S2"},
		Step{At: 400, Text: "cut S1 -> S3"},
		Step{At: 500, Text: "mend S1 -> S3"},
		Step{At: 600, Text: "pause S2"},
		Step{At: 700, Text: "resume S2"},
		Step{At: 800, Text: "crash S3"},
		Step{At: 900, Text: "restart S3"},
		Step{At: 1000, Text: "C1 sends put(a,2)"},
		Step{At: 1011, Text: "crash S1"},
	)
	o := r.Run(p, true)
	require.Nil(t, o.Failure)
	f := &o.Faults
	require.EqualValues(t, 2, f[Crashes])
	require.EqualValues(t, 1, f[Unsaved], "S1 was writing the entry")
	require.EqualValues(t, 1, f[Restarts])
	require.EqualValues(t, 1, f[Pauses])
	require.EqualValues(t, 1, f[Cuts])
	require.Positive(t, f[Severed])
	require.EqualValues(t, 1, f[Duplicated])
	require.GreaterOrEqual(t, f[Rounds], int64(2), "S1's, and one after its crash")

	cells := map[string][Meetings]int64{}
	for _, row := range r.Matrix.Rows() {
		cells[row.Kind+" "+row.Role.String()] = row.Cells
	}
	beats := cells["beat follower"]
	for _, met := range []Met{Plain, Copied, Cut, Paused, Down} {
		require.Positive(t, beats[met], met.String())
	}
	require.Zero(t, beats[Overtaken])
	require.Positive(t, cells["reply client"][Plain])
	require.Positive(t, cells["accepted leader"][Plain])
	empty, all := r.Matrix.Empty()
	require.Greater(t, all, empty)
	require.Positive(t, empty)
}

func TestWhatIsNeverAnsweredIsAFailure(t *testing.T) {
	p := byHand(
		Step{At: 0, Text: "S1 leads"},
		Step{At: 100, Text: "partition S1 | S2 | S3"},
		Step{At: 200, Text: "C1 sends put(a,1)"},
	)
	require.Nil(t, NewRunner().Run(p, false).Failure, "it was not asked to recover")
	p.Recovers = true
	f := NewRunner().Run(p, false).Failure
	require.NotNil(t, f)
	require.Equal(t, Unanswered, f.Name)
	require.Contains(t, f.Detail, "put(a,1) of C1, issued at 200ms")
	p.Claims = []string{f.Claim}
	holds(t, p.Text())
}

// holds requires that what a text expects is met.
func holds(t *testing.T, text string) {
	file, err := scenario.Parse("text", text, scenario.Known())
	require.NoError(t, err)
	v, err := scenario.RunFile(file, scenario.Choice{})
	require.NoError(t, err)
	require.True(t, v.Passed, "%+v", v.First.Expectations)
}

func TestAPlanThatCannotBeCarriedOutIsAFailure(t *testing.T) {
	f := NewRunner().Run(byHand(Step{Text: "restart S9"}), false).Failure
	require.Equal(t, Script, f.Name)
	f = NewRunner().Run(byHand(Step{Text: "resume S1"}), false).Failure
	require.Equal(t, Script, f.Name)
	require.Contains(t, f.Detail, "not paused")
}

func TestAWrongAnswerIsAFailure(t *testing.T) {
	log := &trace.Log{}
	var a answers
	a.begin()
	state := trace.History(0)
	record := func(command, answer string) *trace.Record {
		v := log.Names.Of(command)
		state = log.Histories.Then(state, v)
		return &trace.Record{Kind: trace.Execute, Value: v, State: state,
			VValue: log.Names.Of(answer)}
	}
	for _, c := range [][2]string{{"get(a)", "nothing"}, {"put(a,1)", "ok"}, {"C2:get(a)", "1"},
		{"C2:get(a)#3", "1"}, {"delete(a)", "ok"}, {"C1:get(a)", "nothing"}} {
		require.Empty(t, a.wrong(log, record(c[0], c[1])), c[0])
	}
	put := record("put(a,2)", "ok")
	require.Empty(t, a.wrong(log, put))
	require.Contains(t, a.wrong(log, record("C3:get(a)", "1")), "must be 2")
	put.VValue = log.Names.Of("no")
	require.Contains(t, a.wrong(log, put), "must be ok", "also when another node says it")
}

// double holds a state that is not the others'.
type double struct {
	machined
	self sim.Node
}

func (d double) AppendMachine(dst []byte) []byte {
	return append(d.machined.AppendMachine(dst), byte(d.self))
}

// uneasy never comes to rest.
type uneasy struct{ machined }

func (u uneasy) Step(in *sim.Input, out *sim.Out) string {
	const unused = 0 // the timer of clients
	if in.Kind == sim.Boot || in.Kind == sim.Fired && in.Timer == unused {
		out.Set(unused, sim.Range{Lo: 50_000, Hi: 50_000})
	}
	return u.machined.Step(in, out)
}

// brittle stops itself.
type brittle struct{ machined }

func (b brittle) Step(in *sim.Input, out *sim.Out) string {
	if in.Kind == sim.Lead {
		panic("brittle: it cannot lead 7 nodes")
	}
	return b.machined.Step(in, out)
}

func TestWhatDoesNotRecoverIsAFailure(t *testing.T) {
	self := sim.Node(0)
	for want, wrap := range map[string]func(machined) sim.Process{
		Diverged: func(s machined) sim.Process { self++; return double{s, self} },
		Restless: func(s machined) sim.Process { return uneasy{s} },
		Panic:    func(s machined) sim.Process { return brittle{s} },
	} {
		t.Run(want, func(t *testing.T) {
			broken(t, want, wrap)
			p := byHand(Step{At: 0, Text: "S1 leads"}, Step{At: 99, Text: "C1 sends put(a,1)"})
			p.Protocol, p.Recovers, p.Rest = want, true, 500
			f := NewRunner().Run(p, false).Failure
			require.NotNil(t, f)
			require.Equal(t, want, f.Name, f.Detail)
			if f.Claim != "" {
				p.Rest, p.Claims = 0, []string{f.Claim}
				holds(t, p.Text())
			}
			other := *f
			other.Detail = "brittle: it cannot lead 9 nodes"
			require.True(t, f.Alike(&other))
		})
	}
}

func TestASeedThatOnceFailedFailsNoMore(t *testing.T) {
	texts, err := filepath.Glob("testdata/seeds/*.synod")
	require.NoError(t, err)
	require.NotEmpty(t, texts)
	for _, name := range texts {
		t.Run(filepath.Base(name), func(t *testing.T) {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			holds(t, string(text))
		})
	}
}
