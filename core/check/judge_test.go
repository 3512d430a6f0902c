package check

import (
	"reflect"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/synodlab/synod/core/trace"
)

// busy appends n commands that go through accept, choice, execution and answer, with a crash and a
// round now and then: what a long good run looks like.
func (r *run) busy(n int) *run {
	var done []string
	for k := range n {
		m, slot := "m"+strconv.Itoa(k), int64(k+1)
		done = append(done, m)
		r.issues(c1, m).round(s1, slot).proposes(s1, slot, m)
		r.promises(s1, slot).promises(s2, slot)
		r.acceptsIn(slot, s1, slot, m).acceptsIn(slot, s2, slot, m)
		for _, s := range []trace.Node{s1, s2, s3} {
			r.learns(s, slot, m).executes(s, done...)
		}
		r.hears(c1, m, done...)
		r.note(s3, trace.Waits, m).note(s3, trace.Settled, m).leads(s1, slot)
	}
	return r
}

func TestALongGoodRunHolds(t *testing.T) {
	r := newRun(t).busy(50).end(true)
	require.Empty(t, r.seen)
	for _, got := range r.j.Results(nil) {
		require.NotEqual(t, Breaks, got.Status, got.Name)
	}
	r.is(Holds, "agree", "chosen-once", "valid", "learn", "stable", "promise", "order", "prefix",
		"once", "reply-durable", "linearizable", "one-primary", "all-execute", "decides")
	require.Len(t, r.j.Chosen(), 50)
}

func TestJudgingAllocatesNothingInTheSteadyState(t *testing.T) {
	r := newRun(t).busy(100)
	c := config(&r.log)
	require.Zero(t, testing.AllocsPerRun(10, func() {
		r.j.Reset(c)
		for i := range r.log.Records {
			r.j.Event(i)
		}
		r.j.End(0, true)
	}))
}

func TestOnlyTheNamedPropertiesAreJudged(t *testing.T) {
	r := newRun(t)
	c := config(&r.log)
	c.Checks = []string{"order", "no such check"}
	r.j.Reset(c)
	r.executes(s1, "a").executes(s2, "b").executes(s2, "b", "b").end(true)
	r.is(NotApplicable, "agree", "once", "all-execute", "valid", "no such check")
	r.breaks("order", 1, 0)
	require.Len(t, r.j.Results(nil), 1)
	require.Len(t, r.seen, 1)
}

func TestEachViolationIsToldOnce(t *testing.T) {
	r := newRun(t).without().executes(s1, "a").executes(s2, "b").executes(s3, "c").
		executes(s2, "b", "d")
	names := []string{}
	for _, v := range r.seen {
		names = append(names, v.Name)
	}
	slices.Sort(names)
	require.Equal(t, []string{"agree", "order", "valid"}, names)
}

func TestEveryNameIsKnownAndSafetyComesFirst(t *testing.T) {
	all := Names()
	require.Len(t, all, 21)
	for i, name := range all {
		require.True(t, Known(name), name)
		require.Equal(t, i < 16, Safety(name), name)
	}
	require.False(t, Known("consistency"))
	require.False(t, Safety("consistency"))
}

// step appends one record drawn at random from a small world.
func (r *run) step(t *rapid.T) {
	node := func(label string) trace.Node { return trace.Node(rapid.IntRange(0, 2).Draw(t, label)) }
	client := trace.Node(rapid.IntRange(3, 4).Draw(t, "client"))
	value := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "value")
	state := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 1, 3).Draw(t, "state")
	ballot := rapid.Int64Range(0, 3).Draw(t, "ballot")
	n := node("node")
	switch rapid.IntRange(0, 11).Draw(t, "kind") {
	case 0:
		r.issues(client, value)
	case 1:
		r.promises(n, ballot)
	case 2:
		r.proposes(n, ballot, value)
	case 3:
		r.acceptsIn(rapid.Int64Range(1, 2).Draw(t, "slot"), n, ballot, value)
	case 4:
		r.learns(n, rapid.Int64Range(1, 2).Draw(t, "slot"), value)
	case 5:
		r.executes(n, state...)
	case 6:
		r.hears(client, value, state...)
	case 7:
		faults := []trace.Kind{trace.Crash, trace.Restart, trace.Lose}
		r.does(rapid.SampledFrom(faults).Draw(t, "fault"), n)
	case 8:
		r.leads(n, ballot)
	case 9:
		r.round(n, ballot).refuses(n, node("owner"), ballot)
	case 10:
		words := []string{trace.Waits, trace.Settled, trace.Commits, trace.Aborts, trace.Wiped}
		r.note(n, rapid.SampledFrom(words).Draw(t, "word"), value)
	case 11:
		r.told(client, value, rapid.SampledFrom([]string{"granted", "released"}).Draw(t, "answer"))
	}
}

// verdicts returns everything that a judge says.
func (r *run) verdicts(j *Judge) []Result {
	all := []Result{j.Livelock(2), j.Decides(1), j.NoProgress(1, SetOf(c1)), j.Blocked(0)}
	for _, name := range Names() {
		all = append(all, j.Result(name))
	}
	return all
}

