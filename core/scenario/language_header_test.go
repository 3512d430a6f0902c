package scenario

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// expanded parses a text and returns one of its runs.
func expanded(t *testing.T, text string, c, run int) *Scenario {
	t.Helper()
	f, err := Parse("", text, nil)
	require.NoError(t, err)
	s, err := f.Expand(c, run)
	require.NoError(t, err)
	return s
}

func TestAnEmptyTextHasTheDefaults(t *testing.T) {
	require.Equal(t, Header{Version: 1, Machine: Machine{Name: "log"}, Words: "lamport", Seed: 1,
		Network: Network{Delay: Span{10 * Millisecond, 10 * Millisecond}},
		Timeout: Span{100 * Millisecond, 200 * Millisecond}}, expanded(t, "", 0, 0).Header)
}

func TestEachHeaderLineIsRead(t *testing.T) {
	got := expanded(t, `synod 1
title Crash and partition, #1 of 2
about one
about two "quoted # text"
cites M-34 B-01
cites K-15
protocol textbook disk=n_h,n_a start-delay=id*20ms
servers S1..S3
clients C1 C2
spares S3 S4
machine register x=0
words meling
seed 18446744073709551615
network delay 5ms..20ms loss 2% duplicate 1% self reorder
link S1 -> S3 delay 80ms
link S1 S2 <-> C1 loss 100% reorder
disk sync 2ms
timeout 100us..1s
detector pings 10ms
retry 50ms next
schedule by-hand
until 2s
`, 0, 0).Header
	for i := range got.Links {
		got.Links[i].Pos = Pos{}
	}
	require.Equal(t, Header{
		Version: 1, Title: "Crash and partition, #1 of 2",
		About: words("one", `two "quoted # text"`), Cites: words("M-34", "B-01", "K-15"),
		Protocol: Protocol{Pos{7, 10}, "textbook",
			[]Option{{"disk", words("n_h", "n_a")}, {"start-delay", words("id*20ms")}}},
		Roles: []Role{{"servers", words("S1", "S2", "S3")}, {"clients", words("C1", "C2")},
			{"spares", words("S3", "S4")}},
		Nodes:   words("S1", "S2", "S3", "C1", "C2", "S4"),
		Machine: Machine{"register", []Option{{"x", words("0")}}},
		Words:   "meling", Seed: 1<<64 - 1,
		Network: Network{Span{5 * Millisecond, 20 * Millisecond}, 2, 1, true, true, ""},
		Links: []Link{
			{From: words("S1"), To: words("S3"), Delay: &Span{80 * Millisecond, 80 * Millisecond},
				Loss: Unbounded, Duplicate: Unbounded},
			{From: words("S1", "S2"), To: words("C1"), Both: true, Loss: 100, Duplicate: Unbounded,
				Reorder: true},
		},
		DiskSync: 2 * Millisecond, Timeout: Span{100, Second},
		Detector: Detector{DetectorPings, 10 * Millisecond},
		Retry:    Retry{RetryNext, 50 * Millisecond}, ByHand: true, Until: 2 * Second,
	}, got)
	require.Equal(t, words("C1", "C2"), got.Role("clients"))
	require.Equal(t, words("n_h", "n_a"), got.Protocol.Get("disk"))
	require.Nil(t, got.Protocol.Get("quorum"))
}

func TestTheChoicesOfDetectorAndRetry(t *testing.T) {
	require.Equal(t, Detector{DetectorAccurate, 50 * Millisecond},
		expanded(t, "detector accurate 50ms", 0, 0).Header.Detector)
	require.Equal(t, Detector{}, expanded(t, "detector none", 0, 0).Header.Detector)
	for text, want := range map[string]Retry{
		"never": {}, "5ms": {RetrySame, 5000}, "5ms same": {RetrySame, 5000},
		"5ms next": {RetryNext, 5000}, "5ms all": {RetryAll, 5000},
	} {
		require.Equal(t, want, expanded(t, "retry "+text, 0, 0).Header.Retry, text)
	}
}

