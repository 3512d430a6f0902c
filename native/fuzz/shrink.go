package fuzz

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Shrunk is a failure made as small as it got.
type Shrunk struct {
	Plan    *Plan
	Failure *Failure
	Tries   int    // runs that it took
	Text    string // a scenario that fails in the same way, claim included
}

// Budget bounds what shrinking may cost; 0 is no bound. With a bound on runs alone, the result is
// the same on every machine.
type Budget struct {
	Runs int
	For  time.Duration
}

// Shrink makes a plan that fails smaller for as long as it fails alike, within a budget.
// Everything is tried by running it: fewer steps, nodes and clients, a simpler world, an earlier
// end; at last, chance itself is spelt out as steps, and those are thinned out in turn. What is
// tried may be tried with other seeds of the world too: leaving out one step changes all that
// chance does after it, and a mistake seldom depends on just this chance.
func Shrink(p *Plan, f *Failure, b Budget) *Shrunk {
	s := &shrinker{runner: NewRunner(), best: p.clone(), seed: p.Seed, failure: f,
		wanted: f, runs: b.Runs}
	if b.For > 0 {
		s.deadline = time.Now().Add(b.For)
	}
	s.cutShort()
	for s.progress(s.round) {
	}
	if s.spellOut() {
		for s.progress(s.round) {
		}
	}
	s.tidy()
	return s.result()
}

type shrinker struct {
	runner   *Runner
	best     *Plan
	seed     uint64   // that found it
	failure  *Failure // of best
	wanted   *Failure
	tries    int
	runs     int       // that it may have; 0: any number
	deadline time.Time // zero: there is none
}

// try runs a plan and keeps it if it fails alike.
func (s *shrinker) try(p *Plan) bool {
	if s.spent() || !p.mayRecover() {
		return false
	}
	s.tries++
	o := s.runner.Run(p, false)
	if !o.Failure.Alike(s.wanted) {
		return false
	}
	s.best, s.failure = p, o.Failure
	return true
}

// lasting finds the faults after which a server may be down, or without its vote, for good.
var lasting = regexp.MustCompile(`^(wipe|crash|disk) (S[0-9]+)($| before| after| while| corrupts)`)

// mayRecover reports whether a plan that must recover can: such faults befall only a minority.
func (p *Plan) mayRecover() bool {
	var hit []string
	for i := range p.Steps {
		m := lasting.FindStringSubmatch(p.Steps[i].Text)
		if m != nil && (m[1] == "wipe") == (m[3] == "") && !slices.Contains(hit, m[2]) {
			hit = append(hit, m[2])
		}
	}
	return !p.Recovers || len(hit) <= (p.Servers-1)/2
}

// spent reports whether the budget is.
func (s *shrinker) spent() bool {
	return s.runs > 0 && s.tries >= s.runs ||
		!s.deadline.IsZero() && !time.Now().Before(s.deadline)
}

// alter tries the best plan with a change.
func (s *shrinker) alter(change func(p *Plan)) bool { return s.alterWith(0, change) }

// alterWith tries the best plan with a change, and up to so many other seeds of the world.
func (s *shrinker) alterWith(seeds int, change func(p *Plan)) bool {
	p := s.best.clone()
	change(p)
	if s.try(p) {
		return true
	}
	for i := range seeds {
		p.Seed = uint64(i + 1)
		if s.try(p) {
			return true
		}
	}
	return false
}

// progress reports whether a round made the plan smaller.
func (s *shrinker) progress(round func()) bool {
	before := s.best.size()
	round()
	return s.best.size() < before
}

// size is what shrinking makes smaller.
func (p *Plan) size() int {
	size := 100*p.all() + 50*len(p.Clients) + int(p.Until) + len(p.Protocol)
	for _, o := range p.World {
		size += len(o.Line)
	}
	for i := range p.Steps {
		size += 20 + 2*len(p.Steps[i].Text) + int(p.Steps[i].At)/100
	}
	return size
}

func (s *shrinker) round() {
	s.fewerKinds()
	s.thin()
	s.fewerNodes()
	s.simplerWorld()
	s.fewerCommands()
	s.sooner()
}

// cutShort ends the run soon after the failure. What fails to recover ends at a time of its own,
// since it never comes to rest.
func (s *shrinker) cutShort() {
	if !s.isOfRecovery() {
		at := s.failure.At + 1
		s.alter(func(p *Plan) {
			p.Recovers, p.Until = false, at
			p.Steps = slices.DeleteFunc(p.Steps, func(x Step) bool { return x.At > at })
		})
		return
	}
	s.alter(func(p *Plan) { p.Rest, p.Until = 0, p.least() })
}

