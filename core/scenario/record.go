package scenario

import (
	"slices"
	"strconv"
	"strings"

	"github.com/synodlab/synod/core/sim"
	"github.com/synodlab/synod/core/trace"
)

// Deed is something that a person does to a run by hand.
type Deed uint8

// The deeds. The first ones are done to a message, the others to a node.
const (
	DeedLose Deed = iota
	DeedDuplicate
	DeedCrash
	DeedRestart
	DeedHold
	DeedDeliver
	DeedPause
	DeedResume
	DeedWipe
	DeedLead
	DeedKill    // a crash that the page cache survives
	DeedStall   // its disk ends no write
	DeedLie     // its disk says durable of what a crash takes
	DeedCorrupt // all that is on its disk fails its checksum
	DeedBehave  // its disk is as the header says
	DeedBackup
	DeedRestore // the backup comes back
	DeedHasten  // its clock runs 10% fast
	DeedJump    // its clock jumps 50ms
)

var messageDeeds = map[Deed]string{DeedLose: "lose", DeedDuplicate: "duplicate", DeedHold: "hold",
	DeedDeliver: "deliver"}

var nodeDeeds = map[Deed]string{DeedCrash: "crash ", DeedRestart: "restart ", DeedPause: "pause ",
	DeedResume: "resume ", DeedWipe: "wipe "}

// faultDeeds are done to the disk or the clock of a node, be it up or down: what stands before its
// name, and behind it.
var faultDeeds = map[Deed][2]string{DeedStall: {"disk ", " sync never"},
	DeedLie: {"disk ", " lies"}, DeedCorrupt: {"disk ", " corrupts all"},
	DeedBehave: {"disk ", " behaves"}, DeedBackup: {"disk ", " backup"},
	DeedRestore: {"restart ", " from backup"}, DeedHasten: {"clock ", " rate 110%"},
	DeedJump: {"clock ", " jumps 50ms"}}

// Statement returns the statement that does a deed right after an event of the run: to a message,
// by its identity, or to a node, by its index. It returns "" if that is not possible there: the
// message is not in flight then, the node is not up, or not down, there is no backup of its disk.
func (r *Run) Statement(d Deed, event int, subject uint32) string {
	if verb, ok := messageDeeds[d]; ok {
		if selector := r.selector(event, subject); selector != "" {
			return verb + " " + selector
		}
		return ""
	}
	if int(subject) >= len(r.place.Nodes) {
		return ""
	}
	name := r.place.Nodes[subject]
	if fault, ok := faultDeeds[d]; ok {
		if d == DeedRestore && !r.copiedBefore(event, trace.Node(subject)) {
			return ""
		}
		return fault[0] + name + fault[1]
	}
	up, paused := r.stateAfter(event, trace.Node(subject))
	if up == (d == DeedRestart) || d == DeedPause && paused || d == DeedResume && !paused {
		return ""
	}
	switch d {
	case DeedLead:
		return name + " leads"
	case DeedKill:
		return "crash " + name + " keeping all"
	}
	return nodeDeeds[d] + name
}

// selector returns what selects a message that is in flight after an event: its kind, that it is
// the n-th of them ever sent, and its ends.
func (r *Run) selector(event int, id uint32) string {
	n, sent := 0, (*trace.Record)(nil)
	for i := range r.Log.Records {
		rec := &r.Log.Records[i]
		if rec.Kind == trace.Send && rec.Message == id {
			sent = rec
		}
	}
	if sent == nil || int(sent.Type) > len(r.Protocol.Kinds) {
		return ""
	}
	away := 0 // copies in flight
	for i := range r.Log.Records {
		rec := &r.Log.Records[i]
		alike := rec.Type == sent.Type && rec.From == sent.From && rec.To == sent.To
		if rec.Kind == trace.Send && alike && rec.Message <= id {
			n++
		}
		if i > event || rec.Message != id {
			continue
		}
		switch rec.Kind {
		case trace.Send, trace.Duplicate:
			away++
		case trace.Deliver, trace.Lose:
			away--
		}
	}
	if away <= 0 {
		return ""
	}
	return r.Protocol.Kinds[sent.Type-1].Name + " #" + strconv.Itoa(n) + " " +
		r.place.Nodes[sent.From] + " -> " + r.place.Nodes[sent.To]
}

// copiedBefore reports whether the disk of a node was copied up to an event.
func (r *Run) copiedBefore(event int, n trace.Node) bool {
	for i := range r.Log.Records[:min(event+1, len(r.Log.Records))] {
		rec := &r.Log.Records[i]
		if rec.Kind == trace.Note && rec.Node == n &&
			string(r.Log.Names.Bytes(rec.Note)) == sim.Copied {
			return true
		}
	}
	return false
}

// stateAfter reports whether a node is up, and whether it is paused, after an event.
func (r *Run) stateAfter(event int, n trace.Node) (up, paused bool) {
	up = true
	for i := range r.Log.Records[:min(event+1, len(r.Log.Records))] {
		if rec := &r.Log.Records[i]; rec.Node == n {
			switch rec.Kind {
			case trace.Crash:
				up, paused = false, false
			case trace.Restart:
				up = true
			case trace.Note:
				note := r.Log.Names.Bytes(rec.Note)
				paused = string(note) == trace.Pauses ||
					paused && string(note) != trace.Resumes
			}
		}
	}
	return up, paused
}

// Record returns the text with one more line: a statement that a person did in a run of case c,
// after event number event, or at its end if that is negative. It stands below the last step, above
// the expectations that follow, so that these are still about the end.
func Record(text string, c int, statement string, event int) (string, error) {
	f, err := Parse("", text, nil)
	if err != nil {
		return "", err
	}
	if event >= 0 {
		statement = "at event " + strconv.Itoa(event) + " " + statement
	}
	lines := strings.Split(text, "\n")
	lines = slices.Insert(lines, min(f.lastStep(c), len(lines)), statement)
	longer := strings.Join(lines, "\n")
	if _, err := Parse("", longer, nil); err != nil {
		return "", err
	}
	return longer, nil
}

// lastStep returns the line below which a new step of case c goes.
func (f *File) lastStep(c int) int {
	part, line := &f.Common, 0
	if len(f.Cases) > 0 {
		part, line = &f.Cases[c].Part, f.Cases[c].Line.Pos.Line
	}
	for i := range part.Body {
		if part.Body[i].kind == lineStep {
			line = max(line, part.Body[i].Pos.Line)
		}
	}
	for _, group := range [][]Line{part.Settings, part.Each, part.Late} {
		for i := range group {
			if l := group[i].Pos.Line; len(part.Body) == 0 || l < part.Body[0].Pos.Line {
				line = max(line, l)
			}
		}
	}
	return line
}

// Nodes returns how many nodes the run has.
func (r *Run) Nodes() int { return len(r.place.Nodes) }

// Role returns the names of the roles of node n.
func (r *Run) roleNames(n int) []string {
	var names []string
	has := r.place.Roles[n]
	if has&sim.Server != 0 {
		names = append(names, "server")
		has &^= everyRole
	}
	for i, name := range [...]string{"server", "proposer", "acceptor", "learner", "client",
		"coordinator", "participant", "spare"} {
		if has&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}
