//go:build wasip1

package main

// searching tells whether of the open run only its searches go on.
//
//go:wasmexport searching
func searching() uint32 {
	if session.run != nil && session.run.Searching() {
		return 1
	}
	return 0
}

// searches gives what is known of the searches of the open run by now, as a JSON array.
//
//go:wasmexport searches
func searches() uint32 {
	session.out = session.out[:0]
	if session.run != nil {
		session.out = session.run.AppendSearches(session.out)
	}
	return outlen()
}

// stopsearches ends the searches of the open run: it is judged by what they found until then.
//
//go:wasmexport stopsearches
func stopsearches() {
	if session.run != nil {
		session.run.StopSearches()
	}
}
