// Package static holds the files a browser loads besides the pages: the style
// sheet, the script, the icon and the vendored htmx. They are embedded, served
// under a name that contains their content's hash, and compressed ahead of the
// first request that wants them so.
//
// There is no build step and no generated file: a clean clone runs. What would
// be generated (the script, joined from the modules in app/, hashes and compressed
// forms) takes some milliseconds per file
// and is made in memory, once per process; see Assets.Warm.
//
// The package knows nothing of HTTP frameworks; package web serves it.
package static

import "embed"

//go:embed *.css *.js *.svg app/*.js vendor/*.js
var files embed.FS
