package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"google.golang.org/grpc"

	"github.com/synodlab/synod/core/paxos"
	"github.com/synodlab/synod/native/etcd"
	"github.com/synodlab/synod/native/node"
	"github.com/synodlab/synod/native/web"
	"github.com/synodlab/synod/native/wire"
)

// plan is a server that was not started: flags that were found good.
type plan struct {
	config             node.Config
	client, peer, http string // where to listen
	inherit            bool   // sockets of the parent process
	advertise          string
	httpPeers          map[paxos.NodeID]string
	publicURL          string
	log                *slog.Logger
}

// server is a node with its three listeners.
type server struct {
	node    *node.Node
	feed    *wire.Feed
	grpc    *grpc.Server
	peers   *http.Server
	web     *http.Server
	listen  [3]net.Listener // clients, peers, http
	ended   chan error      // of a listener that failed
	number  paxos.NodeID
	cluster string
}

const (
	clientEnd = iota
	peerEnd
	pageEnd
)

// farewell bounds how long clients may take to hear their last answers.
const farewell = 2 * time.Second

// start listens first, so that an address that is taken is told before anything else is done.
func (p *plan) start() (*server, error) {
	s := &server{ended: make(chan error, 3), number: p.config.Node, cluster: p.config.Cluster}
	for i, address := range [...]string{clientEnd: p.client, peerEnd: p.peer, pageEnd: p.http} {
		l, err := p.listener(i, address)
		if err != nil {
			return nil, errors.Join(err, s.unlisten())
		}
		s.listen[i] = l
	}
	crowd(openFiles(), &s.listen)
	if at := s.listen[clientEnd].Addr().String(); p.advertise == "" {
		p.advertise = "http://" + at
		if everywhere(at) {
			p.log.Warn("clients are told an address that leads nowhere: --advertise-client says "+
				"where this node is reached", "url", p.advertise)
		}
	}
	p.config.ClientURLs = []string{p.advertise}
	p.config.HTTPAddress = s.listen[pageEnd].Addr().String()
	s.feed = p.feed(p.config.HTTPAddress)
	p.config.Feed = s.feed
	var err error
	if s.node, err = node.Open(p.config); err != nil {
		return nil, errors.Join(err, s.unlisten())
	}
	s.serve(p)
	return s, nil
}

// listener listens at an address, or at the socket that the parent process opened there: it left
// them in order behind its standard files.
func (p *plan) listener(i int, address string) (net.Listener, error) {
	if !p.inherit {
		return net.Listen("tcp", address)
	}
	const firstSocket = 3
	socket := os.NewFile(firstSocket+uintptr(i), address)
	l, err := net.FileListener(socket)
	if err := errors.Join(err, socket.Close()); err != nil {
		return nil, fmt.Errorf("--inherit: file %d is no open socket: %w", firstSocket+i, err)
	}
	return l, nil
}

func (s *server) unlisten() (err error) {
	for _, l := range s.listen {
		if l != nil {
			err = errors.Join(err, l.Close())
		}
	}
	return err
}

// feed is what /trace shows; pages of the other nodes may watch it.
func (p *plan) feed(address string) *wire.Feed {
	accept := wire.AcceptOptions{}
	if !everywhere(address) {
		accept.Hosts = web.Names(address)
	}
	for _, other := range p.httpPeers {
		accept.Origins = append(accept.Origins, web.Names(other)...)
	}
	return wire.NewFeed(wire.FeedOptions{Accept: accept, Logger: p.log})
}

// everywhere reports whether a listener is on all addresses of the machine.
func everywhere(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && (host == "" || ip != nil && ip.IsUnspecified())
}

func (s *server) serve(p *plan) {
	s.grpc = etcd.NewServer(endpoint{s.node})
	s.grpc.RegisterService(&memberService, s.node)
	mux := http.NewServeMux()
	mux.Handle(wire.PeerPath, s.node.Peers())
	const patience, headerBytes = 10 * time.Second, 16 << 10
	s.peers = &http.Server{Handler: mux, ReadTimeout: patience, WriteTimeout: patience,
		IdleTimeout: patience, MaxHeaderBytes: headerBytes}
	s.web = web.Server(web.Options{Node: s.node, Trace: s.feed, Address: p.config.HTTPAddress,
		AnyHost: everywhere(p.config.HTTPAddress), Peers: p.httpPeers,
		PublicURL: p.publicURL})
	quiet := slog.NewLogLogger(p.log.Handler(), slog.LevelInfo)
	s.peers.ErrorLog, s.web.ErrorLog = quiet, quiet
	go func() { s.ended <- s.grpc.Serve(s.listen[clientEnd]) }()
	go func() { s.ended <- s.peers.Serve(s.listen[peerEnd]) }()
	go func() { s.ended <- s.web.Serve(s.listen[pageEnd]) }()
}

// greeting is the one line that a healthy node prints.
func (s *server) greeting() string {
	return fmt.Sprintf("node %d of cluster %q: clients %s, peers %s, page http://%s/", s.number,
		s.cluster, s.listen[clientEnd].Addr(), s.listen[peerEnd].Addr(), s.listen[pageEnd].Addr())
}

// wait returns when all has ended: after ctx, or because the node or a listener failed.
func (s *server) wait(ctx context.Context) error {
	var err error
	select {
	case <-ctx.Done():
	case <-s.node.Done():
	case err = <-s.ended:
	}
	return errors.Join(err, s.close())
}

// close lets nobody in any more, has the node answer all that waits, and gives the answers a while
// to arrive.
func (s *server) close() error {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		s.grpc.GracefulStop()
	}()
	err := s.node.Close()
	late := time.AfterFunc(farewell, s.grpc.Stop)
	defer late.Stop()
	<-gone
	s.feed.Close()
	return errors.Join(err, s.peers.Close(), s.web.Close())
}
