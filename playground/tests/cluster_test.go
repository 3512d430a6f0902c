package tests

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/websocket"

	"github.com/synodlab/synod/playground"
)

// cluster serves the page as a node does: with a list of nodes, and a trace that ends after one
// frame, so that a page has to come again.
func cluster(t *testing.T, visits *atomic.Int32) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/", playground.New(os.DirFS(site), playground.Options{}))
	mux.Handle("/trace", websocket.Handler(func(c *websocket.Conn) {
		n := visits.Add(1)
		event := fmt.Sprintf(`{"event":%d,"at":1,"node":"n1","kind":"chosen","slot":%d,`+
			`"ballot":"2.1.3","value":"5 bytes a1b2"}`, n, n)
		status := fmt.Sprintf(`{"status":{"node":1,"leader":1,"ballot":"1.1.1","chosen":%d,`+
			`"applied":12,"role":"leader"}}`, 40+n)
		frame := event + "\nthis is no JSON\n" + status
		if _, err := c.Write([]byte(frame)); err != nil || n == 1 {
			return
		}
		var end []byte
		_ = websocket.Message.Receive(c, &end) // until the page leaves
	}))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	mux.HandleFunc("/cluster.json", func(w http.ResponseWriter, _ *http.Request) {
		trace := strings.Replace(server.URL, "http", "ws", 1) + "/trace"
		fmt.Fprintf(w, `{"nodes":[{"name":"n1","trace":%q},{"name":"broken","trace":7}]}`, trace)
	})
	return server.URL
}

func TestALiveClusterIsShownAndReconnectedTo(t *testing.T) {
	var visits atomic.Int32
	origin := cluster(t, &visits)
	p := openAt(t, desk, origin, "")
	p.shows(".tabs [aria-selected=true]", "Cluster")
	p.shows(".cluster", "42")
	p.shows(".cluster", "leader")
	p.shows(".cluster", "1.1.1")
	require.GreaterOrEqual(t, visits.Load(), int32(2))
	p.shows(".log", "chosen ballot 2.1.3 slot 2 5 bytes a1b2")
	require.Equal(t, 1, eval[int](p, `document.querySelectorAll(".cluster tbody tr").length`))
	p = openAt(t, desk, origin, linkOf(t, []byte(half)))
	p.wait(textOf(".tabs") + `.includes("Cluster")`)
	p.shows(".tabs [aria-selected=true]", "Inspect")
}

func TestAStaticSiteShowsNoCluster(t *testing.T) {
	p := open(t, desk, "")
	p.wait(`performance.getEntriesByName(new URL("cluster.json", location.href).href).length === 1`)
	// What is asked for now is answered after what the page asked for.
	eval[string](p, `fetch("cluster.json").then((answer) => answer.text())`)
	p.do(``)
	require.NotContains(t, p.text(".tabs"), "Cluster")
}
