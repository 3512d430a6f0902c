package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/synodlab/synod/core/scenario"
	"github.com/synodlab/synod/core/scenario/library"
	"github.com/synodlab/synod/core/scenario/link"
)

// maxSourceBytes bounds what is read of a file: more than a text or a link can have.
const maxSourceBytes = 1 << 20

// source is a scenario text and what to call it in errors.
type source struct {
	name string
	text string
}

// read takes a scenario from a file, a link, an id of the library, or, for `-`, standard input.
func read(arg string) (source, error) {
	switch {
	case arg == "-":
		text, err := readAll(os.Stdin)
		return source{"-", text}, err
	case isLink(arg):
		text, err := link.Decode(arg)
		if err != nil {
			return source{}, fmt.Errorf("the link cannot be read: %w", err)
		}
		return source{"link", text}, nil
	}
	file, err := os.Open(arg)
	if errors.Is(err, os.ErrNotExist) {
		if e, ok := library.Find(arg); ok {
			return source{e.ID + ".synod", e.Text}, nil
		}
		return source{}, fmt.Errorf("there is no file %q, and no scenario of that id in the "+
			"library; expected a file, a link, an id of `synod library`, or -", arg)
	}
	if err != nil {
		return source{}, err
	}
	defer file.Close()
	text, err := readAll(file)
	return source{arg, text}, err
}

// isLink says whether arg is a link, or its part behind the #. A file of that name, like 1.synod,
// goes first.
func isLink(arg string) bool {
	like := strings.Contains(arg, "#s=") || strings.HasPrefix(arg, "s=") ||
		strings.HasPrefix(arg, "1.")
	if !like {
		return false
	}
	_, err := os.Stat(arg)
	return err != nil
}

func readAll(r io.Reader) (string, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxSourceBytes+1))
	if err == nil && len(b) > maxSourceBytes {
		err = errors.New("the input is longer than 1 MiB; a scenario has at most 64 KiB")
	}
	return string(b), err
}

// parse reads and parses a scenario, with the protocols' words.
func parse(arg string) (*scenario.File, error) {
	s, err := read(arg)
	if err != nil {
		return nil, bad(err)
	}
	f, err := scenario.Parse(s.name, s.text, scenario.Known())
	return f, bad(err)
}
