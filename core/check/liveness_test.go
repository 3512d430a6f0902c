package check

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/trace"
)

func TestDecidesCountsTheRoundsUntilTheChoice(t *testing.T) {
	r := newRun(t).round(s1, 1).round(s2, 2).chooses(2, "red").round(s3, 3)
	require.Equal(t, Holds, r.j.Decides(2).Status)
	require.Equal(t, Holds, r.j.Decides(0).Status)
	require.Equal(t, 7, r.j.Decides(2).Event)
	require.Equal(t, Breaks, r.j.Decides(1).Status)
	require.Equal(t, 3, r.j.Rounds())
}

func TestNothingChosenBreaksDecides(t *testing.T) {
	newRun(t).issues(s1, "red").round(s1, 1).accepts(s1, 1, "red").breaks("decides", -1, -1)
}

func TestAnExecutionDecidesWhereNobodyAccepts(t *testing.T) {
	newRun(t).without().issues(c1, "m").executes(s1, "m").is(Holds, "decides")
}

// duel appends n rounds by turns, each of which the next one pre-empts.
func (r *run) duel(first, n int64) *run {
	for b := first; b < first+n; b++ {
		r.round(trace.Node(b%2), b).refuses(s3, trace.Node(b%2), b)
	}
	return r
}

func TestRoundsPreemptedOnEndAreALivelock(t *testing.T) {
	r := newRun(t).duel(1, 5)
	got := r.j.Livelock(5)
	require.Equal(t, Holds, got.Status)
	require.Equal(t, [2]int{8, 0}, [2]int{got.Event, got.Other})
	require.Equal(t, Breaks, r.j.Livelock(6).Status)
	require.Equal(t, 5, r.j.Preempted())
	r.refuses(s2, s2, 5)
	require.Equal(t, 5, r.j.Preempted(), "one round, refused twice")
}

func TestNoLivelockWhereSomethingFailedOrWasChosen(t *testing.T) {
	faults := map[string]func(r *run){
		"crash":  func(r *run) { r.does(trace.Crash, s3) },
		"loss":   func(r *run) { r.does(trace.Lose, s3) },
		"choice": func(r *run) { r.accepts(s1, 0, "v").accepts(s2, 0, "v") },
		"cut": func(r *run) {
			rec := trace.New(trace.Note, trace.NoNode)
			rec.Note, rec.From, rec.To = r.v(trace.Cuts), s1, s3
			r.add(rec)
		},
	}
	for name, fault := range faults {
		r := newRun(t).duel(1, 3)
		fault(r)
		r.duel(4, 3)
		require.Equal(t, Holds, r.j.Livelock(3).Status, name)
		require.Equal(t, Breaks, r.j.Livelock(4).Status, name)
	}
}

func TestARoundThatNobodyRefusedEndsTheLivelock(t *testing.T) {
	r := newRun(t).duel(1, 2).round(s1, 3).duel(4, 2)
	require.Equal(t, Breaks, r.j.Livelock(3).Status)
	require.Equal(t, Holds, r.j.Livelock(2).Status)
}

func TestNoProgressCountsTicksSinceAnythingMoved(t *testing.T) {
	r := newRun(t).issues(c1, "m1").issues(c2, "m2").executes(s1, "m1").hears(c1, "m1", "m1")
	r.j.End(4_000+50_000, false)
	require.Equal(t, Holds, r.j.NoProgress(5, 0).Status)
	require.Equal(t, 1, r.j.NoProgress(5, 0).Event)
	require.Equal(t, Breaks, r.j.NoProgress(6, 0).Status)
	require.Equal(t, Breaks, r.j.NoProgress(5, SetOf(c1)).Status, "C1 has its answer")
	require.Equal(t, Holds, r.j.NoProgress(5, SetOf(c2)).Status)
	require.Equal(t, Holds, r.j.NoProgress(5, SetOf(s2)).Status)
	r.hears(c2, "m2", "m1", "m2").end(true)
	r.breaks("no-progress", -1, -1)
}

func TestAQuietEndIsNoProgressForEver(t *testing.T) {
	r := newRun(t).issues(s1, "red").accepts(s1, 0, "red").end(true)
	require.Equal(t, Holds, r.j.NoProgress(1_000_000, 0).Status)
	r = newRun(t).chooses(1, "red").end(true)
	require.Equal(t, Breaks, r.j.NoProgress(1, 0).Status, "a proposer waits for a choice alone")
	r = newRun(t).issues(c1, "red").accepts(s1, 1, "red").accepts(s2, 1, "red").end(true)
	require.Equal(t, Holds, r.j.NoProgress(1, 0).Status, "a client waits for its answer")
}

func TestALiveNodeThatWaitsIsBlocked(t *testing.T) {
	r := newRun(t).note(s1, trace.Waits, "t1").note(s2, trace.Waits, "t1").
		note(s1, trace.Settled, "t1")
	r.j.End(1_002_000, false)
	require.Equal(t, Holds, r.j.Blocked(10).Status)
	require.Equal(t, 1, r.j.Blocked(10).Event)
	require.Equal(t, Breaks, r.j.Blocked(11).Status)
	r.j.End(1_002_000, true)
	require.Equal(t, Holds, r.j.Blocked(11).Status, "a quiet end counts as any number")
}

