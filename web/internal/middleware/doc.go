// Package middleware is what every request passes on its way to a handler: request id,
// log, headers, compression, the check of its origin, its deadline; and what the app's
// configuration, the proxies in front and the limit of sign-ins have to do with it.
// Nothing in it knows what the console is about.
package middleware
