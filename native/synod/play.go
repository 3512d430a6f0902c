package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

const (
	playNodes = 3
	// playSegmentMiB is small, so that a start takes no time and little is left behind.
	playSegmentMiB = "8"
	// playPatience is how long the nodes may take to have a leader.
	playPatience = time.Minute
	// childFarewell is how long a node may take to end before it is killed.
	childFarewell = 10 * time.Second
)

// playFlags are the flags of `synod play`.
type playFlags struct {
	dir, record, level string
	length             time.Duration
	values             bool
}

func playCommand() *cobra.Command {
	var f playFlags
	c := &cobra.Command{
		Use:   "play",
		Short: "Run three nodes on this machine, and the page that shows them",
		Long: `Run a cluster of three nodes on this machine, each a process of its own, and a page
that shows what they do. Kill one, write through any: it is the real thing.

It listens on this machine alone, at free ports where the usual ones are taken, and prints
where. An interrupt ends all three; unless --data-dir is given, nothing is left behind.`,
		Example: "  synod play\n  synod play --data-dir mine --for 10s",
		Args:    none,
		RunE: func(c *cobra.Command, _ []string) error {
			ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
			if !signal.Ignored(syscall.SIGHUP) { // as under nohup
				ends = append(ends, syscall.SIGHUP)
			}
			ctx, stop := signal.NotifyContext(c.Context(), ends...)
			defer stop()
			return f.run(ctx, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.dir, "data-dir", "",
		"`DIR` to keep the nodes' logs in; none: a temporary one")
	flags.DurationVar(&f.length, "for", 0,
		"end when they have run for this `DURATION`; 0: at an interrupt")
	flags.StringVar(&f.record, "record", "",
		"`DIR` that gets a recording of each node, for synod replay; it must be there")
	flags.BoolVar(&f.values, "trace-values", false,
		"show keys and values on the page, not only digests")
	flags.StringVar(&f.level, "log-level", "error", "`LEVEL` of what the nodes log")
	return c
}

// troupe is the nodes that play.
type troupe struct {
	flags  *playFlags
	dir    string
	places [playNodes]place
	out    io.Writer
	log    *lines
	work   sync.WaitGroup
	gone   chan int // numbers of nodes that have ended
}

// place is where one node listens: at sockets that are open already, for it to inherit, so that no
// other process can take an address in between.
type place struct {
	client, peer, http string
	sockets            []*os.File
}

func (f *playFlags) run(ctx context.Context, out, log io.Writer) (err error) {
	if f.length < 0 {
		return bad(fmt.Errorf("--for %v: a duration from now on is expected", f.length))
	}
	if _, err := logLevel(f.level); err != nil {
		return bad(err)
	}
	t := &troupe{flags: f, dir: f.dir, out: out, log: &lines{w: log}}
	t.gone = make(chan int, playNodes)
	if f.dir == "" {
		if t.dir, err = os.MkdirTemp("", "synod-play-"); err != nil {
			return failed(err)
		}
		defer func() { err = errors.Join(err, failed(os.RemoveAll(t.dir))) }()
	}
	defer t.leave()
	for i := range t.places {
		if err := t.places[i].take(i); err != nil {
			return failed(err)
		}
	}
	return failed(t.play(ctx))
}

// play starts the nodes, tells where they are, and ends them.
func (t *troupe) play(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer t.work.Wait()
	defer stop()
	for i := range t.places {
		if err := t.start(ctx, i+1); err != nil {
			return err
		}
	}
	if err := t.await(ctx); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return nil
	}
	fmt.Fprint(t.out, t.addresses())
	var over <-chan time.Time
	if t.flags.length > 0 {
		over = time.After(t.flags.length)
	}
	for ended := 0; ended < playNodes; {
		select {
		case <-ctx.Done():
			return nil
		case <-over:
			return nil
		case <-t.gone:
			ended++
		}
	}
	return errors.New("all nodes have ended")
}

// start runs a node as a process of its own. It ends when the pipe to its standard input closes, so
// it outlives this process in no case.
func (t *troupe) start(ctx context.Context, number int) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	c := exec.CommandContext(ctx, self, t.arguments(number)...)
	c.Stderr = &prefixed{lines: t.log, prefix: fmt.Sprintf("node %d: ", number)}
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = childFarewell
	alive, err := c.StdinPipe()
	if err != nil {
		return err
	}
	c.ExtraFiles = t.places[number-1].sockets
	if err := c.Start(); err != nil {
		return err
	}
	t.places[number-1].leave()
	t.work.Go(func() {
		defer alive.Close()
		err := c.Wait()
		if ctx.Err() == nil {
			t.log.line(fmt.Sprintf("node %d has ended: %v", number, ending(err)))
			t.gone <- number
		}
	})
	return nil
}