func TestACopyGoesOnAsTheOriginalWould(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := newRun(t)
		for range rapid.IntRange(0, 30).Draw(rt, "before") {
			r.step(rt)
		}
		other := newRun(t).busy(2).j // a used memory
		other.CopyFrom(r.j)
		split := len(r.log.Records)
		for range rapid.IntRange(0, 20).Draw(rt, "after") {
			r.step(rt)
		}
		r.end(true)
		for i := split; i < len(r.log.Records); i++ {
			other.Event(i)
		}
		other.End(r.j.now, true)
		require.Equal(t, r.verdicts(r.j), r.verdicts(other))
		require.Equal(t, r.j.RolledBack(), other.RolledBack())
	})
}

func TestAJudgeThatIsResetJudgesAsANewOne(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := newRun(t)
		for range rapid.IntRange(0, 40).Draw(rt, "records") {
			r.step(rt)
		}
		used := newRun(t).busy(3).executes(s1, "x").executes(s2, "y").end(true).j
		used.Reset(config(&r.log))
		for i := range r.log.Records {
			used.Event(i)
		}
		require.Equal(t, r.verdicts(r.j), r.verdicts(used))
	})
}

func TestACopySharesNoMemory(t *testing.T) {
	r := newRun(t).busy(5).note(s1, trace.Waits, "t").note(s1, trace.Commits, "t").
		executes(s3, "z").end(true)
	rec := trace.New(trace.Configure, s1)
	rec.Slot, rec.Value = 100, r.v("S1 S2")
	r.add(rec)
	promise := trace.New(trace.Promise, s1)
	promise.Slot, promise.Ballot = 1, 1000
	r.add(promise)
	copied := new(Judge)
	copied.CopyFrom(r.j)
	slices := 0
	shared(t, reflect.ValueOf(r.j).Elem(), reflect.ValueOf(copied).Elem(), "Judge", &slices)
	require.Greater(t, slices, 20)
}

// shared requires that no slice in a shares memory with the same one in b, and that they are equal.
func shared(t *testing.T, a, b reflect.Value, path string, slices *int) {
	switch a.Kind() {
	case reflect.Slice:
		if path == "Judge.cfg.Checks" {
			return
		}
		*slices++
		require.Equal(t, a.Len(), b.Len(), path)
		require.NotZero(t, a.Len(), "%s is empty: the test says nothing about it", path)
		require.NotEqual(t, a.Pointer(), b.Pointer(), path)
	case reflect.Struct:
		for i := range a.NumField() {
			shared(t, a.Field(i), b.Field(i), path+"."+a.Type().Field(i).Name, slices)
		}
	case reflect.Array:
		require.True(t, a.Equal(b), path)
	case reflect.Bool, reflect.Int, reflect.Int32, reflect.Int64:
		require.True(t, a.Equal(b), path)
	}
}

func TestRolledBackIsTheFewestAnswersToWithdraw(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := newRun(t)
		var states []trace.History
		for range rapid.IntRange(0, 9).Draw(rt, "answers") {
			state := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b"}), 1, 4).Draw(rt, "state")
			r.hears(c1, "a", state...)
			states = append(states, r.history(state...))
		}
		require.Equal(t, fewest(&r.log.Histories, states), r.j.RolledBack())
	})
}

// fewest tries every set of answers to keep.
func fewest(t *trace.Histories, states []trace.History) int {
	best := len(states)
	for kept := range 1 << len(states) {
		if chain(t, states, kept) {
			best = min(best, len(states)-Set(kept).Len())
		}
	}
	return best
}

func chain(t *trace.Histories, states []trace.History, kept int) bool {
	for a := range states {
		for b := range a {
			if kept>>a&1 == 1 && kept>>b&1 == 1 && !t.Comparable(states[a], states[b]) {
				return false
			}
		}
	}
	return true
}

func TestOrderPrefixAndStableAgreeWithTheirDefinitions(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := newRun(t).without()
		type sequence struct {
			node  trace.Node
			state trace.History
		}
		var all []sequence
		for range rapid.IntRange(1, 8).Draw(rt, "executions") {
			state := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b"}), 1, 4).Draw(rt, "state")
			n := trace.Node(rapid.IntRange(0, 2).Draw(rt, "node"))
			r.does(trace.Restart, n).executes(n, state...).hears(c1, "a", state...)
			all = append(all, sequence{n, r.history(state...)})
		}
		order, stable, prefix := Holds, Holds, Holds
		for a := range all {
			for b := range a {
				if r.log.Histories.Comparable(all[a].state, all[b].state) {
					continue
				}
				prefix = Breaks
				if all[a].node == all[b].node {
					stable = Breaks
				} else {
					order = Breaks
				}
			}
		}
		r.is(prefix, "prefix", "agree", "reply-durable")
		if stable == Holds {
			r.is(order, "order")
		}
		r.is(stable, "stable")
	})
}

func BenchmarkJudge(b *testing.B) {
	r := newRun(&testing.T{}).busy(1000)
	c := config(&r.log)
	b.ReportAllocs()
	for b.Loop() {
		r.j.Reset(c)
		for i := range r.log.Records {
			r.j.Event(i)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(r.log.Records)), "ns/event")
}
