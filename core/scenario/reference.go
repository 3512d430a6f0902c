package scenario

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// saying is a line of the language and what it says. A line stands for its kind: each one here is
// parsed by a test, and between them they hold every word of the parser's tables.
type saying struct{ line, means string }

// chapter is sayings of one sort.
type chapter struct {
	title   string
	sayings []saying
}

// wordList is the words that may stand in one place.
type wordList struct {
	what  string
	words []string
}

// listed returns the lists of chapter i, from the parser's own tables.
func listed(i int) []wordList {
	switch chapters[i].title {
	case headerTitle:
		return []wordList{{"roles", roleWords}, {"machines", machineNames},
			{"words", displayWords}, {"schedules", scheduleWords},
			{"detectors", detectorWords}, {"retries", retryWords}}
	case networkTitle:
		return []wordList{{"shapes", shapeWords}}
	case conditionTitle:
		return []wordList{{"states", states}}
	case claimTitle:
		return []wordList{{"checks", checkWords}, {"figures", figureWords}}
	case searchTitle:
		return []wordList{{"bounds", boundWords}, {"counts", searchCounts}}
	}
	return nil
}

const (
	headerTitle    = "Header lines, anywhere; of one sort the later wins"
	networkTitle   = "Networks"
	conditionTitle = "Conditions"
	claimTitle     = "Expectations: judged at the end, or where a step stands below"
	searchTitle    = "Exhaustive search, from the state after the steps above it"
)

