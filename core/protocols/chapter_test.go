package protocols_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/scenario"
)

// chapter are the systems of the ETH chapter before and after Algorithm 1.13, with their options.
var chapter = []string{"client-server", "client-server ack=no seqno=no", "serializer", "locks",
	"locks locks=majority failed=keep wait=5ms..20ms", "tickets",
	"tickets tell=number support=largest", "instances"}

func TestForgedMessagesNeverStopTheChapter(t *testing.T) {
	forged := forgeries{}
	for _, protocol := range chapter {
		for _, kind := range []string{"request", "reply", "forward", "ack", "command", "lock",
			"granted", "refused", "unlock", "ask", "ok", "store", "success", "execute", "no",
			"catch-up"} {
			for _, fields := range []string{"", "(n=0)", "(n=4)", "(n=99999999999)", "(v=m1)",
				"(n=1,v=m1,seq=1)", "(n=5,n_a=4,v_a=x,seq=3)", "(n=5,seq=99999999999)",
				"(n=2,max=9)", "(n=7,n_a=9)", "(v_a=z)", "(seq=2)", "(n=-5,seq=-1)", "(v=m1,seq=1)",
				"(n=1,v=evil,seq=1)", "(seq=1)"} {
				forged.run(fields, func(fields string) string {
					forge := "forge " + kind + fields
					return "protocol " + protocol + "\nservers A B C\nclients U V\n" +
						"retry 30ms same\nU sends m1\nafter 15ms " + forge + " B -> A\n" + forge +
						" U -> C\n" + forge + " A -> U\n" + forge + " V -> U\nafter 25ms " + forge +
						" B -> U\nrestart A\nV sends m2\nuntil 1s\n"
				})
			}
		}
	}
	require.Greater(t, len(forged), 250)
}

// forgeries are the texts that were run, whose forged messages have as many of some fields as their
// kinds have.
type forgeries map[string]bool

var noField = regexp.MustCompile("has no field (?:of a message )?`([^`]+)`")

// run runs a text without those of the fields that a message of its kind does not have. It may be
// refused for another reason.
func (f forgeries) run(fields string, text func(fields string) string) {
	for !f[text(fields)] {
		_, err := runText(text(fields))
		if err == nil {
			f[text(fields)] = true
			return
		}
		missing := noField.FindStringSubmatch(err.Error())
		if missing == nil {
			return
		}
		list := strings.Split(strings.Trim(fields, "()"), ",")
		list = slices.DeleteFunc(list, func(s string) bool {
			return strings.HasPrefix(s, missing[1]+"=")
		})
		if fields = ""; len(list) > 0 {
			fields = "(" + strings.Join(list, ",") + ")"
		}
	}
}

// commuting are steps that come out the same in either order: their states must be the same bytes.
var commuting = []struct{ protocol, before, one, other string }{
	{"client-server", "U sends m1\ndeliver request U -> A B C", "deliver reply A -> U",
		"deliver reply B -> U"},
	{"serializer", "U sends m1\ndeliver request U -> A\ndeliver forward A -> B C",
		"deliver ack B -> A", "deliver ack C -> A"},
	{"locks", "U sends m1\ndeliver lock U -> A B C", "deliver granted A -> U",
		"deliver granted B -> U"},
	{"locks", "U sends m1\nrun until U leads\ndeliver command U -> A B C", "deliver ack A -> U",
		"deliver ack B -> U"},
	{"tickets", "U proposes m1\ndeliver ask U -> A B C", "deliver ok A -> U", "deliver ok B -> U"},
	{"tickets tell=number support=largest", "U proposes m1\nV proposes m2\ndeliver ask U -> A B C",
		"deliver ask V -> A", "deliver ok A -> U"},
	{"instances", "U sends m1\ndeliver ask U -> A B C", "deliver ok A -> U", "deliver ok B -> U"},
	{"instances", "U sends m1\nrun until U sent execute\n", "deliver execute U -> A",
		"deliver execute U -> B"},
}

