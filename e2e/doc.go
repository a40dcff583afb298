// Package e2e holds browser tests and nothing else: a real Chromium against a real
// console against the sandbox API, as people use them. What can be proved without a
// browser belongs beside the code it proves.
//
// The tests need a chromium in the PATH. Without one they are skipped, unless the
// environment's CONSOLE_REQUIRE names "browser". Where there is a chromium-headless-shell too,
// most are played in that, in half the time. CONSOLE_SHOTS=dir also writes
// the pictures of all stories there, and -update accepts them. CONSOLE_TEST_MOTION=on has
// the browser of somebody who does not mind motion, without it motion is reduced.
package e2e
