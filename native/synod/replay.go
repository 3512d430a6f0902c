package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/synodlab/synod/core/paxos"
)

// replayBytes bounds the memory of a replica that a recording opens.
const replayBytes = 1 << 30

func replayCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "replay FILE",
		Short: "Run a node's recording again, and print the hash of all that came out",
		Long: `Run a replica by a recording that synod serve --record made, and print the hash of
all that came out of it: every message, record and result, to the byte. The same recording
has the same hash on every machine, and in the tab.

A recording may end in the middle of an event, as after a crash: the rest is passed over.`,
		Example: `  synod serve --data-dir d --record run.transcript
  synod replay run.transcript`,
		Args: one("a recording"),
		RunE: func(c *cobra.Command, args []string) error {
			f, err := os.Open(args[0])
			if err != nil {
				return bad(err)
			}
			defer f.Close()
			p, err := playBack(f)
			if err != nil {
				return bad(fmt.Errorf("%s: %w", args[0], err))
			}
			fmt.Fprintf(c.OutOrStdout(), "%016x  %d events, %d drains\n", p.Hash(), p.Events(),
				p.Drains())
			return nil
		},
	}
}

// playBack plays a transcript, a piece at a time.
func playBack(r io.Reader) (*paxos.Player, error) {
	const piece = 1 << 20
	p := paxos.NewPlayer(replayBytes)
	var b []byte
	for at := 0; ; {
		if len(b)+piece > cap(b) {
			b = append(make([]byte, 0, 2*len(b)+2*piece), b...)
		}
		n, err := r.Read(b[len(b) : len(b)+piece])
		b = b[:len(b)+n]
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		played, bad := p.Play(b)
		if at += played; bad != nil {
			return nil, fmt.Errorf("at byte %d: %w", at, bad)
		}
		b = b[:copy(b, b[played:])]
		if err != nil {
			break
		}
	}
	if p.Events() == 0 {
		return nil, errors.New("there is no event in it: a recording of a node is expected")
	}
	return p, nil
}
