-- Studies: which experiments belong together. Where the experiments are stands in their own rows.
CREATE TABLE study (
    id          TEXT    PRIMARY KEY,
    name        TEXT    NOT NULL,
    question    TEXT    NOT NULL,
    document    TEXT    NOT NULL,                        -- as it was submitted, JSON
    phase       TEXT    NOT NULL,
    max_running INTEGER NOT NULL,                        -- experiments under way at a time
    max_jobs    INTEGER,                                 -- jobs at a time; null: no limit
    created_at  INTEGER NOT NULL,
    finished_at INTEGER
) WITHOUT ROWID;
CREATE INDEX study_newest ON study (created_at DESC, id DESC);
CREATE INDEX study_unfinished ON study (created_at, id) WHERE phase IN ('running', 'cancelling');

-- One cell with one seed. Its experiment is submitted when its turn comes.
CREATE TABLE study_cell (
    experiment_id TEXT    PRIMARY KEY,                   -- stable: of study, cell and seed
    study_id      TEXT    NOT NULL REFERENCES study (id),
    position      INTEGER NOT NULL,
    cell          TEXT    NOT NULL,
    seed          TEXT    NOT NULL,                      -- 64 bits without sign
    spec_hash     TEXT    NOT NULL REFERENCES spec (hash)
) WITHOUT ROWID;
CREATE INDEX study_cell_study ON study_cell (study_id, position);

CREATE TABLE study_key (
    key          TEXT PRIMARY KEY,
    study_id     TEXT NOT NULL REFERENCES study (id),
    content_hash TEXT NOT NULL
) WITHOUT ROWID;

-- The study that an experiment belongs to; null: none.
ALTER TABLE experiment ADD COLUMN study TEXT;
