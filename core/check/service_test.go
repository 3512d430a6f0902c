package check

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/trace"
)

func TestServersThatExecuteInDifferentOrdersBreakOrderAndPrefix(t *testing.T) {
	r := newRun(t).without().issues(c1, "m1").issues(c2, "m2").
		executes(s1, "m1").executes(s2, "m2").
		executes(s1, "m1", "m2").executes(s2, "m2", "m1").
		hears(c1, "m1", "m1").hears(c2, "m2", "m2").
		hears(c2, "m2", "m1", "m2").hears(c1, "m1", "m2", "m1")
	require.Equal(t, "command 1 of S1 is m1, of S2 m2", r.breaks("order", 3, 2).Detail)
	r.breaks("agree", 3, 2)
	r.breaks("prefix", 7, 6)
	pairs := [][2]int{}
	for _, v := range r.seen {
		if v.Name == "prefix" {
			pairs = append(pairs, [2]int{v.Event, v.Other})
		}
	}
	require.Equal(t, [][2]int{{7, 6}, {8, 7}, {9, 6}}, pairs, "C2 saw σ2, σ12; C1 saw σ1, σ21")
	require.Equal(t, 2, r.j.RolledBack())
}

func TestAServerThatLagsBehindBreaksNothing(t *testing.T) {
	r := newRun(t).without().issues(c2, "m2").executes(s1, "m2").hears(c2, "m2", "m2").
		issues(c1, "m1").executes(s1, "m2", "m1").hears(c1, "m1", "m2", "m1").
		executes(s2, "m2").hears(c2, "m2", "m2").end(true)
	r.is(Holds, "order", "agree", "prefix", "once", "reply-durable", "stable", "linearizable")
	require.Empty(t, r.seen)
	require.Zero(t, r.j.RolledBack())
}

func TestAServerThatContradictsItselfAfterARestartBreaksStableOnly(t *testing.T) {
	r := newRun(t).without().executes(s1, "m1").does(trace.Crash, s1).does(trace.Restart, s1).
		executes(s1, "m2")
	r.breaks("stable", 3, 0)
	r.is(Holds, "order")
	r.executes(s2, "m1").breaks("order", 4, 3)
}

func TestExecutingFromTheStartAgainAfterARestartIsStable(t *testing.T) {
	r := newRun(t).without().issues(c1, "a").issues(c1, "b").
		executes(s1, "a").executes(s1, "a", "b").
		does(trace.Crash, s1).does(trace.Restart, s1).executes(s1, "a").executes(s1, "a", "b")
	r.is(Holds, "stable", "once", "order")
}

func TestASequenceThatShrinksWhileTheServerIsUpBreaksStable(t *testing.T) {
	newRun(t).without().executes(s1, "a").executes(s1, "a", "b").executes(s1, "a").
		breaks("stable", 2, 1)
}

func TestWhatACrashedServerExecutedCountsForOrder(t *testing.T) {
	newRun(t).without().executes(s2, "m1").does(trace.Crash, s2).executes(s3, "m2").
		breaks("order", 2, 0)
}

func TestACommandExecutedTwiceBreaksOnce(t *testing.T) {
	newRun(t).without().executes(s1, "x").executes(s1, "x", "y").executes(s1, "x", "y", "x").
		breaks("once", 2, 0)
}

func TestACommandThatARestoredStateHoldsBreaksOnce(t *testing.T) {
	newRun(t).without().executes(s1, "c").executes(s1, "c", "d").does(trace.Crash, s2).
		does(trace.Restart, s2).executes(s2, "c", "d", "c").breaks("once", 4, 0)
}

func TestOnceIsJudgedWhereServersHaveDiverged(t *testing.T) {
	newRun(t).without().executes(s1, "a").executes(s2, "b").executes(s2, "b", "c").
		executes(s2, "b", "c", "b").breaks("once", 3, -1)
}

