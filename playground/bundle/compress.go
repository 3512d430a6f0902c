package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// smallest is the size below which a compressed twin is not worth its request header.
const smallest = 512

// compressAll writes NAME.gz, and NAME.br if the brotli command is there, beside every file.
func compressAll(out string) error {
	entries, err := os.ReadDir(out)
	if err != nil {
		return err
	}
	brotli, _ := exec.LookPath("brotli")
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return err
		}
		if e.IsDir() || e.Name() == kept || info.Size() < smallest {
			continue
		}
		if err := compress(filepath.Join(out, e.Name()), brotli); err != nil {
			return err
		}
	}
	return nil
}

func compress(path, brotli string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var zipped bytes.Buffer
	w, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if err := os.WriteFile(path+".gz", zipped.Bytes(), 0o644); err != nil {
		return err
	}
	if brotli == "" {
		return nil
	}
	command := exec.Command(brotli, "--best", "--force", "--output="+path+".br", path)
	said, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("brotli %s: %w: %s", path, err, said)
	}
	return nil
}
