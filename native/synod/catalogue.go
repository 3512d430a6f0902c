package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/synodlab/synod/core/protocols"
	"github.com/synodlab/synod/core/scenario/library"
	"github.com/synodlab/synod/core/scenario/link"
)

func none(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return bad(fmt.Errorf("%s takes no argument; there is %q", c.CommandPath(), args[0]))
	}
	return nil
}

func protocolsCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "protocols",
		Short: "List the protocols, their options and their words",
		Args:  none,
		RunE: func(c *cobra.Command, _ []string) error {
			if asJSON {
				return encode(c.OutOrStdout(), protocolsJSON())
			}
			for _, p := range protocols.All {
				describeProtocol(c.OutOrStdout(), p)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print them as JSON")
	return c
}

func describeProtocol(w io.Writer, p *protocols.Protocol) {
	fmt.Fprintf(w, "%s — %s  (%s)\n", p.Name, p.Title, strings.Join(p.Seeds, " "))
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, o := range p.Options {
		fmt.Fprintf(tw, "    %s=%s\t%s\n", o.Name, strings.Join(o.Values, "|"), o.Doc)
	}
	tw.Flush()
	for _, k := range p.Kinds {
		fields := strings.Join(k.Fields, ", ")
		fmt.Fprintf(w, "  message %s(%s)%s\n", k.Name, fields, others(k.Name, k.Words))
	}
	for _, r := range p.Rows {
		fmt.Fprintf(w, "  row %s%s\n", r.Name, others(r.Name, r.Words))
	}
	if len(p.Timers) > 0 {
		fmt.Fprintf(w, "  timers %s\n", strings.Join(p.Timers, " "))
	}
	fmt.Fprintf(w, "  checks %s\n", strings.Join(p.Checks, " "))
	if len(p.Fields) > 0 {
		fmt.Fprintf(w, "  on disk %s\n", strings.Join(p.Fields, " "))
	}
	if p.To != "" {
		fmt.Fprintf(w, "  commands go to %s\n", p.To)
	}
	fmt.Fprintln(w)
}

// others lists what else a thing is called.
func others(name string, words protocols.Words) string {
	var also []string
	for i, v := range protocols.Vocabularies {
		if word := words.In(i); word != name {
			also = append(also, v+": "+word)
		}
	}
	if also == nil {
		return ""
	}
	return "   " + strings.Join(also, ", ")
}

type protocolJSON struct {
	Name    string       `json:"name"`
	Title   string       `json:"title"`
	Seeds   []string     `json:"seeds"`
	Options []optionJSON `json:"options"`
	Kinds   []kindJSON   `json:"kinds"`
	Rows    []rowJSON    `json:"rows"`
	Timers  []string     `json:"timers"`
	Disk    []string     `json:"disk"`
	Checks  []string     `json:"checks"`
	To      string       `json:"default_to"`
	Nodes   int          `json:"max_nodes"`
}

type optionJSON struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
	List   bool     `json:"list"`
	Doc    string   `json:"doc"`
}

type kindJSON struct {
	Name   string            `json:"name"`
	Words  map[string]string `json:"words"`
	Fields []string          `json:"fields"`
}

type rowJSON struct {
	Name  string            `json:"name"`
	Words map[string]string `json:"words"`
}

func protocolsJSON() []protocolJSON {
	var all []protocolJSON
	for _, p := range protocols.All {
		x := protocolJSON{Name: p.Name, Title: p.Title, Seeds: p.Seeds, Timers: words(p.Timers),
			Disk: words(p.Fields), Checks: p.Checks, To: p.To, Nodes: p.MaxNodes,
			Options: []optionJSON{}}
		for _, o := range p.Options {
			x.Options = append(x.Options, optionJSON{o.Name, o.Values, o.List, o.Doc})
		}
		for _, k := range p.Kinds {
			x.Kinds = append(x.Kinds, kindJSON{k.Name, wordsJSON(k.Words), words(k.Fields)})
		}
		for _, r := range p.Rows {
			x.Rows = append(x.Rows, rowJSON{r.Name, wordsJSON(r.Words)})
		}
		all = append(all, x)
	}
	return all
}

// words returns the list as what JSON writes as an array, even if there are none.
func words(list []string) []string { return append([]string{}, list...) }

func wordsJSON(w protocols.Words) map[string]string {
	m := map[string]string{}
	for i, v := range protocols.Vocabularies {
		m[v] = w.In(i)
	}
	return m
}

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func libraryCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "library",
		Short: "List the scenarios that come with Synod",
		Long: `List the scenarios that come with Synod.

synod run ID runs one of them, synod show ID prints its text. With --json each also says where in
its document it stands, which checks it is about, what it shows (outcome: breaks, stops or holds),
and which scenario repairs its failure (next) or whose failure it repairs (previous).`,
		Args: none,
		RunE: func(c *cobra.Command, _ []string) error {
			entries, err := catalogue()
			if err != nil {
				return err
			}
			if asJSON {
				return encode(c.OutOrStdout(), entries)
			}
			tw := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, e := range entries {
				fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\n", e.ID, e.Document, e.Protocol, e.Outcome,
					e.Title)
			}
			return tw.Flush()
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print them as JSON, with their texts")
	return c
}

// entryJSON is a scenario of the library as the page and other tools list it.
type entryJSON struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	About    []string `json:"about"`
	Document string   `json:"document"`
	Place    string   `json:"place"`
	Protocol string   `json:"protocol"`
	Checks   []string `json:"checks"`
	Breaks   []string `json:"breaks"`
	Outcome  string   `json:"outcome"`
	Control  bool     `json:"control"`
	Previous []string `json:"previous"`
	Next     []string `json:"next"`
	Cites    []string `json:"cites"`
	Link     string   `json:"link"`
	Text     string   `json:"text"`
}

func catalogue() ([]entryJSON, error) {
	cards, err := library.Index()
	if err != nil {
		return nil, err
	}
	entries := make([]entryJSON, len(cards))
	for i, c := range cards {
		entries[i] = entryJSON{ID: c.ID, Title: c.Title, About: c.About, Document: c.Document,
			Place: c.Place, Protocol: c.Protocol, Checks: some(c.Checks), Breaks: some(c.Breaks),
			Outcome: string(c.Outcome), Control: c.Control, Previous: some(c.Previous),
			Next: some(c.Next), Cites: c.Cites, Link: link.Encode(c.Canonical), Text: c.Text}
	}
	return entries, nil
}

// some returns list, never nil: an empty list is [] for those who read JSON.
func some(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