func TestACaseOverridesTheCommonPart(t *testing.T) {
	text := `protocol paxos
servers S1 S2
clients C1
network delay 5ms loss 1%
seed 3
about common
cites M-01
case a
case b
servers S1 S2 S3
network loss 50%
seed 4
about own
cites M-02
proposers P1
`
	require.Equal(t, words("S1", "S2", "C1"), expanded(t, text, 0, 0).Header.Nodes)
	h := expanded(t, text, 1, 0).Header
	require.Equal(t, words("S1", "S2", "S3", "C1", "P1"), h.Nodes)
	require.Equal(t, Network{Delay: Span{5000, 5000}, Loss: 50}, h.Network)
	require.Equal(t, uint64(4), h.Seed)
	require.Equal(t, words("own"), h.About)
	require.Equal(t, words("M-01", "M-02"), h.Cites)
}

func TestFormatMovesTheHeaderUpAndKeepsComments(t *testing.T) {
	text := `
# about the crash
  crash   S1   # now
expect breaks   agree
HEAL
#1 comment at the start of a line
until 2s
each n in 1..2
clients C1   # the client
title  A   title  #2 # last
servers S1..S$n
seed 5
seed 6 # won
protocol paxos
case a   its   title
expect S1.n_h=1
C1 sends add( 1 , 2 )
cut S1->C1
expect C1 heard a ,b c
machine kv
# tail
`
	f, err := Parse("", text, nil)
	require.NoError(t, err)
	require.Equal(t, `title A title #2 # last
protocol paxos
clients C1 # the client
seed 6 # won
each n in 1..2
servers S1..S$n
# about the crash
crash S1 # now
expect breaks agree
heal
# 1 comment at the start of a line
until 2s
case a its title
machine kv
expect S1.n_h = 1
C1 sends add(1,2)
cut S1 -> C1
expect C1 heard a, b c
# tail
`, Format(f))
}

func TestRolesBehindAVariableRoleKeepTheirOrder(t *testing.T) {
	text := "protocol paxos\neach n in 1 2\nservers S1..S$n\nclients C1\nheal\n"
	f, err := Parse("", text, nil)
	require.NoError(t, err)
	require.Equal(t, text, Format(f))
	require.Equal(t, words("S1", "S2", "C1"), expanded(t, text, 0, 1).Header.Nodes)
}

func TestAHeaderLineBelowAControlBelongsToItsPart(t *testing.T) {
	s := expanded(t, head+"heal\ncontrol textbook\nheal\nseed 9\n", 0, 0)
	require.Equal(t, uint64(9), s.Header.Seed)
	require.Len(t, s.Controls[0].Body, 1)
	require.Equal(t, "textbook", s.Controls[0].Protocol.Name)
}

func TestTimeoutIsAHeaderLineBeforeATimeAndAStepBeforeANode(t *testing.T) {
	text := head + "each t in 5ms 10ms\neach n in S1 S2\ntimeout $t\ntimeout $n\ntimeout ${n}\n"
	s := expanded(t, text, 0, 3)
	require.Equal(t, Span{10000, 10000}, s.Header.Timeout)
	require.Equal(t, &Fire{Nodes: words("S2")}, s.Body[0].(*Step).Action)
	require.Len(t, s.Body, 2)
	require.Equal(t, Span{7000, 7000},
		expanded(t, head+"each t in 7\ntimeout ${t}ms\n", 0, 0).Header.Timeout)
}

func TestTheLanguagesWordsAreReadInAnyCase(t *testing.T) {
	f, err := Parse("", "PROTOCOL Paxos\nServers s1 S1\n"+
		"When S1 Sent Accept TO s1 Crash S1\nEXPECT Breaks AGREE\n", nil)
	require.NoError(t, err)
	require.Equal(t, "protocol Paxos\nservers s1 S1\n"+
		"when S1 sent Accept to s1 crash S1\nexpect breaks agree\n", Format(f))
	s, err := f.Expand(0, 0)
	require.NoError(t, err)
	require.Equal(t, "expect breaks agree", s.Body[1].Source().Raw)
}

func TestNaturalNamesAreNotReserved(t *testing.T) {
	names := strings.Fields("v w red t1 m1 S1 A B X TC u1 0 17 P' s_1 a-b client server primary N")
	require.Equal(t, names, expanded(t, "servers "+strings.Join(names, " "), 0, 0).Header.Nodes)
}
