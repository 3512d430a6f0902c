package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/node"
)

// serveFlags are the flags of `synod serve`.
type serveFlags struct {
	dir, cluster, peers                  string
	node, window, segmentMiB             int
	snapshotMiB                          int
	client, peer, http                   string
	advertise, httpPeers                 string
	publicURL                            string
	election, beat                       time.Duration
	record, level                        string
	values, insecure, untilDone, inherit bool
	join                                 bool
}

func serveCommand() *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use:   "serve --data-dir DIR --node N --peers 1=HOST:PORT,2=HOST:PORT,3=HOST:PORT",
		Short: "Run one node of a cluster: a replicated store that speaks the etcd API",
		Long: `Run one node of a cluster: a replicated key-value store that speaks the etcd v3 API.

Start each node with the same --cluster and --peers, and a number and directory of its own.
The nodes found the cluster when all of them have met. From then on the log knows who votes,
and --peers only where nodes are: a node is dialed there, and where it says itself that it is.
'synod member' adds, removes and replaces nodes.

A node that is started with --join, or whose directory was lost, learns all that the others
know, and does not vote: it may have forgotten what it promised. 'synod member add', or
'replace', has its new disk vote. Only a founder that was alone must be started with --join
then: with nobody to ask, it would found another cluster.

Everything listens on this machine alone unless --insecure says otherwise: connections are
not encrypted, and whoever reaches a listener may use it.

The exit code is 0 after an interrupt, 1 if the node had to stop or could not start, 2 if a
flag is wrong.`,
		Example: `  synod serve --data-dir /var/lib/synod --node 1
  synod serve --data-dir d2 --node 2 --peers 1=127.0.0.1:2380,2=127.0.0.1:2480,3=127.0.0.1:2580 \
    --client-listen 127.0.0.1:2479 --peer-listen 127.0.0.1:2480 --http-listen 127.0.0.1:2481
  etcdctl --endpoints 127.0.0.1:2379 put greeting hello`,
		Args: none,
		RunE: func(c *cobra.Command, _ []string) error {
			return f.run(c.Context(), c.InOrStdin(), c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f.define(c)
	return c
}

func (f *serveFlags) define(c *cobra.Command) {
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.dir, "data-dir", "",
		"`DIR` that holds this node's log; made if it is not there")
	flags.IntVar(&f.node, "node", 1, "`NUMBER` of this node, from 1 to 15")
	flags.StringVar(&f.cluster, "cluster", "synod",
		"`NAME` of the cluster, the same on all nodes")
	flags.StringVar(&f.peers, "peers", "",
		"all nodes and where they listen for each other, `1=HOST:PORT,2=…`; none: this node alone")
	flags.BoolVar(&f.join, "join", false,
		"join a cluster that exists: --peers names some of its nodes, and this one")
	flags.StringVar(&f.client, "client-listen", "127.0.0.1:2379",
		"`HOST:PORT` for clients (gRPC)")
	flags.StringVar(&f.peer, "peer-listen", "127.0.0.1:2380", "`HOST:PORT` for the other nodes")
	flags.StringVar(&f.http, "http-listen", "127.0.0.1:2381",
		"`HOST:PORT` for the page, /metrics, /healthz and /trace")
	flags.StringVar(&f.advertise, "advertise-client", "",
		"`URL` that clients are told of this node; none: http:// and --client-listen")
	flags.StringVar(&f.httpPeers, "http-peers", "",
		"where all nodes serve the page, `1=HOST:PORT,2=…`, so that one page shows them all")
	flags.StringVar(&f.publicURL, "public-url", "",
		"`URL` of a playground that others reach, where copied links begin; none: the page's own")
	flags.DurationVar(&f.election, "election", time.Second,
		"how long a leader may be silent before another stands, at least")
	flags.DurationVar(&f.beat, "beat", 0,
		"how often a leader gives a sign of life; 0: election / 10")
	flags.StringVar(&f.record, "record", "",
		"`FILE` that gets every input of this node, for synod replay; it holds all values")
	flags.BoolVar(&f.values, "trace-values", false,
		"show keys and values in /trace, not only digests")
	flags.BoolVar(&f.insecure, "insecure", false,
		"listen beyond this machine, without encryption or passwords")
	flags.StringVar(&f.level, "log-level", "warn",
		"`LEVEL` of what is logged: debug, info, warn or error")
	flags.IntVar(&f.window, "window", node.DefaultLimits().Window,
		"`SLOTS` that may be undecided at a time, a power of two; the same on all nodes, for ever")
	flags.IntVar(&f.segmentMiB, "segment-mib", 64, "`SIZE` of each file of the log")
	flags.IntVar(&f.snapshotMiB, "snapshot-mib", 64,
		"`SIZE` of what is logged between two snapshots; the log is kept from the last but one on")
	flags.BoolVar(&f.untilDone, "until-stdin-ends", false, "stop when standard input ends")
	flags.BoolVar(&f.inherit, "inherit", false,
		"listen at the sockets that are open as files 3, 4 and 5, for clients, nodes and the page")
	for _, own := range []string{"until-stdin-ends", "inherit"} { // of synod play
		if err := flags.MarkHidden(own); err != nil {
			panic(err) // the flag is defined above
		}
	}
}

