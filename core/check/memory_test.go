package check

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/trace"
)

// deed is something that may happen in a history, again and again.
type deed func(r *run) *run

// passing are the kinds of records that are in no set: see AppendMemory.
const passing = 1<<trace.Crash | 1<<trace.Restart | 1<<trace.StepDown

// past is a history, and what is known of it.
type past struct {
	deeds []int
	key   string
}

// pastOf lets deeds happen and returns what a search knows of them: the set, what is broken, and
// what is remembered.
func pastOf(t *testing.T, checks []string, quorum int, all []deed, deeds []int) past {
	r := newRun(t)
	c := config(&r.log)
	c.Checks, c.Quorum = checks, quorum
	r.j.Reset(c)
	for _, v := range []string{"a", "b", "c", "S1 S2", "S1 S2 S3", "granted", "released",
		"release", trace.Proposes, trace.Commits, trace.Aborts} {
		r.v(v) // so that they have the same numbers in all runs
	}
	for _, h := range [][]string{{"a", "b"}, {"b", "a"}, {"a", "b", "c"}} {
		r.history(h...)
	}
	set := map[trace.Record]bool{}
	broken := ""
	for _, d := range deeds {
		all[d](r)
		rec := r.log.Records[len(r.log.Records)-1]
		rec.At = 0
		if passing>>rec.Kind&1 == 0 && rec.Type != 2 {
			set[rec] = true
		}
	}
	for _, x := range r.j.Results(nil) {
		if x.Status == Breaks {
			broken += x.Name + " "
		}
	}
	r.j.End(0, false)
	for _, x := range r.j.Results(nil) {
		if x.Status == Breaks {
			broken += "in the end " + x.Name + " "
		}
	}
	return past{deeds, fmt.Sprint(set, broken, r.j.AppendMemory(nil))}
}

