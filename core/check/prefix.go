package check

import "github.com/synodlab/synod/core/trace"

// shownPairs bounds how many pairs of answers prefix reports: "Whoops!" has two (M-05).
const shownPairs = 8

// answers are the states that clients were shown.
type answers struct {
	list  []answer
	count []int32 // by history: how often it was shown
	fork  bool    // two of them are not comparable
}

type answer struct {
	state trace.History
	event int32
	to    trace.Node
}

func (s *answers) reset() { *s = answers{list: s.list[:0], count: s.count[:0]} }

func (s *answers) copyFrom(o *answers) {
	s.list, s.count = refill(s.list, o.list), refill(s.count, o.count)
	s.fork = o.fork
}

// mustBePrefix judges prefix: the states that clients are shown are pairwise comparable, one a
// prefix of the other (Meling's client view: "σ1 is not a prefix of σ21"; M-05, M-20, M-27). It
// also judges reply-durable for what clients are shown. An answer that shows no state is not
// judged. Of the answers that contradict this one, it names the last one that the same client
// heard, or else the first one of all.
func (j *Judge) mustBePrefix(i int, r *trace.Record, straight bool) {
	a := answer{state: r.State, event: int32(i), to: r.Node}
	j.answers.fork = j.answers.fork || !straight
	judged := j.on(prefix)
	if judged {
		j.verdicts[prefix].judged = true
	}
	seen := j.open(replyDurable)
	if j.answers.fork && (judged && j.verdicts[prefix].broken < shownPairs || seen) {
		j.contradicts(i, &a)
	}
	j.answers.list = append(j.answers.list, a)
	*entry(&j.answers.count, int(r.State))++
}

// contradicts reports what answer a contradicts, if it does.
func (j *Judge) contradicts(i int, a *answer) {
	was := j.answers.contradicted(&j.log.Histories, a)
	if was == nil {
		return
	}
	if j.on(prefix) && j.verdicts[prefix].broken < shownPairs {
		j.breaks(prefix, i, int(was.event),
			was.to, " was shown ", was.state, ", ", a.to, " is shown ", a.state)
	}
	if j.open(replyDurable) {
		j.breaks(replyDurable, i, int(was.event), was.to, " was shown ", was.state,
			", and the service now shows ", a.state)
	}
}

func (s *answers) contradicted(t *trace.Histories, a *answer) *answer {
	var found *answer
	for k := range s.list {
		was := &s.list[k]
		if (found == nil || was.to == a.to) && !t.Comparable(was.state, a.state) {
			found = was
		}
	}
	return found
}

// RolledBack returns the fewest answers to withdraw until the states that the rest show are
// pairwise comparable (M-28): all answers less the heaviest chain from the root of their tree.
func (j *Judge) RolledBack() int {
	t := &j.log.Histories
	counts := j.answers.count
	best := make([]int32, len(counts)) // by history: answers on the way from the root to it
	heaviest := int32(0)
	for h := range counts {
		if h > 0 {
			_, parent := t.Last(trace.History(h)) // parents have lower numbers
			best[h] = best[parent] + counts[h]
		}
		heaviest = max(heaviest, best[h])
	}
	return len(j.answers.list) - int(heaviest)
}
