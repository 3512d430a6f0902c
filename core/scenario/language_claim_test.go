package scenario

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEachClaimSaysWhatItSays(t *testing.T) {
	cases := map[string]Claim{
		"agree":         &CheckIs{Check: "agree"},
		"breaks prefix": &CheckIs{Check: "prefix", Breaks: true},
		"livelock 50":   &CheckIs{Check: "livelock", HasN: true, N: 50},
		"no-progress 100 for C1": &CheckIs{
			Check: "no-progress", HasN: true, N: 100, For: words("C1")},
		"decides":        &CheckIs{Check: "decides"},
		"lock":           &CheckIs{Check: "lock"},
		"nothing chosen": &Holds{Condition: Condition{Kind: NothingChosen}},
		"chosen m1 at 2": &Holds{
			Condition: Condition{Kind: Chosen, Value: "m1", HasSlot: true, Slot: 2}},
		"not chosen v": &Holds{Not: true, Condition: Condition{Kind: Chosen, Value: "v"}},
		"not S1 executed m1": &Holds{Not: true,
			Condition: Condition{Kind: Executed, Node: "S1", Value: "m1"}},
		"S1 has executed m1": &Holds{Condition: Condition{Kind: Executed, Node: "S1", Value: "m1"}},
		"S1 executed m2 m1":  &ExecutedIs{Node: "S1", Commands: words("m2", "m1")},
		"S1 executed a1..a3 C1:go": &ExecutedIs{
			Node: "S1", Commands: words("a1", "a2", "a3", "C1:go")},
		"S1 executed nothing": &ExecutedIs{Node: "S1"},
		"C2 heard m2, m1 m2":  &HeardIs{Node: "C2", States: [][]string{{"m2"}, {"m1", "m2"}}},
		"C2 heard nothing":    &HeardIs{Node: "C2"},

		"S1 accepted m1": &Holds{Condition: Condition{Kind: Accepted, Node: "S1", Value: "m1"}},
		"S1 suspects S2": &Holds{Condition: Condition{Kind: Suspects, Node: "S1", Other: "S2"}},

		"S1.n_h = 11":       &RowsAre{Node: "S1", Row: "n_h", Values: words("11")},
		"S1.v = {1, {0,1}}": &RowsAre{Node: "S1", Row: "v", Values: words("{1,{0,1}}")},
		"*.n_a = 11 _ -1":   &RowsAre{Every: true, Row: "n_a", Values: words("11", "_", "-1")},
		"*.n_a < 12":        &RowsAre{Every: true, Row: "n_a", Op: Less, Values: words("12")},
		"not *.n_a = 1":     &RowsAre{Not: true, Every: true, Row: "n_a", Values: words("1")},

		"leader S2":              &LeadersAre{words("S2")},
		"leader nobody":          &LeadersAre{},
		"rounds <= 3":            &FigureIs{Figure{Name: "rounds"}, LessOrEqual, 3},
		"sent = 4":               &FigureIs{Figure{Name: "sent"}, Equal, 4},
		"latency m1 < 50ms":      &FigureIs{Figure{Name: "latency", Command: "m1"}, Less, 50000},
		"rolled-back > 0":        &FigureIs{Figure{Name: "rolled-back"}, Greater, 0},
		"same-state S1 S2":       &SameState{Nodes: words("S1", "S2")},
		"different-state S1..S3": &SameState{Different: true, Nodes: words("S1", "S2", "S3")},
		"quiet":                  &Holds{Condition: Condition{Kind: Quiet}},
	}
	for text, want := range cases {
		x := single(t, "expect "+text).(*Expect)
		if h, ok := x.Claim.(*Holds); ok {
			h.Condition.Pos = Pos{}
		}
		require.Equal(t, want, x.Claim, text)
		require.Equal(t, Runs{}, x.Runs, text)
		require.False(t, x.Here || x.HasBy || x.HasAt, text)
	}
}

func TestAFigureMayBeAboutMessages(t *testing.T) {
	c := single(t, "expect delivered q1(11) S1 -> * = 2").(*Expect).Claim.(*FigureIs)
	require.Equal(t, &FigureIs{Op: Equal, N: 2, Figure: Figure{Name: "delivered", HasMessage: true,
		Message: Selector{Pos: Pos{4, 18}, Kind: "q1", Fields: []Field{{"", "11"}}, Ends: true,
			From: words("S1"), AnyTo: true}}}, c)
	m := single(t, "measure sent accept").(*Measure)
	require.Equal(t, Figure{Name: "sent", HasMessage: true,
		Message: Selector{Pos: Pos{4, 14}, Kind: "accept"}}, m.Figure)
}

