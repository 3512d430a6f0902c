package main

import (
	"bufio"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
)

// serveCramped starts a node that may have few files open, and returns the addresses that its
// greeting tells and where it ends.
func serveCramped(t *testing.T, files string) (addresses []string, ended chan error) {
	t.Helper()
	c := exec.Command("sh", "-c", "ulimit -n "+files+`; exec "$0" "$@"`, os.Args[0], "serve",
		"--data-dir", filepath.Join(t.TempDir(), "data"), "--client-listen", "127.0.0.1:0",
		"--peer-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0",
		"--segment-mib", "8", "--snapshot-mib", "1")
	c.Env = append(os.Environ(), asCommand+"=1")
	log := new(buffer)
	c.Stderr = log
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	ended = make(chan error, 1)
	go func() { ended <- c.Wait() }()
	t.Cleanup(func() {
		_ = c.Process.Kill()
		if t.Failed() {
			t.Log(log)
		}
	})
	require.NoError(t, err, log)
	return regexp.MustCompile(`127\.0\.0\.1:\d+`).FindAllString(line, -1), ended
}

func TestACrowdOfConnectionsDoesNotKeepTheLogFromItsFiles(t *testing.T) {
	t.Parallel()
	addresses, ended := serveCramped(t, "256")
	client, err := clientv3.New(clientv3.Config{Endpoints: addresses[:1], Logger: zap.NewNop()})
	require.NoError(t, err)
	defer client.Close()
	put(t, client, "k", "v")
	for _, address := range addresses {
		for range 150 {
			conn, err := net.DialTimeout("tcp", address, patience)
			require.NoError(t, err)
			defer conn.Close()
		}
	}
	time.Sleep(100 * time.Millisecond) // those who may come in do
	value := strings.Repeat("v", 1<<20)
	for range 20 { // the log takes more than one of its files
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		_, err := client.Put(ctx, "k", value)
		cancel()
		require.NoError(t, err)
	}
	require.Empty(t, ended, "it goes on")
}
