package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestHealthcheck(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /x/healthz", func(http.ResponseWriter, *http.Request) {})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		listen, base string
		well         bool
	}{
		{"127.0.0.1:" + port, "/x", true},
		{"0.0.0.0:" + port, "/x", true},
		{":" + port, "/x", true},
		{"127.0.0.1:" + port, "", false},
		{"127.0.0.1:1", "/x", false},
		{"rubbish", "/x", false},
	} {
		err := healthcheck(t.Context(), &Config{Listen: tt.listen, BasePath: tt.base})
		if (err == nil) != tt.well {
			t.Errorf("%s%s: %v", tt.listen, tt.base, err)
		}
	}
}

func TestProcessEnvironment(t *testing.T) {
	t.Parallel()
	env := processEnvironment()
	if env.ReadFile == nil || env.Usage == nil || len(env.Environ) == 0 {
		t.Error("the process's environment is incomplete")
	}
}
