// Package web is the HTTP listener of a node: the page with a live view of the cluster, and what
// operators and their tools ask for.
//
//	/              the page (package playground)
//	/cluster.json  the nodes, and where the trace of each is
//	/trace         what this node does, as lines of JSON over WebSocket (wire.Feed)
//	/healthz       200 if this node follows a leader, else 503; a line says why
//	/metrics       counters, for Prometheus
//
// # What is assumed, and what is not protected
//
// All of it only shows, and changes nothing. A page of another origin can read none of it: answers
// carry no leave for that, and /trace looks at the origin of who connects. A request under a name
// that is not this server's is refused, so that no page can point a name of its own here. Who can
// reach the listener can read it: values are in the trace only if the node was told to show them.
package web

import (
	"encoding/json"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/node"
	"github.com/synodlab/synod/playground"
)

const (
	headerTimeout = 10 * time.Second
	// readTimeout ends a request that never does; writeTimeout, one whose answer nobody takes.
	// /trace is beyond both: it is no request any more.
	readTimeout  = 30 * time.Second
	writeTimeout = 2 * time.Minute
	idleTimeout  = 2 * time.Minute
	headerBytes  = 16 << 10
)

// Options say what a listener serves.
type Options struct {
	Node *node.Node
	// Trace is the handler of /trace, usually the Feed that the node publishes to.
	Trace http.Handler
	// Address is where this listener is: host:port.
	Address string
	// Hosts are names besides Address under which it may be asked for, host:port each. A listener
	// on all addresses is asked for under names that it cannot know: with AnyHost it answers all.
	Hosts   []string
	AnyHost bool
	// Peers are the HTTP listeners of the other nodes, as far as they are given; what the nodes
	// tell each other is added.
	Peers map[paxos.NodeID]string
	// PublicURL is where the links that the page copies begin. Empty: at the page's own address.
	PublicURL string
}

// Server is an http.Server for a listener that browsers and tools reach.
func Server(o Options) *http.Server {
	return &http.Server{Handler: Handler(o), ReadHeaderTimeout: headerTimeout,
		ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: headerBytes}
}

// Handler serves all paths of the listener.
func Handler(o Options) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", playground.Handler(playground.Options{Connect: o.origins(),
		PublicURL: o.PublicURL}))
	mux.HandleFunc("GET /cluster.json", o.cluster)
	mux.HandleFunc("GET /healthz", o.health)
	mux.Handle("GET /metrics", o.metrics())
	if o.Trace != nil {
		mux.Handle("GET /trace", o.Trace)
	}
	return o.guard(mux)
}

// Names are the hosts under which a listener at address is asked for on this machine.
func Names(address string) []string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return []string{address}
	}
	names := []string{address}
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() || host == "localhost" {
		for _, h := range []string{"localhost", "127.0.0.1", "::1"} {
			names = append(names, net.JoinHostPort(h, port))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// guard refuses requests under foreign names, and forbids pages of others to embed or read answers.
func (o *Options) guard(next http.Handler) http.Handler {
	names := append(Names(o.Address), o.Hosts...)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !o.AnyHost && !slices.Contains(names, r.Host) {
			http.Error(w, "this server does not go by that name", http.StatusMisdirectedRequest)
			return
		}
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// origins are what the page may connect to besides its own server: the traces of the other nodes.
func (o *Options) origins() []string {
	var out []string
	for _, address := range o.Peers {
		out = append(out, "ws://"+address)
	}
	slices.Sort(out)
	return out
}

// view is cluster.json.
type view struct {
	Nodes []viewNode `json:"nodes"`
}

type viewNode struct {
	Name   string          `json:"name"`
	Trace  string          `json:"trace"` // relative to the page, or a ws:// address
	Status json.RawMessage `json:"status,omitempty"`
}

// cluster tells where the trace of each node is. The page's policy lets it connect to those that
// were given at the start, so only these are named.
func (o *Options) cluster(w http.ResponseWriter, _ *http.Request) {
	s := o.Node.Status()
	v := view{Nodes: []viewNode{{
		Name: strconv.Itoa(int(s.Node)), Trace: "trace", Status: s.AppendJSON(nil),
	}}}
	for id, address := range o.Peers {
		if id != s.Node {
			v.Nodes = append(v.Nodes, viewNode{
				Name: strconv.Itoa(int(id)), Trace: "ws://" + address + "/trace",
			})
		}
	}
	slices.SortFunc(v.Nodes, func(a, b viewNode) int { return strings.Compare(a.Name, b.Name) })
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v) // a client that went away is its own affair
}

// health tells whether this node can serve: whether it follows a leader.
func (o *Options) health(w http.ResponseWriter, _ *http.Request) {
	s := o.Node.Status()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if s.Leader != paxos.NoNode {
		_, _ = w.Write([]byte("ok: node " + strconv.Itoa(int(s.Leader)) + " leads\n"))
		return
	}
	w.WriteHeader(http.StatusServiceUnavailable)
	lines := append([]string{"no leader is known"}, s.Troubles...)
	_, _ = w.Write([]byte(strings.Join(lines, "\n") + "\n"))
}

func (o *Options) metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(o.Node, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}
