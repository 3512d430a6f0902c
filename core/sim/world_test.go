package sim

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/synodlab/synod/core/trace"
)

// ball is a process that returns every message, keeps a record of it first, and has a timer that it
// sets again with each.
type ball struct {
	self  Node
	count uint64
	body  [8]byte
}

func (b *ball) Step(in *Input, out *Out) string {
	switch in.Kind {
	case Boot:
		if f := in.Disk.Field(0); f != nil {
			b.count = getUint64(f)
		}
	case Deliver:
		b.hit(out, in.Message.From)
	case Propose:
		b.hit(out, 1-b.self)
	case Durable, Fired, Suspect, Trust:
	default:
		return "it only plays"
	}
	return ""
}

func (b *ball) hit(out *Out, to Node) {
	b.count++
	appendUint64(b.body[:0], b.count)
	out.Write(0, b.body[:])
	m := NewMessage(0)
	m.Seq, m.Body = int64(b.count), b.body[:]
	out.Set(0, Range{Lo: 1_000_000, Hi: 2_000_000})
	out.Execute(NoNumber, 1, 0, 0)
	out.Send(to, m)
	out.Send(b.self, NewMessage(1))
}

func (b *ball) AppendState(dst []byte) []byte { return appendUint64(dst, b.count) }
func (b *ball) Rows(cells []Cell)             { cells[0] = NumberCell(int64(b.count)) }

// player is ball without its message to itself being answered for ever.
type player struct{ ball }

func (p *player) Step(in *Input, out *Out) string {
	if in.Kind == Deliver && in.Message.Kind == 1 {
		return ""
	}
	return p.ball.Step(in, out)
}

func pair(settings Settings) *World {
	log := &trace.Log{}
	place := &Place{Nodes: []string{"A", "B"}, Roles: []Role{Server, Server}, Log: log, Seed: 1,
		Timeout: Range{Lo: 100_000, Hi: 200_000}}
	schema := &Schema{Kinds: []string{"ball", "thought"}, Timers: []string{"boredom"},
		Fields: []string{"count"}, Rows: []string{"count"}}
	w := New(place, schema, settings, func(n Node) Process { return &player{ball{self: n}} })
	w.Start()
	return w
}

func serve(w *World) { w.Do(0, Input{Kind: Propose, N: NoNumber}) }

func TestAWarmWorldAllocatesNothing(t *testing.T) {
	for name, s := range map[string]Settings{
		"plain":  {Delay: Range{Lo: 5000, Hi: 20000}},
		"disk":   {Delay: Range{Lo: 5000, Hi: 20000}, Sync: 2000},
		"pings":  {Delay: Range{Lo: 500, Hi: 2000}, Detector: DetectPings, Every: 10_000},
		"copies": {Delay: Range{Lo: 5000, Hi: 20000}, Copies: 90_000, Loss: 100_000},
		"self":   {Delay: Range{Lo: 500, Hi: 2000}, Self: true},
		"drift":  {Delay: Range{Lo: 5000, Hi: 20000}, Sync: 2000},
	} {
		t.Run(name, func(t *testing.T) {
			w := pair(s)
			w.Hooks = Hooks{Cut: func(*Message, bool) bool { return false },
				Loses: func(*Message) bool { return false }, Sent: func(int) {},
				Copied: func(int) {},
				Writes: func(Node, uint8, []byte) Tear { return NoTear }}
			if name == "drift" {
				w.SetRate(0, 110)
				w.SetSync(1, 5000)
			}
			w.Log.Records = make([]Record, 0, 100_000)
			w.queue.items = make([]item, 0, 100_000)
			for range 50 {
				serve(w)
			}
			play := func() {
				for range 2000 {
					w.Next()
				}
				w.Log.Records = w.Log.Records[:0]
			}
			for range 5 {
				play()
			}
			require.Zero(t, testing.AllocsPerRun(5, play))
		})
	}
}

func TestEqualChoicesGiveEqualTraces(t *testing.T) {
	hash := func(rows bool) uint64 {
		w := pair(Settings{Delay: Range{Lo: 5000, Hi: 20000}, Copies: 10_000, Sync: 700,
			Rows: rows})
		serve(w)
		for range 500 {
			w.Next()
		}
		return w.Log.Hash()
	}
	require.Equal(t, hash(false), hash(false))
	require.Equal(t, hash(false), hash(true), "rows are beside the trace")
}

