package scenario

import (
	"slices"
	"strings"
)

// The words of the language, version 1.
var (
	// settingWords begin header lines, in canonical order.
	settingWords = []string{
		"synod", "title", "about", "cites", "protocol",
		"servers", "proposers", "acceptors", "learners", "clients", "coordinator", "participants",
		"spares", "machine", "words", "seed", "network", "link", "disk", "timeout", "detector",
		"retry", "schedule", "until",
	}
	roleWords = settingWords[5:13]

	// actionWords begin steps that do not begin with a node.
	actionWords = []string{
		"timeout", "crash", "restart", "wipe", "pause", "resume", "sync", "partition", "heal",
		"cut", "mend", "deliver", "lose", "duplicate", "hold", "release", "corrupt", "delay",
		"forge", "run", "step", "note", "open", "join", "leave", "members",
	}
	// nodeVerbs stand behind the node that acts.
	nodeVerbs = []string{"sends", "resends", "proposes", "leads", "suspects", "trusts", "votes"}

	whenWords = []string{"at", "after", "when", "whenever", "try"}

	// partWords begin the lines that are neither header nor step.
	partWords = []string{"case", "each", "control", "expect", "measure", "explore"}

	checkWords = []string{
		"agree", "chosen-once", "valid", "learn", "stable", "promise", "unique", "safe-proposal",
		"order", "prefix", "once", "reply-durable", "lock", "one-primary", "atomic",
		"linearizable", "decides", "no-progress", "livelock", "blocked", "all-execute",
	}
	// countedChecks may be followed by a number.
	countedChecks = []string{"decides", "no-progress", "livelock", "blocked", "all-execute"}

	messageFigures = []string{"sent", "delivered", "lost"}
	figureWords    = []string{
		"sent", "delivered", "lost", "rounds", "preempted", "rolled-back", "latency", "events",
	}
	searchCounts = []string{"shortest", "states", "depth", "generated"}
	claimWords   = []string{
		"not", "nothing", "breaks", "leader", "same-state", "different-state", "same-chosen",
		"safe", "violation", "every", "some", "in", "by", "chosen", "quiet",
	}
	nodeClaims = []string{
		"executed", "accepted", "promised", "heard", "sent", "received", "leads", "suspects", "has",
	}
	linkWords = []string{
		"to", "with", "from", "before", "of", "into", "for", "all", "nobody", "at", "until",
		"losing", "sending",
	}

	machineNames = []string{"log", "register", "lock", "bank", "kv", "dice"}
	displayWords = []string{"lamport", "karp", "lin", "marshall", "eth", "meling"}
	boundWords   = []string{
		"numbers", "values", "attempts", "crashes", "losing", "restarts", "losses", "duplicates",
		"timeouts", "depth", "messages",
	}
	networkWords = []string{"delay", "loss", "duplicate", "self", "reorder"}
	// The words below are not reserved: a node may bear them, and then they are that node.
	networkOnly = []string{"topology"}
	shapeWords  = []string{
		"chained", "quorum-loss", "constrained", "hub", "ring", "deaf", "mute",
	}
	wearWords  = []string{"sync", "lies", "behaves", "corrupts", "backup"}
	clockWords = []string{"rate", "jumps"}
	crashWords = []string{"keeping", "while"}
	faultWords = []string{"disk", "clock", "topology", "calm", "rest"}
	// recordWords are the kinds of records that the shipping core keeps in the stream of a disk.
	recordWords = []string{"format", "promised", "accepted", "chosen", "snapshot"}
	stateWords  = []string{"is", "alarmed"}
	states      = []string{"up", "down", "paused"}

	detectorWords   = []string{"accurate", "pings", "none"}
	retryWords      = []string{"same", "next", "all"}
	scheduleWords   = []string{"timed", "by-hand"}
	kindsInOneSense = [][]string{
		{"prepare", "q1", "prep", "ask"},
		{"promise", "r1", "prom", "ok"},
		{"accept", "q2", "acc", "accept?", "propose", "store"},
		{"accepted", "r2", "lrn", "learn", "success"},
		{"chosen", "q3", "commit", "execute"},
		{"nack", "reject"},
		{"request"},
		{"reply"},
	}
)

// reserved holds every word that no node may be named.
var reserved = setOf(settingWords, actionWords, nodeVerbs, whenWords, partWords, checkWords,
	figureWords, searchCounts, claimWords, nodeClaims, linkWords, networkWords)

func setOf(lists ...[]string) map[string]bool {
	set := map[string]bool{}
	for _, w := range slices.Concat(lists...) {
		set[w] = true
	}
	return set
}

// isReserved tells whether w is a word of the language, in any case.
func isReserved(w string) bool { return reserved[strings.ToLower(w)] }

// fold returns the word of the list that equals w but for case; "" if there is none.
func fold(list []string, w string) string {
	for _, word := range list {
		if strings.EqualFold(word, w) {
			return word
		}
	}
	return ""
}

// SameKind tells whether word means the kind that a protocol calls kind: the same name, or a
// synonym of it, case aside. A protocol's own names come first: a caller asks for equality with
// all of them before it asks for synonyms.
func SameKind(kind, word string) bool {
	if strings.EqualFold(kind, word) {
		return true
	}
	for _, sense := range kindsInOneSense {
		if fold(sense, kind) != "" && fold(sense, word) != "" {
			return true
		}
	}
	return false
}