// run serves until a signal, or until the node has to stop.
func (f *serveFlags) run(ctx context.Context, in io.Reader, out, log io.Writer) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	if f.untilDone {
		go func() {
			_, _ = io.Copy(io.Discard, in) // its end is all that is waited for
			stop()
		}()
	}
	plan, err := f.plan(log)
	if err != nil {
		return bad(err)
	}
	s, err := plan.start()
	if err != nil {
		return failed(err)
	}
	fmt.Fprintln(out, s.greeting())
	return failed(s.wait(ctx))
}

// failed makes err one of a node that could not start or had to stop.
func failed(err error) error {
	if err == nil {
		return nil
	}
	return &exit{exitUnmet, err}
}

// plan judges all flags together.
func (f *serveFlags) plan(log io.Writer) (*plan, error) {
	p := &plan{client: f.client, peer: f.peer, http: f.http, inherit: f.inherit,
		advertise: f.advertise, publicURL: f.publicURL}
	var err error
	if p.log, err = f.logger(log); err != nil {
		return nil, err
	}
	for _, l := range [...][2]string{{"--client-listen", f.client}, {"--peer-listen", f.peer},
		{"--http-listen", f.http}} {
		if err := f.checkListen(l[0], l[1]); err != nil {
			return nil, err
		}
	}
	for _, u := range [...][2]string{{"--advertise-client", f.advertise},
		{"--public-url", f.publicURL}} {
		if err := checkURL(u[0], u[1]); err != nil {
			return nil, err
		}
	}
	if p.httpPeers, err = addresses("--http-peers", f.httpPeers); err != nil {
		return nil, err
	}
	if p.config, err = f.config(); err != nil {
		return nil, err
	}
	p.config.Logger = p.log
	return p, p.config.Check()
}

func (f *serveFlags) config() (node.Config, error) {
	c := node.Config{
		Dir: f.dir, Cluster: f.cluster, Node: paxos.NodeID(f.node), Limits: node.DefaultLimits(),
		Election: f.election, Beat: f.beat, Record: f.record, TraceValues: f.values,
		SegmentBytes: int64(f.segmentMiB) << 20, Join: f.join,
		SnapshotBytes: int64(f.snapshotMiB) << 20,
	}
	c.Limits.Window = f.window
	c.Limits.BatchEntries = min(c.Limits.BatchEntries, max(f.window, 1))
	if err := f.checkBounds(); err != nil {
		return c, err
	}
	if f.peers == "" {
		c.Peers = map[paxos.NodeID]string{c.Node: f.peer}
		return c, nil
	}
	var err error
	if c.Peers, err = addresses("--peers", f.peers); err != nil {
		return c, err
	}
	if _, found := c.Peers[c.Node]; !found {
		return c, fmt.Errorf("--peers does not name this node, %d: all nodes are expected", f.node)
	}
	return c, nil
}

