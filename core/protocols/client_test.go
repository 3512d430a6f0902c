package protocols

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// clientWorld has a client C1 and servers that never answer by themselves.
type mute struct{}

func (mute) Step(*sim.Input, *sim.Out) string { return "" }
func (mute) AppendState(dst []byte) []byte    { return dst }
func (mute) Rows([]sim.Cell)                  {}

func clientWorld(oneByOne bool, p *sim.Place) (*sim.World, *client) {
	c := newClient(p, p.With(sim.Server)[:1])
	c.oneByOne = oneByOne
	schema := &sim.Schema{Kinds: []string{"request", "reply"}, Timers: []string{"retry"},
		Rows: []string{"answer"}}
	w := sim.New(p, schema, sim.Settings{ByHand: true}, func(n sim.Node) sim.Process {
		if p.Roles[n] == sim.Client {
			return &rowedClient{c, 0}
		}
		return mute{}
	})
	w.Start()
	return w, c
}

func request(w *sim.World, v sim.Value) {
	w.Do(2, sim.Input{Kind: sim.Request, Value: v, N: sim.NoNumber})
}

func answer1(w *sim.World, v sim.Value) {
	m := sim.NewMessage(kindReply)
	m.From, m.To, m.V = 0, 2, v
	w.Forge(m)
	last := -1
	w.Flights(func(i int, _ *sim.Flight) bool { last = i; return true })
	w.Deliver(last)
}

func count(w *sim.World, kind trace.Kind, message uint8) (n int) {
	for i := range w.Log.Records {
		if r := &w.Log.Records[i]; r.Kind == kind && (message == 0 || r.Type == message) {
			n++
		}
	}
	return n
}

func TestAnIdenticalReplyIsSuppressed(t *testing.T) {
	p := placeOf("log", nil)
	w, _ := clientWorld(false, p)
	v := p.Log.Names.Of("m1")
	request(w, v)
	answer1(w, v)
	answer1(w, v)
	require.Equal(t, 1, count(w, trace.Reply, 0))
}

func TestAClientThatGoesOneAtATimeQueuesTheRest(t *testing.T) {
	p := placeOf("log", nil)
	w, _ := clientWorld(true, p)
	a, b := p.Log.Names.Of("a"), p.Log.Names.Of("b")
	request(w, a)
	request(w, b)
	require.Equal(t, 1, count(w, trace.Send, kindRequest+1))
	answer1(w, a)
	require.Equal(t, 2, count(w, trace.Send, kindRequest+1))
	free, _ := clientWorld(false, placeOf("log", nil))
	request(free, a)
	request(free, b)
	require.Equal(t, 2, count(free, trace.Send, kindRequest+1))
}

func TestOnlyWhatIsUnansweredIsSentAgain(t *testing.T) {
	p := placeOf("log", nil)
	p.Retry = sim.Range{Lo: 1000, Hi: 1000}
	p.RetryTo = sim.RetryNext
	w, c := clientWorld(false, p)
	a, b := p.Log.Names.Of("a"), p.Log.Names.Of("b")
	request(w, a)
	request(w, b)
	answer1(w, a)
	require.Empty(t, w.Fire(2, timerRetry))
	require.Equal(t, 3, count(w, trace.Send, kindRequest+1))
	require.Equal(t, []sim.Node{1}, c.open[1].to, "the next server")
	answer1(w, b)
	require.NotEmpty(t, w.Fire(2, timerRetry), "it waits no more")
	require.Empty(t, w.Do(2, sim.Input{Kind: sim.Resend, Value: a}), "by name, answered or not")
	require.NotEmpty(t, w.Do(2, sim.Input{Kind: sim.Resend}), "nothing is unanswered")
}

func TestClientsThatHeardTheSameAreEqual(t *testing.T) {
	state := func(n int, swap bool) string {
		p := placeOf("log", nil)
		w, c := clientWorld(false, p)
		if swap { // values have other numbers, and mean the same
			p.Log.Names.Of("other")
		}
		var h sim.History
		for i := range n {
			v := p.Log.Names.Of(string(rune('a' + i)))
			h = p.Log.Histories.Then(h, v)
			c.heard = append(c.heard, heard{value: v, state: h})
		}
		_ = w
		return string(c.AppendState(nil))
	}
	for _, n := range []int{3, 20} {
		require.Equal(t, state(n, false), state(n, true))
		require.NotEqual(t, state(n, false), state(n-1, false))
	}
}

func TestClientsWithoutServersAskWhomTheProtocolSays(t *testing.T) {
	p := &sim.Place{Nodes: []string{"P1", "A1", "C1"}, Log: &sim.Log{}, Retry: sim.Range{Lo: 1,
		Hi: 1},
		Roles: []sim.Role{sim.Proposer, sim.Acceptor, sim.Client}, RetryTo: sim.RetryNext}
	c := newClient(p, []sim.Node{0})
	require.Equal(t, []sim.Node{0}, c.retryTo([]sim.Node{0}))
}