func TestAWorldAtRestMovesNothing(t *testing.T) {
	w := pair(Settings{Delay: Range{Lo: 10, Hi: 10}, Sync: 5, ByHand: true})
	serve(w)
	_, due := w.Due()
	require.True(t, due, "its timer can be overdue later")
	require.True(t, w.Writing(0))
	require.Equal(t, "", w.Sync(0))
	require.Zero(t, w.flights[w.first].Message.Seq-1)
	w.Arm()
	require.True(t, w.Next())
	w.Rest()
	for i := w.first; i >= 0; i = w.flights[i].next {
		require.Equal(t, never, w.flights[i].due)
	}
}

func TestAMessageIsOneOfAKindWhereverItsPlaceWas(t *testing.T) {
	w := pair(Settings{ByHand: true})
	serve(w)
	at, id := int(w.first), w.flights[w.first].Message.ID
	require.True(t, w.InFlight(at, id))
	require.Equal(t, "", w.Lose(at))
	require.False(t, w.InFlight(at, id))
	serve(w)
	require.Equal(t, at, int(w.first), "the place is used again")
	require.False(t, w.InFlight(at, id))
}

// fool is a player that looks at no checksum.
type fool struct {
	player
	got []Message
}

func (f *fool) Believes() bool { return true }

func (f *fool) Step(in *Input, out *Out) string {
	if in.Kind == Deliver {
		f.got = append(f.got, *in.Message)
		return ""
	}
	return f.player.Step(in, out)
}

func TestADamagedMessageIsLostButToWhoBelievesIt(t *testing.T) { // B-55
	w := pair(Settings{Delay: Range{Lo: 10, Hi: 10}, ByHand: true})
	serve(w)
	w.Corrupt(int(w.first))
	w.Deliver(int(w.first))
	require.Equal(t, trace.Lose, w.Log.Records[len(w.Log.Records)-1].Kind)

	f := &fool{player: player{ball{self: 1}}}
	w.nodes[1].proc = f
	serve(w)
	w.Corrupt(int(w.first))
	require.Equal(t, "", w.Pause(1))
	w.Deliver(int(w.first))
	require.Empty(t, f.got)
	require.Equal(t, "", w.Resume(1))
	require.Len(t, f.got, 1)
	require.Equal(t, int64(2^1), f.got[0].Seq, "the second ball, in another slot")
}

func TestASecondRestartDoesNotDoubleThePings(t *testing.T) {
	w := pair(Settings{Delay: Range{Lo: 1000, Hi: 1000}, Detector: DetectPings, Every: 10_000})
	for range 5 {
		w.Restart(0, nil)
	}
	for w.Now < 500_000 {
		w.Next()
	}
	sent := 0
	for i := range w.Log.Records {
		if r := &w.Log.Records[i]; r.Kind == trace.Send && r.From == 0 {
			sent++
		}
	}
	require.InDelta(t, 51, sent, 6)
}

func TestACrashBetweenEffectsTakesTheRest(t *testing.T) {
	w := pair(Settings{Sync: 100})
	w.Hooks.Cut = func(m *Message, sent bool) bool { return sent }
	serve(w)
	for w.Next() {
		if !w.Up(0) {
			break
		}
	}
	require.False(t, w.Up(0))
	require.False(t, w.Writing(0))
	require.Equal(t, uint64(1), getUint64(w.nodes[0].disk.Field(0)), "what was durable stays")
	require.Equal(t, "", w.Restart(0, nil))
	require.Equal(t, uint64(1), w.nodes[0].proc.(*player).count)
}

func TestATimerSetAgainWhileItsNodeWasPausedFiresOnce(t *testing.T) {
	w := pair(Settings{Delay: Range{Lo: 1_500_000, Hi: 3_000_000}})
	serve(w)
	require.Equal(t, "", w.Pause(0))
	for w.Now < 5_000_000 && w.Next() {
	}
	require.Equal(t, "", w.Resume(0))
	fired := 0
	for i := range w.Log.Records {
		if r := &w.Log.Records[i]; r.Kind == trace.Timer && r.Node == 0 {
			fired++
		}
	}
	require.LessOrEqual(t, fired, 1)
}

