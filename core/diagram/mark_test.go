package diagram

import (
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/synodlab/synod/core/trace"
)

func marksOf(d *Diagram) (kinds []MarkKind) {
	for _, m := range d.Marks {
		kinds = append(kinds, m.Kind)
	}
	return kinds
}

func TestEveryKindOfEventHasItsMark(t *testing.T) {
	s := newStory("S1")
	want := map[trace.Kind]MarkKind{trace.Timer: Timer, trace.Write: Write, trace.Sync: Sync,
		trace.Crash: Crash, trace.Restart: Restart, trace.Promise: Promise, trace.Accept: Accept,
		trace.Chosen: Chosen, trace.Execute: Execute, trace.Reply: Reply, trace.Lead: Lead,
		trace.StepDown: StepDown, trace.Configure: Configure, trace.Violation: Violation,
		trace.None: NoMark, 200: NoMark}
	for kind, mark := range want {
		require.Equal(t, mark, markOf(kind), "%v", kind)
	}
	words := map[string]MarkKind{trace.Proposes: Proposes, trace.Resends: Proposes,
		trace.Refuses: Refuses, trace.Suspects: Suspects, trace.Trusts: Trusts, trace.Waits: Waits,
		trace.Commits: Commits, trace.Aborts: Aborts, trace.Alarm: Alarm, trace.Wiped: Note,
		"anything": Note}
	for word, mark := range words {
		s.Records = s.Records[:0]
		s.note(word, 0, s.peer(0), s.value("v"))
		var d Diagram
		d.Layout(s.Log, nil)
		require.Equal(t, []MarkKind{mark}, marksOf(&d), "%s", word)
	}
}

func TestNotesThatShowElsewhereHaveNoMark(t *testing.T) {
	s := newStory("S1", "S2")
	for _, word := range []string{trace.Round, trace.Settled, trace.Pauses, trace.Resumes,
		trace.Cuts, trace.Mends, trace.Holds, trace.Releases, trace.Corrupts} {
		s.note(word, 0)
	}
	var d Diagram
	d.Layout(s.Log, nil)
	require.Empty(t, d.Marks)
}

func TestACrashIsAGapUntilTheRestart(t *testing.T) {
	s := newStory("S1", "S2")
	s.event(trace.Crash, 0)
	s.event(trace.Crash, 1)
	s.now = 10_000
	s.event(trace.Restart, 0)
	s.event(trace.Restart, 0)
	var d Diagram
	d.Layout(s.Log, nil)
	require.Equal(t, []Gap{{X1: 0, X2: d.X[2], Event: 0, Kind: Down, Row: 0},
		{X1: 0, X2: Open, Event: 1, Kind: Down, Row: 1}}, d.Gaps)
	require.Greater(t, d.X[2], int32(80))
}

func TestAGapThatWasSortedAsideStillEnds(t *testing.T) {
	s := newStory("S1", "S2")
	s.event(trace.Write, 0)
	s.event(trace.Crash, 0)
	s.event(trace.Crash, 1)
	s.now = 10_000
	s.event(trace.Restart, 0)
	var d Diagram
	d.Layout(s.Log, nil)
	require.Equal(t, []Gap{{X1: 0, X2: Open, Event: 2, Kind: Down, Row: 1},
		{X1: d.X[1], X2: d.X[3], Event: 1, Kind: Down, Row: 0}}, d.Gaps)
}

func TestACrashEndsAPause(t *testing.T) {
	s := newStory("S1")
	s.note(trace.Pauses, 0)
	s.now = 10_000
	s.event(trace.Crash, 0)
	var d Diagram
	d.Layout(s.Log, nil)
	require.Equal(t, []Gap{{X1: 0, X2: d.X[1], Event: 0, Kind: Paused},
		{X1: d.X[1], X2: Open, Event: 1, Kind: Down}}, d.Gaps)
}

func TestLinksAreCutOneDirectionAtATime(t *testing.T) {
	s := newStory("S1", "S2")
	s.note(trace.Cuts, 0, func(r *trace.Record) { r.From, r.To = 0, 1 })
	s.note(trace.Cuts, 1, func(r *trace.Record) { r.From, r.To = 1, 0 })
	s.now = 5000
	s.note(trace.Mends, 1, func(r *trace.Record) { r.From, r.To = 1, 0 })
	s.event(trace.Lead, 0)
	var d Diagram
	d.Layout(s.Log, nil)
	require.Len(t, d.Gaps, 2)
	require.Equal(t, Open, d.Gaps[0].X2)
	require.Equal(t, d.X[2], d.Gaps[1].X2)
	require.EqualValues(t, []uint8{1, 0}, []uint8{d.Gaps[1].Row, d.Gaps[1].To})
}

func TestTheSameIsNotSaidTwiceAtOnce(t *testing.T) {
	s := newStory("S1")
	s.event(trace.Chosen, 0, s.value("m1"))
	s.event(trace.Execute, 0, s.value("m1"))
	s.now = 50_000
	s.event(trace.Execute, 0, s.value("m1"))
	var d Diagram
	d.Layout(s.Log, nil)
	require.NotEqual(t, NoPlace, d.Marks[0].LabelX)
	require.Equal(t, NoPlace, d.Marks[1].LabelX)
	require.NotEqual(t, NoPlace, d.Marks[2].LabelX)
}

func TestWhatConcernsTheRunStandsInTheHeader(t *testing.T) {
	s := newStory("S1")
	for range 5 {
		s.note("a sentence", trace.NoNode)
	}
	s.event(trace.Violation, 0, s.noting("agree"))
	var d Diagram
	d.Layout(s.Log, nil)
	require.EqualValues(t, headerLanes, d.Lanes)
	for _, m := range d.Marks {
		require.GreaterOrEqual(t, m.Lane, FirstHeader)
		require.NotEqual(t, NoLane, m.Lane)
	}
	last := d.Marks[len(d.Marks)-1]
	require.Equal(t, "breaks agree", d.Labels.Text(trace.Value(last.Label)))
	require.EqualValues(t, 0, last.Row)
	require.Equal(t, NoRow, d.Marks[0].Row)
}
