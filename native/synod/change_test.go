package main

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestNothingAcknowledgedIsLostWhileMembersComeAndGo has each node in turn lose its disk and come
// back with another, or lose its vote and get it back, while a leader that carries the change out
// may be killed in the middle of it: clients see one copy of the data, whoever votes on it.
func TestNothingAcknowledgedIsLostWhileMembersComeAndGo(t *testing.T) {
	t.Parallel()
	c := newProcesses(t, "--election", "400ms")
	changes := soaked(playNodes)
	judge(t, c, func(*history) {
		for round := range changes {
			victim := round%playNodes + 1
			by := victim%playNodes + 1
			if round%2 == 0 {
				c.kill(victim)
				require.NoError(t, os.RemoveAll(c.data(victim)))
				c.start(victim)
				c.change(by, "replace", victim)
			} else {
				c.change(by, "remove", victim)
				c.change(by, "add", victim)
			}
		}
	})
	require.GreaterOrEqual(t, c.era(), 1+changes*3/2)
}

// change has a node vote no more, or again, or with its new disk: asked by way of another node,
// while the leader is killed, and again until it is done.
func (c *processes) change(by int, op string, number int) {
	before := c.era()
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		run(c.t, "member", op, strconv.Itoa(number), "--wait", "5s", "--endpoint",
			c.places[by-1].client)
	}()
	if op != "add" { // with two voters of which one is killed nobody could catch up
		time.Sleep(50 * time.Millisecond)
		leader := c.leader()
		c.kill(leader)
		c.start(leader)
	}
	<-asked
	c.eventually(op+" of node "+strconv.Itoa(number), func() bool {
		if c.era() > before {
			return true
		}
		run(c.t, "member", op, strconv.Itoa(number), "--wait", "5s", "--endpoint",
			c.places[by-1].client)
		return false
	})
}

// era returns the newest era that a node knows of.
func (c *processes) era() (era int) {
	c.eventually("an era", func() bool {
		for i := range c.places {
			_, behind, _ := strings.Cut(c.page(i+1, "/metrics"), "\nsynod_era ")
			line, _, _ := strings.Cut(behind, "\n")
			if known, err := strconv.Atoi(line); err == nil {
				era = max(era, known)
			}
		}
		return era > 0
	})
	return era
}