var chapters = []chapter{
	{headerTitle, []saying{
		{"synod 1", "version of the language; the first line, if it is said"},
		{"title Crash and partition", "one line, for people"},
		{"about S3 executed m1 and crashed.", "a text; several lines stay side by side"},
		{"cites M-34", "ids of what it shows"},
		{"protocol paxos refuse=nack", "`synod protocols` lists them and their options"},
		{"servers S1..S5", "nodes, in order; a server has every role but client"},
		{"clients C1 C2", "who sends commands"},
		{"machine register x=0", "the state machine of the servers"},
		{"words karp", "whose words the picture speaks"},
		{"seed 7", "of all chance; default 1"},
		{"network delay 5ms..20ms loss 2% duplicate 1% reorder self",
			"every link; `self`: messages to oneself travel too"},
		{"network topology chained", "the shape that it begins with: see Networks"},
		{"link S1 -> S3 delay 80ms", "overrides one direction; `<->` both"},
		{"disk sync 2ms", "until a write is durable; default 0ms"},
		{"timeout 100ms..200ms", "the protocol's waits, drawn at each setting"},
		{"detector accurate 50ms", "suspects so long after a crash; `pings 10ms`: by silence"},
		{"retry 50ms next", "clients send again, to the same, the next or all; `never`"},
		{"schedule by-hand", "nothing moves unless a line moves it; default `timed`"},
		{"until 2s", "end of a timed run; default: until quiet"},
	}},
	{"Cases, families, controls", []saying{
		{"case b one vote is lost", "a run with a name; what stands above the first begins each"},
		{"each seed in 1..1000", "a run for each value; `$n` stands for a value of `each n`"},
		{"each n k in 3/1 4/1 5/2", "two names at once; several lines multiply"},
		{"each down in sets of 0..2 from 0..4", "also `splits of … into 2..3`, `orders of …`"},
		{"control paxos", "the same steps on a repaired protocol, then its own lines"},
	}},
	{"Steps; one without a prefix follows the one above at once", []saying{
		{"at 40ms heal", "at that time"},
		{"after 5ms heal", "so long after the step before"},
		{"when chosen m1 heal", "once, when the condition comes true; `whenever`: each time"},
		{"at event 57 try heal", "after that event; `try`: no error if it cannot be done"},
		{"C1 sends add(1) m2 to S1 S2",
			"a client issues commands; without `to` as the protocol has it"},
		{"C1 resends m1 to S2", "the same command again; without a name the oldest unanswered"},
		{"S1 proposes red with 3", "starts a round; `with` forces its number"},
		{"S2 leads with 11", "starts to lead now"},
		{"S1 votes no", "what it will vote; `yes`"},
		{"timeout S2 retransmit", "its timer of that name fires now; without a name the next one"},
		{"S2 suspects S1", "the detector's verdict, right or wrong; `trusts`"},
		{"join S4", "reconfiguration: `join`, `leave`, and"},
		{"members S2 S3 S4", "these are the members from now on"},
		{"leave S1", ""},
		{"note \"here it breaks\"", "a note on the timeline"},
		{"open here", "where a link opens, paused"},
		{"run until chosen m1", "hand over to the clock; `run` until quiet, `run 100ms`"},
		{"step 3", "so many events"},
		{"rest", "once all above is done the clock and all rules stop: by hand from here on"},
	}},
	{"Messages: KIND, KIND(words), #n the n-th ever sent, FROM -> TO", []saying{
		{"deliver accept S1 -> S3", "the oldest in flight for each pair, else the next one sent"},
		{"lose promise #2 S1 -> S2", ""},
		{"duplicate accept(m1) S1 -> *", "`*`: any; a word equals any field, `seq=2` that field"},
		{"hold every accept until 80ms", "`every`: those to come too, `all`: those in flight"},
		{"release accept", ""},
		{"delay accept by 50ms", ""},
		{"corrupt accept", "it fails its checksum when it arrives"},
		{"forge promise(n=2) S1 -> S2", "a message that its sender's code never sent"},
	}},
	{"Crashes and restarts", []saying{
		{"crash S1 S2", "memory, timers and unsynced writes are gone"},
		{"crash S1 after sending accept to S3",
			"between two effects of one event; `before sending`"},
		{"crash S1 before writing accepted",
			"when its disk gets to that record: all before is durable"},
		{"crash S1 while writing accepted #2",
			"the second from here on is torn, and cut at restart"},
		{"crash S1 after writing 2 records", "both are durable, and S1 said nothing of them"},
		{"crash S1 keeping all", "a kill: the page cache survives"},
		{"crash S1 keeping 2 records", "the first two that wait; a stream ends at its first hole"},
		{"crash S1 losing promised accepted #2", "all but these; `losing 1 record`: but the last"},
		{"restart S1", "from what its disk holds; one that is up crashes first"},
		{"restart S1 losing promised",
			"a durable field is gone, or `2 records`, the last of a log"},
		{"restart S1 from backup", "an old disk comes back, with the identity that it had"},
		{"wipe S1", "a crash, and an empty disk, which is another"},
		{"pause S1", "what comes to it waits, in order"},
		{"resume S1", ""},
	}},
	{"Disks and clocks", []saying{
		{"sync S1", "its waiting writes end now; `sync`: those of all"},
		{"disk S1 sync 50ms", "its writes take so long from now on; what waits counts from now"},
		{"disk S1 sync never", "it stalls: no write ends but by `sync S1`"},
		{"disk S1 lies", "from now on says `durable` of what the next crash takes"},
		{"disk S1 behaves", "no longer slow and no longer lying"},
		{"disk S1 corrupts accepted #2",
			"a record at rest is damaged: S1 will not start, with an alarm"},
		{"disk S1 backup", "a copy of what is durable now, in place of the one before"},
		{"clock S1 rate 110%", "what it takes the time to be, and its timers, 1% to 1000%"},
		{"clock S1 jumps 50ms", "running timers come earlier; `jumps back 50ms`: later"},
	}},
	{networkTitle, []saying{
		{"partition S1 C1 | S2 S3 C2",
			"nodes not named keep all links; a new one replaces the old"},
		{"cut S1 -> S3", "one direction; `<->` both"},
		{"mend S1 -> S3", "ends a cut"},
		{"topology chained S3 S1 S2",
			"a partition of that shape, over these, else over the servers"},
		{"topology quorum-loss", "all reach the first and nobody else; `hub` says the same"},
		{"topology constrained", "as that, and the last is cut off"},
		{"topology ring", "each reaches its neighbours, in a circle"},
		{"topology deaf", "nobody reaches the first; `mute`: it reaches nobody"},
		{"heal", "ends partition, topology and cuts"},
		{"calm", "from here on chance loses and copies no message, on any link"},
	}},
	{conditionTitle, []saying{
		{"expect chosen m1 at 2", "a quorum has accepted it (in that slot)"},
		{"expect S1 has executed m1", "and `S1 executed m1` behind `when` and `not`"},
		{"expect S1 accepted m1", ""},
		{"expect S1 promised 2", ""},
		{"expect C1 has heard m1", "in a state that it was shown"},
		{"expect S1 sent accept #2 to S3", ""},
		{"expect S1 received accept from S2", ""},
		{"expect S1 alarmed",
			"it refused to go on; the above have happened, those below are so now"},
		{"expect S1 leads", ""},
		{"expect S2 suspects S1", ""},
		{"expect S1 is down", "or up, or paused"},
		{"expect S1.n_h >= 11", "a row of the table of state: = != < <= > >="},
		{"expect quiet", "nothing will happen by itself"},
	}},
	{claimTitle, []saying{
		{"expect agree", "a named check holds"},
		{"expect breaks prefix", "it is violated"},
		{"expect not S1 executed m1", "any condition"},
		{"expect nothing chosen", ""},
		{"expect chosen m1 before S1 executed m1", "both happened, in this order"},
		{"expect S1 executed m2 m1", "exactly these; `S1 executed nothing`"},
		{"expect C2 heard m2, m1 m2", "the states that it was shown"},
		{"expect *.n_a = 11 11 _ -1 -1", "a row at all nodes"},
		{"expect leader S2", "exactly these act as leader; `nobody`"},
		{"expect sent accept S1 -> * = 2", "a figure"},
		{"expect latency m1 <= 40ms", ""},
		{"expect by 200ms chosen m1", "a deadline"},
		{"at 200ms expect quiet", "at that time"},
		{"expect same-state S1 S2", "their machines; `different-state`; `same-chosen with case a`"},
		{"expect livelock 50", "`decides`, `blocked`, `no-progress` take a number too"},
		{"expect no-progress 100 for C1", ""},
		{"expect in at least 990 runs agree",
			"of a family; `in some run`, `in no run`, `in 2 runs`"},
		{"measure rounds", "min, median, p99, max of a figure over the family"},
	}},
	{searchTitle, []saying{
		{"explore numbers 0..2 values red blue crashes 1 losing promised messages once",
			"what no bound names does not happen; messages are kept, or there once"},
		{"explore attempts 2 values c1 c2", "each proposer has a value, and takes its next number"},
		{"explore timeouts 1 restarts 1 losses 2 depth 20", "depth: levels, the beginning is one"},
		{"explore numbers 0..1 values red crashes 1 restarts 0",
			"who crashes stays down; without `restarts` it may come back"},
		{"expect safe", "no safety check breaks, and the search is complete"},
		{"expect safe chosen-once learn", "these hold; only what claims name is judged then"},
		{"expect violation chosen-once", "each that is named is looked for, and no other"},
		{"expect shortest 17", "transitions to the one above: see `synod help explore`"},
		{"expect states 185369", "distinct; `generated` counts each transition"},
		{"expect every end chosen red", "where nothing more can happen; `some end`"},
	}},
}

