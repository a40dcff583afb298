-- +goose Up

-- Changes that go on by themselves in one console, for the others to tell of: state is its
-- JSON, over is 1 once it has ended, wish is what a person asked of it at another console.
-- Times are in microseconds since 1970.
CREATE TABLE savings (
    id       TEXT PRIMARY KEY,
    scope    INTEGER NOT NULL REFERENCES scopes (id),
    state    TEXT NOT NULL,
    over     INTEGER NOT NULL,
    wish     TEXT NOT NULL,
    noted_at INTEGER NOT NULL
);
CREATE INDEX savings_noted ON savings (noted_at);
