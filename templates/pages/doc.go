// Package pages holds the body of each page. A page's model is display-ready and
// stands beside its template.
package pages
