// Package web is the console as an application, for the binary and for any other Go
// program: New puts its parts together out of Options, and Serve, Handler or Mount let
// people in. routes.go says what exists; what every request passes on its way (request
// id, log, headers, compression, origin check, deadline) is in internal/middleware. It
// knows Fiber; what pages do is handlers' business.
package web
