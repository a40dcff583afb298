-- +goose Up

-- When an entry was written, where its number says another time: numbers go on from the
-- last one where a clock was set back. NULL: as the number says.
ALTER TABLE entries ADD COLUMN written_at INTEGER;
CREATE INDEX entries_moved ON entries (id) WHERE written_at IS NOT NULL;

-- How often all sessions were ended: a session says how often that was when it began, so
-- no clocks are compared.
ALTER TABLE ended_before ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;

-- Written and read back to tell whether the database can be worked with.
CREATE TABLE readiness (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    token TEXT NOT NULL
);