// checkBounds judges each flag by itself.
func (f *serveFlags) checkBounds() error {
	switch {
	case f.dir == "":
		return errors.New("--data-dir is missing: the directory that holds this node's log")
	case f.node < 1 || f.node >= paxos.MaxNodes:
		return fmt.Errorf("--node %d: a number from 1 to %d is expected", f.node, paxos.MaxNodes-1)
	case f.cluster == "" || len(f.cluster) > node.MaxNameBytes:
		return fmt.Errorf("--cluster %q: a name of 1 to %d bytes is expected", f.cluster,
			node.MaxNameBytes)
	case f.election < 10*time.Millisecond || f.election > time.Hour:
		return fmt.Errorf("--election %v: from 10ms to 1h is expected", f.election)
	case f.beat != 0 && f.beat < time.Millisecond || f.beat >= f.election:
		return fmt.Errorf("--beat %v: 1ms or more, and less than --election, is expected", f.beat)
	case f.segmentMiB < 8 || f.segmentMiB > 1<<14:
		return fmt.Errorf("--segment-mib %d: from 8 to 16384 is expected", f.segmentMiB)
	case f.snapshotMiB < 1 || f.snapshotMiB > 1<<20:
		return fmt.Errorf("--snapshot-mib %d: from 1 to 1048576 is expected", f.snapshotMiB)
	case f.window < 1 || f.window&(f.window-1) != 0 || f.window > 1<<16:
		return fmt.Errorf("--window %d: a power of two from 1 to 65536 is expected", f.window)
	}
	return nil
}

func (f *serveFlags) logger(w io.Writer) (*slog.Logger, error) {
	level, err := logLevel(f.level)
	if err != nil {
		return nil, err
	}
	h := slog.NewTextHandler(w, &slog.HandlerOptions{Level: level})
	return slog.New(h).With("node", f.node), nil
}

func logLevel(name string) (level slog.Level, err error) {
	if level.UnmarshalText([]byte(name)) != nil {
		err = fmt.Errorf("--log-level %q: debug, info, warn or error is expected", name)
	}
	return level, err
}

// checkListen refuses to listen where others than this machine could come without being told to.
func (f *serveFlags) checkListen(flag, address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%s %q: host:port is expected", flag, address)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("%s %q: a port from 0 to 65535 is expected", flag, address)
	}
	if !f.insecure && !loopback(host) {
		return fmt.Errorf("%s %s listens beyond this machine, without encryption or passwords: "+
			"an address like 127.0.0.1 is expected, or --insecure", flag, address)
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// addresses reads a list like 1=host:port,2=host:port.
func addresses(flag, list string) (map[paxos.NodeID]string, error) {
	all, at := map[paxos.NodeID]string{}, map[string]int{}
	if list == "" {
		return all, nil
	}
	for part := range strings.SplitSeq(list, ",") {
		number, address, _ := strings.Cut(strings.TrimSpace(part), "=")
		id, err := strconv.Atoi(number)
		if err != nil || id < 1 || id >= paxos.MaxNodes {
			return nil, fmt.Errorf("%s: %q: NUMBER=HOST:PORT is expected, the number from 1 to %d",
				flag, part, paxos.MaxNodes-1)
		}
		if !dialable(address) {
			return nil, fmt.Errorf("%s: %q: HOST:PORT is expected behind %d=, the port from 1 to "+
				"65535", flag, part, id)
		}
		if _, twice := all[paxos.NodeID(id)]; twice {
			return nil, fmt.Errorf("%s: node %d is named twice", flag, id)
		}
		if other, taken := at[address]; taken {
			return nil, fmt.Errorf("%s: nodes %d and %d are both at %s", flag, other, id, address)
		}
		all[paxos.NodeID(id)], at[address] = address, id
	}
	return all, nil
}

// dialable reports whether address is a host and a port that one can connect to.
func dialable(address string) bool {
	host, port, err := net.SplitHostPort(address)
	n, notNumber := strconv.Atoi(port)
	return err == nil && notNumber == nil && host != "" && n >= 1 && n <= 65535
}

// checkURL judges an address that is passed on to others; none is fine.
func checkURL(flag, address string) error {
	u, err := url.Parse(address)
	if address == "" || err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		return nil
	}
	return fmt.Errorf("%s %q: a URL like http://127.0.0.1:2379 is expected", flag, address)
}
