package apiclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
)

// unreachable says why the transport brought no answer. parent is the context
// the caller gave, which alone tells a cancellation from a time-out of ours.
func (a *Caller) unreachable(parent context.Context, op string, err error) *UnreachableError {
	e := &UnreachableError{
		Op: op, Sent: true, Reason: reasonOf(err),
		Detail: a.creds.Key.clean(err.Error(), maxMessage),
		Err:    a.creds.Key.cleanError(err),
	}
	switch e.Reason {
	case ReachDNS, ReachRefused, ReachTLS:
		e.Sent = false
		if e.Reason == ReachTLS {
			e.TLS = tlsFaultOf(err)
		}
	case ReachTimeout, ReachReset:
		if errors.Is(parent.Err(), context.Canceled) {
			e.Reason = ReachCancelled
		}
		if dial := (*net.OpError)(nil); errors.As(err, &dial) && dial.Op == "dial" {
			e.Sent = false
		}
	}
	return e
}

func reasonOf(err error) Reach {
	if dns := (*net.DNSError)(nil); errors.As(err, &dns) {
		return ReachDNS
	}
	if isTLS(err) {
		return ReachTLS
	}
	var timeout interface{ Timeout() bool }
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() {
		return ReachTimeout
	}
	op := (*net.OpError)(nil)
	dialling := errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect")
	if dialling || errors.Is(err, syscall.ECONNREFUSED) {
		return ReachRefused
	}
	switch text := err.Error(); {
	case errors.Is(err, http.ErrSchemeMismatch):
		return ReachTLS
	case strings.Contains(text, "malformed"), strings.Contains(text, "unsupported transfer encoding"):
		return ReachNotAPI // net/http has no type for these
	case strings.Contains(text, "server response headers exceeded"):
		return ReachTooLarge
	}
	return ReachReset
}

func isTLS(err error) bool {
	var (
		record    tls.RecordHeaderError
		verify    *tls.CertificateVerificationError
		alert     tls.AlertError
		authority x509.UnknownAuthorityError
		invalid   x509.CertificateInvalidError
		hostname  x509.HostnameError
		roots     x509.SystemRootsError
	)
	if errors.As(err, &record) || errors.As(err, &verify) || errors.As(err, &alert) ||
		errors.As(err, &authority) || errors.As(err, &invalid) ||
		errors.As(err, &hostname) || errors.As(err, &roots) {
		return true
	}
	// A handshake refused by the other side is an OpError of the alert's text.
	op := (*net.OpError)(nil)
	return errors.As(err, &op) && op.Op == "remote error" || strings.HasPrefix(err.Error(), "tls: ")
}

// tlsFaultOf says which part of TLS failed.
func tlsFaultOf(err error) TLSFault {
	var (
		authority x509.UnknownAuthorityError
		invalid   x509.CertificateInvalidError
		hostname  x509.HostnameError
		roots     x509.SystemRootsError
	)
	switch {
	case errors.As(err, &hostname):
		return TLSName
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return TLSExpired
	case errors.As(err, &invalid), errors.As(err, &authority), errors.As(err, &roots):
		return TLSUntrusted
	}
	// crypto/tls has no type for these: the other side's alert, and its choice of an
	// old version against what it was offered.
	for _, text := range []string{"protocol version not supported", "unsupported protocol version"} {
		if strings.Contains(err.Error(), text) {
			return TLSVersion
		}
	}
	return TLSNone
}

// bodyFailure says why an answer that had begun could not be read to its end.
func (a *Caller) bodyFailure(parent context.Context, op string, status int, err error) error {
	if errors.Is(err, errTooLarge) {
		return &UnreachableError{
			Op: op, Reason: ReachTooLarge, Status: status, Sent: true,
			Detail: "the answer is larger than this console reads", Err: errTooLarge,
		}
	}
	if errors.Is(err, errEncoding) {
		return &UnreachableError{
			Op: op, Reason: ReachNotAPI, Status: status, Sent: true,
			Detail: a.creds.Key.clean(err.Error(), maxMessage), Err: errEncoding,
		}
	}
	e := a.unreachable(parent, op, err)
	e.Status, e.Sent = status, true
	switch e.Reason {
	case ReachTimeout, ReachCancelled:
	default:
		e.Reason = ReachReset
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		e.Detail = errTruncated.Error()
	}
	return e
}
