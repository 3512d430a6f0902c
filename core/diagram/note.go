package diagram

import "github.com/synodlab/synod/core/trace"

// word is one of the words that a Note record may bear, as package trace lists them.
type word uint8

const (
	free word = iota // a sentence for readers
	proposes
	resends
	round
	refuses
	suspects
	trusts
	waits
	settled
	commits
	aborts
	alarm
	pauses
	resumes
	wiped
	cuts
	mends
	holds
	releases
	corrupts
	hopeless
	notQuiet
	words
)

var wordTexts = [words]string{"", trace.Proposes, trace.Resends, trace.Round, trace.Refuses,
	trace.Suspects, trace.Trusts, trace.Waits, trace.Settled, trace.Commits, trace.Aborts,
	trace.Alarm, trace.Pauses, trace.Resumes, trace.Wiped, trace.Cuts, trace.Mends, trace.Holds,
	trace.Releases, trace.Corrupts, trace.Hopeless, trace.NotQuiet}

// noteWords are the numbers of those words in one log, so that a note is compared as an integer.
type noteWords [words]trace.Value

func (w *noteWords) find(log *trace.Log) {
	for k := proposes; k < words; k++ {
		w[k], _ = log.Names.Find(wordTexts[k])
	}
}

func (w *noteWords) of(v trace.Value) word {
	if v == 0 {
		return free
	}
	for k := proposes; k < words; k++ {
		if w[k] == v {
			return k
		}
	}
	return free
}

// noteMarks are the marks of words that have one; a word that has none shows elsewhere, as a gap
// or on its arrow, or is for the checks alone.
var noteMarks = [words]MarkKind{free: Note, proposes: Proposes, resends: Proposes,
	refuses: Refuses, suspects: Suspects, trusts: Trusts, waits: Waits, commits: Commits,
	aborts: Aborts, alarm: Alarm, wiped: Note, hopeless: Note, notQuiet: Note}

// note shows a note.
func (d *Diagram) note(log *trace.Log, i int, r *trace.Record) int32 {
	w := d.words.of(r.Note)
	switch w {
	case holds, releases, corrupts:
		d.flag(log, r, w)
		return d.column.base
	case cuts, mends:
		d.cut(r, w, i)
		return d.column.base
	case pauses, resumes:
		return d.pause(r, w, i)
	}
	kind := noteMarks[w]
	if kind == NoMark || kind != Note && kind != Alarm && !d.valid(r.Node) {
		return d.column.base
	}
	return d.mark(log, i, r, kind)
}

// flag marks the arrow of a message that was held or damaged.
func (d *Diagram) flag(log *trace.Log, r *trace.Record, w word) {
	k := d.arrowIndex(log, r)
	if k < 0 || w == releases {
		return
	}
	if w == holds {
		d.Arrows[d.openCopy(k)].Flags |= Held
	} else {
		d.Arrows[d.openCopy(k)].Flags |= Corrupt
	}
}

func (d *Diagram) cut(r *trace.Record, w word, i int) {
	switch {
	case !d.valid(r.From) || !d.valid(r.To):
	case w == cuts:
		d.openGap(Cut, r.From, r.To, d.column.base, i)
	default:
		d.closeGap(Cut, r.From, r.To, d.column.base)
	}
}

func (d *Diagram) pause(r *trace.Record, w word, i int) int32 {
	if !d.valid(r.Node) {
		return d.column.base
	}
	x := d.earliest(r.Node, true)
	if w == pauses {
		d.openGap(Paused, r.Node, 0, x, i)
	} else {
		d.closeGap(Paused, r.Node, 0, x)
	}
	d.settle(r.Node, x)
	return x
}
