package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/synodlab/synod/core/scenario"
	"github.com/synodlab/synod/core/scenario/link"
)

func fmtCommand() *cobra.Command {
	var write bool
	c := &cobra.Command{
		Use:   "fmt FILE|LINK|ID|-",
		Short: "Print a scenario in canonical form",
		Args:  one("a file, a link, an id of the library, or -"),
		RunE: func(c *cobra.Command, args []string) error {
			s, err := read(args[0])
			if err != nil {
				return bad(err)
			}
			f, err := scenario.Parse(s.name, s.text, nil)
			if err != nil {
				return bad(err)
			}
			text := scenario.Format(f)
			if !write {
				fmt.Fprint(c.OutOrStdout(), text)
				return nil
			}
			if s.name != args[0] || s.name == "-" {
				return bad(fmt.Errorf("-w writes back to a file; %q is none", args[0]))
			}
			if text == s.text {
				return nil
			}
			return bad(rewrite(s.name, text))
		},
	}
	c.Flags().BoolVarP(&write, "write", "w", false, "write the text back to the file")
	return c
}

// rewrite puts text in place of what a file holds. Where there is no room for it, the file stays as
// it was.
func rewrite(name, text string) (err error) {
	if name, err = filepath.EvalSymlinks(name); err != nil {
		return err
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Chmod(info.Mode()), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

func linkCommand() *cobra.Command {
	var publicURL string
	c := &cobra.Command{
		Use:   "link FILE|ID|-",
		Short: "Print the link of a scenario",
		Long: `Print the link that holds a scenario's text. The text is behind the #, which browsers
never send to a server.`,
		Args: one("a file, an id of the library, or -"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkURL("--public-url", publicURL); err != nil {
				return bad(err)
			}
			f, err := parse(args[0])
			if err != nil {
				return err
			}
			fmt.Fprintln(c.OutOrStdout(), publicURL+link.Encode(scenario.Format(f)))
			return nil
		},
	}
	c.Flags().StringVar(&publicURL, "public-url", "",
		"the `URL` of a playground, put before the link")
	return c
}

func showCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show LINK|FILE|ID|-",
		Short: "Print the text that a link holds",
		Args:  one("a link"),
		RunE: func(c *cobra.Command, args []string) error {
			s, err := read(args[0])
			if err != nil {
				return bad(err)
			}
			fmt.Fprint(c.OutOrStdout(), s.text)
			return nil
		},
	}
}
