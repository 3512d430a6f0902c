package fuzz

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/core/protocols"
	"github.com/synodlab/synod/core/scenario"
	"github.com/synodlab/synod/core/sim"
)

// machined is a server of the shipping protocol: all of it that a world sees.
type machined interface {
	sim.Process
	sim.Machined
}

// forgetful is a server whose disk forgets everything at a restart, and which votes all the same.
type forgetful struct{ machined }

func (f forgetful) Step(in *sim.Input, out *sim.Out) string {
	if in.Kind == sim.Boot {
		blank := *in
		blank.Disk = &sim.Disk{}
		in = &blank
	}
	return f.machined.Step(in, out)
}

// hasty is a server that takes for durable whatever it began to write (B-01).
type hasty struct {
	machined
	disk *sim.Disk
}

func (h *hasty) Step(in *sim.Input, out *sim.Out) string {
	if in.Kind == sim.Boot {
		h.disk = in.Disk
		return h.machined.Step(in, out)
	}
	h.machined.Step(&sim.Input{Kind: sim.Durable, Now: in.Now, LSN: h.disk.Last()}, out)
	return h.machined.Step(in, out)
}

// headstrong is a server that takes what promises report for nothing (B-25).
type headstrong struct {
	machined
	arena [64]paxos.Entry
}

func (h *headstrong) Step(in *sim.Input, out *sim.Out) string {
	var m paxos.Message
	if in.Kind != sim.Deliver || len(in.Message.Body) == 0 {
		return h.machined.Step(in, out)
	}
	n, err := paxos.DecodeMessage(in.Message.Body, &m, h.arena[:])
	if err == nil && m.Kind == paxos.Promise {
		for i := range m.Entries {
			m.Entries[i] = paxos.Entry{Kind: paxos.Noop}
		}
		altered, message := *in, *in.Message
		message.Body = append(paxos.AppendMessage(nil, &m), in.Message.Body[n:]...)
		altered.Message = &message
		return h.machined.Step(&altered, out)
	}
	return h.machined.Step(in, out)
}

// stingy is a server that never answers who asks for what it has missed.
type stingy struct{ machined }

func (s stingy) Step(in *sim.Input, out *sim.Out) string {
	var m paxos.Message
	var arena [64]paxos.Entry
	if in.Kind == sim.Deliver && len(in.Message.Body) > 0 {
		_, err := paxos.DecodeMessage(in.Message.Body, &m, arena[:])
		if err == nil && m.Kind == paxos.Fetch {
			return ""
		}
	}
	return s.machined.Step(in, out)
}

// broken makes known a protocol that is the shipping one but for its servers.
func broken(t *testing.T, name string, wrap func(machined) sim.Process) {
	p := *protocols.Find(Shipping)
	open := p.Open
	p.Name = name
	p.Open = func(place *sim.Place, o protocols.Options) (func(sim.Node) sim.Process, error) {
		boot, err := open(place, o)
		return func(n sim.Node) sim.Process {
			if s, ok := boot(n).(machined); ok {
				return wrap(s)
			}
			return boot(n)
		}, err
	}
	before := protocols.All
	protocols.All = append(before[:len(before):len(before)], &p)
	t.Cleanup(func() { protocols.All = before })
}

// mostLines is how long a scenario that shows a mistake may be: a page.
const mostLines = 40

// budgetSeeds is how many seeds the fuzzer has to find a mistake.
const budgetSeeds = 400

// found looks for a failure of a protocol.
func found(t *testing.T, protocol string) (*Plan, *Failure) {
	r := NewRunner()
	for seed := uint64(1); seed <= budgetSeeds; seed++ {
		p := Draw(seed, Shape{Protocol: protocol})
		if o := r.Run(p, false); o.Failure != nil {
			t.Log("seed", seed, o.Failure.Name, firstLine(o.Failure.Detail))
			return p, o.Failure
		}
	}
	require.Fail(t, "nothing was found", "%d seeds", budgetSeeds)
	return nil, nil
}

func TestABrokenServerIsFoundAndItsRunMadeShort(t *testing.T) {
	if raced {
		t.Skip("hundreds of runs, one at a time")
	}
	for name, wrap := range map[string]func(machined) sim.Process{
		"forgetful":  func(s machined) sim.Process { return forgetful{s} },
		"hasty":      func(s machined) sim.Process { return &hasty{machined: s} },
		"headstrong": func(s machined) sim.Process { return &headstrong{machined: s} },
		"stingy":     func(s machined) sim.Process { return stingy{s} },
	} {
		t.Run(name, func(t *testing.T) {
			broken(t, name, wrap)
			p, f := found(t, name)
			s := Shrink(p, f, Budget{Runs: 1500})
			t.Log(s.Tries, "runs\n"+s.Text)
			require.True(t, s.Failure.Alike(f))
			require.NotEmpty(t, s.Failure.Claim)
			require.LessOrEqual(t, strings.Count(s.Text, "\n"), mostLines)
			holds(t, s.Text)
			doesNoHarm(t, s.Text)
		})
	}
}

// doesNoHarm requires that the same steps break nothing in the protocol that ships.
func doesNoHarm(t *testing.T, text string) {
	file, err := scenario.Parse("shrunk", text, scenario.Known())
	require.NoError(t, err)
	use, err := scenario.ParseProtocol(Shipping, scenario.Known())
	require.NoError(t, err)
	v, err := scenario.RunFile(file, scenario.Choice{Protocol: use})
	require.NoError(t, err)
	require.True(t, v.Passed, "%+v", v.First.Checks)
}

func TestWhatChanceLosesIsSpeltOut(t *testing.T) {
	p := byHand(Step{At: 0, Text: "S1 leads"}, Step{At: 200, Text: "C1 sends put(a,1) put(a,2)"},
		Step{At: 300, Text: "C1 sends put(a,3) to S2"}, Step{At: 400, Text: "C1 sends get(a)"})
	p.World = []Option{{Line: "network delay 5ms loss 40% duplicate 10%",
		Simpler: []string{"", "network delay 1ms"}}} // no retry: a lost request is lost
	p.Recovers, p.Patience = true, 1000
	f := NewRunner().Run(p, false).Failure
	require.NotNil(t, f)
	require.Equal(t, Unanswered, f.Name)
	s := Shrink(p, f, Budget{Runs: 1500})
	t.Log(s.Tries, "runs\n"+s.Text)
	require.NotContains(t, s.Text, "loss")
	require.Contains(t, s.Text, "lose re")
	require.LessOrEqual(t, strings.Count(s.Text, "\n"), 10, s.Text)
	holds(t, s.Text)
}
