package protocols

import (
	"slices"
	"strconv"
	"strings"

	"github.com/synodlab/synod/core/sim"
)

// machine is a state machine: the service that the servers replicate. It executes command texts.
type machine interface {
	// execute carries out a command that client issued and returns its answer; "" if the answer
	// is nothing but the state.
	execute(command, client string) (answer string)
	// appendState appends its canonical bytes.
	appendState(dst []byte) []byte
	// rows fills the machine's own rows.
	rows(cells []sim.Cell)
}

// machineRows returns the rows that a machine adds to the tables of state.
func machineRows(m *sim.Machine) []Row {
	switch m.Name {
	case "register":
		name := "x"
		for _, s := range m.Start {
			name = s.Name
		}
		return []Row{plainRow(name)}
	case "lock":
		return []Row{plainRow("holder")}
	case "bank":
		var rows []Row
		for _, name := range accountNames(m) {
			rows = append(rows, plainRow(name))
		}
		return rows
	case "kv":
		var rows []Row
		for _, key := range m.Keys {
			rows = append(rows, plainRow(key))
		}
		return rows
	case "dice":
		return []Row{plainRow("dice")}
	}
	return nil
}

// newMachine returns the machine of a run for node self.
func newMachine(p *sim.Place, self sim.Node) machine {
	switch p.Machine.Name {
	case "register":
		r := &register{}
		for _, s := range p.Machine.Start {
			r.x = s.Value
		}
		return r
	case "lock":
		return &lock{place: p}
	case "bank":
		b := &bank{rowed: accountNames(&p.Machine)}
		for _, s := range p.Machine.Start {
			b.accounts = append(b.accounts, account{s.Name, s.Value})
		}
		return b
	case "dice":
		return &dice{place: p, self: self}
	case "kv":
		return newKV(p)
	}
	return logMachine{}
}

// accountNames returns the accounts of a bank that have a row: those of its header, then those that
// commands name.
func accountNames(m *sim.Machine) []string {
	var names []string
	for _, s := range m.Start {
		names = append(names, s.Name)
	}
	for _, key := range m.Keys {
		if !slices.Contains(names, key) {
			names = append(names, key)
		}
	}
	return names
}

// Keys returns the keys or accounts of the named machine that a command names.
func Keys(machine, command string) []string {
	var room arguments
	name, args := room.split(command)
	switch {
	case machine == "kv" && len(args) > 0:
		return args[:1]
	case machine == "bank" && name == "deposit" && len(args) > 0:
		return args[:1]
	case machine == "bank" && name == "transfer" && len(args) > 1:
		return args[:2]
	}
	return nil
}

// CheckCommand returns what is wrong with a command for the machine, "" if nothing.
func CheckCommand(m *sim.Machine, command string) string {
	var room arguments
	name, args := room.split(command)
	n := len(args)
	switch m.Name {
	case "register":
		if n == 1 && (name == "add" || name == "mul" || name == "set") && isNumber(args[0]) {
			return ""
		}
		return "a register knows add(1), mul(2) and set(5)"
	case "lock":
		if n <= 1 && (name == "acquire" || name == "release") {
			return ""
		}
		return "a lock knows acquire and release"
	case "bank":
		if name == "deposit" && n == 2 && isNumber(args[1]) ||
			name == "transfer" && n == 3 && isNumber(args[2]) {
			return ""
		}
		return "a bank knows deposit(A,5) and transfer(A,B,5)"
	case "kv":
		if name == "put" && n == 2 || (name == "get" || name == "delete") && n == 1 {
			return ""
		}
		return "kv knows put(k,v), get(k) and delete(k)"
	}
	return ""
}

// arguments is room for those of any command that a machine knows.
type arguments [4]string

// split splits `transfer(A,B,5)` into its name and arguments, for which a has room; of more than
// that the last is all the rest. It allocates nothing: each server executes each command.
func (a *arguments) split(command string) (name string, args []string) {
	name, rest, found := strings.Cut(command, "(")
	if rest = strings.TrimSuffix(rest, ")"); !found || rest == "" {
		return name, nil
	}
	n := 0
	for more := true; more; n++ {
		if a[n], rest, more = strings.Cut(rest, ","); n == len(a)-1 {
			return name, a[:]
		}
	}
	return name, a[:n]
}

