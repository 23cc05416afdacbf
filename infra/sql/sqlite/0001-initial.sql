-- Crescent's tables on SQLite (3.35 dialect). Scripts run once each, in the order of their names, and table schema_version says which have run.
-- Times are UTC, in ticks of 100 ns since 0001-01-01. Hashes are SHA-256 in lower-case hex. JSON is UTF-8 text in the product's one dialect.

-- A job is the unit of compute that runs put in the queue. It belongs to its key, the hash of kind, spec, inputs and code; equal work is one row.
CREATE TABLE job (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,   -- age: smaller is older
    key             TEXT    NOT NULL UNIQUE,
    kind            TEXT    NOT NULL,
    spec            TEXT    NOT NULL,
    inputs          TEXT    NOT NULL,                    -- JSON object: input name to hash
    code_hash       TEXT    NOT NULL,                    -- only workers with this code may claim it
    max_attempts    INTEGER NOT NULL,
    phase           TEXT    NOT NULL CHECK (phase IN ('queued', 'running', 'parked', 'succeeded', 'failed')),
    subscribers     INTEGER NOT NULL DEFAULT 0,          -- active subscriptions, kept with them
    priority        INTEGER NOT NULL DEFAULT 0,          -- the highest of the active subscriptions', kept with them
    not_before      INTEGER NOT NULL,                    -- backoff: not claimable earlier
    attempts        INTEGER NOT NULL DEFAULT 0,          -- claims that committed no snapshot; the running one counts until it commits one
    epoch           INTEGER NOT NULL DEFAULT 0,          -- rises with every claim; fences the writes of earlier ones
    owner           TEXT,                                -- worker of the running attempt
    lease_until     INTEGER,
    committed       INTEGER NOT NULL DEFAULT 0,          -- 1: the running attempt has committed a snapshot
    resumed_from    INTEGER,                             -- step of the snapshot that the running attempt started from
    progress        TEXT,                                -- JSON, latest
    outcomes        INTEGER NOT NULL DEFAULT 0,          -- rows in job_outcome
    deliverable     INTEGER NOT NULL DEFAULT 0,          -- outcomes before the first withheld one: what subscribers may read
    failure_code    TEXT,
    failure_message TEXT,
    failure_retryable INTEGER,
    created_at      INTEGER NOT NULL,
    finished_at     INTEGER,
    CHECK ((phase = 'running') = (owner IS NOT NULL)),
    CHECK ((phase = 'running') = (lease_until IS NOT NULL)),
    CHECK ((phase = 'failed') = (failure_code IS NOT NULL))
);
CREATE INDEX job_claim ON job (code_hash, priority DESC, id) WHERE phase = 'queued';
CREATE INDEX job_lease ON job (lease_until) WHERE phase = 'running';

-- A run subscribes to one job. The row outlives a pause (active = 0), so that nothing is delivered twice after it.
CREATE TABLE job_subscription (
    run_id        TEXT    PRIMARY KEY,
    job_id        INTEGER NOT NULL REFERENCES job (id),
    priority      INTEGER NOT NULL,
    active        INTEGER NOT NULL,
    hit           INTEGER NOT NULL,                      -- 1: the job had succeeded before
    acknowledged  INTEGER NOT NULL DEFAULT 0,            -- outcomes 1..n are consumed
    failure_acknowledged INTEGER NOT NULL DEFAULT 0,
    pending       INTEGER NOT NULL DEFAULT 0             -- 1: an outcome or a failure waits; kept by every write that can change it
) WITHOUT ROWID;
CREATE INDEX job_subscription_job ON job_subscription (job_id);
CREATE INDEX job_subscription_pending ON job_subscription (run_id) WHERE pending = 1;

-- One claim of a job by one worker.
CREATE TABLE job_attempt (
    job_id       INTEGER NOT NULL REFERENCES job (id),
    epoch        INTEGER NOT NULL,
    owner        TEXT    NOT NULL,
    resumed_from INTEGER,
    started_at   INTEGER NOT NULL,
    ended_at     INTEGER,
    ending       TEXT,                                   -- succeeded, released, failed, lease-expired; null: running
    error        TEXT,
    PRIMARY KEY (job_id, epoch)
) WITHOUT ROWID;

-- The last two snapshots of a job.
CREATE TABLE job_snapshot (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,        -- commit order
    job_id     INTEGER NOT NULL REFERENCES job (id),
    step       INTEGER NOT NULL,
    outcomes   INTEGER NOT NULL,                         -- outcomes committed by then: an attempt that starts here does not make them again
    epoch      INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    media_type TEXT    NOT NULL,
    sha256     TEXT    NOT NULL,
    bytes      INTEGER NOT NULL,
    UNIQUE (job_id, step)
);
CREATE INDEX job_snapshot_blob ON job_snapshot (sha256);

