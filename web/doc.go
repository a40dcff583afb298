// Package web is the console as an application: New puts its parts together,
// routes.go says what exists, and the rest is what every request passes on its
// way (request id, log, headers, compression, origin check, deadline). It knows
// Fiber; what pages do is handlers' business.
package web
