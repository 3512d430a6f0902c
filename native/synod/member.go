package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/synodlab/synod/core/paxos"
)

// memberFlags are the flags of `synod member`.
type memberFlags struct {
	endpoint string
	json     bool
	era      uint32
	quorums  string
	wait     time.Duration
}

func memberCommand() *cobra.Command {
	var f memberFlags
	c := &cobra.Command{
		Use:   "member",
		Short: "Show and change who votes in a running cluster",
		Long: `Show and change who votes in a running cluster.

A node that was started with synod serve --join learns what the others know; add has it
vote, when it has caught up. A node that lost its disk is started as it was, and learns;
replace has its new disk vote in place of the lost one. remove makes a voter a learner,
which can then be switched off. A change is a command of the log: it is judged against the
era that it names with --era, or against the newest, and the era that it makes governs when
the command returns.

Any node may be asked: it passes the change on to the leader.

The exit code is 0 if it was done, 1 if it was refused or its outcome is unknown, 2 if a
flag is wrong.`,
		Example: `  synod member list
  synod member add 4 --wait 1m
  synod member replace 2 --endpoint 127.0.0.1:2479
  synod member remove 1 --era 3
  synod member lead 2`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return bad(fmt.Errorf("there is no change %q; `synod member --help` lists them",
					args[0]))
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	flags := c.PersistentFlags()
	flags.StringVar(&f.endpoint, "endpoint", "127.0.0.1:2379",
		"`HOST:PORT` where a node serves clients")
	flags.BoolVar(&f.json, "json", false, "print the answer as JSON")
	c.AddCommand(f.command("list", "Show the voters, the learners and the quorums", false),
		f.command("add", "Make a node vote, when it has caught up", true),
		f.command("promote", "Make a node vote, if it has caught up", true),
		f.command("replace", "Make a node's new disk vote in place of its old one", true),
		f.command("remove", "Make a voter a learner", true),
		f.command("lead", "Make a voter the leader", true))
	return c
}

func (f *memberFlags) command(op, short string, changes bool) *cobra.Command {
	c := &cobra.Command{Use: op, Short: short, Args: none,
		RunE: func(c *cobra.Command, args []string) error {
			r, err := f.request(op, args)
			if err != nil {
				return bad(err)
			}
			return f.run(c.Context(), c.OutOrStdout(), r)
		}}
	if !changes {
		return c
	}
	c.Use, c.Args = op+" NODE", one("the number of a node")
	c.Flags().DurationVar(&f.wait, "wait", 10*time.Second,
		"how long it may take, above all to catch up")
	if op != "lead" {
		c.Flags().Uint32Var(&f.era, "era", 0,
			"refuse unless this is the newest `ERA`; 0: whichever is")
		c.Flags().StringVar(&f.quorums, "quorums", "",
			"sizes of the new `PREPARE/ACCEPT` quorums; none: majorities, if they are that now")
	}
	return c
}

// request judges the flags.
func (f *memberFlags) request(op string, args []string) (*memberRequest, error) {
	r := &memberRequest{Op: op, Era: f.era, WaitMS: f.wait.Milliseconds()}
	f.endpoint = strings.TrimPrefix(f.endpoint, "http://") // as the list has it
	if !dialable(f.endpoint) {
		return nil, fmt.Errorf("--endpoint %q: HOST:PORT is expected, the port from 1 to 65535",
			f.endpoint)
	}
	if f.wait < 0 || f.wait > time.Hour {
		return nil, fmt.Errorf("--wait %v: up to 1h is expected", f.wait)
	}
	if len(args) == 1 {
		n, err := strconv.Atoi(args[0])
		if err != nil || n < 1 || n >= paxos.MaxNodes {
			return nil, fmt.Errorf("%q: the number of a node, from 1 to %d, is expected", args[0],
				paxos.MaxNodes-1)
		}
		r.Node = uint8(n)
	}
	if f.quorums == "" {
		return r, nil
	}
	prepare, accept, _ := strings.Cut(f.quorums, "/")
	p, err1 := strconv.ParseUint(prepare, 10, 8)
	a, err2 := strconv.ParseUint(accept, 10, 8)
	if err1 != nil || err2 != nil || p < 1 || a < 1 || p >= paxos.MaxNodes || a >= paxos.MaxNodes {
		return nil, fmt.Errorf("--quorums %q: two sizes are expected, as in 2/2", f.quorums)
	}
	r.Prepare, r.Accept = uint8(p), uint8(a)
	return r, nil
}

// run asks a node, and prints its answer.
func (f *memberFlags) run(ctx context.Context, out io.Writer, r *memberRequest) error {
	const grace = 5 * time.Second
	ctx, cancel := context.WithTimeout(ctx, f.wait+grace)
	defer cancel()
	answer, err := askNode(ctx, f.endpoint, r)
	if err != nil {
		return failed(fmt.Errorf("%s: %s", f.endpoint, status.Convert(err).Message()))
	}
	if f.json {
		return failed(json.NewEncoder(out).Encode(answer))
	}
	answer.print(out)
	return nil
}

func askNode(ctx context.Context, endpoint string, r *memberRequest) (*memberAnswer, error) {
	conn, err := grpc.NewClient("passthrough:///"+endpoint,
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	b, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	back := new(wrapperspb.BytesValue)
	if err := conn.Invoke(ctx, memberMethod, &wrapperspb.BytesValue{Value: b}, back); err != nil {
		return nil, err
	}
	answer := new(memberAnswer)
	return answer, json.Unmarshal(back.Value, answer)
}

func (a *memberAnswer) print(out io.Writer) {
	if a.Era == 0 {
		fmt.Fprintln(out, "this node knows of no cluster yet: it has not met all founders, or, if "+
			"it is to join, nobody")
	} else {
		fmt.Fprintf(out, "era %d, from slot %d: quorums of %d to prepare, %d to accept\n", a.Era,
			a.From, a.Prepare, a.Accept)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "node\trole\tlife\tdisk\tup\tpeers\tclients")
	for _, m := range a.Members {
		role, life, up := m.Role, strconv.Itoa(int(m.Life)), "yes"
		if m.Node == a.Leader && m.Life != 0 {
			role = "leader"
		}
		if m.Life == 0 {
			life = "-"
		}
		if !m.Up {
			up = "no"
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", m.Node, role, life, m.Disk, up, m.Peer,
			strings.Join(m.Clients, ","))
	}
	_ = w.Flush() // what the terminal does not take is lost
}