-- A job as readers see it.
CREATE VIEW job_status AS
SELECT id, key, kind, phase, max_attempts, subscribers, attempts, epoch, owner, lease_until, committed, resumed_from, progress, outcomes, deliverable,
       failure_code, failure_message, failure_retryable,
       (SELECT step FROM job_snapshot WHERE job_id = job.id ORDER BY job_snapshot.id DESC LIMIT 1) AS snapshot_step
FROM job;

-- What a job has told, each (kind, step) once.
CREATE TABLE job_outcome (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,      -- commit order over all jobs
    job_id       INTEGER NOT NULL REFERENCES job (id),
    seq          INTEGER NOT NULL,                       -- 1, 2, ... in the job
    kind         TEXT    NOT NULL,
    step         INTEGER NOT NULL,
    payload      TEXT    NOT NULL,
    hash         TEXT    NOT NULL,                       -- over kind, step, payload and artifacts: a repeat must agree
    withheld     INTEGER NOT NULL DEFAULT 0,             -- 1: an artifact was found damaged; not delivered until committed again
    epoch        INTEGER NOT NULL,
    committed_at INTEGER NOT NULL,
    UNIQUE (job_id, seq),
    UNIQUE (job_id, kind, step)
);

-- The catalog: artifacts of outcomes.
CREATE TABLE artifact (
    job_id     INTEGER NOT NULL REFERENCES job (id),
    name       TEXT    NOT NULL,
    seq        INTEGER NOT NULL,                         -- of its outcome
    position   INTEGER NOT NULL,                         -- in its outcome
    kind       TEXT    NOT NULL,
    media_type TEXT    NOT NULL,
    sha256     TEXT    NOT NULL,
    bytes      INTEGER NOT NULL,
    PRIMARY KEY (job_id, name)
) WITHOUT ROWID;
CREATE INDEX artifact_outcome ON artifact (job_id, seq, position);
CREATE INDEX artifact_blob ON artifact (sha256);

-- Points of a job's curves. A point that comes again is ignored.
CREATE TABLE metric (
    job_id INTEGER NOT NULL REFERENCES job (id),
    name   TEXT    NOT NULL,
    step   INTEGER NOT NULL,
    value  REAL,                                         -- null stands for NaN, which SQLite cannot hold
    PRIMARY KEY (job_id, name, step)
) WITHOUT ROWID;

-- Blobs that a store on this database has written, for their collector. Writers reserve before they write; the collector marks before it deletes.
CREATE TABLE blob (
    sha256         TEXT    PRIMARY KEY,
    bytes          INTEGER NOT NULL,
    state          TEXT    NOT NULL CHECK (state IN ('live', 'deleting', 'deleted')),
    reserved_until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX blob_state ON blob (state, reserved_until);

-- Resolved specs of experiments, by their hash.
CREATE TABLE spec (
    hash TEXT PRIMARY KEY,
    json TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE experiment (
    id          TEXT    PRIMARY KEY,
    name        TEXT    NOT NULL,
    question    TEXT    NOT NULL,
    spec_hash   TEXT    NOT NULL REFERENCES spec (hash),
    phase       TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    started_at  INTEGER,
    finished_at INTEGER,
    error       TEXT,
    last_seq    INTEGER NOT NULL                         -- the last event that the row reflects
) WITHOUT ROWID;
CREATE INDEX experiment_newest ON experiment (created_at DESC, id DESC);
CREATE INDEX experiment_unfinished ON experiment (created_at, id) WHERE phase NOT IN ('succeeded', 'failed', 'cancelled');

CREATE TABLE idempotency_key (
    key           TEXT PRIMARY KEY,
    experiment_id TEXT NOT NULL REFERENCES experiment (id),
    spec_hash     TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE run (
    run_id        TEXT    PRIMARY KEY,
    experiment_id TEXT    NOT NULL REFERENCES experiment (id),
    position      INTEGER NOT NULL,
    kind          TEXT    NOT NULL,
    title         TEXT    NOT NULL,
    phase         TEXT    NOT NULL,
    job_key       TEXT,
    cached        INTEGER NOT NULL,
    summary       TEXT,
    error         TEXT,
    started_at    INTEGER,
    finished_at   INTEGER,
    last_seq      INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX run_experiment ON run (experiment_id, position);

-- The event log: append-only, numbered by the experiment.
CREATE TABLE experiment_event (
    experiment_id TEXT    NOT NULL REFERENCES experiment (id),
    seq           INTEGER NOT NULL,
    type          TEXT    NOT NULL,
    at            INTEGER NOT NULL,
    payload       TEXT    NOT NULL,
    PRIMARY KEY (experiment_id, seq)
) WITHOUT ROWID;