func TestWhatHappenedInAnotherOrderIsTheSameState(t *testing.T) {
	for _, c := range commuting {
		hash := func(steps ...string) uint64 {
			f := parsed(t, c.protocol, "protocol "+c.protocol+"\nservers A B C\nclients U V\n"+
				"schedule by-hand\n"+c.before+"\n"+strings.Join(steps, "\n")+"\n")
			s, err := f.Expand(0, 0)
			require.NoError(t, err)
			r, err := scenario.Begin(s, scenario.Setup{})
			require.NoError(t, err)
			require.NoError(t, r.Finish())
			return r.World.StateHash()
		}
		require.Equal(t, hash(c.one, c.other), hash(c.other, c.one), c.protocol+"\n"+c.before)
		require.NotEqual(t, hash(c.one), hash(c.one, c.other), c.protocol+"\n"+c.before)
	}
}

// refusals are steps that a system of the chapter does not know, and a word of why.
var refusals = []struct{ protocol, step, why string }{
	{"client-server", "A leads", "do nothing but execute"},
	{"client-server", "U leads", "a client only sends commands"},
	{"serializer", "B leads", "serializer forwards"},
	{"locks", "U sends m1 to A", "every server"},
	{"locks", "U proposes m1", "by itself"},
	{"locks", "A leads", "give their lock"},
	{"tickets", "U proposes m1 with 3", "servers count"},
	{"tickets", "U proposes", "no command yet"},
	{"tickets", "U sends m1 to A", "every server"},
	{"tickets", "A proposes m1", "issue tickets"},
	{"tickets support=largest", "U proposes m1", "tell=command"},
	{"tickets tell=command support=largest", "U proposes m1", "tell=number"},
	{"instances", "U proposes m1 with 3", "counts its tickets"},
	{"instances", "U proposes", "no command under way"},
	{"instances", "U sends m1 to A", "every server"},
	{"instances", "A proposes m1", "answer clients"},
	{"instances", "wipe U\nrestart U\nU sends m1", "lost its disk"},
}

func TestTheChapterRefusesInWordsWhatItDoesNotKnow(t *testing.T) {
	for _, c := range refusals {
		f := parsed(t, c.protocol, "protocol "+c.protocol+"\nservers A B C\nclients U V\n"+
			"schedule by-hand\n"+c.step+"\n")
		_, err := scenario.RunFile(f, scenario.Choice{})
		require.ErrorContains(t, err, c.why, c.protocol+": "+c.step)
	}
}

func TestAServerOfInstancesKeepsItsPromisesAndNeverVotesOnAnEmptyDisk(t *testing.T) { // B-11
	const steps = "servers A B C\nclients U V\nschedule by-hand\nprotocol instances\n" +
		"U sends m1\ndeliver ask U -> A B\ndeliver ok A B -> U\ndeliver accept U -> A\n"
	for _, text := range []string{
		"restart A\nexpect A.promised = 1\nexpect A.accepted_value = m1\n" +
			"V sends m2\ndeliver ask V -> A\nexpect sent ok A -> V = 0\n",
		"wipe A\nrestart A\nexpect A.promised = 0\nV sends m2\ndeliver ask V -> A C\n" +
			"expect sent ok A -> V = 0\nexpect sent ok C -> V = 1\n" +
			"run\nexpect agree\nexpect A has executed m1\nexpect same-state A B C\n",
	} {
		v, err := scenario.RunFile(parsed(t, "", steps+text), scenario.Choice{})
		require.NoError(t, err)
		for _, o := range v.Cases[0].Expectations {
			require.True(t, o.Met, "%s: %s", o.Expect.Text, o.Detail)
		}
		require.True(t, v.Passed)
	}
}

func TestOnlyAProposerIsHeardAsOne(t *testing.T) { // E-38
	for _, protocol := range []string{"paxos", "textbook", "textbook accept=equal"} {
		v, err := scenario.RunFile(parsed(t, "", "protocol "+protocol+" numbers=plain\n"+
			"servers A B C\nclients U\nschedule by-hand\nA proposes m1\nrun\n"+
			"forge prepare(n=9) U -> B C\nforge accept(n=9,v=evil) U -> B C\n"+
			"deliver prepare U -> B C\ndeliver accept U -> B C\n"+
			"expect *.promised = 1\nexpect *.accepted_value = m1\n"+
			"expect sent promise B C -> U = 0\nexpect breaks safe-proposal\n"), scenario.Choice{})
		require.NoError(t, err)
		for _, o := range v.Cases[0].Expectations {
			require.True(t, o.Met, "%s: %s: %s", protocol, o.Expect.Text, o.Detail)
		}
	}
}
