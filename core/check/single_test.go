package check

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/trace"
)

const single = trace.NoNumber

// chooses appends a round that chooses value under ballot at S1 and S2: records 0 to 5 of a run
// that begins so.
func (r *run) chooses(ballot int64, value string) *run {
	return r.issues(s1, value).promises(s1, ballot).promises(s2, ballot).
		proposes(s1, ballot, value).accepts(s1, ballot, value).accepts(s2, ballot, value)
}

func TestAFullRoundHoldsEverythingItIsJudgedBy(t *testing.T) {
	r := newRun(t).chooses(1, "red").learns(s1, single, "red").learns(s3, single, "red").end(true)
	r.is(Holds, "agree", "chosen-once", "valid", "learn", "stable", "promise", "unique",
		"safe-proposal", "decides")
	r.is(NotApplicable, "order", "prefix", "once", "reply-durable", "lock", "one-primary", "atomic",
		"linearizable", "livelock", "blocked", "all-execute")
	require.Empty(t, r.seen)
	event, ok := r.j.ChosenValue(r.v("red"))
	require.True(t, ok)
	require.Equal(t, 5, event)
	require.Equal(t, "chosen", r.log.Names.Text(r.log.Records[5].Note))
	require.Equal(t, []Choice{{Slot: single, Ballot: 1, Value: r.v("red"), Event: 5}}, r.j.Chosen())
}

func TestNothingIsJudgedWhereNothingHappened(t *testing.T) {
	newRun(t).end(true).is(NotApplicable, Names()...)
}

func TestTwoNodesThatLearnDifferentValuesBreakAgree(t *testing.T) {
	r := newRun(t).learns(s1, single, "v").learns(s2, single, "v").learns(s3, single, "w")
	require.Equal(t, "S1 has v, S3 has w", r.breaks("agree", 2, 0).Detail)
}

func TestValuesOfDifferentSlotsAgree(t *testing.T) {
	newRun(t).learns(s1, 1, "v").learns(s2, 2, "w").is(Holds, "agree", "stable")
}

func TestANodeThatLearnsTwoValuesBreaksAgreeAndStable(t *testing.T) {
	r := newRun(t).learns(s1, single, "c1").does(trace.Crash, s1).does(trace.Restart, s1).
		learns(s1, single, "c2")
	r.breaks("agree", 3, 0)
	r.breaks("stable", 3, 0)
}

func TestTwoSuccessorsOfOneViewBreakAgree(t *testing.T) {
	r := newRun(t)
	view := func(n trace.Node, number int64, members string) {
		rec := trace.New(trace.Configure, n)
		rec.Ballot, rec.Value = number, r.v(members)
		r.add(rec)
	}
	view(s1, 1, "{1,{0,1,2}}")
	view(s2, 2, "{2,{0}}")
	r.is(Holds, "agree")
	view(s2, 1, "{1,{2,3,4}}")
	r.breaks("agree", 2, 0)
}

func TestServersThatExecuteDifferentStoredCommandsBreakAgree(t *testing.T) {
	newRun(t).without().executes(s1, "c2").executes(s2, "c1").breaks("agree", 1, 0)
}

func TestTwoValuesWithAQuorumEachBreakChosenOnce(t *testing.T) {
	r := newRun(t).issues(c1, "v0").issues(c2, "v1").
		accepts(s2, 1, "v1").accepts(s3, 1, "v1"). // chosen
		accepts(s3, 0, "v0").accepts(s1, 2, "v0").accepts(s3, 2, "v0")
	require.Equal(t, "v1 was chosen under number 1, then v0 under number 2",
		r.breaks("chosen-once", 6, 3).Detail)
	require.Len(t, r.j.Chosen(), 2)
}

func TestVotesUnderDifferentNumbersDoNotAddUp(t *testing.T) {
	r := newRun(t).issues(c1, "v").issues(c2, "w").accepts(s1, 1, "v").accepts(s2, 2, "v").
		accepts(s3, 3, "w")
	r.is(NotApplicable, "chosen-once")
	_, ok := r.j.ChosenValue(r.v("v"))
	require.False(t, ok)
}

func TestAVoteCastTwiceCountsOnce(t *testing.T) {
	newRun(t).accepts(s1, 1, "v").accepts(s1, 1, "v").is(NotApplicable, "chosen-once")
}

func TestAVoteOfNoAcceptorDoesNotCount(t *testing.T) {
	newRun(t).accepts(s1, 1, "v").accepts(c1, 1, "v").is(NotApplicable, "chosen-once")
}

func TestValuesWithoutNumbersAreChosenByTheirVotes(t *testing.T) {
	newRun(t).accepts(s1, single, "red").accepts(s2, single, "red").
		accepts(s3, single, "green").accepts(s2, single, "green").breaks("chosen-once", 3, 1)
}

func TestAConfigurationChangesTheQuorumFromItsSlotOn(t *testing.T) {
	r := newRun(t)
	rec := trace.New(trace.Configure, s1)
	rec.Slot, rec.Ballot, rec.Value = 5, 2, r.v("S1 C1 C2 S3 S2")
	r.add(rec)
	r.acceptsIn(4, s1, 1, "a").acceptsIn(4, s2, 1, "a")
	r.acceptsIn(5, s1, 1, "b").acceptsIn(5, s2, 1, "b")
	_, before := r.j.ChosenAt(r.v("a"), 4)
	_, after := r.j.ChosenAt(r.v("b"), 5)
	require.True(t, before)
	require.False(t, after)
	event, ok := r.acceptsIn(5, c2, 1, "b").j.ChosenAt(r.v("b"), 5)
	require.True(t, ok)
	require.Equal(t, 5, event)
}

