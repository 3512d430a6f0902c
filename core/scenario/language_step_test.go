package scenario

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// head is a header that names the nodes of the tests.
const head = "protocol paxos\nservers S1..S5\nclients C1 C2\n"

// single parses a text of head and one line, and returns its statement without its origin.
func single(t *testing.T, line string) Statement {
	t.Helper()
	f, err := Parse("", head+line+"\n", nil)
	require.NoError(t, err)
	s, err := f.Expand(0, 0)
	require.NoError(t, err)
	require.Len(t, s.Body, 1)
	require.Equal(t, line, s.Body[0].Source().Text)
	require.Equal(t, head+line+"\n", Format(f))
	require.Equal(t, Pos{4, 1}, s.Body[0].Source().Pos)
	return s.Body[0]
}

func words(list ...string) []string { return list }

func TestEachStepSaysWhatItSays(t *testing.T) {
	one, two := words("S1"), words("S2")
	commands := func(texts ...string) (list []Command) {
		for _, text := range texts {
			list = append(list, commandOf(text))
		}
		return list
	}
	cases := map[string]Action{
		"C1 sends m1": &Send{Clients: words("C1"), Commands: commands("m1")},
		"C1 sends add(1) m2 to S1 S2": &Send{Clients: words("C1"),
			Commands: commands("add(1)", "m2"), HasTo: true, To: words("S1", "S2")},
		"C1 sends a1..a3": &Send{Clients: words("C1"), Commands: commands("a1", "a2", "a3")},
		"C1 resends":      &Resend{Clients: words("C1"), Commands: []Command{}},
		"C1 resends m1 to S2": &Resend{Clients: words("C1"), Commands: commands("m1"), HasTo: true,
			To: two},
		"S1 proposes red":        &Propose{Nodes: one, Value: "red"},
		"S1 proposes red with 3": &Propose{Nodes: one, Value: "red", HasNumber: true, Number: 3},
		"S1 proposes with 0":     &Propose{Nodes: one, HasNumber: true},
		"S1 proposes":            &Propose{Nodes: one},
		"S1 leads":               &Lead{Nodes: one},
		"S1 leads with 11":       &Lead{Nodes: one, HasNumber: true, Number: 11},
		"timeout S1":             &Fire{Nodes: one},
		"timeout S1 retransmit":  &Fire{Nodes: one, Timer: "retransmit"},
		"S1 suspects S2 S3":      &Suspect{Nodes: one, Others: words("S2", "S3")},
		"S1 trusts S2":           &Suspect{Nodes: one, Others: two, Trusts: true},
		"S1 votes no":            &Vote{Nodes: one},
		"S1 votes yes":           &Vote{Nodes: one, Yes: true},
		"crash S1..S2":           &Crash{Nodes: words("S1", "S2")},
		"crash S1..S0":           &Crash{},
		"restart S1":             &Restart{Nodes: one},
		"restart S1 losing n_h promised": &Restart{Nodes: one,
			Losing: words("n_h", "promised")},
		"wipe S1":                 &Wipe{one},
		"pause S1":                &Pause{one},
		"resume S1":               &Resume{one},
		"sync":                    &Sync{All: true},
		"sync S1":                 &Sync{Nodes: one},
		"partition S1 C1 | S2 C2": &Partition{[][]string{{"S1", "C1"}, {"S2", "C2"}}},
		"heal":                    &Heal{},
		"cut S1 -> S2 S3":         &Cut{From: one, To: words("S2", "S3")},
		"cut S1 <-> S2":           &Cut{From: one, To: two, Both: true},
		"mend S1 -> S2":           &Mend{From: one, To: two},
		"run":                     &Proceed{},
		"run 100ms":               &Proceed{Until: UntilTime, For: 100 * Millisecond},
		"step 3":                  &Advance{3},
		"note \"a # b\"":          &Note{"a # b"},
		"open here":               &Open{},
		"join S4":                 &Join{words("S4")},
		"leave S1":                &Leave{one},
		"members S2 S3":           &Members{words("S2", "S3")},
	}
	for line, want := range cases {
		s := single(t, line).(*Step)
		require.Equal(t, want, s.Action, line)
		require.Equal(t, When{}, s.When, line)
		require.False(t, s.Try, line)
	}
}

func TestAMessageIsSelectedByKindWordsNumberAndEnds(t *testing.T) {
	cases := map[string]Selector{
		"accept":  {Kind: "accept"},
		"accept?": {Kind: "accept?"},
		"accept(m1) S1 -> *": {Kind: "accept", Fields: []Field{{"", "m1"}}, Ends: true,
			From: words("S1"), AnyTo: true},
		"promise #2 S1 -> S2": {Kind: "promise", N: 2, Ends: true,
			From: words("S1"), To: words("S2")},
		"ok S1 S2 -> C1": {Kind: "ok", Ends: true, From: words("S1", "S2"), To: words("C1")},
		"accept(3,w,seq=2,_)": {Kind: "accept",
			Fields: []Field{{"", "3"}, {"", "w"}, {"seq", "2"}, {"", "_"}}},
		"request S1..S0 -> *": {Kind: "request", Ends: true, AnyTo: true},
		"accept(add(1),{1, {0,1}})": {Kind: "accept",
			Fields: []Field{{"", "add(1)"}, {"", "{1,{0,1}}"}}},
	}
	for text, want := range cases {
		want.Pos = Pos{4, 9}
		move := single(t, "deliver "+text).(*Step).Action.(*Move)
		require.Equal(t, &Move{Verb: Deliver, Message: want}, move, text)
	}
}

