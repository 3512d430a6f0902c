package diagram

import (
	"slices"
	"strconv"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"github.com/synodlab/synod/core/trace"
)

// crowd is n records of one instant at 64 nodes: the worst case for sorting.
func crowd(n int) *story {
	names := make([]string, trace.MaxNodes)
	for k := range names {
		names[k] = "N" + strconv.Itoa(k)
	}
	s := newStory(names...)
	for len(s.Records) < n {
		k := len(s.Records)
		from := trace.Node(k * 7919 % trace.MaxNodes)
		if k%3 == 0 {
			s.event(trace.Accept, from, s.ballot(int64(k%5)))
			continue
		}
		s.send(from, trace.Node(k*31%trace.MaxNodes), accept, s.ballot(int64(k%9)))
	}
	return s
}

func stories() map[string]*story {
	return map[string]*story{"lecture": lecture(), "duel": duel(), "handover": handover(),
		"steady": steady(600), "crowd": crowd(600), "empty": newStory("S1"), "nobody": newStory()}
}

func shapes() []*Options {
	return []*Options{nil, {Words: karp}, {Vertical: true, RowHeight: 70}, {NoLabels: true},
		{MinGap: 30, Scale: 1000}}
}

func each(t *testing.T, claim func(t *testing.T, s *story, opt *Options)) {
	for name, s := range stories() {
		for k, opt := range shapes() {
			t.Run(name+" "+strconv.Itoa(k), func(t *testing.T) { claim(t, s, opt) })
		}
	}
}

func TestRecordsHaveThePlacesThatReadersOutsideRelyOn(t *testing.T) {
	var a Arrow
	require.EqualValues(t, 32, unsafe.Sizeof(a))
	places := []uintptr{0, 4, 8, 12, 16, 20, 24, 25, 26, 27, 28, 29, 30, 31}
	require.EqualValues(t, places, []uintptr{
		unsafe.Offsetof(a.X1), unsafe.Offsetof(a.X2), unsafe.Offsetof(a.Send),
		unsafe.Offsetof(a.End),
		unsafe.Offsetof(a.Label), unsafe.Offsetof(a.LabelX), unsafe.Offsetof(a.From),
		unsafe.Offsetof(a.To), unsafe.Offsetof(a.Type), unsafe.Offsetof(a.Owner),
		unsafe.Offsetof(a.Hue), unsafe.Offsetof(a.Style), unsafe.Offsetof(a.Reach),
		unsafe.Offsetof(a.Flags)})
	var m Mark
	require.EqualValues(t, 24, unsafe.Sizeof(m))
	require.EqualValues(t, []uintptr{0, 4, 8, 12, 16, 17, 18, 19, 20}, []uintptr{
		unsafe.Offsetof(m.X), unsafe.Offsetof(m.Event), unsafe.Offsetof(m.Label),
		unsafe.Offsetof(m.LabelX), unsafe.Offsetof(m.Row), unsafe.Offsetof(m.Kind),
		unsafe.Offsetof(m.Owner), unsafe.Offsetof(m.Hue), unsafe.Offsetof(m.Lane)})
	var g Gap
	require.EqualValues(t, 16, unsafe.Sizeof(g))
	require.EqualValues(t, []uintptr{8, 12, 13, 14}, []uintptr{unsafe.Offsetof(g.Event),
		unsafe.Offsetof(g.Kind), unsafe.Offsetof(g.Row), unsafe.Offsetof(g.To)})
	var f Fold
	require.EqualValues(t, []uintptr{16, 8, 12}, []uintptr{unsafe.Sizeof(f), unsafe.Offsetof(f.X),
		unsafe.Offsetof(f.Event)})
	require.EqualValues(t, 16, unsafe.Sizeof(Tick{}))
}

func TestLayingOutInPiecesGivesTheSameAsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s *story, opt *Options) {
		var once Diagram
		once.Layout(s.Log, opt)
		for _, step := range []int{1, 2, 7, 100} {
			var d Diagram
			part := *s.Log
			for n := 0; n < len(s.Records); n += step {
				part.Records = s.Records[:n]
				d.Layout(&part, opt)
			}
			d.Layout(s.Log, opt)
			require.Equal(t, visible(&once), visible(&d), "in steps of %d", step)
		}
	})
}

