// Package static holds the files a browser loads besides the pages: the style
// sheet, the script, the icon and the vendored htmx. They are embedded, served
// under a name that contains their content's hash, and compressed ahead of the
// first request that wants them so.
//
// What is sent is in served/: the script, joined from the modules in app/ as press/script.go
// orders them, and the style sheet, without what browsers do not need, and each file packed
// with brotli. It is made by `go generate ./static` and committed, so that a clean clone runs
// and a start makes nothing (docs/adr/0022-what-people-load.md).
//
// The package knows nothing of HTTP frameworks; package web serves it.
package static

import "embed"

//go:generate go run ./press

//go:embed favicon.svg vendor/*.js served
var files embed.FS