// isOfRecovery reports whether the failure is that something does not happen in time.
func (s *shrinker) isOfRecovery() bool {
	switch s.wanted.Name {
	case Unanswered, Diverged, Restless, "all-execute":
		return true
	}
	return false
}

// fewerKinds leaves out all steps of one kind, each kind in turn.
func (s *shrinker) fewerKinds() {
	var kinds []string
	for i := range s.best.Steps {
		if kind := s.best.Steps[i].kind(); !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	for _, kind := range kinds {
		s.alterWith(3, func(p *Plan) {
			p.drop(func(i int) bool { return p.Steps[i].kind() == kind })
		})
	}
}

// kind returns the verb of a step, without the nodes that do it; of what is done to disks and
// clocks, also what is done.
func (x *Step) kind() string {
	var words []string
	for _, word := range strings.Fields(x.Text) {
		if !aNode.MatchString(word) {
			words = append(words, word)
		}
	}
	switch {
	case strings.HasSuffix(x.Text, " rate 100%"):
		return "clock steady"
	case len(words) > 1 && (words[0] == "disk" || words[0] == "clock"):
		return words[0] + " " + words[1]
	}
	return words[0]
}

// thin leaves out steps: halves, then quarters, then smaller parts, down to each alone.
func (s *shrinker) thin() {
	for part := max(1, len(s.best.Steps)/2); ; part /= 2 {
		for from := 0; from < len(s.best.Steps); {
			to := min(from+part, len(s.best.Steps))
			before := len(s.best.Steps)
			ok := s.alterWith(4, func(p *Plan) {
				p.drop(func(i int) bool { return i >= from && i < to })
			})
			if !ok || len(s.best.Steps) == before {
				from = to
			}
		}
		if part <= 1 {
			return
		}
	}
}

// drop leaves out the steps that are told by index, but for those that end what is still there: a
// plan that must recover keeps its faults in bounds.
func (p *Plan) drop(told func(i int) bool) {
	var kept, ends []Step
	for i, x := range p.Steps {
		if !told(i) {
			kept = append(kept, x)
		} else if p.Recovers && x.Text == calm && p.chancy() {
			kept = append(kept, x)
		} else if p.Recovers && x.heals() {
			ends = append(ends, x)
		}
	}
	for _, x := range slices.Backward(ends) {
		if x.needed(kept) {
			kept = append(kept, x)
		}
	}
	p.Steps = kept
	p.sort()
}

// chancy reports whether the network loses or copies messages by chance.
func (p *Plan) chancy() bool {
	return slices.ContainsFunc(p.World, func(o Option) bool {
		return strings.Contains(o.Line, " loss ") || strings.Contains(o.Line, " duplicate ")
	})
}

// healed are the verbs of faults, by the verb of the step that ends them.
var healed = map[string][]string{"heal": {"cut", "partition", "topology"}, "mend": {"cut"},
	"resume": {"pause"}, "restart": {"crash", "wipe"}, "disk behaves": {"disk sync"},
	"clock steady": {"clock rate"}}

// heals reports whether a step ends faults.
func (x *Step) heals() bool { return healed[x.kind()] != nil }

// needed reports whether a step ends a fault of any of these, which no later one ends.
func (x *Step) needed(steps []Step) bool {
	link := x.kind() == "heal" || x.kind() == "mend"
	if link && slices.ContainsFunc(steps, func(y Step) bool {
		return y.kind() == "heal" && y.At >= x.At
	}) {
		return false
	}
	for i := range steps {
		if !slices.Contains(healed[x.kind()], steps[i].kind()) {
			continue
		}
		if link || mentions(steps[i].Text, aNode.FindString(x.Text)) {
			return true
		}
	}
	return false
}

// fewerNodes leaves out clients and servers, with all that is said of them.
func (s *shrinker) fewerNodes() {
	for i := len(s.best.Clients) - 1; i >= 0 && len(s.best.Clients) > 1; i-- {
		s.alterWith(2, func(p *Plan) {
			p.dropNode(client(p.Clients[i]))
			p.Clients = slices.Delete(p.Clients, i, i+1)
		})
	}
	for n := s.best.all(); n >= 1; n-- {
		if n <= s.best.Servers && s.best.Servers == 1 {
			break
		}
		s.alterWith(3, func(p *Plan) { p.dropServer(n) })
	}
}

// aNode finds the names of nodes.
var aNode = regexp.MustCompile(`\b[SC][0-9]+\b`)

// dropServer leaves out a server; those behind it move up.
func (p *Plan) dropServer(n int) {
	p.dropNode(server(n))
	if n <= p.Servers {
		p.Servers--
	} else {
		p.Spares--
	}
	rename := func(line string) string {
		return aNode.ReplaceAllStringFunc(line, func(name string) string {
			if i, _ := strconv.Atoi(name[1:]); name[0] == 'S' && i > n {
				return server(i - 1)
			}
			return name
		})
	}
	for i := range p.Steps {
		p.Steps[i].Text = rename(p.Steps[i].Text)
	}
	for i := range p.World {
		p.World[i].Line = rename(p.World[i].Line)
	}
}

// dropNode takes a name out of every list, and leaves out the steps that need it.
func (p *Plan) dropNode(name string) {
	p.Steps = slices.DeleteFunc(p.Steps, func(x Step) bool { return !x.without(name) })
	for i := range p.Steps {
		p.Steps[i].Text = without(p.Steps[i].Text, name)
	}
	p.World = slices.DeleteFunc(p.World, func(o Option) bool { return mentions(o.Line, name) })
}

func mentions(line, name string) bool { return slices.Contains(strings.Fields(line), name) }

// without reports whether the step still says something without a node.
func (x *Step) without(name string) bool {
	if !mentions(x.Text, name) {
		return true
	}
	rest := without(x.Text, name)
	switch verb, _, _ := strings.Cut(x.Text, " "); verb {
	case "partition":
		return strings.Contains(rest, "|")
	case "members":
		return strings.Contains(rest, " ")
	case "topology":
		return len(strings.Fields(rest)) > 3
	case "cut", "mend":
		from, to, _ := strings.Cut(rest, "->")
		return aNode.MatchString(from) && aNode.MatchString(to)
	}
	return false
}

// without takes a name out of the lists of a partition or cut.
func without(line, name string) string {
	words := slices.DeleteFunc(strings.Fields(line), func(w string) bool { return w == name })
	line = strings.Join(words, " ")
	if verb, rest, _ := strings.Cut(line, " "); verb == "partition" {
		sides := slices.DeleteFunc(strings.Split(rest, "|"),
			func(side string) bool { return strings.TrimSpace(side) == "" })
		for i := range sides {
			sides[i] = strings.TrimSpace(sides[i])
		}
		line = verb + " " + strings.Join(sides, " | ")
	}
	return line
}

// simplerWorld tries each header line out, or simpler; and the shares of chance one by one.
func (s *shrinker) simplerWorld() {
	for _, option := range strings.Fields(s.best.Protocol)[1:] {
		s.alterWith(1, func(p *Plan) {
			p.Protocol = strings.Replace(p.Protocol, " "+option, "", 1)
		})
	}
	for i := range s.best.World {
		for _, simpler := range s.best.World[i].Simpler {
			if s.best.World[i].Line == simpler ||
				s.alterWith(1, func(p *Plan) { p.World[i].Line = simpler }) {
				break
			}
		}
		for _, share := range shares.FindAllString(s.best.World[i].Line, -1) {
			s.alterWith(2, func(p *Plan) {
				p.World[i].Line = strings.Replace(p.World[i].Line, share, "", 1)
			})
		}
	}
}

var shares = regexp.MustCompile(` (loss|duplicate) [0-9]+%| reorder`)

// fewerCommands leaves out commands of steps that issue several.
func (s *shrinker) fewerCommands() {
	for i := range s.best.Steps {
		for part := 32; part > 0; part /= 2 {
			for from := 2; ; {
				words := strings.Fields(s.best.Steps[i].Text)
				to := from + part
				if len(words) < 2 || words[1] != "sends" || to > len(words) || len(words)-part < 3 {
					break
				}
				fewer := strings.Join(slices.Delete(words, from, to), " ")
				if !s.alter(func(p *Plan) { p.Steps[i].Text = fewer }) {
					from++
				}
			}
		}
	}
}

// sooner takes time out: of the end, and between steps.
func (s *shrinker) sooner() {
	for _, by := range []Millis{2, 4, 10} {
		s.alter(func(p *Plan) {
			p.Until = max(p.least(), p.Until-p.Until/by)
		})
	}
	for i := 0; i < len(s.best.Steps); i++ {
		before := Millis(0)
		if i > 0 {
			before = s.best.Steps[i-1].At
		}
		gap := s.best.Steps[i].At - before
		for _, less := range []Millis{gap, gap / 2} {
			if less > 0 && s.alter(func(p *Plan) { p.advance(i, less) }) {
				break
			}
		}
	}
}

// least returns the least time that the run may have.
func (p *Plan) least() Millis {
	last := Millis(0)
	if n := len(p.Steps); n > 0 {
		last = p.Steps[n-1].At
	}
	if p.Recovers {
		return last + p.Patience
	}
	return last + 1
}

// advance lets step i and all that follows come sooner.
func (p *Plan) advance(i int, by Millis) {
	for ; i < len(p.Steps); i++ {
		p.Steps[i].At -= by
	}
	p.Until = max(1, p.Until-by)
}
