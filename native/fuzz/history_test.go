package fuzz

import (
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"

	"github.com/synodlab/synod/core/scenario"
	"github.com/synodlab/synod/core/trace"
)

// cellModel is one key, as porcupine wants it: a command's word, and what it was answered.
var cellModel = porcupine.Model{
	Init: func() any { return "nothing" },
	Step: func(state, input, output any) (bool, any) {
		name, rest, _ := strings.Cut(input.(string), "(")
		_, value, _ := strings.Cut(strings.TrimSuffix(rest, ")"), ",")
		switch name {
		case "get":
			return output == state, state
		case "put":
			return output == "ok", value
		}
		return output == "ok", "nothing"
	},
}

// histories returns what the clients of a run asked and heard, by key.
func histories(log *trace.Log) map[string][]porcupine.Operation {
	issued := map[trace.Value]int64{}
	answered := map[trace.Value]bool{}
	byKey := map[string][]porcupine.Operation{}
	for i := range log.Records {
		r := &log.Records[i]
		switch {
		case r.Kind == trace.Note && log.Names.Text(r.Note) == trace.Proposes:
			issued[r.Value] = r.At
		case r.Kind == trace.Reply && !answered[r.Value]:
			answered[r.Value] = true
			word := log.Names.Text(r.Value)
			if _, rest, found := strings.Cut(word, ":"); found {
				word = rest
			}
			word, _, _ = strings.Cut(word, "#")
			key := strings.FieldsFunc(word, notInAName)[1]
			byKey[key] = append(byKey[key], porcupine.Operation{ClientId: int(r.Node),
				Input: word, Output: log.Names.Text(r.VValue), Call: issued[r.Value], Return: r.At})
		}
	}
	return byKey
}

func notInAName(c rune) bool { return strings.ContainsRune("(,)", c) }

// TestASearchFindsNoFaultWithTheWitness runs the search for an order, which needs no word of the
// servers, beside the witness that they give.
func TestASearchFindsNoFaultWithTheWitness(t *testing.T) {
	if raced {
		t.Skip("a search is slow enough")
	}
	checked := 0
	for seed := uint64(1); checked < 20 && seed < 400; seed++ {
		p := Draw(seed, Shape{})
		if strings.Count(p.Text(), "(") > 60 {
			continue // long bursts overlap too much to be searched
		}
		file, err := scenario.Parse("plan", p.Text(), scenario.Known())
		require.NoError(t, err)
		r, err := scenario.First(file, scenario.Choice{})
		require.NoError(t, err)
		for key, ops := range histories(r.Log) {
			got := porcupine.CheckOperationsTimeout(cellModel, ops, time.Second/2)
			require.NotEqual(t, porcupine.Illegal, got, "seed %d, %s", seed, key)
			if got == porcupine.Ok {
				checked++
			}
		}
	}
	require.Positive(t, checked)
}
