package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// request is one operation of a history, on one key.
type request struct {
	kind     string // get, put, cas
	key      string
	old, new string // cas sets new if the value is old
}

// outcome is what was answered. If it is open, the operation may take effect at any time later, or
// never.
type outcome struct {
	value string // of a get, "" if the key is not there
	done  bool   // of a cas
	open  bool
}

// register is the model: each key holds a value.
var register = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		byKey := map[string][]porcupine.Operation{}
		for _, op := range history {
			key := op.Input.(request).key
			byKey[key] = append(byKey[key], op)
		}
		var parts [][]porcupine.Operation
		for _, part := range byKey {
			parts = append(parts, part)
		}
		return parts
	},
	Init: func() any { return "" },
	Step: func(state, input, output any) (bool, any) {
		value, r, o := state.(string), input.(request), output.(outcome)
		switch r.kind {
		case "get":
			return o.value == value, value
		case "put":
			return true, r.new
		}
		if value == r.old {
			return o.done || o.open, r.new
		}
		return !o.done, value
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprint(input, " -> ", output) },
}

// history is what several callers saw.
type history struct {
	mu    sync.Mutex
	begin time.Time
	ops   []porcupine.Operation
	acked map[string]string // unique keys whose put was acknowledged
	kinds map[string]int    // operations by how they ended
	done  int               // operations of callers that were answered
}

// call does one operation and notes it. An error that says for sure that nothing happened is held
// to it: the operation is left out, and the history must make sense without it.
func (h *history) call(caller int, r request, do func() (outcome, error)) {
	at := time.Since(h.begin).Nanoseconds()
	o, err := do()
	end := time.Since(h.begin).Nanoseconds()
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case err != nil && (r.kind == "get" || definite(err)):
		h.kinds[r.kind+" refused"]++
		return
	case err != nil:
		h.kinds[r.kind+" open"]++
		o.open, end = true, math.MaxInt64
	default:
		h.kinds[r.kind+" done"]++
		h.done++
	}
	h.ops = append(h.ops, porcupine.Operation{ClientId: caller, Input: r, Call: at, Output: o,
		Return: end})
}

// definite reports whether an error says that the command was never executed: those of the node but
// for unknown outcomes, and those of a client that could not even connect.
func definite(err error) bool {
	text := err.Error()
	for _, sure := range []string{"etcdserver: no leader", "etcdserver: server stopped",
		"etcdserver: too many requests", "Error while dialing"} {
		if strings.Contains(text, sure) {
			return true
		}
	}
	return false
}

const (
	registers = 3
	callers   = 9
	pause     = 20 * time.Millisecond // of a caller between two operations, at the most
	answers   = 100                   // so many show that the cluster goes on
)

// soaked is how often a thing is done to a cluster: ten times as often where there is time for it.
func soaked(times int) int {
	if os.Getenv("SYNOD_SOAK") != "" {
		return 10 * times
	}
	return times
}

// caller does random operations until the end.
func (h *history) caller(ctx context.Context, client *clientv3.Client, number int) {
	last := make([]string, registers)
	for i := 0; ctx.Err() == nil; i++ {
		k := rand.IntN(registers)
		r := request{key: fmt.Sprint("r", k), new: fmt.Sprintf("%d.%d", number, i), old: last[k]}
		one, cancel := context.WithTimeout(context.WithoutCancel(ctx), 4*time.Second)
		switch rand.IntN(4) {
		case 0:
			r.kind = "put"
			h.call(number, r, func() (outcome, error) {
				_, err := client.Put(one, r.key, r.new)
				return outcome{}, err
			})
		case 1:
			r.kind = "cas"
			h.call(number, r, func() (outcome, error) { return cas(one, client, r) })
		case 2:
			h.unique(one, client, r.new)
		default:
			r.kind = "get"
			h.call(number, r, func() (o outcome, err error) {
				answer, err := client.Get(one, r.key)
				if err == nil && len(answer.Kvs) > 0 {
					o.value = string(answer.Kvs[0].Value)
				}
				last[k] = o.value
				return o, err
			})
		}
		cancel()
		time.Sleep(rand.N(pause))
	}
}

func cas(ctx context.Context, client *clientv3.Client, r request) (outcome, error) {
	is := clientv3.Compare(clientv3.Value(r.key), "=", r.old)
	if r.old == "" {
		is = clientv3.Compare(clientv3.CreateRevision(r.key), "=", 0)
	}
	answer, err := client.Txn(ctx).If(is).Then(clientv3.OpPut(r.key, r.new)).Commit()
	return outcome{done: err == nil && answer.Succeeded}, err
}

// unique writes a key that nobody else writes.
func (h *history) unique(ctx context.Context, client *clientv3.Client, name string) {
	key := "unique/" + name
	_, err := client.Put(ctx, key, name)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil {
		h.acked[key] = name
		h.done++
	}
}

// goesOn waits until callers are answered, whatever was done to the nodes before.
func (h *history) goesOn(c *processes) {
	c.t.Helper()
	before := h.answered()
	c.eventually("callers to be answered", func() bool { return h.answered() > before+answers })
}

func (h *history) answered() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.done
}

// TestNothingAcknowledgedIsLostWhileLeadersAreKilled is the promise of the whole: whatever is
// killed, clients see one copy of the data, whose past never changes.
func TestNothingAcknowledgedIsLostWhileLeadersAreKilled(t *testing.T) {
	t.Parallel()
	c := newProcesses(t, "--election", "400ms")
	judge(t, c, func(h *history) {
		for range soaked(4) {
			h.goesOn(c)
			leader := c.leader()
			c.kill(leader)
			h.goesOn(c)
			c.start(leader)
		}
	})
}

