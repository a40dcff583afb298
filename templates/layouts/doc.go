// Package layouts holds the shell of every page: head, top bar, the drawer that
// editors open in, the region for toasts.
package layouts
