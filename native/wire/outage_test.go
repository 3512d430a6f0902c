package wire

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestOnlyWhatIsUnexpectedIsNews(t *testing.T) {
	dial := errors.New("connection refused")
	away := &ClosedError{CodeAway, "the handshake begins again"}
	refusal := func(why string) error { return &refusedError{by: "node 2", why: why} }
	type step struct {
		at, lasted time.Duration
		why        error
		news       bool
	}
	for name, steps := range map[string][]step{
		"a peer that is started later": {{0, 0, dial, false}, {9 * time.Second, 0, dial, false}},
		"a peer that is never started": {
			{0, 0, dial, false}, {11 * time.Second, 0, dial, true},
			{60 * time.Second, 0, dial, false},
		},
		"handshakes that begin again": {
			{0, time.Second, away, false}, {time.Second, time.Second / 2, away, false},
			{time.Hour, time.Hour, away, false},
		},
		"a peer that is stopped and stays away": {
			{time.Hour, time.Hour, away, false}, {time.Hour + 5*time.Second, 0, dial, false},
			{time.Hour + 11*time.Second, 0, dial, true},
		},
		"a peer that dies, twice": {
			{time.Hour, time.Hour, errHungUp, true}, {time.Hour + time.Minute, 0, dial, false},
			{2 * time.Hour, time.Hour, errHungUp, true},
		},
		"connections that never last": {
			{0, time.Second, errHungUp, false}, {6 * time.Second, time.Second, errHungUp, false},
			{12 * time.Second, time.Second, errHungUp, true},
			{18 * time.Second, time.Second, errHungUp, false},
		},
		"refusals": {
			{0, 0, refusal("x"), true}, {1, 0, refusal("x"), false}, {2, 0, refusal("y"), true},
		},
		"a refusal by this end, which it has told": {
			{0, 0, &refusedError{why: "x", told: true}, false},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var o outage
			for i, s := range steps {
				require.Equal(t, s.news, o.news(time.Unix(1e9, 0).Add(s.at), s.lasted, s.why), i)
			}
		})
	}
}

func TestOneWhoIsRefusedAgainAndAgainIsNewsOnce(t *testing.T) {
	b := newNode(t, 1, nil)
	a := newNode(t, 0, func(h *Hello, _ *Config) { h.Cluster = "other" })
	require.NoError(t, b.Connect(0, a.url()))
	require.NoError(t, a.Connect(1, b.url()))
	const told = "WARN msg=\"peer refused\""
	until(t, "four refusals", func() bool {
		return b.Stats().Refused >= 4 && strings.Contains(b.log.String(), told)
	})
	require.Equal(t, 1, strings.Count(b.log.String(), told), b.log.String())
	for _, garbage := range []string{"", "x", "SYNH\x07\x00"} {
		reason(t, raw(t, b, []byte(garbage)))
	}
	require.Equal(t, 1, strings.Count(b.log.String(), told), b.log.String())
}

func TestConnectionsThatDoNotLastAreNotTriedWithoutPause(t *testing.T) {
	b := newNode(t, 1, nil)
	one, two := newNode(t, 0, nil), newNode(t, 0, nil) // one disk, two processes
	link(t, one, 1, b)
	begin := time.Now()
	require.NoError(t, two.Connect(1, b.url()))
	time.Sleep(time.Second)
	// Each tries six times in the first two seconds, and then at most once in each.
	most := 20 + 2*time.Since(begin)/time.Second
	require.Less(t, b.Stats().Accepted, uint64(most))
	until(t, "the first to be displaced", func() bool {
		return strings.Contains(one.log.String(), errHungUp.Error())
	})
	require.NotContains(t, one.log.String()+two.log.String(), "WARN")
}

func TestWhyAPeerCannotBeDialedIsToldInOneLine(t *testing.T) {
	a := newNode(t, 0, nil)
	closedPort := newNode(t, 1, nil)
	url := closedPort.url()
	closedPort.stop()
	require.NoError(t, a.Connect(1, url))
	until(t, "failure", func() bool { return strings.Contains(a.why(1), "connection refused") })
	address := strings.TrimSuffix(strings.TrimPrefix(url, "ws://"), PeerPath)
	require.Equal(t, "wire: dial tcp "+address+": connect: connection refused", a.why(1))
}
