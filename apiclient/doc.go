// Package apiclient is the typed wire client of AloHub's Agent Management API:
// one method per endpoint, typed errors, the rate-limit budget of each key, and
// the retry rules. It knows the wire and nothing else: what rows mean together
// is package roster's business, and what people see is web's.
//
// Wire facts come from docs/api/agent-management-api.txt (the vendor's page)
// and the decisions beside it.
package apiclient