// Two histories of which a search knows the same have the same future: one deed later, the same is
// known of both. So no order of deeds matters that AppendMemory does not tell.
func TestWhatIsRememberedAndTheSetAreAllThatMatters(t *testing.T) {
	configures := func(slot int64, members string) deed {
		return func(r *run) *run {
			rec := trace.New(trace.Configure, s1)
			rec.Slot, rec.Value = slot, r.v(members)
			return r.add(rec)
		}
	}
	executes := func(n trace.Node, commands ...string) deed {
		return func(r *run) *run { return r.executes(n, commands...) }
	}
	hears := func(n trace.Node, command string, state ...string) deed {
		return func(r *run) *run { return r.hears(n, command, state...) }
	}
	issues := func(n trace.Node, v string) deed {
		return func(r *run) *run { return r.issues(n, v) }
	}
	grants := func(n trace.Node, v string) deed { // nobody hears what nobody asked for
		return func(r *run) *run {
			if r.j.commands.of(r.v(v)) == nil {
				return r.issues(n, v)
			}
			return r.told(n, v, "granted")
		}
	}
	does := func(k trace.Kind, n trace.Node) deed {
		return func(r *run) *run { return r.does(k, n) }
	}
	accepts := func(n trace.Node, slot, ballot int64, v string) deed {
		return func(r *run) *run { return r.acceptsIn(slot, n, ballot, v) }
	}
	proposes := func(n trace.Node, slot, ballot int64, v string) deed {
		return func(r *run) *run {
			rec := trace.New(trace.Send, n)
			rec.Type, rec.Ballot, rec.Slot, rec.Value = acceptKind, ballot, slot, r.v(v)
			return r.add(rec)
		}
	}
	for name, x := range map[string]struct {
		checks []string
		deeds  []deed
	}{
		"lock": {[]string{"lock"}, []deed{
			grants(c1, "a"), grants(c2, "b"), grants(c2, "a"),
			func(r *run) *run { return r.sends(c1, "release") },
			func(r *run) *run { return r.told(c1, "c", "released") },
			func(r *run) *run { return r.told(c2, "c", "released") },
		}},
		"linearizable": {[]string{"linearizable", "prefix"}, []deed{
			issues(c1, "a"), issues(c2, "b"), issues(c2, "c"),
			hears(c1, "a", "a"), hears(c2, "b", "a", "b"), hears(c2, "b", "b"),
			hears(c2, "c", "a", "b", "c"), hears(c2, "c", "a"),
		}},
		"service": {[]string{"reply-durable", "order", "stable", "once", "agree"}, []deed{
			executes(s1, "a"), executes(s1, "a", "b"), executes(s1, "b"), executes(s2, "b"),
			executes(s2, "a", "b"), does(trace.Crash, s1), does(trace.Restart, s1),
			hears(c1, "a", "a"),
		}},
		"order alone": {[]string{"order"}, []deed{
			executes(s1, "a"), executes(s1, "a", "b"), executes(s1, "b"), executes(s2, "b"),
			executes(s2, "a", "b"), does(trace.Crash, s1), does(trace.Crash, s2),
			executes(s3, "b", "a"),
		}},
		"primary": {[]string{"one-primary"}, []deed{
			func(r *run) *run { return r.leads(s1, trace.NoNumber) },
			func(r *run) *run { return r.leads(s2, trace.NoNumber) },
			func(r *run) *run { return r.leads(s1, 1) },
			func(r *run) *run { return r.leads(s2, 1) },
			does(trace.StepDown, s1), does(trace.Crash, s2), does(trace.Restart, s1),
		}},
		"atomic": {[]string{"atomic"}, []deed{
			func(r *run) *run { return r.note(s1, trace.Commits, "a") },
			func(r *run) *run { return r.note(s2, trace.Aborts, "a") },
			func(r *run) *run { return r.note(s2, trace.Commits, "a") },
			func(r *run) *run { return r.note(s2, trace.Aborts, "b") },
		}},
		"decree": {[]string{"chosen-once", "safe-proposal", "unique", "learn", "promise"}, []deed{
			proposes(s1, 0, 1, "a"), proposes(s1, 0, 1, "b"), proposes(s2, 0, 2, "b"),
			accepts(s1, 0, 1, "a"), accepts(s2, 0, 1, "a"), accepts(s1, 0, 1, "b"),
			accepts(s2, 0, 1, "b"), accepts(s2, 0, 2, "b"),
			func(r *run) *run { return r.learns(s3, 0, "a") },
		}},
		"members": {[]string{"chosen-once", "learn", "promise", "safe-proposal"}, []deed{
			configures(1, "S1 S2"), configures(2, "S1 S2 S3"),
			accepts(s1, 1, 1, "a"), accepts(s2, 1, 1, "a"), accepts(s3, 1, 1, "a"),
			accepts(s3, 1, 2, "b"), accepts(s2, 1, 2, "b"),
			func(r *run) *run { return r.learns(s3, 1, "a") },
			func(r *run) *run { return r.promises(s3, 2) },
		}},
	} {
		t.Run(name, func(t *testing.T) { requireCongruent(t, x.checks, x.deeds) })
	}
}

// requireCongruent goes through all histories, of two with one key only one.
func requireCongruent(t *testing.T, checks []string, all []deed) {
	const most = 400
	begin := pastOf(t, checks, 2, all, nil)
	next := func(p past) (after []past, keys []string) {
		for d := range all {
			q := pastOf(t, checks, 2, all, append(p.deeds[:len(p.deeds):len(p.deeds)], d))
			after, keys = append(after, q), append(keys, q.key)
		}
		return after, keys
	}
	known, fresh, orders := map[string][]string{}, []past{begin}, 0
	for len(fresh) > 0 && len(known) < most {
		p := fresh[0]
		after, keys := next(p)
		fresh = fresh[1:]
		if was, met := known[p.key]; met {
			orders++
			require.Equal(t, was, keys, "%v after %s", p.deeds, p.key)
			continue
		}
		known[p.key], fresh = keys, append(fresh, after...)
	}
	require.Greater(t, orders, 20)
}