// Reference returns a short reference of the language, complete in its words: for each a line as it
// may stand in a text, and what it says.
func Reference() string {
	var b strings.Builder
	b.WriteString("One text is one reproducible run: one statement a line, read like a sentence. " +
		"`#` begins a\ncomment, times are whole us, ms or s, `S1..S3` is a list. " +
		"No node may bear a word of the language,\nbut for these, which then mean it: " +
		strings.Join(freeWords(), " ") + ".\n")
	for i, c := range chapters {
		b.WriteString("\n" + c.title + "\n")
		for _, s := range c.sayings {
			s.write(&b)
		}
		for _, l := range listed(i) {
			fold100(&b, "    "+l.what+": ", l.words)
		}
	}
	return b.String()
}

const meansAt = 46 // column of what a line says

func (s *saying) write(b *strings.Builder) {
	b.WriteString("  " + s.line)
	if s.means != "" {
		gap := meansAt - 2 - utf8.RuneCountInString(s.line)
		if gap < 2 {
			b.WriteString("\n  ")
			gap = meansAt - 2
		}
		b.WriteString(strings.Repeat(" ", gap) + s.means)
	}
	b.WriteByte('\n')
}

// fold100 writes words behind a head, in lines of at most 100 columns.
func fold100(b *strings.Builder, head string, words []string) {
	line := head
	for _, w := range words {
		if len(line)+len(w) > 100 {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line = strings.Repeat(" ", len(head))
		}
		line += w + " "
	}
	b.WriteString(strings.TrimRight(line, " ") + "\n")
}

// freeWords are the words with which a step may go on or begin that are not reserved.
func freeWords() []string {
	all := slices.Concat(faultWords, crashWords, wearWords, clockWords)
	return slices.DeleteFunc(all, isReserved)
}
