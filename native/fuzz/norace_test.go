//go:build !race

package fuzz

const raced = false