func TestACrashedNodeIsNotBlocked(t *testing.T) {
	newRun(t).note(s1, trace.Waits, "t1").does(trace.Crash, s1).end(true).breaks("blocked", -1, -1)
}

func TestANodeThatWaitsForTwoIsBlockedUntilBothSettle(t *testing.T) {
	r := newRun(t).note(s1, trace.Waits, "t1").note(s1, trace.Waits, "t2").
		note(s1, trace.Settled, "t1").end(true)
	require.Equal(t, 1, r.j.Blocked(1).Event)
	r.note(s1, trace.Settled, "").end(true).breaks("blocked", -1, -1)
}

func TestHopelessCountsAsAQuietEndForBlocked(t *testing.T) {
	r := newRun(t).note(s1, trace.Waits, "").note(s1, trace.Hopeless, "").end(false)
	require.Equal(t, Holds, r.j.Blocked(100).Status)
	r.does(trace.Restart, s2).end(false)
	require.Equal(t, Breaks, r.j.Blocked(100).Status)
}

func TestAServerThatMissesACommandBreaksAllExecute(t *testing.T) {
	r := newRun(t).without().executes(s1, "m2").executes(s1, "m2", "m1").executes(s2, "m2").
		executes(s3, "m2").executes(s3, "m2", "m1").end(true)
	require.Equal(t, "S1 executed m1, S2 did not", r.breaks("all-execute", 1, -1).Detail)
	r.executes(s2, "m2", "m1").is(Holds, "all-execute")
}

func TestAServerThatIsDownNeedNotExecute(t *testing.T) {
	newRun(t).without().executes(s1, "m").executes(s2, "m").does(trace.Crash, s3).
		is(Holds, "all-execute")
}

func TestAServerThatStartedFromAStateHasExecutedWhatIsInIt(t *testing.T) {
	newRun(t).without().executes(s1, "a").executes(s1, "a", "b").executes(s2, "a").
		executes(s2, "a", "b").executes(s3, "a", "b").is(Holds, "all-execute")
}

func TestLatencyRunsFromTheIssueToTheFirstAnswer(t *testing.T) {
	r := newRun(t).issues(c1, "m").issues(s1, "red").accepts(s1, 1, "m").accepts(s2, 1, "m").
		hears(c1, "m", "m").hears(c1, "m", "m").learns(s1, 2, "red")
	us, ok := r.j.Latency(r.v("m"))
	require.True(t, ok)
	require.EqualValues(t, 4000, us)
	us, ok = r.j.Latency(r.v("red"))
	require.True(t, ok)
	require.EqualValues(t, 5000, us)
	_, ok = r.j.Latency(r.v("never"))
	require.False(t, ok)
}

func TestARoundInWhichSomethingFailedIsNoLivelock(t *testing.T) {
	r := newRun(t).round(s1, 1).does(trace.Lose, s2).refuses(s3, s1, 1)
	require.Equal(t, Breaks, r.j.Livelock(1).Status)
	r = newRun(t)
	rec := trace.New(trace.Note, trace.NoNode)
	rec.Note, rec.From, rec.To = r.v(trace.Cuts), s1, s3
	r.add(rec).duel(1, 2)
	require.Equal(t, Breaks, r.j.Livelock(1).Status, "a link is cut")
	rec.Note = r.v(trace.Mends)
	r.add(rec).duel(3, 2)
	require.Equal(t, Holds, r.j.Livelock(2).Status)
	r = newRun(t).does(trace.Crash, s1).duel(1, 2)
	require.Equal(t, Breaks, r.j.Livelock(1).Status, "a node is down")
}

func TestNoProgressIsCountedFromTheIssue(t *testing.T) {
	r := newRun(t).issues(c1, "a").hears(c1, "a", "a")
	late := trace.New(trace.Note, c2)
	late.At, late.Note, late.Value = 900_000, r.v(trace.Proposes), r.v("b")
	r.j.Event(r.log.Append(late))
	r.j.End(930_000, false)
	require.Equal(t, Breaks, r.j.NoProgress(4, 0).Status)
	require.Equal(t, Holds, r.j.NoProgress(3, 0).Status)
}

func TestAClientThatProposesItselfWaitsForAChoiceAlone(t *testing.T) {
	r := newRun(t)
	c := config(&r.log)
	c.Proposers = c.Clients
	r.j.Reset(c)
	r.issues(c1, "c").accepts(s1, 1, "c").end(true)
	require.Equal(t, Holds, r.j.NoProgress(1, 0).Status)
	r.accepts(s2, 1, "c").end(true)
	require.Equal(t, Breaks, r.j.NoProgress(1, 0).Status)
}

func TestTheOneThatWaitsLongestIsBlocked(t *testing.T) {
	r := newRun(t).note(s1, trace.Waits, "t").note(s2, trace.Waits, "t").end(true)
	require.Equal(t, 0, r.j.Blocked(1).Event)
}

func TestLatencyOfAProposalEndsWhenItIsFirstLearnt(t *testing.T) {
	r := newRun(t).issues(s1, "v").learns(s1, single, "v").learns(s2, single, "v")
	us, _ := r.j.Latency(r.v("v"))
	require.EqualValues(t, 1000, us)
}