func TestOneConditionMayComeBeforeAnother(t *testing.T) {
	c := single(t, "expect S1 sent accept #2 before S1 executed m1").(*Expect).Claim
	require.Equal(t, &Before{
		First: Condition{Pos: Pos{4, 8}, Kind: Sent, Node: "S1",
			Message: Selector{Pos: Pos{4, 16}, Kind: "accept", N: 2}},
		Second: Condition{Pos: Pos{4, 33}, Kind: Executed, Node: "S1", Value: "m1"},
	}, c)
	require.True(t, single(t, "expect not quiet before S1 leads").(*Expect).Claim.(*Before).Not)
}

func TestAnExpectationMayHaveATimeAndAFamily(t *testing.T) {
	agree := &CheckIs{Check: "agree"}
	cases := map[string]Expect{
		"at 200ms expect agree":             {HasAt: true, At: 200 * Millisecond},
		"expect by 200ms agree":             {HasBy: true, By: 200 * Millisecond},
		"expect in 2 runs agree":            {Runs: Runs{ExactRuns, 2}},
		"expect in some run agree":          {Runs: Runs{Kind: SomeRun}},
		"expect in no run agree":            {Runs: Runs{Kind: NoRun}},
		"expect in at least 990 runs agree": {Runs: Runs{AtLeastRuns, 990}},
		"expect in 2 runs by 1s agree":      {Runs: Runs{ExactRuns, 2}, HasBy: true, By: Second},
	}
	for line, want := range cases {
		got := *single(t, line).(*Expect)
		want.Claim, want.Origin = agree, got.Origin
		require.Equal(t, want, got, line)
	}
}

func TestASearchHasBoundsAndClaims(t *testing.T) {
	f, err := Parse("", head+"explore numbers 0..2 values red blue crashes 1 "+
		"losing promised messages once\n"+
		"expect safe\nexpect violation chosen-once\nexpect shortest 17\n"+
		"expect every end chosen red\nexpect some end not S1 leads\n", nil)
	require.NoError(t, err)
	s, err := f.Expand(0, 0)
	require.NoError(t, err)
	x := s.Body[0].(*Explore)
	want := Explore{Origin: x.Origin, Numbers: &Numbers{0, 2}, Values: words("red", "blue"),
		Attempts: Unbounded, Crashes: 1, Losing: words("promised"), Restarts: Unbounded,
		Losses: Unbounded, Duplicates: Unbounded, Timeouts: Unbounded, Depth: Unbounded, Once: true}
	require.Equal(t, want, *x)
	claims := []Claim{&Safe{}, &Violation{"chosen-once"}, &Count{"shortest", 17},
		&Ends{Every: true, Condition: Condition{Pos: Pos{8, 18}, Kind: Chosen, Value: "red"}},
		&Ends{Not: true, Condition: Condition{Pos: Pos{9, 21}, Kind: Leads, Node: "S1"}}}
	for i, claim := range claims {
		require.Equal(t, claim, s.Body[i+1].(*Expect).Claim)
		require.True(t, Searches(claim))
	}
	require.False(t, Searches(&CheckIs{}))
}

func TestABoundThatIsMistypedIsNoValue(t *testing.T) {
	for line, like := range map[string]string{
		"explore values red blue crash 1":         "crashes",
		"explore values red restart 1 crashes 1":  "restarts",
		"explore numbers 0..1 values red depht 9": "depth",
	} {
		_, err := Parse("", head+line+"\n", nil)
		require.ErrorContains(t, err, "did you mean `"+like+"`?", line)
	}
	for _, line := range []string{
		"explore values depths 1..2", "explore values red crash", "explore values red blue 7",
	} {
		_, err := Parse("", head+line+"\n", nil)
		require.NoError(t, err, line)
	}
}

func TestAnExpectationWithAStepBelowIsJudgedThere(t *testing.T) {
	f, err := Parse("", head+"expect agree\nheal\nexpect valid\ncase a\nexpect once\n"+
		"expect order\nheal\nexpect learn\ncontrol textbook\nexpect lock\nheal\n"+
		"expect safe-proposal\n", nil)
	require.NoError(t, err)
	s, err := f.Expand(0, 0)
	require.NoError(t, err)
	here := map[string]bool{}
	for _, st := range append(s.Body, s.Controls[0].Body...) {
		if x, ok := st.(*Expect); ok {
			here[x.Claim.(*CheckIs).Check] = x.Here
		}
	}
	require.Equal(t, map[string]bool{"agree": true, "valid": false, "once": true, "order": true,
		"learn": false, "lock": true, "safe-proposal": false}, here)
}
