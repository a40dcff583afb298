// Package session keeps who is signed in, in a cookie, behind typed Load and
// Save. It is the only code that touches the cookie in which the API key lives:
// gorilla/sessions' CookieStore with a hash key and a block key, both derived
// from the configured secrets, so the cookie is encrypted and authenticated.
//
// The cookie has no Expires and no Max-Age: it ends with the browser. Closing
// the browser on a shared desk should sign out, and a lifetime written into a
// cookie is only a wish. The limits that count are inside the encrypted payload
// and are checked here, on every Load: idle (Seen) and absolute (Created).
//
// The preferences (language and theme) are a plain cookie of their own, since
// they outlive a session and hold nothing secret; see Prefs.
//
// What does not belong here: what a page does without a session (handlers),
// and the list of ended sessions (journal.Sessions), which is asked through the
// Ender interface.
package session
