-- +goose Up

-- When an entry was written, where its number says another time: numbers go on from the
-- last one where a clock was set back. NULL: as the number says.
ALTER TABLE entries ADD COLUMN written_at BIGINT;
CREATE INDEX entries_moved ON entries (id) WHERE written_at IS NOT NULL;

-- Who changes the agent, and since when, for those who wait.
ALTER TABLE agent_locks ADD COLUMN operator TEXT NOT NULL DEFAULT '';
ALTER TABLE agent_locks ADD COLUMN since TIMESTAMPTZ NOT NULL DEFAULT now();

-- How often all sessions were ended: a session says how often that was when it began, so
-- no clocks are compared.
ALTER TABLE ended_before ADD COLUMN generation BIGINT NOT NULL DEFAULT 0;

-- Written and read back to tell whether the database can be worked with.
CREATE TABLE readiness (
    one   SMALLINT PRIMARY KEY CHECK (one = 1),
    token TEXT NOT NULL
);
