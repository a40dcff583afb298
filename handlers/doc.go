// Package handlers answers requests: a file per resource, each handler reading,
// validating, acting and answering. What things mean is roster's, how calls are
// made apiclient's, what an error becomes problem's; handlers bring them
// together and map what they return to the views' models.
//
// It never imports package web, whose route table names the handlers.
package handlers
