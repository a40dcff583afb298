// Package components holds the small pieces every view is made of: icons, times,
// badges, chips, failures, the budget meter. Their models are display-ready; a
// component never reads anything but its arguments and the context's language.
package components