// visible is what readers of a diagram see.
func visible(d *Diagram) []any {
	text, ends := d.Labels.Table()
	return []any{slices.Clone(d.X), slices.Clone(d.Head), slices.Clone(d.Arrows),
		slices.Clone(d.Marks), slices.Clone(d.Gaps), slices.Clone(d.Folds), slices.Clone(d.Ticks),
		string(text), slices.Clone(ends), d.Width, d.Lanes}
}

func TestALogThatGotShorterAndOtherOptionsBeginAnew(t *testing.T) {
	var d, fresh Diagram
	d.Layout(steady(300).Log, nil)
	d.Layout(lecture().Log, &Options{Words: karp})
	fresh.Layout(lecture().Log, &Options{Words: karp})
	require.Equal(t, visible(&fresh), visible(&d))
	other := *lecture().Log
	other.Records = other.Records[:20]
	d.Layout(&other, &Options{Words: karp})
	fresh.Reset()
	fresh.Layout(&other, &Options{Words: karp})
	require.Equal(t, visible(&fresh), visible(&d))
}

func TestLaterEventsNeverStandFurtherLeft(t *testing.T) {
	each(t, func(t *testing.T, s *story, opt *Options) {
		var d Diagram
		d.Layout(s.Log, opt)
		edge, instant := int32(0), int32(0)
		for i := range s.Records {
			if i > 0 && s.Records[i].At > s.Records[i-1].At {
				instant = edge
			}
			require.GreaterOrEqual(t, d.X[i], instant)
			edge = max(edge, d.X[i])
			require.Equal(t, edge, d.Head[i])
		}
		require.Greater(t, d.Width, edge)
	})
}

func TestAllArraysAreSortedAlongTime(t *testing.T) {
	each(t, func(t *testing.T, s *story, opt *Options) {
		var d Diagram
		d.Layout(s.Log, opt)
		requireSorted(t, d.Arrows, func(a Arrow) int32 { return a.X1 })
		requireSorted(t, d.Marks, func(m Mark) int32 { return m.X })
		requireSorted(t, d.Gaps, func(g Gap) int32 { return g.X1 })
		requireSorted(t, d.Folds, func(f Fold) int32 { return f.X })
		requireSorted(t, d.Ticks, func(k Tick) int32 { return k.X })
	})
}

func requireSorted[T any](t *testing.T, all []T, x func(T) int32) {
	t.Helper()
	require.True(t, slices.IsSortedFunc(all, func(a, b T) int { return int(x(a) - x(b)) }))
}

// claimed is the room that one text takes.
type claimed struct {
	lane   [2]int
	x1, x2 int32
}

func texts(d *Diagram) (all []claimed) {
	add := func(label uint32, x int32, row, lane uint8) {
		if x == NoPlace {
			return
		}
		at := [2]int{int(row), int(lane)}
		if lane >= FirstHeader {
			at[0] = -1
		} else if d.opt.Vertical && lane == Before && row > 0 {
			at = [2]int{int(row) - 1, int(After)}
		}
		all = append(all, claimed{at, x, x + d.room(trace.Value(label)) - laneGap})
	}
	for _, a := range d.Arrows {
		lane := Before
		if a.Flags&Below != 0 {
			lane = After
		}
		add(a.Label, a.LabelX, a.From, lane)
	}
	for _, m := range d.Marks {
		add(m.Label, m.LabelX, m.Row, m.Lane)
	}
	return all
}

func TestNoTwoTextsOverlap(t *testing.T) {
	placed := 0
	each(t, func(t *testing.T, s *story, opt *Options) {
		var d Diagram
		d.Layout(s.Log, opt)
		all := texts(&d)
		placed += len(all)
		slices.SortFunc(all, func(a, b claimed) int {
			if c := slices.Compare(a.lane[:], b.lane[:]); c != 0 {
				return c
			}
			return int(a.x1 - b.x1)
		})
		for k := 1; k < len(all); k++ {
			if all[k].lane == all[k-1].lane {
				require.LessOrEqual(t, all[k-1].x2, all[k].x1)
			}
		}
	})
	require.Greater(t, placed, 1000)
}

