package library

import "strconv"

// A place is a stretch of a document: the numbers of the ids that it covers, under its heading.
type place struct {
	first, last int
	heading     string
}

// A document is one folder of the library, in the order in which its text goes.
type document struct {
	name   string
	letter byte // of its ids
	places []place
}

// documents are the five that Synod is made from, what they have in common, and what implementers
// got wrong. Each id that one of them covers has a scenario.
var documents = []document{
	{"meling", 'M', []place{
		{1, 2, "One server"},
		{3, 4, "Two servers"},
		{5, 5, "Whoops"},
		{6, 7, "A leader puts in order"},
		{8, 11, "Sequence numbers"},
		{12, 15, "Retransmission until a learn"},
		{16, 21, "A server takes over"},
		{22, 25, "The leader waits for a learn"},
		{26, 26, "False detection"},
		{27, 28, "Partitions"},
		{29, 33, "A third server"},
		{34, 36, "Crash and partition"},
		{37, 39, "Explicit change of leader"},
		{40, 42, "Rounds, prepare and promise"},
		{43, 44, "What did the third server do?"},
		{45, 49, "Promises that tell"},
		{50, 50, "Two f plus one"},
		{51, 54, "Five servers"},
		{55, 57, "Multi-Paxos, Paxos and its agents"},
		{58, 58, "What Paxos is"},
		{59, 59, "Step by step"},
	}},
	{"karp", 'K', []place{
		{1, 1, "Centralisation"},
		{2, 3, "Replication and two-phase commit"},
		{4, 5, "Primary and backups"},
		{6, 10, "Two primaries"},
		{11, 12, "Majority"},
		{13, 14, "Views"},
		{15, 16, "One leader, no failures"},
		{17, 21, "The phases"},
		{22, 24, "How many leaders"},
		{25, 26, "More than one leader"},
		{27, 31, "Leaders fail"},
		{32, 35, "Nodes fail"},
		{36, 38, "What Paxos promises"},
		{39, 40, "Views end to end"},
	}},
	{"lin", 'L', []place{
		{1, 1, "Why consensus is hard"},
		{2, 2, "Example 1"},
		{3, 3, "Example 2"},
		{4, 4, "Example 3"},
		{5, 6, "Example 4"},
		{7, 7, "Example 5"},
		{8, 8, "Example 6"},
		{9, 10, "Ways out of the livelock"},
		{11, 14, "Roles and majorities"},
		{15, 15, "A majority of replies"},
		{16, 16, "The network"},
		{17, 20, "Disks and refusals"},
		{21, 21, "Who tells the learners"},
		{22, 24, "Properties"},
	}},
	{"marshall", 'T', []place{
		{1, 2, "Two- and three-phase commit"},
		{3, 4, "Leader election, and the agents"},
		{5, 5, "Safety"},
		{6, 7, "The algorithm"},
		{8, 9, "Paxos examples"},
		{10, 11, "Progress"},
		{12, 12, "The algorithm, taken literally"},
	}},
	{"eth", 'E', []place{
		{1, 1, "Model 1.2"},
		{2, 2, "Algorithm 1.3"},
		{3, 4, "Model 1.4"},
		{5, 8, "Algorithm 1.5"},
		{9, 9, "Model 1.6"},
		{10, 10, "Theorem 1.7"},
		{11, 11, "Definition 1.8"},
		{12, 13, "Algorithm 1.9"},
		{14, 19, "Algorithm 1.10"},
		{20, 21, "Definition 1.11"},
		{22, 27, "Algorithm 1.12"},
		{28, 32, "Algorithm 1.13"},
		{33, 33, "Lemma 1.14"},
		{34, 34, "Theorem 1.15"},
		{35, 40, "Remarks"},
		{41, 41, "Algorithm 1.13, restarted"},
		{42, 42, "The numbered items"},
	}},
	{"cross", 'X', []place{
		{1, 5, "The world"},
		{6, 11, "The ways to choose"},
		{12, 13, "Many instances, many failures"},
		{14, 18, "What can be seen and run"},
	}},
	{"pitfalls", 'B', []place{
		{1, 13, "Durability"},
		{14, 23, "Ballots and late messages"},
		{24, 32, "Many slots"},
		{33, 37, "Snapshots and sessions"},
		{38, 43, "Reads and leases"},
		{44, 49, "Reconfiguration"},
		{50, 55, "Quorums and half-broken networks"},
	}},
}

// placeOf returns where in its document an id stands.
func placeOf(id string) string {
	number, _ := strconv.Atoi(id[2:])
	for _, d := range documents {
		for _, p := range d.places {
			if d.letter == id[0] && p.first <= number && number <= p.last {
				return p.heading
			}
		}
	}
	return ""
}

// IDs returns every id of every document, in their order: each has a scenario.
func IDs() []string {
	var ids []string
	for _, d := range documents {
		for n := 1; n <= d.places[len(d.places)-1].last; n++ {
			id := string(d.letter) + "-"
			if n < 10 {
				id += "0"
			}
			ids = append(ids, id+strconv.Itoa(n))
		}
	}
	return ids
}
