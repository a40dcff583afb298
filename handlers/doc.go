// Package handlers answers requests: a type per resource with a verb for each of its
// routes, each verb reading, validating, acting and answering. What things mean is
// roster's, how calls are made apiclient's, what an error becomes problem's; handlers
// bring them together and map what they return to the views' models.
//
// What resources share is small: a Desk (where things are, and the one way from an
// error to an answer, in fault.go), the Door that requests come in by, an actor (who
// acts; it outlives a request), a visit (one request of a signed-in person) and a
// presenter (from the domain to the views, in one language). A resource declares what
// else it uses beside itself.
//
// It never imports package web, whose route table names the handlers.
package handlers
