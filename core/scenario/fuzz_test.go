package scenario

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// vocabulary is a small one, for tests.
var vocabulary = &Vocabulary{Protocols: []ProtocolWords{
	{
		Name: "paxos",
		Options: []OptionWords{
			{Name: "refuse", Values: []string{"silent", "nack"}},
			{Name: "backoff", Values: []string{"never", "TIME", "RANGE"}},
			{Name: "start-delay", Values: []string{"TIME", "id*TIME"}},
			{Name: "disk", Values: []string{"n_h", "n_a", "none"}, List: true},
			{Name: "quorum", Values: []string{"N"}},
		},
		Kinds: []string{"prepare", "promise", "accept"}, Rows: []string{"n_h", "value"},
		Timers: []string{"phase"}, Disk: []string{"n_h", "n_a"}, MaxNodes: 16,
	},
	{Name: "vote"},
}}

// runs expands the first and last run of each case, and returns what they say, places aside.
func runs(t *testing.T, f *File) (texts []string, headers []Header) {
	for c := range f.CaseCount() {
		for _, run := range []int{0, f.RunsOf(c) - 1} {
			s, err := f.Expand(c, run)
			require.NoError(t, err)
			s.Header.Protocol.Pos = Pos{}
			for i := range s.Header.Links {
				s.Header.Links[i].Pos = Pos{}
			}
			headers = append(headers, s.Header)
			texts = append(texts, s.Case, s.CaseTitle)
			for _, st := range s.Body {
				texts = append(texts, st.Source().Text)
			}
			for _, v := range s.Controls {
				texts = append(texts, v.Text)
				for _, st := range v.Body {
					texts = append(texts, st.Source().Text)
				}
			}
		}
	}
	return texts, headers
}

func FuzzParseAndFormatAgree(f *testing.F) {
	for _, text := range examples(f) {
		f.Add(text)
	}
	f.Add("protocol paxos\nservers S1..S3 # three\neach n in sets of 0..2 from S1..S3\n" +
		"crash $n # c\n#5\n")
	f.Add("each p in splits of 1..4 into 2..3\neach q in orders of a b\n" +
		"servers 1..4\npartition $p\nuntil ${q}ms")
	f.Add("TITLE a \"b # c\nCASE x $y \"\nExpect in AT least 3 runs C1 heard a , b")
	f.Add("seed 1\nseed 2 # x\nservers A\nnote \"a # b\"\ndeliver accept( a, {b  c} d )#3 A->A # 4")
	f.Fuzz(checkText)
}

// checkText checks what is true of every text.
func checkText(t *testing.T, text string) {
	file, err := Parse("f", text, nil)
	_, errWords := Parse("f", text, vocabulary)
	if err != nil {
		require.Error(t, errWords)
		require.NotEmpty(t, err.(Errors))
		require.LessOrEqual(t, len(err.(Errors)), maxErrors)
		return
	}
	canonical := Format(file)
	again, err := Parse("f", canonical, nil)
	require.NoError(t, err, "%s\n---\n%s", text, canonical)
	require.Equal(t, canonical, Format(again), text)
	require.Equal(t, file.Runs(), again.Runs())
	texts, headers := runs(t, file)
	textsAgain, headersAgain := runs(t, again)
	require.Equal(t, texts, textsAgain)
	require.Equal(t, headers, headersAgain)
}

// TestTextsMadeOfExamplesKeepTheirMeaning mixes lines and words of the examples: many of these
// texts are accepted, which bytes changed at random hardly ever are.
func TestTextsMadeOfExamplesKeepTheirMeaning(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var texts, lines, all []string
	for _, text := range examples(t) {
		texts = append(texts, text)
	}
	slices.Sort(texts)
	for _, text := range texts {
		lines = append(lines, strings.Split(text, "\n")...)
		all = append(all, strings.Fields(text)...)
	}
	all = append(all, "$n", "${k}", "#", "# c", "#2", "\"a b\"", "{a  b}", "( x )", ",", "\t",
		"a..b", "*.x", "each n k in 1/2 3/4", "\neach n in sets of 1..2 from S1 S2\n", "S1..S0",
		"|", "<->", "not", "at 5ms")
	accepted := 0
	for range 1500 {
		own := strings.Split(texts[r.IntN(len(texts))], "\n")
		for range 1 + r.IntN(4) {
			i := r.IntN(len(own))
			switch r.IntN(5) {
			case 0: // a line moves
				j := r.IntN(len(own))
				own[i], own[j] = own[j], own[i]
			case 1: // a line of another example comes
				own[i] += "\n" + lines[r.IntN(len(lines))]
			case 2: // a word changes
				list := strings.Fields(own[i] + " x")
				list[r.IntN(len(list))] = all[r.IntN(len(all))]
				own[i] = strings.Join(list, "  ")
			case 3: // a comment comes
				own[i] += "  # why" + "\n# above"
			case 4: // capitals
				first := min(1, len(own[i]))
				own[i] = strings.ToUpper(own[i][:first]) + own[i][first:]
			}
		}
		text := strings.Join(own, "\n")
		checkText(t, text)
		if _, err := Parse("", text, nil); err == nil {
			accepted++
		}
	}
	require.Greater(t, accepted, 400)
}
