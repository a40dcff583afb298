// Package sandbox is an in-memory Agent Management API: an http.Handler with
// state, rate limits and faults as data. It stands in for the vendor's system
// in tests, in benchmarks and behind the console's -demo flag.
//
// It is written from the vendor's page alone and never imports apiclient. The
// wire format is therefore stated twice in this repository, and a drift in
// either statement fails a test.
//
// # What it serves
//
//	GET /v1/agents?team_id&status&queue_id&page&size
//	PUT /v1/agents/{id}/queues?type=callin|callout
//	PUT /v1/agents/{id}/recording
//
// and the same below Config.PathPrefix. Any other path or method gets the
// gateway's "no Route matched with those values".
//
// A request passes, in this order: the Before hook, the route table, faults of
// the gateway's edge, the key, the rate limits, the handler, and faults of the
// backend (see Fault). A request refused for its key is not counted against a
// limit, and neither is one refused by a limit.
//
// # Where the page is silent
//
// What the page leaves open is an option in Behaviour, and can be changed while
// the server runs. Fixed choices, each the stricter reading so that a sloppy
// client is found out: a query parameter that is not a number is a 400, a queue
// id sent twice is a 400, an extension without its leading zero is a 404, and a
// tenant the key may not see is a 403 INSUFFICIENT_SCOPE.
//
// # Starting one
//
//	demo := sandbox.Demo(sandbox.DemoOptions{Quiet: true})
//	demo.Config.Style = sandbox.Joined
//	api := sandbox.New(demo.Config)
//	server := httptest.NewServer(api)
//	api.Fail(sandbox.ResetAfterApply().On(sandbox.OpQueues))
//
// Inside a testing/synctest bubble use Pipe in place of httptest: a real socket
// never blocks durably.
//
// Connection refused, DNS failures and TLS mistakes are no faults of a handler:
// close the httptest server, or use httptest.NewTLSServer.
//
// # Somebody else
//
// Server.SecondAdmin changes agents at random while it runs and has a pace. It is off
// until then, follows Config.Seed, and is bound by the limits of its tenant.
//
// # Steering a running one
//
// Server.Control answers below /_sandbox/; cmd/sandbox binds it to the same
// listener. It knows no key: never expose it.
//
//	GET    /_sandbox/presets               names of the ready-made faults
//	GET    /_sandbox/faults                faults still to come
//	POST   /_sandbox/faults                one fault or an array: {"preset":"reset-after-apply","op":"queues","times":1},
//	                                       or its fields: {"op":"list","status":500,"body":"…","delay":"2s"}
//	DELETE /_sandbox/faults
//	GET    /_sandbox/state                 style, traits, limits, the second administrator
//	POST   /_sandbox/style                 {"style":"first|joined|rows|varying"}
//	POST   /_sandbox/traits                {"omit-nulls":true}: those that state names
//	POST   /_sandbox/limits                {"tenant":100,"route":60,"window":"10s","kind":"aligned|first|sliding|estimate","names":"page|kong|draft"}
//	POST   /_sandbox/second-admin          {"pace":"off|slow|fast"}
//	POST   /_sandbox/calm                  back to how the server was made; agents stay as they are
//	GET    /_sandbox/calls                 recorded requests, keys redacted
//	DELETE /_sandbox/calls
//	GET    /_sandbox/agents/{tenant}/{id}  the true state of one agent
//	POST   /_sandbox/agents/{tenant}/{id}  any of callin, callout, priority, recording, active, system_status, user_status
package sandbox
