// Package partials holds the views that are both part of a page and an answer of
// their own: each has one root element with a constant id.
package partials
