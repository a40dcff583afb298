package sqlstore

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/alohub/agentconsole/journal"
)

// sent selects the recording changes that may have been applied. The index
// entries_recording holds exactly these, so the last of an agent is found in one
// step and is right whatever was settled, refused or pruned since: there is no
// second table to keep in step.
const sent = `scope = $1 AND kind = 'recording' AND result <> 'refused'`

// Recordings implements journal.Store.
func (s *Store) Recordings(ctx context.Context, scope journal.Scope, agents ...string) (map[string]journal.RecordingState, error) {
	const op = "read the recording ledger"
	states := map[string]journal.RecordingState{}
	number, ok, err := s.scope(ctx, scope)
	if err != nil || !ok {
		return states, wrap(op, err)
	}
	if len(agents) == 0 {
		return states, wrap(op, s.recordings(ctx, states, everyAgent(s.dialect), number))
	}
	asked := map[string]string{} // by what is stored
	for _, agent := range agents {
		asked[clean(agent)] = agent
	}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(asked)), 500) {
		args := []any{number}
		for _, agent := range some {
			args = append(args, agent)
		}
		if err := s.recordings(ctx, states, namedAgents(len(some)), args...); err != nil {
			return nil, wrap(op, err)
		}
	}
	return states, nil
}

// recordings adds the last state of each agent of a query for agents (agent).
func (s *Store) recordings(ctx context.Context, states map[string]journal.RecordingState, agents string, args ...any) error {
	query := agents + `, last (id) AS (
		SELECT (SELECT max(id) FROM entries` + s.dialect.index("entries_recording") + ` WHERE ` + sent + ` AND agent = agents.agent)
		FROM agents WHERE agents.agent IS NOT NULL)
		SELECT e.agent, e.id, e.enabled, e.operator, e.result, e.written_at FROM last ` + s.dialect.inOrder + ` JOIN entries e ON e.id = last.id`
	all, err := collect(ctx, s.read, func(rows *sql.Rows) (journal.RecordingState, error) {
		var id int64
		var at moment
		var r journal.RecordingState
		err := rows.Scan(&r.Agent, &id, &r.Enabled, &r.Operator, &r.Result, &at)
		if r.EntryID, r.At = formatID(id), time.Time(at); r.At.IsZero() {
			r.At = stampTime(id)
		}
		return r, err
	}, query, args...)
	for _, r := range all {
		states[r.Agent] = r
	}
	return err
}

// everyAgent steps through the index from agent to agent, whose entries it skips.
func everyAgent(d dialect) string {
	from := `SELECT min(agent) FROM entries` + d.index("entries_recording") + ` WHERE ` + sent
	return `WITH RECURSIVE agents (agent) AS (` + from + `
		UNION ALL SELECT (` + from + ` AND agent > agents.agent) FROM agents WHERE agents.agent IS NOT NULL)`
}

// namedAgents are the arguments from the second on.
func namedAgents(count int) string {
	rows := strings.Split(strings.Trim(tuples(1, count+1), "()"), ",")[1:]
	return `WITH agents (agent) AS (VALUES (CAST(` + strings.Join(rows, ` AS TEXT)), (CAST(`) + ` AS TEXT)))`
}