func TestEventsAtOneNodeKeepADistance(t *testing.T) {
	each(t, func(t *testing.T, s *story, opt *Options) {
		var d Diagram
		d.Layout(s.Log, opt)
		last := map[uint8]int32{}
		for _, m := range d.Marks {
			if x, seen := last[m.Row]; seen && m.Row != NoRow {
				require.GreaterOrEqual(t, m.X-x, d.opt.MinGap*5/8)
			}
			last[m.Row] = m.X
		}
	})
}

func TestAPointerFindsTheLastEventLeftOfIt(t *testing.T) {
	var d Diagram
	d.Layout(duel().Log, nil)
	require.Equal(t, -1, d.EventAt(-1))
	require.Equal(t, len(d.X)-1, d.EventAt(d.Width))
	for i := range d.Head {
		k := d.EventAt(d.Head[i])
		require.GreaterOrEqual(t, k, i)
		require.Equal(t, d.Head[i], d.Head[k])
	}
}

func TestSilenceIsFoldedAndSaysHowLongItWas(t *testing.T) {
	s := newStory("S1", "S2")
	s.event(trace.Lead, 0)
	s.now = 3_600_000_000
	s.event(trace.StepDown, 0)
	s.now += 10_000
	s.event(trace.Lead, 1)
	var d Diagram
	d.Layout(s.Log, nil)
	require.Equal(t, []Fold{{Micros: 3_600_000_000, X: foldTo / 2, Event: 1}}, d.Folds)
	require.Less(t, d.Width, int32(400))
	require.Greater(t, d.X[2]-d.X[1], int32(80), "ten milliseconds are to scale")
}

func TestTimesAtTheEndsOfTheirRangeAreFoldedToo(t *testing.T) {
	s := newStory("S1")
	for _, at := range []int64{trace.NoNumber, -1, 5, 3, 1<<63 - 1} {
		s.now = at
		s.event(trace.Lead, 0)
	}
	var d Diagram
	d.Layout(s.Log, nil)
	require.Len(t, d.Folds, 2)
	require.Less(t, d.Width, int32(1000))
}

// turns is n messages of each of two nodes, all at one instant, first one's, then the other's.
func turns(n int) *story {
	s := newStory("S1", "S2")
	for _, from := range nodes(0, 1) {
		for k := range n {
			s.send(from, 1-from, accept, s.ballot(int64(k%9)))
		}
	}
	return s
}

func TestSortingMovesNothingFar(t *testing.T) {
	require.Positive(t, farthest(crowd(100_000)), "that log is meant to be out of order")
	for _, s := range []*story{crowd(100_000), turns(20_000)} {
		require.Less(t, farthest(s), 4000, "what one column holds")
	}
}

// farthest returns over how many others sorting moved an arrow.
func farthest(s *story) (far int) {
	var d Diagram
	d.Layout(s.Log, nil)
	var sends []uint32
	for _, a := range d.Arrows {
		sends = append(sends, a.Send)
	}
	order := slices.Clone(sends)
	slices.Sort(order)
	for k, send := range sends {
		rank, _ := slices.BinarySearch(order, send)
		far = max(far, k-rank, rank-k)
	}
	return far
}

func TestALaidOutLogCostsNothingMore(t *testing.T) {
	s := steady(5000)
	opt := &Options{Words: karp}
	var d Diagram
	d.Layout(s.Log, opt)
	require.Zero(t, testing.AllocsPerRun(100, func() { d.Layout(s.Log, opt) }))
}

func BenchmarkLayoutOf100kEvents(b *testing.B) {
	s := steady(100_000)
	opt := &Options{Words: karp}
	for b.Loop() {
		var d Diagram
		d.Layout(s.Log, opt)
	}
}

func BenchmarkLayoutOf100kEventsOfOneInstant(b *testing.B) {
	s := crowd(100_000)
	for b.Loop() {
		var d Diagram
		d.Layout(s.Log, nil)
	}
}
