// Package runs changes many agents at once: what is wished for each is planned without a
// call and looked at, then carried out by one process, agent by agent through the safe
// write, and recorded item by item, so that whatever ends early can go on.
package runs