// TestNothingAcknowledgedIsLostWhileTheLeadMovesAndLogsEndInSnapshots has large values beside what
// is judged, so that each node writes snapshots and lets go of its log, while processes are killed
// at any moment and those that were away longer need a snapshot of another.
func TestNothingAcknowledgedIsLostWhileTheLeadMovesAndLogsEndInSnapshots(t *testing.T) {
	t.Parallel()
	c := newProcesses(t, "--election", "400ms", "--snapshot-mib", "1")
	judge(t, c, func(*history) {
		for round := range soaked(playNodes) {
			victim := round%playNodes + 1
			c.kill(victim)
			c.ballast(c.client(victim%playNodes+1), 80)
			c.start(victim)
			leader := c.leader()
			heir := leader%playNodes + 1
			_, log, code := run(t, "member", "lead", fmt.Sprint(heir), "--wait", "1s",
				"--endpoint", c.places[leader-1].client)
			if code != 0 {
				t.Logf("node %d does not take over: %s", heir, log)
			}
		}
	})
	for i := range c.places {
		c.eventually("each log to end in a snapshot", func() bool {
			c.ballast(c.client(), 10)
			snapshots, err := filepath.Glob(filepath.Join(c.data(i+1), "snap-*"))
			require.NoError(t, err)
			_, first := os.Stat(filepath.Join(c.data(i+1), "log-00000001"))
			return len(snapshots) > 0 && os.IsNotExist(first)
		})
	}
}

func TestANodeThatIsKilledAgainAndAgainWhileItFetchesASnapshotHasItInTheEnd(t *testing.T) {
	t.Parallel()
	c := newProcesses(t, "--election", "400ms", "--snapshot-mib", "4")
	c.startAll()
	c.leader()
	client := c.client(1, 2)
	put(t, client, "first", "1")
	c.kill(3)
	released := func() bool {
		for _, number := range []int{1, 2} {
			if _, err := os.Stat(filepath.Join(c.data(number), "log-00000001")); err == nil {
				return false
			}
		}
		return true
	}
	for i := range 60 { // some 5 MB that stay
		put(t, client, fmt.Sprint("large/", i), strings.Repeat("ballast ", 10_000))
	}
	c.eventually("the others to let go of what node 3 lacks", func() bool {
		c.ballast(client, 10)
		return released()
	})
	for range 5 {
		c.start(3)
		time.Sleep(time.Duration(rand.IntN(400)) * time.Millisecond) // at any moment
		c.kill(3)
	}
	c.start(3)
	put(t, client, "last", "1")
	own := c.client(3)
	again(t, func(ctx context.Context) error {
		answer, err := own.Get(ctx, "l", clientv3.WithPrefix(), clientv3.WithCountOnly())
		if err == nil && answer.Count != 61 {
			err = fmt.Errorf("%d keys", answer.Count)
		}
		return err
	})
	require.NoError(t, c.stop(3))
}

// ballast writes large values over and over.
func (c *processes) ballast(client *clientv3.Client, count int) {
	value := strings.Repeat("ballast ", 10_000)
	for i := range count {
		put(c.t, client, fmt.Sprint("ballast/", i%10), value)
	}
}

// judge has callers work while something disturbs them, and judges what they saw.
func judge(t *testing.T, c *processes, disturb func(*history)) {
	c.startAll()
	c.leader()
	h := &history{begin: time.Now(), acked: map[string]string{}, kinds: map[string]int{}}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var all sync.WaitGroup
	for i := range callers {
		// Most callers know one node only, the others all of them.
		client := c.client()
		if i < 2*playNodes {
			client = c.client(i%playNodes + 1)
		}
		all.Go(func() { h.caller(ctx, client, i) })
	}
	disturb(h)
	h.goesOn(c)
	c.eventually("enough to judge: the run must not be idle", h.enough)
	stop()
	all.Wait()
	h.finish(t, c)
}

// enough reports whether much was acknowledged.
func (h *history) enough() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.acked) > 20 && h.kinds["cas done"] > 20
}

// finish reads everything through every node, and judges.
func (h *history) finish(t *testing.T, c *processes) {
	for i := range c.places {
		client := c.client(i + 1)
		found := map[string]string{}
		var answer *clientv3.GetResponse
		again(t, func(ctx context.Context) (err error) {
			answer, err = client.Get(ctx, "unique/", clientv3.WithPrefix())
			return err
		})
		for _, kv := range answer.Kvs {
			found[string(kv.Key)] = string(kv.Value)
		}
		for key, value := range h.acked {
			require.Equal(t, value, found[key], "acknowledged, and not found at node %d", i+1)
		}
		for k := range registers {
			r := request{kind: "get", key: fmt.Sprint("r", k)}
			h.call(callers+i, r, func() (o outcome, err error) {
				again(t, func(ctx context.Context) error {
					answer, err = client.Get(ctx, r.key)
					return err
				})
				if len(answer.Kvs) > 0 {
					o.value = string(answer.Kvs[0].Value)
				}
				return o, nil
			})
		}
	}
	t.Logf("%d unique keys; %v", len(h.acked), h.kinds)
	judged := porcupine.CheckOperationsTimeout(register, h.ops, 2*time.Minute)
	require.Equal(t, porcupine.Ok, judged)
}
