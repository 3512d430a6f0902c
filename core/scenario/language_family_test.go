package scenario

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// family returns what the note of each run says.
func family(t *testing.T, each ...string) (notes []string) {
	t.Helper()
	f, err := Parse("", head+strings.Join(each, "\n")+"\n", nil)
	require.NoError(t, err)
	for run := range f.RunsOf(0) {
		s, err := f.Expand(0, run)
		require.NoError(t, err)
		notes = append(notes, s.Body[0].(*Step).Action.(*Note).Text)
	}
	return notes
}

func TestTheFirstEachLineIsOutermost(t *testing.T) {
	require.Equal(t, words("1a", "1b", "2a", "2b"),
		family(t, "each n in 1..2", "each w in a b", `note "$n$w"`))
}

func TestAnEachLineMayUseTheOnesAbove(t *testing.T) {
	require.Equal(t, words("1 1", "2 1", "2 2"),
		family(t, "each n in 0..2", "each k in 1..$n", `note "$n $k"`))
}

func TestSeveralNamesTakeTheirValuesTogether(t *testing.T) {
	require.Equal(t, words("3ms of 1", "4ms of 2"),
		family(t, "each t n in 3/1 4/2", `note "${t}ms of $n"`))
}

func TestSetsGoBySizeAndThenByPlace(t *testing.T) {
	require.Equal(t, words("", "c", "a", "b", "c a", "c b", "a b"),
		family(t, "each s in sets of 0..2 from c a b", `note "$s"`))
	require.Len(t, family(t, "each s in sets of 2 from 0..4", `note "$s"`), 10)
}

func TestSplitsGoByNumberOfGroupsAndThenByGroup(t *testing.T) {
	require.Equal(t, words("a b | c", "a c | b", "a | b c", "a | b | c"),
		family(t, "each s in splits of a b c into 2..3", `note "$s"`))
	require.Len(t, family(t, "each s in splits of S1..S5 into 2..3", `note "$s"`), 15+25)
}

func TestOrdersGoByPlace(t *testing.T) {
	require.Equal(t, words("c a b", "c b a", "a c b", "a b c", "b c a", "b a c"),
		family(t, "each s in orders of c a b", `note "$s"`))
}

func TestAValueOfSeveralWordsIsAList(t *testing.T) {
	text := head + "each down in sets of 0..2 from S1..S2\n" +
		"crash $down\ndeliver request $down -> S3\n" +
		"each p in splits of S1 S2 into 2\npartition $p\nC1 sends $down\n$down suspects S3\n" +
		"expect leader $down\n"
	none, both := expanded(t, text, 0, 0), expanded(t, text, 0, 3)
	action := func(s *Scenario, i int) Action { return s.Body[i].(*Step).Action }
	require.Empty(t, action(none, 0).(*Crash).Nodes)
	require.Equal(t, words("S1", "S2"), action(both, 0).(*Crash).Nodes)
	require.True(t, action(none, 1).(*Move).Message.Ends)
	require.Empty(t, action(none, 1).(*Move).Message.From)
	require.Equal(t, words("S1", "S2"), action(both, 1).(*Move).Message.From)
	require.Equal(t, [][]string{{"S1"}, {"S2"}}, action(both, 2).(*Partition).Groups)
	require.Empty(t, action(none, 3).(*Send).Commands)
	require.Empty(t, action(none, 4).(*Suspect).Nodes)
	require.Equal(t, words("S1", "S2"), action(both, 4).(*Suspect).Nodes)
	require.Equal(t, "expect leader S1 S2", both.Body[5].Source().Text)
	require.Equal(t, "expect leader $down", both.Body[5].Source().Raw)
}

func TestEachSeedSetsTheSeed(t *testing.T) {
	s := expanded(t, head+"seed 3\neach seed in 10..13\nheal\n", 0, 2)
	require.Equal(t, uint64(12), s.Header.Seed)
	require.Contains(t, refused(t, head+"each seed in 1 x\nheal\n"), "4:1: `x` is no seed")
}

func TestTheFamiliesOfACaseAndOfTheCommonPartMultiply(t *testing.T) {
	text := head + "each a in 1 2\ncase x\neach b in 3 4\nnote \"$a$b\"\ncase y\n"
	f, err := Parse("", text, nil)
	require.NoError(t, err)
	require.Equal(t, []int{4, 2, 6}, []int{f.RunsOf(0), f.RunsOf(1), f.Runs()})
	s, err := f.Expand(0, 2)
	require.NoError(t, err)
	require.Equal(t, []Binding{{"a", words("2")}, {"b", words("3")}}, s.Values)
	require.Equal(t, "x", s.Case)
	require.Equal(t, 2, s.Run)
	require.Equal(t, 1, f.CaseIndex("y"))
	require.Equal(t, -1, f.CaseIndex("z"))
}

func TestRangesCountUpwardsAndMayBeEmpty(t *testing.T) {
	for text, want := range map[string][]string{
		"S1..S3": {"S1", "S2", "S3"}, "S1..S0": nil, "0..2": {"0", "1", "2"},
		"S08..S10": {"S08", "S09", "S10"},
		"9..11":    {"9", "10", "11"}, "S1": {"S1"},
		"5ms..20ms": {"5ms..20ms"}, "S1..T2": {"S1..T2"},
	} {
		got, ok := expandList(text)
		require.True(t, ok)
		require.Equal(t, want, got, text)
	}
	_, ok := expandList("1..1000000000")
	require.False(t, ok)
}

func TestOnlyVariablesAreReplaced(t *testing.T) {
	s := expanded(t, "title costs $5, $n of $other\neach n in 3\nprotocol paxos\nservers S$n\n"+
		"crash S${n}\n", 0, 0)
	require.Equal(t, "costs $5, 3 of $other", s.Header.Title)
	require.Equal(t, words("S3"), s.Body[0].(*Step).Action.(*Crash).Nodes)
}
