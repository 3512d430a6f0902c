package scenario

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// verdictOf runs a text and returns its verdict.
func verdictOf(t testing.TB, text string) *Verdict {
	t.Helper()
	f, err := Parse("test", text, Known())
	require.NoError(t, err)
	v, err := RunFile(f, Choice{})
	require.NoError(t, err)
	return v
}

// requirePassed runs a text and shows what was unmet.
func requirePassed(t testing.TB, text string) *Verdict {
	t.Helper()
	v := verdictOf(t, text)
	for _, c := range v.Cases {
		for _, o := range c.Expectations {
			require.True(t, o.Met, "%s: %s: %s", c.Name, o.Expect.Text, o.Detail)
		}
		require.Empty(t, c.Checks)
	}
	require.True(t, v.Passed)
	return v
}

// refusedWith runs a text that is bad input and returns why.
func refusedWith(t testing.TB, text string) string {
	t.Helper()
	f, err := Parse("test", text, Known())
	if err == nil {
		_, err = RunFile(f, Choice{})
	}
	require.Error(t, err)
	return err.Error()
}

// traced returns the events of the first run, one object a line.
func traced(t testing.TB, text string) []string {
	t.Helper()
	r := finished(t, text)
	return strings.Split(strings.TrimSuffix(string(r.AppendTrace(nil)), "\n"), "\n")
}

func finished(t testing.TB, text string) *Run {
	t.Helper()
	f, err := Parse("test", text, Known())
	require.NoError(t, err)
	s, err := f.Expand(0, 0)
	require.NoError(t, err)
	r, err := Begin(s, Setup{})
	require.NoError(t, err)
	require.NoError(t, r.Finish())
	return r
}

const (
	one = "protocol single-server\nservers S1\nclients C1 C2\n"
	two = "protocol two-servers\nservers S1 S2\nclients C1 C2\n"
	// decree is Paxos with its agents on nodes of their own.
	decree = "protocol paxos numbers=plain\nproposers P1 P2\nacceptors A1 A2 A3\nlearners L1\n"
)

