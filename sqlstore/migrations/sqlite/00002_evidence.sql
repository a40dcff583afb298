-- +goose Up

-- When the oldest fact was read that a change rested on, NULL where that is not known.
ALTER TABLE entries ADD COLUMN evidence_at INTEGER;
