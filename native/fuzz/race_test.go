//go:build race

package fuzz

// raced says that the race detector is on: it makes simulation, in which nothing is concurrent, ten
// times slower. What takes long is tested without it.
const raced = true
