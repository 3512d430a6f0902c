package wire

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func newFeed(t *testing.T, opt FeedOptions) (*Feed, string) {
	f := NewFeed(opt)
	srv := httptest.NewServer(f)
	t.Cleanup(func() {
		f.Close()
		srv.Close()
	})
	return f, "ws" + strings.TrimPrefix(srv.URL, "http")
}

func watch(t *testing.T, url string) *Conn {
	c, err := Dial(context.Background(), url, DialOptions{ReadLimit: 1 << 20})
	require.NoError(t, err)
	t.Cleanup(c.Cut)
	return c
}

// lines reads n lines.
func lines(t *testing.T, c *Conn, n int) []string {
	var out []string
	for len(out) < n {
		b, text, err := c.Read(nil)
		require.NoError(t, err)
		require.True(t, text)
		require.True(t, strings.HasSuffix(string(b), "\n"))
		out = append(out, strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")...)
	}
	return out
}

func TestASubscriberGetsTheBacklogAndThenWhatComes(t *testing.T) {
	f, url := newFeed(t, FeedOptions{})
	for i := range 1500 {
		require.NoError(t, f.Publish(fmt.Append(nil, i)))
	}
	c := watch(t, url)
	got := lines(t, c, DefaultBacklog)
	require.Equal(t, "500", got[0])
	require.Equal(t, "1499", got[len(got)-1])
	require.NoError(t, f.Publish([]byte("new")))
	require.Equal(t, []string{"new"}, lines(t, c, 1))
	require.Equal(t, 1, f.Subscribers())
	c.Close(CodeNormal, "seen enough")
	until(t, "leave", func() bool { return f.Subscribers() == 0 })
	require.ErrorIs(t, f.Publish(nil), ErrEventSize)
	require.ErrorIs(t, f.Publish(make([]byte, MaxEventBytes+1)), ErrEventSize)
}

func TestBinaryEventsAreMessagesOfTheirOwn(t *testing.T) {
	f, url := newFeed(t, FeedOptions{Binary: true})
	require.NoError(t, f.Publish([]byte{1, 2}))
	require.NoError(t, f.Publish([]byte{3}))
	c := watch(t, url)
	for _, want := range [][]byte{{1, 2}, {3}} {
		got, text, err := c.Read(nil)
		require.NoError(t, err)
		require.False(t, text)
		require.Equal(t, want, got)
	}
}

// overtakesSome reports whether events are gone that a subscriber has not got.
func (f *Feed) overtakesSome() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for s := range f.subs {
		if n := uint64(len(f.ring)); f.next > n && s.pos < f.next-n {
			return true
		}
	}
	return f.Dropped() > 0
}

func TestASlowSubscriberIsDroppedAndToldSo(t *testing.T) {
	f, url := newFeed(t, FeedOptions{Backlog: 50})
	slow, quick := watch(t, url), watch(t, url)
	until(t, "subscribers", func() bool { return f.Subscribers() == 2 })
	event := make([]byte, MaxEventBytes)
	for i := range event {
		event[i] = 'e'
	}
	// The system holds some megabytes for the one that does not read. As soon as it is overtaken
	// it reads again: who is stuck for feedTimeout is cut off without a word.
	for i := 0; !f.overtakesSome(); i++ {
		require.Less(t, i, 20000)
		require.NoError(t, f.Publish(event))
		lines(t, quick, 1)
	}
	said := reason(t, slow)
	require.Equal(t, CodeTryLater, said.Code)
	require.Contains(t, said.Reason, "too slow")
	require.Equal(t, uint64(1), f.Dropped())
	require.NoError(t, f.Publish([]byte("still here")))
	require.Equal(t, []string{"still here"}, lines(t, quick, 1))
}

func TestAPageOfAnotherOriginIsRefused(t *testing.T) {
	get := func(url, origin, host string) int {
		req, err := http.NewRequest("GET", strings.Replace(url, "ws", "http", 1), nil)
		require.NoError(t, err)
		for k, v := range map[string]string{"Connection": "Upgrade", "Upgrade": "websocket",
			"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
			"Origin": origin} {
			req.Header.Set(k, v)
		}
		if host != "" {
			req.Host = host
		}
		resp, err := http.DefaultTransport.RoundTrip(req)
		require.NoError(t, err)
		resp.Body.Close()
		return resp.StatusCode
	}
	_, url := newFeed(t, FeedOptions{})
	own := strings.TrimPrefix(url, "ws://")
	require.Equal(t, http.StatusForbidden, get(url, "http://evil.example", ""))
	require.Equal(t, http.StatusForbidden, get(url, "http://ok.example", ""))
	require.Equal(t, http.StatusSwitchingProtocols, get(url, "http://"+own, ""))
	_, url = newFeed(t, FeedOptions{Accept: AcceptOptions{Origins: []string{"ok.example"}}})
	require.Equal(t, http.StatusSwitchingProtocols, get(url, "http://ok.example", ""))
	require.Equal(t, http.StatusForbidden, get(url, "http://evil.example", ""))

	// A name of the attacker's that points here: its pages are of the same origin.
	_, url = newFeed(t, FeedOptions{Accept: AcceptOptions{Hosts: []string{"node.example:2381"}}})
	require.Equal(t, http.StatusForbidden, get(url, "http://evil.example", "evil.example"))
	require.Equal(t, http.StatusSwitchingProtocols,
		get(url, "http://node.example:2381", "node.example:2381"))
}

func TestASubscriberThatSpeaksIsCutOff(t *testing.T) {
	_, url := newFeed(t, FeedOptions{})
	c := watch(t, url)
	require.NoError(t, c.Write([]byte("hello?"), true))
	require.Equal(t, CodeRefused, reason(t, c).Code)
}

func TestAFeedThatClosesSaysSo(t *testing.T) {
	soon(t, 3*time.Second, func() time.Duration {
		f, url := newFeed(t, FeedOptions{})
		c := watch(t, url)
		until(t, "subscriber", func() bool { return f.Subscribers() == 1 })
		begin := time.Now()
		go f.Close()
		said := reason(t, c)
		took := time.Since(begin)
		require.Equal(t, CodeAway, said.Code)
		until(t, "end", func() bool { return f.Subscribers() == 0 })
		require.Equal(t, CodeTryLater, reason(t, watch(t, url)).Code)
		return took
	})
}
