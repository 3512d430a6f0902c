package library

// A rung is a failure and the scenario that repairs it with a minimal change: the way in which the
// documents teach.
type rung struct{ failure, repair string }

// ladder holds the rungs in the order of the documents.
var ladder = []rung{
	{"M-02", "M-03"}, {"M-05", "M-06"}, {"M-07", "M-08"}, {"M-08", "M-09"}, {"M-08", "M-10"},
	{"M-11", "M-12"}, {"M-20", "M-22"}, {"M-21", "M-22"}, {"M-26", "M-42"}, {"M-27", "M-29"},
	{"M-28", "M-29"},
	{"M-34", "M-45"}, {"M-35", "M-45"}, {"M-36", "M-45"}, {"M-39", "M-42"}, {"M-44", "M-45"},
	{"M-46", "M-47"}, {"M-51", "M-52"}, {"M-51", "M-53"},
	{"K-01", "K-04"}, {"K-02", "K-03"}, {"K-03", "K-04"}, {"K-05", "K-40"}, {"K-07", "K-11"},
	{"K-08", "K-11"}, {"K-09", "K-12"}, {"K-10", "K-12"}, {"K-11", "K-15"}, {"K-12", "K-39"},
	{"K-14", "K-15"}, {"K-23", "K-21"}, {"K-34", "K-33"}, {"K-35", "K-33"}, {"K-40", "M-55"},
	{"L-01", "L-07"}, {"L-02", "L-03"}, {"L-03", "L-04"}, {"L-06", "L-07"}, {"L-08", "L-09"},
	{"L-08", "L-10"}, {"L-11", "L-13"}, {"L-17", "L-18"},
	{"T-01", "T-02"}, {"T-02", "T-03"}, {"T-10", "T-11"}, {"T-12", "T-09"},
	{"E-03", "E-05"}, {"E-06", "E-07"}, {"E-09", "E-12"}, {"E-10", "E-12"}, {"E-11", "E-12"},
	{"E-13", "E-14"}, {"E-15", "E-19"}, {"E-16", "E-32"}, {"E-17", "E-21"}, {"E-18", "E-28"},
	{"E-23", "E-24"}, {"E-25", "E-26"}, {"E-27", "E-28"},
	{"X-05", "X-16"}, {"X-07", "L-18"},
}

// Repairs returns the ids of the scenarios that repair what fails in id, and of those whose
// failure id repairs.
func Repairs(id string) (next, previous []string) {
	for _, r := range ladder {
		switch id {
		case r.failure:
			next = append(next, r.repair)
		case r.repair:
			previous = append(previous, r.failure)
		}
	}
	return next, previous
}