func TestAnExecutionThatForgetsAShownStateBreaksReplyDurable(t *testing.T) {
	r := newRun(t).without().executes(s1, "m1").hears(c1, "m1", "m1").does(trace.Crash, s1)
	r.is(Holds, "reply-durable")
	r.executes(s2, "m2").breaks("reply-durable", 3, 1)
}

func TestAnAnswerThatForgetsAShownStateBreaksReplyDurable(t *testing.T) {
	r := newRun(t).without().hears(c1, "m1", "m1").hears(c2, "m2", "m2")
	r.breaks("reply-durable", 1, 0)
	r.breaks("prefix", 1, 0)
}

func TestAnUnheardExecutionMayBeForgotten(t *testing.T) {
	newRun(t).without().executes(s1, "m1").does(trace.Crash, s1).executes(s2, "m2").
		hears(c2, "m2", "m2").end(true).is(Holds, "reply-durable")
}

func TestAServerLeftWithAnotherStateBreaksReplyDurableAtTheEnd(t *testing.T) {
	r := newRun(t).without().executes(s2, "m2").executes(s1, "m1").hears(c1, "m1", "m1")
	r.is(Holds, "reply-durable")
	r.end(true).breaks("reply-durable", 0, 2)
}

func TestTwoHoldersBreakLock(t *testing.T) {
	r := newRun(t).without().issues(c1, "C1:acquire").issues(c2, "C2:acquire").
		told(c1, "C1:acquire", "granted").told(c2, "C2:acquire", "granted")
	require.Equal(t, "C1 and C2 both hold the lock", r.breaks("lock", 3, 2).Detail)
}

func TestTheLockIsFreeOnceAReleaseIsSent(t *testing.T) {
	r := newRun(t).without().issues(c1, "C1:acquire").issues(c2, "acquire(C2)").
		told(c1, "C1:acquire", "granted").sends(c1, "C1:release").
		told(c1, "C1:acquire", "granted"). // the same answer, late
		told(c2, "acquire(C2)", "granted")
	r.is(Holds, "lock")
}

func TestALateGrantGivesNothingToAClientThatSentARelease(t *testing.T) {
	r := newRun(t).without().issues(c1, "C1:acquire").issues(c1, "C1:release").
		sends(c1, "C1:release").told(c1, "C1:release", "released").
		told(c1, "C1:acquire", "granted"). // by a server that was slow
		issues(c2, "C2:acquire").told(c2, "C2:acquire", "granted")
	r.is(Holds, "lock")
	r.issues(c1, "C1:acquire#4").told(c1, "C1:acquire#4", "granted")
	require.Equal(t, "C2 and C1 both hold the lock", r.breaks("lock", 8, 6).Detail)
}

func TestTheLockIsFreeOnceReleasedIsHeard(t *testing.T) {
	newRun(t).told(c1, "a", "granted").told(c1, "r", "released").told(c2, "b", "granted").
		is(Holds, "lock")
	newRun(t).told(c1, "a", "busy").is(NotApplicable, "lock")
}

func TestReleaseIsKnownByItsName(t *testing.T) {
	for _, text := range []string{"release", "release(C1)", "C1:release", "C1:release(x)"} {
		require.True(t, release([]byte(text)), text)
	}
	for _, text := range []string{"", "acquire", "released", "put(a:release,b)", "C1:acquire"} {
		require.False(t, release([]byte(text)), text)
	}
}

func TestTwoPrimariesAtOnceBreakOnePrimary(t *testing.T) {
	r := newRun(t).leads(s1, single).leads(s2, single)
	r.breaks("one-primary", 1, 0)
	require.Equal(t, SetOf(s1, s2), r.j.Leaders())
}

func TestAPrimaryThatSteppedDownOrCrashedMayBeFollowed(t *testing.T) {
	r := newRun(t).leads(s1, single).does(trace.StepDown, s1).leads(s2, single).
		does(trace.Crash, s2).leads(s3, single).leads(s3, single)
	r.is(Holds, "one-primary")
	require.Equal(t, SetOf(s3), r.j.Leaders())
}

