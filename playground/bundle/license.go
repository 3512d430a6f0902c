package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// writeLicenses gathers the licenses of the packages that end up in the bundle, as they ask.
func writeLicenses(source, out string) error {
	modules := filepath.Join(source, "node_modules")
	var paths []string
	for _, pattern := range []string{"*/LICENSE*", "@*/*/LICENSE*"} {
		found, err := filepath.Glob(filepath.Join(modules, pattern))
		if err != nil {
			return err
		}
		paths = append(paths, found...)
	}
	var text bytes.Buffer
	for _, path := range paths {
		name, err := filepath.Rel(modules, filepath.Dir(path))
		if err != nil {
			return err
		}
		if buildOnly(name) {
			continue
		}
		license, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		fmt.Fprintf(&text, "%s\n\n%s\n\n", name, bytes.TrimSpace(license))
	}
	return os.WriteFile(filepath.Join(out, "licenses.txt"), text.Bytes(), 0o644)
}

// buildOnly reports whether a package helps to build the page but is no part of it.
func buildOnly(name string) bool {
	return strings.HasPrefix(name, "@types") || strings.HasPrefix(name, "typescript") ||
		strings.HasPrefix(name, "@typescript") || name == "undici-types"
}
