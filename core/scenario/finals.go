package scenario

import (
	"bytes"
	"slices"
	"strings"

	"github.com/synodlab/synod/core/sim"
)

// Finals holds how the first run of each case ended, for expectations of later cases that compare
// themselves with it.
type Finals struct{ cases []final }

type final struct {
	name   string
	names  []string
	nodes  [][]byte
	chosen string
}

// Keep remembers the end of r as that of its case.
func (f *Finals) Keep(r *Run) {
	x := final{name: r.Scenario.Case, names: r.place.Nodes, chosen: r.chosen()}
	for i := range x.names {
		x.nodes = append(x.nodes, r.World.AppendNode(nil, sim.Node(i)))
	}
	f.cases = append(f.cases, x)
}

func (r *Run) earlier(name string) (*final, *Error) {
	if r.finals != nil {
		for i := range r.finals.cases {
			if r.finals.cases[i].name == name {
				return &r.finals.cases[i], nil
			}
		}
	}
	return nil, r.fault(Pos{}, "case "+name+" has not run", "a case that stands above")
}

func (r *Run) sameState(c *SameState) (met bool, detail string, err *Error) {
	if c.Case == "" {
		met, detail = r.sameMachines(r.nodes(c.Nodes))
		return met != c.Different, detail, nil
	}
	old, err := r.earlier(c.Case)
	if err != nil {
		return false, "", err
	}
	met, detail = true, "equal"
	for _, name := range c.Nodes {
		i := slices.Index(old.names, name)
		if i < 0 || !bytes.Equal(old.nodes[i], r.World.AppendNode(nil, r.node(name))) {
			met, detail = false, name+" differs"
			if c.Different {
				break
			}
		}
	}
	if c.Different {
		met = !met
	}
	return met, detail, nil
}

func (r *Run) sameMachines(nodes []sim.Node) (same bool, detail string) {
	var first []byte
	for i, n := range nodes {
		b, has := r.World.AppendMachine(nil, n)
		if !has {
			return false, r.place.Nodes[n] + " has no state machine"
		}
		if i == 0 {
			first = b
		} else if !bytes.Equal(first, b) {
			return false, r.place.Nodes[nodes[0]] + " and " + r.place.Nodes[n] + " differ"
		}
	}
	return true, "equal"
}

// chosen returns what was chosen, slot by slot.
func (r *Run) chosen() string {
	choices := slices.Clone(r.Judge.Chosen())
	texts := make([]string, len(choices))
	for i, c := range choices {
		texts[i] = r.Log.Names.Text(c.Value)
	}
	return strings.Join(texts, " ")
}

func (r *Run) sameChosen(c *SameChosen) (met bool, detail string, err *Error) {
	old, err := r.earlier(c.Case)
	if err != nil {
		return false, "", err
	}
	now := r.chosen()
	return now == old.chosen, "chosen is [" + now + "]; there it was [" + old.chosen + "]", nil
}

// Compares reports whether case c compares itself with an earlier case.
func (f *File) Compares(c int) bool {
	s, err := f.Expand(c, 0)
	if err != nil {
		return false
	}
	bodies := [][]Statement{s.Body}
	for i := range s.Controls {
		bodies = append(bodies, s.Controls[i].Body)
	}
	for _, body := range bodies {
		for _, x := range body {
			e, ok := x.(*Expect)
			if !ok {
				continue
			}
			switch claim := e.Claim.(type) {
			case *SameState:
				if claim.Case != "" {
					return true
				}
			case *SameChosen:
				return true
			}
		}
	}
	return false
}