func TestTwoPrimariesOfOneViewBreakOnePrimary(t *testing.T) {
	r := newRun(t).leads(s1, 1).leads(s2, 2).does(trace.Crash, s1)
	r.is(Holds, "one-primary")
	r.leads(s3, 1).breaks("one-primary", 3, 0)
}

func TestACommitBesideAnAbortBreaksAtomic(t *testing.T) {
	r := newRun(t).note(s1, trace.Commits, "t1").note(s2, trace.Aborts, "t2")
	r.is(Holds, "atomic")
	require.Equal(t, "S1 committed t1, S3 aborts t1",
		r.note(s3, trace.Aborts, "t1").breaks("atomic", 2, 0).Detail)
	newRun(t).note(s1, trace.Aborts, "t").note(s2, trace.Commits, "t").breaks("atomic", 1, 0)
}

func TestAReadOfAnOldStateBreaksLinearizable(t *testing.T) {
	r := newRun(t).issues(c1, "a").hears(c1, "a", "a").issues(c2, "get").hears(c2, "get")
	r.is(Holds, "linearizable")
	r = newRun(t).issues(c1, "a").issues(c1, "b").hears(c1, "a", "a").hears(c1, "b", "a", "b").
		issues(c2, "get").hears(c2, "get", "a")
	r.breaks("linearizable", 5, 3)
	r.is(Holds, "prefix", "reply-durable")
}

func TestAReadIssuedBeforeMayShowTheOldState(t *testing.T) {
	newRun(t).issues(c2, "get").issues(c1, "a").issues(c1, "b").hears(c1, "a", "a").
		hears(c1, "b", "a", "b").hears(c2, "get", "a").is(Holds, "linearizable")
}

func TestACommandBeforeAnAnsweredOneBreaksLinearizable(t *testing.T) {
	newRun(t).issues(c1, "a").hears(c1, "a", "a").issues(c2, "b").hears(c2, "b", "b", "a").
		breaks("linearizable", 3, 1)
	r := newRun(t).issues(c1, "a").hears(c1, "a", "z", "a").issues(c2, "z")
	r.hears(c2, "z", "z", "a").breaks("linearizable", 3, 1)
}

func TestACommandShownTwiceBreaksLinearizable(t *testing.T) {
	newRun(t).issues(c1, "x").hears(c1, "x", "x", "y", "x").breaks("linearizable", 1, 1)
}

func TestPrefixNamesTheAnswerThatTheSameClientHeard(t *testing.T) {
	r := newRun(t).hears(c1, "a", "a").hears(c2, "a", "a").hears(c1, "a", "a").hears(c2, "b", "b")
	r.breaks("prefix", 3, 1)
}

func TestADuplicateThatChangesNothingIsNoExecution(t *testing.T) {
	newRun(t).issues(c1, "a").executes(s1, "b", "a").executes(s1, "b", "a").is(Holds, "once")
	r := newRun(t).executes(s1, "a").executes(s1, "a", "b")
	again := trace.New(trace.Execute, s1)
	again.Value, again.State = r.v("a"), r.history("a", "b")
	r.add(again).is(Holds, "once")
}

func TestAClientMayGetTheLockThatItHolds(t *testing.T) {
	newRun(t).issues(c1, "a").issues(c1, "b").told(c1, "a", "granted").told(c1, "b", "granted").
		is(Holds, "lock")
}

func TestAPrimaryMayTellOfItsViewTwice(t *testing.T) {
	newRun(t).leads(s1, 1).leads(s1, 1).is(Holds, "one-primary")
}

func TestAServerThatIsDownHasNoStateAtTheEnd(t *testing.T) {
	newRun(t).executes(s2, "m2").executes(s1, "m1").hears(c1, "m1", "m1").does(trace.Crash, s2).
		end(true).is(Holds, "reply-durable")
}