func isNumber(s string) bool {
	_, err := strconv.ParseInt(s, 10, 32)
	return err == nil
}

func number(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 32)
	return n
}

// logMachine remembers nothing but the order, which the history of its server holds.
type logMachine struct{}

func (logMachine) execute(string, string) string { return "" }
func (logMachine) appendState(dst []byte) []byte { return dst }
func (logMachine) rows([]sim.Cell)               {}

// register is the variable x of Theorem 1.7 (E-10): x = x+1 and x = 2x do not commute.
type register struct{ x int64 }

func (r *register) execute(command, _ string) string {
	var room arguments
	name, args := room.split(command)
	switch k := number(args[0]); name {
	case "add":
		r.x += k
	case "mul":
		r.x *= k
	case "set":
		r.x = k
	}
	return strconv.FormatInt(r.x, 10)
}

func (r *register) appendState(dst []byte) []byte { return strconv.AppendInt(dst, r.x, 10) }
func (r *register) rows(cells []sim.Cell)         { cells[0] = sim.NumberCell(r.x) }

// lock is Meling's lock service (M-21): one holder at a time.
type lock struct {
	place  *sim.Place
	holder string
}

func (l *lock) execute(command, client string) string {
	var room arguments
	name, args := room.split(command)
	if len(args) == 1 {
		client = args[0]
	}
	switch {
	case name == "acquire" && (l.holder == "" || l.holder == client):
		l.holder = client
		return "granted"
	case name == "acquire":
		return "busy"
	case l.holder == client:
		l.holder = ""
		return "released"
	}
	return "not-holder"
}

func (l *lock) appendState(dst []byte) []byte { return append(dst, l.holder...) }
func (l *lock) rows(cells []sim.Cell) {
	cells[0] = sim.ValueCell(l.place.Log.Names.Of(l.holder))
}

// bank is Karp's pair of banks: money moves, and none is made.
type bank struct {
	accounts []account
	rowed    []string // names of the accounts that have a row
}

type account struct {
	name    string
	balance int64
}

func (b *bank) account(name string) *account {
	for i := range b.accounts {
		if b.accounts[i].name == name {
			return &b.accounts[i]
		}
	}
	b.accounts = append(b.accounts, account{name: name})
	return &b.accounts[len(b.accounts)-1]
}

func (b *bank) balance(name string) int64 {
	for i := range b.accounts {
		if b.accounts[i].name == name {
			return b.accounts[i].balance
		}
	}
	return 0
}

func (b *bank) execute(command, _ string) string {
	var room arguments
	name, args := room.split(command)
	if name == "deposit" {
		to := b.account(args[0])
		to.balance += number(args[1])
		return strconv.FormatInt(to.balance, 10)
	}
	sum := number(args[2])
	if b.balance(args[0]) < sum || sum < 0 {
		return "refused"
	}
	b.account(args[0]).balance -= sum
	b.account(args[1]).balance += sum
	return "moved"
}

func (b *bank) appendState(dst []byte) []byte {
	accounts := slices.Clone(b.accounts)
	slices.SortFunc(accounts, func(x, y account) int { return strings.Compare(x.name, y.name) })
	for _, a := range accounts {
		if a.balance == 0 {
			continue // an account of which nobody spoke is the same
		}
		dst = append(append(dst, a.name...), '=')
		dst = append(strconv.AppendInt(dst, a.balance, 10), ';')
	}
	return dst
}

func (b *bank) rows(cells []sim.Cell) {
	for i := range cells {
		cells[i] = sim.NumberCell(b.balance(b.rowed[i]))
	}
}

// dice is not deterministic: equal logs do not make its states equal (M-04).
type dice struct {
	place  *sim.Place
	self   sim.Node
	rolled uint64
	shows  int64
}

func (d *dice) execute(string, string) string {
	d.rolled++
	d.shows = d.shows*6 + int64(sim.Own(d.place.Seed, d.self, 0, d.rolled)%6)
	return strconv.FormatInt(d.shows, 10)
}

func (d *dice) appendState(dst []byte) []byte { return strconv.AppendInt(dst, d.shows, 10) }
func (d *dice) rows(cells []sim.Cell)         { cells[0] = sim.NumberCell(d.shows) }