func BenchmarkHundredThousandEvents(b *testing.B) {
	for b.Loop() {
		w := pair(Settings{Delay: Range{Lo: 5000, Hi: 20000}})
		serve(w)
		for w.Events < 100_000 {
			w.Next()
		}
	}
}

func TestQuietIsWhenNothingMovesByItself(t *testing.T) {
	w := pair(Settings{Delay: Range{Lo: 10, Hi: 10}, Sync: 5})
	require.True(t, w.Quiet())
	serve(w)
	require.False(t, w.Quiet(), "a write is on its way")
	for w.first < 0 {
		w.Next()
	}
	require.Equal(t, 1, w.moving)
	f := int(w.first)
	require.Equal(t, "", w.Hold(f))
	require.Zero(t, w.moving)
	require.False(t, w.Quiet(), "a timer runs")
	w.Crash(0)
	require.True(t, w.Quiet(), "what is held moves nothing")
	require.Equal(t, "", w.Release(f))
	require.False(t, w.Quiet())
	w.Copy(f)
	require.Equal(t, 2, w.moving)
	w.Crash(1)
	for w.Next() {
	}
	require.Zero(t, w.moving)
	require.True(t, w.Quiet())
}

func TestPingsAreBeats(t *testing.T) {
	w := pair(Settings{Delay: Range{Lo: 10, Hi: 10}, Detector: DetectPings, Every: 100})
	for range 50 {
		w.Next()
		require.True(t, w.Quiet())
	}
}

// TestALaneKeepsItsOrder checks the lists of messages in flight against what they stand for.
func TestALaneKeepsItsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := pair(Settings{Delay: Range{Lo: 10, Hi: 5000}})
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			var all []int
			w.Flights(func(i int, _ *Flight) bool { all = append(all, i); return true })
			if len(all) == 0 || rapid.IntRange(0, 3).Draw(t, "send") == 0 {
				w.Forge(Message{Kind: 1, From: 0, To: 1})
				continue
			}
			f := all[rapid.IntRange(0, len(all)-1).Draw(t, "which")]
			switch rapid.IntRange(0, 6).Draw(t, "what") {
			case 0:
				w.Hold(f)
			case 1:
				w.Release(f)
			case 2:
				w.Lose(f)
			case 3:
				w.Delay(f, 100)
			case 4:
				w.Deliver(f)
			case 5:
				w.Copy(f)
			default:
				w.Next()
			}
			requireOrder(t, w)
		}
	})
}

func requireOrder(t *rapid.T, w *World) {
	moving, tail, due := 0, int32(-1), Micros(0)
	w.Flights(func(i int, f *Flight) bool {
		if !f.held {
			moving++
		}
		if !f.touched {
			require.Equal(t, tail, f.ahead)
			require.GreaterOrEqual(t, f.due, due, "FIFO unless a step touched it")
			tail, due = int32(i), f.due
		}
		return true
	})
	require.Equal(t, moving, w.moving)
	require.Equal(t, tail, w.link(0, 1).tail)
}

// chatter writes once and says the same thing again and again.
type chatter struct{ player }

func (c *chatter) Step(in *Input, out *Out) string {
	if in.Kind == Propose {
		if c.count++; c.count == 1 {
			out.Write(0, nil)
		}
		m := NewMessage(0)
		m.Body = append(m.Body, byte(in.N))
		out.Execute(in.N, 1, 0, 0)
		out.Send(1-c.self, m)
	}
	return ""
}

func TestWhereMessagesAreKeptAnEqualOneWaitsOnce(t *testing.T) {
	for _, kept := range []bool{false, true} {
		w := pair(Settings{Sync: 1000, ByHand: true})
		w.boot = func(n Node) Process { return &chatter{player{ball{self: n}}} }
		w.Restart(0, nil)
		if kept {
			w.Keep()
		}
		sent := 0
		w.Hooks.Sent = func(int) { sent++ }
		for _, n := range []int64{7, 7, 8, 7} {
			require.Empty(t, w.Do(0, Input{Kind: Propose, N: n}))
		}
		require.Zero(t, sent, "nothing is durable")
		require.Empty(t, w.Sync(0))
		require.Equal(t, map[bool]int{false: 4, true: 2}[kept], sent)
		require.Empty(t, w.Do(0, Input{Kind: Propose, N: 7}))
		require.Equal(t, map[bool]int{false: 5, true: 3}[kept], sent, "nothing waits any more")
	}
}
