package apiclient_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient"
)

// TestTLSFaultsAreToldApart: whoever runs the console has to know which it is, for each
// is mended by somebody else.
func TestTLSFaultsAreToldApart(t *testing.T) {
	t.Parallel()
	now := time.Now()
	authority := newAuthority(t)
	trusting := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authority.pool}}
	t.Cleanup(trusting.CloseIdleConnections)
	here := []net.IP{net.IPv4(127, 0, 0, 1)}
	old := func(newest uint16) string {
		return serveTLS(t, &tls.Config{
			Certificates: []tls.Certificate{authority.issue(t, here, now.Add(time.Hour))},
			MinVersion:   tls.VersionTLS10, MaxVersion: newest,
		})
	}
	with := func(names []net.IP, until time.Time) string {
		return serveTLS(t, &tls.Config{Certificates: []tls.Certificate{authority.issue(t, names, until)}})
	}
	for name, tc := range map[string]struct {
		url       string
		transport http.RoundTripper
		want      apiclient.TLSFault
	}{
		"TLS 1.0":         {old(tls.VersionTLS10), trusting, apiclient.TLSVersion},
		"TLS 1.1":         {old(tls.VersionTLS11), trusting, apiclient.TLSVersion},
		"TLS 1.1, by own": {old(tls.VersionTLS11), nil, apiclient.TLSVersion},
		"picks TLS 1.0":   {picksTLS10(t), nil, apiclient.TLSVersion},
		"expired":         {with(here, now.Add(-time.Hour)), trusting, apiclient.TLSExpired},
		"another's name":  {with([]net.IP{net.IPv4(192, 0, 2, 7)}, now.Add(time.Hour)), trusting, apiclient.TLSName},
		"not trusted":     {with(here, now.Add(time.Hour)), nil, apiclient.TLSUntrusted},
		"plain http":      {"https" + plainHTTP(t)[len("http"):], nil, apiclient.TLSNone},
	} {
		for _, m := range methods() {
			client := mustClient(t, apiclient.Config{BaseURL: tc.url, Transport: tc.transport})
			err := m.call(t.Context(), caller(client, testKey, apiclient.Person))
			unreachable := (*apiclient.UnreachableError)(nil)
			if !errors.As(err, &unreachable) || unreachable.Reason != apiclient.ReachTLS || unreachable.Sent {
				t.Errorf("%s, %s: %v", name, m.name, err)
				continue
			}
			if unreachable.TLS != tc.want {
				t.Errorf("%s, %s: %q, want %q (%s)", name, m.name, unreachable.TLS, tc.want, unreachable.Detail)
			}
			noKey(t, testKey, err)
		}
	}
}

func plainHTTP(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	return server.URL
}

func serveTLS(t *testing.T, cfg *tls.Config) string {
	t.Helper()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = cfg
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL
}

// picksTLS10 is a server that knows nothing of newer versions, nor how to say so: it
// answers whatever it is offered with the beginning of a TLS 1.0 handshake.
func picksTLS10(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 4096))
			hello := append([]byte{3, 1}, make([]byte, 32)...) // version, random
			hello = append(hello, 0, 0, 0x2f, 0)               // no session, a cipher, no compression
			hello = append([]byte{2, 0, 0, byte(len(hello))}, hello...)
			_, _ = conn.Write(append([]byte{22, 3, 1, 0, byte(len(hello))}, hello...))
			_, _ = io.Copy(io.Discard, conn)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-served })
	return "https://" + l.Addr().String()
}

// authority is one that issues certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	a := authority{pool: x509.NewCertPool()}
	der, key := certificate(t, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "an authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}, nil, nil)
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	a.cert, a.key = cert, key
	a.pool.AddCert(cert)
	return a
}

func (a authority) issue(t *testing.T, addresses []net.IP, until time.Time) tls.Certificate {
	t.Helper()
	der, key := certificate(t, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "a server"}, IPAddresses: addresses,
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, a.cert, a.key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func certificate(t *testing.T, template, parent *x509.Certificate, by *ecdsa.PrivateKey) ([]byte, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if parent == nil {
		parent, by = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), by)
	if err != nil {
		t.Fatal(err)
	}
	return der, key
}