// semantics are the sentences of the language's definition, each with a text that passes exactly if
// it is so.
var semantics = []struct{ claim, text string }{
	// Order and time.
	{"links are FIFO unless reorder",
		"network delay 5ms..50ms\n" + one + "C1 sends a1..a9\nexpect S1 executed a1 a2 a3 a4 a5 a6 a7 a8 a9"},
	{"with reorder they are not",
		"network delay 5ms..50ms reorder\n" + one + "C1 sends a1..a9\n" +
			"expect not S1 executed a9 before S1 executed a1\n" +
			"expect S1 has executed a9\nexpect S1.state != {a1 a2 a3 a4 a5 a6 a7 a8 a9}"},
	{"an earlier message that a step touched is overtaken",
		one + "C1 sends m1 m2 m3\ndelay request(m1) by 50ms\nexpect S1 executed m2 m3 m1"},
	{"a message behind one that was lost need not wait for it",
		one + "link C1 -> S1 delay 20ms\nC1 sends m1 m2\nlose request(m1)\nexpect S1 executed m2"},
	{"a link overrides one direction",
		one + "link C1 -> S1 delay 80ms\nC1 sends m1\nexpect by 90ms C1 heard m1\nexpect latency m1 = 90ms"},
	{"a double arrow overrides both",
		one + "link C1 <-> S1 delay 80ms\nC1 sends m1\nexpect latency m1 = 160ms"},
	{"the default delay is 10 ms", one + "C1 sends m1\nexpect latency m1 = 20ms"},

	// Messages to oneself.
	{"messages to oneself are never counted",
		"protocol paxos\nservers S1 S2 S3\nS1 proposes red\nexpect sent prepare = 2\nexpect chosen red"},
	{"with network self they travel and are not counted",
		"protocol paxos\nservers S1 S2 S3\nnetwork self\nS1 proposes red\nrun 5ms\n" +
			"expect not S1 promised 1\nrun\nexpect S1 promised 1\nexpect sent prepare = 2"},
	{"with network self they are delivered by hand",
		"protocol paxos\nservers S1 S2 S3\nnetwork self\nschedule by-hand\nS1 proposes red\n" +
			"deliver prepare S1 -> S1\nexpect S1 promised 1"},

	// Selectors.
	{"a number selects the n-th such message ever sent",
		one + "schedule by-hand\nC1 sends m1 m2 m3\ndeliver request #2\ndeliver request #3 C1 -> S1\n" +
			"deliver request #1\nexpect S1 executed m2 m3 m1"},
	{"a number still selects it when an earlier one is gone",
		one + "schedule by-hand\nC1 sends m1 m2\nlose request #1\ndeliver request #2\nexpect S1 executed m2"},
	{"else the oldest in flight is meant",
		one + "schedule by-hand\nC1 sends m1 m2\ndeliver request\nexpect S1 executed m1"},
	{"lists mean one message for each pair, FROM first",
		two + "schedule by-hand\nC1 sends m1\nC2 sends m2\ndeliver request C2 C1 -> S2 S1\n" +
			"expect S1 executed m2 m1\nexpect S2 executed m2 m1"},
	{"a word equals any field",
		decree + "schedule by-hand\nP1 proposes red with 7\ndeliver prepare(7) P1 -> A1 A2\n" +
			"deliver promise(_,nil) A1 A2 -> P1\ndeliver accept(red) P1 -> A1\nexpect A1 accepted red"},
	{"a named word equals that field",
		decree + "schedule by-hand\nP1 proposes red with 7\ndeliver prepare(n=7) P1 -> A1\n" +
			"try deliver prepare(n=8) P1 -> A2\nexpect A1 promised 7\nexpect not A2 promised 7"},
	{"a synonym selects the kind",
		decree + "schedule by-hand\nP1 proposes red\ndeliver ask P1 -> A1\ndeliver prep P1 -> A2\n" +
			"deliver prom A1 -> P1\ndeliver ok A2 -> P1\ndeliver q2 P1 -> A1\nexpect A1 accepted red"},
	{"a reply is selected by the state that it shows",
		two + "schedule by-hand\nC1 sends m1\nC2 sends m2\ndeliver request(m1) C1 -> S1\n" +
			"deliver request(m2) C2 -> S1\ndeliver reply(m2) S1 -> C2\nexpect C2 heard m1 m2"},

	// Waiting steps.
	{"a step on a message that is not in flight waits for the next one sent",
		one + "lose reply S1 -> C1\nC1 sends m1\nC1 sends m2\nexpect C1 heard m1 m2\nexpect lost = 1"},
	{"the oldest waiting step takes the message",
		one + "lose reply S1 -> C1\ndelay reply S1 -> C1 by 50ms\nC1 sends m1 m2 m3\n" +
			"expect C1 heard m1 m2 m3, m1 m2\nexpect lost reply = 1"},
	{"a waiting delivery comes right after the event that sent the message",
		one + "deliver request\nC1 sends m1\nexpect latency m1 = 10ms"},
	{"lose every lasts until a time",
		one + "lose every request until 30ms\nC1 sends m1\nat 30ms C1 sends m2\nexpect S1 executed m2"},
	{"lose every lasts until a condition",
		one + "lose every request C1 -> * until C2 heard m2\nC1 sends m1\nC2 sends m2\n" +
			"when C2 heard m2 C1 sends m3\nexpect S1 executed m2 m3"},
	{"hold every holds those in flight and those to come, and lets them go at its end",
		one + "C1 sends m1\nhold every request until 80ms\nafter 5ms C1 sends m2\n" +
			"expect S1 executed m1 m2\nat 85ms expect S1 executed nothing\nexpect latency m1 = 100ms"},
	{"release every ends what holds",
		one + "hold every request\nC1 sends m1\nat 50ms release every request\nat 60ms C1 sends m2\n" +
			"expect S1 executed m1 m2\nexpect latency m2 = 20ms"},
	{"release every of some leaves the others held",
		one + "hold every request\nC1 sends m1\nC2 sends m2\nat 50ms release every request C1 -> *\n" +
			"at 60ms C1 sends m3\nat 60ms C2 sends m4\nexpect S1 executed m1 m3"},
	{"deliver every delivers at once, by-hand too",
		one + "schedule by-hand\ndeliver every request\nC1 sends m1\nexpect S1 executed m1"},
	{"duplicate puts a second copy on its way, which executes nothing",
		one + "duplicate request\nC1 sends m1\nexpect delivered request = 2\nexpect once\nexpect S1 executed m1"},
	{"a corrupt message fails its checksum",
		one + "corrupt request\nC1 sends m1\nexpect lost request = 1\nexpect S1 executed nothing"},
	{"a copy of a corrupt message is corrupt",
		one + "schedule by-hand\nC1 sends m1\ncorrupt request\nduplicate request\ndeliver request\n" +
			"deliver request\nexpect S1 executed nothing"},
	{"what is held gets through a cut made later once the cut is over",
		one + "schedule by-hand\nC1 sends m1\nhold request\ncut C1 -> S1\nmend C1 -> S1\n" +
			"release request\nrun\nexpect S1 executed m1"},
	{"a message is lost when it is sent on a cut link",
		one + "cut C1 -> S1\nC1 sends m1\nexpect lost request = 1"},
	{"a message is lost at arrival if the link is cut",
		one + "C1 sends m1\nafter 5ms cut C1 -> S1\nexpect lost request = 1\nexpect S1 executed nothing"},
	{"a delay by hand counts when the message moves",
		one + "schedule by-hand\nC1 sends m1\nC1 sends m2\ndelay request(m1) by 50ms\nrun\n" +
			"expect S1 executed m2 m1"},
	{"a held message that is delayed stays held",
		one + "C1 sends m1\nhold request\ndelay request by 5ms\nat 100ms release request\n" +
			"expect latency m1 = 125ms"},

	// Chains.
	{"plain and after steps follow the line above",
		one + "C1 sends m1\nafter 5ms C2 sends m2\nafter 5ms C1 sends m3\n" +
			"expect latency m3 = 20ms\nexpect S1 executed m1 m2 m3\nat 9ms expect sent request = 2\n" +
			"at 10ms expect sent request = 3"},
	{"at begins a chain that does not hold others back",
		one + "at 40ms C1 sends m1\nat 10ms C2 sends m2\nexpect S1 executed m2 m1"},
	{"a case begins afresh",
		one + "at 40ms C1 sends m1\ncase a\nC2 sends m2\nexpect S1 executed m2 m1"},
	{"steps due come before events of that time",
		one + "C1 sends m1\nat 10ms crash S1\nexpect S1 executed nothing\nexpect lost request = 1"},
	{"when comes right after the event that made it true",
		one + "C1 sends m1\nwhen S1 executed m1 crash S1\nC2 sends m2\nexpect S1 executed m1\n" +
			"expect C1 heard m1"},
	{"a when that is so already comes once the steps that are due are done",
		one + "when S1 sent reply crash S1\ncase a\nC1 sends m1\nexpect not S1 sent reply before S1 executed m1"},
	{"run holds back all below it and takes in its last instant",
		one + "C1 sends m1\nrun 10ms\nexpect S1 executed m1\nat 5ms C2 sends m2\nexpect S1 executed m1 m2"},
	{"run goes on until quiet", one + "C1 sends m1\nrun\nexpect C1 heard m1\nC1 sends m2\nexpect C1 heard m1, m1 m2"},
	{"run until a condition stops there",
		one + "C1 sends m1\nrun until S1 executed m1\nexpect C1 heard nothing\nrun\nexpect C1 heard m1"},
	{"step hands over for so many events",
		one + "C1 sends m1 m2\nstep 1\nexpect S1 executed m1\nstep 1\nexpect S1 executed m1 m2"},
	{"whenever comes each time",
		one + "C1 sends a1 a2\nwhenever C1 sent request C2 sends b\nexpect sent request C2 -> S1 = 2"},
	{"what follows a whenever follows it each time",
		one + "C1 sends a1 a2\nwhenever C1 heard a1 C2 sends b\nafter 5ms C2 sends c\n" +
			"expect sent request C2 -> S1 = 4"},
	{"whenever works by-hand",
		one + "schedule by-hand\nwhenever S1 executed m1 crash S1\nC1 sends m1\nrun\nexpect sent reply = 1\n" +
			"restart S1\nexpect S1 executed m1"},
	{"a whenever that holds twice in one event comes twice",
		two + "C1 sends m1\nwhenever C1 sent request C2 sends x to S1\nexpect sent request C2 -> S1 = 2"},

	// By-hand time.
	{"by-hand takes 1 ms a line",
		one + "schedule by-hand\nC1 sends m1\ndeliver request\ndeliver reply\nexpect latency m1 = 2ms"},
	{"for run, delays count from then",
		one + "schedule by-hand\nC1 sends m1\nnote \"a\"\nnote \"b\"\nrun\nexpect latency m1 = 23ms"},
	{"after run all rests again",
		one + "schedule by-hand\nC1 sends m1\nrun 10ms\nexpect S1 executed m1\nC1 sends m2\n" +
			"deliver request\ndeliver reply #2\nexpect C1 heard m1 m2"},
	{"a run that was cut short does not keep later messages back",
		one + "link C1 -> S1 delay 500ms\nschedule by-hand\nC1 sends m1\nrun 10ms\nC1 sends m2\n" +
			"lose request(m1)\nrun\nexpect latency m2 = 512ms"},
	{"overdue timers fire first",
		one + "schedule by-hand\nretry 2ms\nC1 sends m1\nnote \"a\"\nnote \"b\"\nnote \"c\"\nrun 1ms\n" +
			"expect sent request = 2"},
	{"timers fire by timeout",
		one + "schedule by-hand\nretry 50ms\nC1 sends m1\ntimeout C1 retry\ntimeout C1\nexpect sent request = 3"},

	// Faults.
	{"crash before sending cuts there",
		two + "crash C1 before sending request to S2\nC1 sends m1\nexpect S1 executed m1\n" +
			"expect S2 executed nothing\nexpect sent request = 1"},
	{"crash after sending lets that one out",
		two + "crash C1 after sending request to S1\nC1 sends m1\nexpect S1 executed m1\n" +
			"expect S2 executed nothing"},
	{"crash at the n-th message",
		one + "crash C1 before sending request #2\nC1 sends m1\ntry C1 sends m2\nexpect S1 executed m1"},
	{"messages of a crashed node stay on their way",
		one + "C1 sends m1\ncrash C1\nexpect S1 executed m1\nexpect lost reply = 1"},
	{"a crash takes memory and timers",
		one + "retry 50ms\ncut C1 -> S1\nC1 sends m1\nafter 5ms crash C1\nrestart C1\nuntil 1s\nexpect sent request = 1"},
	{"what is paused waits, in order",
		two + "pause S1\nC1 sends m1\nafter 1ms C2 sends m2\nat 100ms expect S1 executed nothing\n" +
			"at 200ms resume S1\nexpect S1 executed m1 m2\nexpect latency m1 = 20ms"},
	{"what waits for a paused node that crashes is lost",
		one + "pause S1\nC1 sends m1\nat 100ms crash S1\nexpect lost request = 1"},
	{"a partition keeps the links of nodes not named",
		two + "partition S1 | S2\nC1 sends m1\nexpect S1 executed m1\nexpect S2 executed m1"},
	{"a new partition replaces the old",
		two + "partition S1 | C1\npartition S2 | C1\nC1 sends m1\nexpect S1 executed m1\nexpect S2 executed nothing"},
	{"heal ends partitions and cuts",
		two + "partition S1 | C1\ncut C1 -> S2\nheal\nC1 sends m1\nexpect S1 executed m1\nexpect S2 executed m1"},
	{"restart starts from what is on disk",
		decree + "schedule by-hand\nP1 proposes red with 5\ndeliver prepare P1 -> A1\ncrash A1\nrestart A1\n" +
			"expect A1.promised = 5"},
	{"restart works on a live node",
		decree + "schedule by-hand\nP1 proposes red with 5\ndeliver prepare P1 -> A1\nrestart A1\n" +
			"expect A1.promised = 5"},
	{"a disk that lies has lost the fields named",
		decree + "schedule by-hand\nP1 proposes red with 5\ndeliver prepare P1 -> A1\n" +
			"restart A1 losing promised\nexpect A1.promised = nil"},
	{"a wiped node has lost all and never votes again",
		decree + "schedule by-hand\nP1 proposes red with 5\ndeliver prepare P1 -> A1\nwipe A1\nrestart A1\n" +
			"deliver all promise\nP2 proposes blue with 4\ndeliver prepare P2 -> A1\nexpect sent promise A1 -> P2 = 0"},

	// Disks.
	{"what is sent behind a write leaves when that is durable",
		decree + "disk sync 2ms\nP1 proposes red with 1\n" +
			"at 2ms expect sent prepare = 0\nat 3ms expect sent prepare = 3\nexpect chosen red"},
	{"unsynced writes are lost in a crash",
		decree + "schedule by-hand\ndisk sync 2ms\nP1 proposes red with 5\nsync P1\ndeliver prepare P1 -> A1 A2\n" +
			"sync A2\ncrash A1 A2\nrestart A1 A2\nexpect A1.promised = nil\nexpect A2.promised = 5"},
	{"by-hand writes end by sync",
		decree + "schedule by-hand\ndisk sync 2ms\nP1 proposes red with 5\nexpect sent prepare = 0\nsync\n" +
			"expect sent prepare = 3"},
	{"a disk goes on while its node is paused",
		decree + "disk sync 2ms\nP1 proposes red with 5\npause P1\nat 50ms expect sent prepare = 0\n" +
			"at 50ms resume P1\nat 51ms expect sent prepare = 3\nexpect chosen red"},

	// Detectors.
	{"accurate: suspected so long after a crash, trusted so long after a restart",
		decree + "detector accurate 50ms\ncrash P1\nat 49ms expect not P2 suspects P1\n" +
			"at 51ms expect P2 suspects P1\nat 60ms restart P1\nat 109ms expect P2 suspects P1\n" +
			"at 111ms expect not P2 suspects P1\nuntil 1s"},
	{"accurate: a restarted node comes to know who is down",
		decree + "detector accurate 50ms\ncrash P1 P2\nat 60ms restart P2\nuntil 200ms\n" +
			"expect P2 suspects P1\nexpect not P1 suspects P2"},
	{"pings: one silent for the timeout is suspected until heard",
		decree + "timeout 40ms\ndetector pings 10ms\ncrash P1\nat 30ms expect not P2 suspects P1\n" +
			"at 50ms expect P2 suspects P1\nat 60ms restart P1\nat 80ms expect not P2 suspects P1\nuntil 1s"},
	{"a verdict by hand, right or wrong",
		decree + "P2 suspects P1\nexpect P2 suspects P1\nP2 trusts P1\nexpect not P2 suspects P1\nrun"},
	{"a paused node hears the detector when it is resumed",
		decree + "detector accurate 50ms\npause P2\ncrash P1\nat 80ms expect not P2 suspects P1\n" +
			"at 80ms resume P2\nat 81ms expect P2 suspects P1\nuntil 100ms"},

	// Clients.
	{"clients never resend by default", one + "lose request\nC1 sends m1\nuntil 5s\nexpect sent request = 1"},
	{"clients resend to the same server",
		two + "retry 50ms\nlose request C1 -> S1\nC1 sends m1 to S1\nexpect sent request C1 -> S1 = 2\n" +
			"expect sent request C1 -> S2 = 0\nexpect once"},
	{"clients resend to the next server",
		two + "retry 50ms next\nlose request C1 -> S1\nC1 sends m1 to S1\nexpect sent request C1 -> S1 = 1\n" +
			"expect sent request C1 -> S2 = 1"},
	{"clients resend to all servers",
		two + "retry 50ms all\nlose request C1 -> S1\nC1 sends m1 to S1\nexpect sent request = 3"},
	{"a person resends by name or the oldest unanswered",
		one + "schedule by-hand\nC1 sends m1 m2\nC1 resends\nC1 resends m2\nexpect sent request(m1) = 2\n" +
			"expect sent request(m2) = 2\nrun\nexpect once\nexpect S1 executed m1 m2"},
	{"identical replies are suppressed",
		one + "C1 sends m1\nafter 100ms C1 resends m1\nexpect delivered reply = 2\nexpect C1 heard m1"},
	{"equal commands of two clients are told apart",
		one + "machine lock\nC1 sends acquire\nC2 sends acquire\nexpect S1 executed C1:acquire C2:acquire\n" +
			"expect C1.answer = granted\nexpect C2.answer = busy\nexpect lock"},
	{"an empty list does nothing",
		one + "C1 sends m1\ncrash S1..S0\nC1 sends m2 to S1..S0\nexpect S1 executed m1"},
	{"the default destination is the protocol's", two + "C1 sends m1\nexpect sent request = 2"},

	// Machines.
	{"register", one + "machine register x=3\nC1 sends add(1) mul(2) set(5)\nexpect S1.x = 5\n" +
		"expect C1.answer = 5"},
	{"lock", one + "machine lock\nC1 sends acquire\nrun\nC2 sends acquire release\nrun\nC1 sends release\nrun\n" +
		"expect S1.holder = nil\nexpect C2.answer = not-holder\nexpect C1.answer = released"},
	{"bank", one + "machine bank A=10\nC1 sends transfer(A,B,4) transfer(A,B,7) deposit(B,1)\n" +
		"expect S1.A = 6\nexpect S1.B = 5\nexpect C1.answer = 5"},
	{"kv", one + "machine kv\nC1 sends put(k,v) get(k) put(j,w) delete(j) get(j)\nexpect S1.k = v\n" +
		"expect S1.j = nil\nexpect C1.answer = nothing"},
	{"dice are not deterministic", two + "machine dice\nC1 sends roll roll roll roll\nexpect different-state S1 S2"},
	{"machines are equal after equal commands", two + "machine bank\nC1 sends deposit(A,1) deposit(B,1)\n" +
		"expect same-state S1 S2"},

	// Expectations.
	{"one with a step below it is judged there",
		one + "C1 sends m1\nexpect S1 executed nothing\nrun\nexpect S1 executed m1"},
	{"at a time", one + "C1 sends m1\nat 9ms expect S1 executed nothing\nat 11ms expect S1 executed m1"},
	{"by a time", one + "C1 sends m1\nexpect by 10ms S1 executed m1\nexpect by 15ms sent reply = 1\n" +
		"expect by 1s order\nuntil 2s"},
	{"before needs both, in this order",
		one + "C1 sends m1\nexpect S1 executed m1 before C1 heard m1\nexpect not C1 heard m1 before S1 executed m1\n" +
			"expect not C1 heard m1 before C1 heard m2"},
	{"before knows conditions that are so for a time",
		decree + "P1 proposes red with 1\nwhen chosen red P2 proposes blue with 2\n" +
			"expect A1.n_a = 1 before A1.n_a = 2\nexpect P1 leads before P2 leads\n" +
			"expect not P2 leads before P1 leads"},
	{"an executed sequence is exact, has executed is among others",
		one + "C1 sends m1 m2\nexpect S1 has executed m1\nexpect S1 executed m1 m2\nexpect not S1 executed m3"},
	{"nothing chosen", decree + "crash A1 A2\nP1 proposes red\nexpect nothing chosen\nexpect not chosen red"},
	{"rows by any vocabulary",
		decree + "P1 proposes red with 4\nexpect A1.n_a = 4\nexpect A1.T_store = 4\nexpect A1.vrnd = 4\n" +
			"expect A1.accepted_proposal = 4\nexpect A1.C = red\nexpect P1.c = red\nexpect P1.t = 4\n" +
			"expect A1.promised >= 4\nexpect A1.max_proposal_number != 3\nexpect *.n_a = 4"},
	{"leader and nobody", decree + "expect leader nobody\nP1 proposes red with 4\nrun\nexpect leader P1"},
	{"no-progress at those nodes",
		one + "C1 sends m1\ncut C2 -> S1\nC2 sends m2\nuntil 2s\nexpect no-progress 100 for C2"},
	{"same-chosen and same-state with an earlier case",
		one + "C1 sends m1\ncase a\nC2 sends m2\ncase b\nexpect different-state S1 with case a\nC2 sends m2\n" +
			"expect same-state S1 with case a\nexpect same-chosen with case a"},
	{"figures count", one + "C1 sends m1 m2\nexpect sent request = 2\nexpect delivered = 4\nexpect lost = 0\n" +
		"expect sent request(m1) C1 -> S1 = 1\nexpect events > 8"},

	// Quiet and ends.
	{"quiet is so now", one + "C1 sends m1\nexpect not quiet\nrun\nexpect quiet"},
	{"held messages keep nothing from being quiet", one + "C1 sends m1\nhold request\nexpect quiet"},
	{"a run ends at until", one + "C1 sends m1\nuntil 15ms\nexpect C1 heard nothing"},
	{"a when may wait for a detector though all is quiet",
		decree + "detector accurate 50ms\ncrash P1\nwhen P2 suspects P1 P2 proposes red\nexpect chosen red"},
	{"a forged message arrives like any other",
		decree + "schedule by-hand\nforge prepare(9) P2 -> A1\ndeliver prepare\nexpect A1 promised 9"},
	{"members of a family count their runs",
		"each seed in 1..20\nnetwork loss 50%\n" + one + "C1 sends m1\nexpect in at least 1 runs C1 heard m1\n" +
			"expect in some run C1 heard nothing\nexpect in no run S1 has executed m2\nmeasure sent request"},
	{"what is not applicable in some runs of a family is excused",
		"each seed in 1..20\nnetwork loss 50%\n" + one + "C1 sends m1\nexpect order"},
}

func TestEachSentenceOfTheSemanticsIsSo(t *testing.T) {
	for _, s := range semantics {
		t.Run(s.claim, func(t *testing.T) { requirePassed(t, s.text) })
	}
}