func TestEachVerbOfAMessageReachesOneAllOrEvery(t *testing.T) {
	m := Selector{Kind: "accept"}
	quiet := Condition{Pos: Pos{4, 25}, Kind: Quiet}
	cases := map[string]*Move{
		"lose accept":          {Verb: Lose},
		"duplicate accept":     {Verb: Duplicate},
		"hold accept":          {Verb: Hold},
		"release every accept": {Verb: Release, Reach: Every},
		"corrupt all accept":   {Verb: Corrupt, Reach: All},
		"delay accept by 50ms": {Verb: DelayBy, By: 50 * Millisecond},
		"hold every accept until 80ms": {Verb: Hold, Reach: Every, Until: UntilTime,
			UntilTime: 80 * Millisecond},
		"lose every accept until quiet": {Verb: Lose, Reach: Every, Until: UntilCondition,
			Condition: quiet},
		"deliver every accept": {Verb: Deliver, Reach: Every},
		"delay every accept by 1s until 2s": {Verb: DelayBy, Reach: Every, By: Second,
			Until: UntilTime, UntilTime: 2 * Second},
	}
	for line, want := range cases {
		got := single(t, line).(*Step).Action.(*Move)
		got.Message.Pos = Pos{}
		want.Message = m
		require.Equal(t, want, got, line)
	}
}

func TestACrashMayCutAtASending(t *testing.T) {
	got := single(t, "crash S1 before sending accept").(*Step).Action
	require.Equal(t, &Crash{Nodes: words("S1"), Sending: BeforeSending,
		Message: Selector{Pos: Pos{4, 25}, Kind: "accept"}}, got)
	got = single(t, "crash S1 after sending accept #2 to S3").(*Step).Action
	require.Equal(t, &Crash{Nodes: words("S1"), Sending: AfterSending,
		Message: Selector{Pos: Pos{4, 24}, Kind: "accept", N: 2, Ends: true, To: words("S3")}}, got)
}

func TestAForgedMessageHasBothEnds(t *testing.T) {
	got := single(t, "forge promise(n=2) S1 -> C1").(*Step).Action
	require.Equal(t, &Forge{Selector{Pos: Pos{4, 7}, Kind: "promise", Fields: []Field{{"n", "2"}},
		Ends: true, From: words("S1"), To: words("C1")}}, got)
}

func TestAStepMayWait(t *testing.T) {
	cases := map[string]When{
		"at 40ms heal":     {Kind: At, Time: 40 * Millisecond},
		"after 5us heal":   {Kind: After, Time: 5},
		"at event 57 heal": {Kind: AtEvent, Event: 57},
		"when quiet heal":  {Kind: Once, Condition: Condition{Pos: Pos{4, 6}, Kind: Quiet}},
		"whenever S2 leads heal": {Kind: Whenever,
			Condition: Condition{Pos: Pos{4, 10}, Kind: Leads, Node: "S2"}},
	}
	for line, want := range cases {
		require.Equal(t, want, single(t, line).(*Step).When, line)
	}
	s := single(t, "when chosen red at 3 try S1 proposes blue").(*Step)
	require.Equal(t, Condition{Pos: Pos{4, 6}, Kind: Chosen, Value: "red", HasSlot: true, Slot: 3},
		s.When.Condition)
	require.True(t, s.Try)
	require.Equal(t, &Propose{Nodes: words("S1"), Value: "blue"}, s.Action)
}

func TestEachConditionEndsWhereItsStepBegins(t *testing.T) {
	sent := Selector{Pos: Pos{4, 14}, Kind: "accept"}
	toS3, second, fromS2 := sent, sent, sent
	toS3.Ends, toS3.To = true, words("S3")
	second.N = 2
	fromS2.Pos.Col, fromS2.Ends, fromS2.From = 18, true, words("S2")
	cases := map[string]Condition{
		"chosen m1":                  {Kind: Chosen, Value: "m1"},
		"S1 executed m1":             {Kind: Executed, Node: "S1", Value: "m1"},
		"S1 accepted m1":             {Kind: Accepted, Node: "S1", Value: "m1"},
		"S1 promised 2":              {Kind: Promised, Node: "S1", Value: "2"},
		"C1 heard m1":                {Kind: Heard, Node: "C1", Value: "m1"},
		"S1 sent accept":             {Kind: Sent, Node: "S1", Message: sent},
		"S1 sent accept #2":          {Kind: Sent, Node: "S1", Message: second},
		"S1 sent accept to S3":       {Kind: Sent, Node: "S1", Message: toS3},
		"S1 received accept from S2": {Kind: Received, Node: "S1", Message: fromS2},
		"S2 leads":                   {Kind: Leads, Node: "S2"},
		"S2 suspects S1":             {Kind: Suspects, Node: "S2", Other: "S1"},
		"S1.n_h = 11":                {Kind: RowIs, Node: "S1", Row: "n_h", Value: "11"},
		"S1.n_h >= -1": {Kind: RowIs, Node: "S1", Row: "n_h", Op: GreaterOrEqual,
			Value: "-1"},
		"S1.v != {1, 2}": {Kind: RowIs, Node: "S1", Row: "v", Op: NotEqual, Value: "{1,2}"},
		"quiet":          {Kind: Quiet},
	}
	for text, want := range cases {
		want.Pos = Pos{4, 6}
		for _, step := range []string{"S3 leads", "crash S4", "C1 sends m1"} {
			s := single(t, "when "+text+" "+step).(*Step)
			require.Equal(t, want, s.When.Condition, text)
			require.Equal(t, single(t, step).(*Step).Action, s.Action, text)
		}
	}
}