func ending(err error) string {
	if err == nil {
		return "it was asked to"
	}
	return err.Error()
}

func (t *troupe) arguments(number int) []string {
	p := &t.places[number-1]
	var peers, pages []string
	for i := range t.places {
		peers = append(peers, strconv.Itoa(i+1)+"="+t.places[i].peer)
		pages = append(pages, strconv.Itoa(i+1)+"="+t.places[i].http)
	}
	args := []string{"serve", "--until-stdin-ends", "--inherit", "--node", strconv.Itoa(number),
		"--cluster", "play", "--data-dir", filepath.Join(t.dir, "node"+strconv.Itoa(number)),
		"--peers", strings.Join(peers, ","), "--http-peers", strings.Join(pages, ","),
		"--client-listen", p.client, "--peer-listen", p.peer, "--http-listen", p.http,
		"--log-level", t.flags.level, "--segment-mib", playSegmentMiB}
	if t.flags.record != "" {
		file := filepath.Join(t.flags.record, "node"+strconv.Itoa(number)+".transcript")
		args = append(args, "--record", file)
	}
	if t.flags.values {
		args = append(args, "--trace-values")
	}
	return args
}

// await waits until each node follows a leader, or until one has ended.
func (t *troupe) await(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, playPatience)
	defer stop()
	for i := range t.places {
		for !healthy(ctx, t.places[i].http) {
			select {
			case number := <-t.gone:
				return fmt.Errorf("node %d could not start", number)
			case <-ctx.Done():
				if errors.Is(ctx.Err(), context.DeadlineExceeded) {
					return fmt.Errorf("there is no leader after %v", playPatience)
				}
				return nil
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
	return nil
}

func healthy(ctx context.Context, address string) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/healthz", nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

func (t *troupe) addresses() string {
	var clients []string
	for i := range t.places {
		clients = append(clients, t.places[i].client)
	}
	return fmt.Sprintf(`three nodes run, and have a leader

  page     http://%s/
  clients  etcdctl --endpoints %s put greeting hello
  data     %s

an interrupt (Ctrl-C) ends them
`, t.places[0].http, strings.Join(clients, ","), t.dir)
}

// take opens the sockets of the node at position i: at the usual addresses, or at free ones where
// these are taken.
func (p *place) take(i int) error {
	for j, address := range [...]*string{&p.client, &p.peer, &p.http} {
		const first, step = 2379, 100
		l, err := listen(first + i*step + j)
		if err != nil {
			return err
		}
		*address = l.Addr().String()
		socket, err := l.(*net.TCPListener).File()
		if err := errors.Join(err, l.Close()); err != nil {
			return err
		}
		p.sockets = append(p.sockets, socket)
	}
	return nil
}

// leave closes the sockets, which the node has by now, or never will.
func (p *place) leave() {
	for _, socket := range p.sockets {
		_ = socket.Close()
	}
	p.sockets = nil
}

func (t *troupe) leave() {
	for i := range t.places {
		t.places[i].leave()
	}
}

// listen listens at port, or at another if that is taken.
func listen(port int) (net.Listener, error) {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return net.Listen("tcp", "127.0.0.1:0")
	}
	return l, nil
}

// lines writes whole lines, from several goroutines.
type lines struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lines) line(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintln(l.w, text)
}

// prefixed puts a prefix before each line that is written to it.
type prefixed struct {
	lines  *lines
	prefix string
	rest   []byte
}

// Write takes what a process says; a line is shown when it is whole.
func (p *prefixed) Write(b []byte) (int, error) {
	p.rest = append(p.rest, b...)
	for {
		n, line, err := bufio.ScanLines(p.rest, false)
		if err != nil || n == 0 {
			return len(b), nil
		}
		p.lines.line(p.prefix + string(line))
		p.rest = p.rest[n:]
	}
}