func TestAValueThatNobodyProposedBreaksValid(t *testing.T) {
	newRun(t).issues(c1, "red").accepts(s1, 1, "red").accepts(s2, 1, "blue").breaks("valid", 2, -1)
}

func TestNoOpsAreValid(t *testing.T) {
	newRun(t).accepts(s1, 1, "no-op").accepts(s2, 1, "").is(Holds, "valid")
}

func TestLearningWhatIsNotChosenBreaksLearn(t *testing.T) {
	newRun(t).accepts(s1, 1, "red").learns(s1, single, "red").breaks("learn", 1, -1)
	newRun(t).chooses(1, "red").learns(s3, 7, "red").breaks("learn", 6, -1)
}

func TestAPromiseBelowAnEarlierOneBreaksPromise(t *testing.T) {
	newRun(t).promises(s1, 9).promises(s2, 3).does(trace.Crash, s1).does(trace.Restart, s1).
		promises(s1, 8).breaks("promise", 4, 0)
}

func TestAWipedAcceptorIsBoundUntilANewConfigurationAdmitsIt(t *testing.T) {
	newRun(t).promises(s1, 9).note(s1, trace.Wiped, "").promises(s1, 2).breaks("promise", 2, 0)
	r := newRun(t).promises(s1, 9).note(s1, trace.Wiped, "")
	rec := trace.New(trace.Configure, s2)
	rec.Slot, rec.Value = 10, r.v("S1 S2 S3")
	r.add(rec).promises(s1, 2).is(Holds, "promise")
}

func TestAnAcceptBelowThePromiseBreaksPromise(t *testing.T) {
	newRun(t).promises(s1, 10).promises(s1, 11).does(trace.Restart, s1).accepts(s1, 10, "x").
		breaks("promise", 3, 1)
}

func TestAcceptingPromisesOnlyWhereTheProtocolSaysSo(t *testing.T) {
	newRun(t).accepts(s3, 1, "v1").accepts(s3, 0, "v0").breaks("promise", 1, 0)
	r := newRun(t)
	c := config(&r.log)
	c.AcceptPromises = false
	r.j.Reset(c)
	r.accepts(s3, 1, "v1").accepts(s3, 0, "v0").is(Holds, "promise")
}

func TestAPromiseForOneSlotBindsNoOther(t *testing.T) {
	r := newRun(t)
	inSlot := func(slot, ballot int64) {
		rec := trace.New(trace.Promise, s1)
		rec.Slot, rec.Ballot = slot, ballot
		r.add(rec)
	}
	inSlot(1, 7)
	inSlot(2, 3)
	r.acceptsIn(2, s1, 4, "v").acceptsIn(3, s1, 1, "v").is(Holds, "promise")
	r.acceptsIn(1, s1, 6, "v").breaks("promise", 4, 0)
}

func TestTwoValuesUnderOneNumberBreakUnique(t *testing.T) {
	r := newRun(t).proposes(s1, 1, "c1").proposes(s1, 1, "c1").proposes(s2, 2, "c2")
	r.is(Holds, "unique")
	r.proposes(s2, 1, "c2").breaks("unique", 3, 0)
}

func TestAHigherProposalForAnotherValueBreaksSafeProposal(t *testing.T) {
	r := newRun(t).chooses(2, "c2").proposes(s3, 1, "c1").proposes(s3, 3, "c2")
	r.is(Holds, "safe-proposal")
	r.proposes(s3, 4, "c1").breaks("safe-proposal", 8, 5)
}

func TestAProposalSentBeforeTheChoiceCountsToo(t *testing.T) {
	r := newRun(t).proposes(s1, 1, "x").proposes(s2, 2, "y").accepts(s1, 1, "x").accepts(s2, 1, "x")
	require.Equal(t, "x is chosen under number 1, y is proposed under 2",
		r.breaks("safe-proposal", 3, 1).Detail)
}

func TestALowerChoiceFoundLaterBindsProposalsInBetween(t *testing.T) {
	newRun(t).accepts(s1, 5, "c").accepts(s2, 5, "c").accepts(s1, 3, "c").accepts(s2, 3, "c").
		proposes(s3, 4, "d").breaks("safe-proposal", 4, 3)
}

func TestProposalsWithoutNumbersAreNotJudged(t *testing.T) {
	newRun(t).proposes(s1, single, "red").proposes(s2, single, "blue").
		is(NotApplicable, "unique", "safe-proposal")
}

func TestPromisingTheSameNumberAgainIsNoBreak(t *testing.T) {
	newRun(t).promises(s1, 3).promises(s1, 3).accepts(s1, 3, "v").is(Holds, "promise")
}

func TestALowerProposalForAnotherValueBreaksNothing(t *testing.T) {
	newRun(t).proposes(s1, 1, "x").proposes(s2, 2, "y").accepts(s1, 2, "y").accepts(s2, 2, "y").
		is(Holds, "safe-proposal", "unique")
}

func TestAdmittingOneWipedAcceptorFreesNoOther(t *testing.T) {
	r := newRun(t).promises(s1, 9).promises(s2, 9).
		note(s1, trace.Wiped, "").note(s2, trace.Wiped, "")
	for slot, members := range []string{"S1 S3", "S2 S3"} {
		rec := trace.New(trace.Configure, s3)
		rec.Slot, rec.Value = int64(slot)+10, r.v(members)
		r.add(rec).promises(trace.Node(slot), 2)
	}
	r.is(Holds, "promise")
}
