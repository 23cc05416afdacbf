-- Crescent's tables on PostgreSQL (12 and newer), the same as on SQLite. Scripts run once each, in the order of their names, and table schema_version says which have run.
-- Times are UTC, in ticks of 100 ns since 0001-01-01, as in the program and on SQLite: timestamptz has microseconds only, so that a time that comes back would not be equal to the one that was stored. Function crescent_time shows one to people.
-- Texts that order or identify are compared by bytes (COLLATE "C"), as on SQLite. Hashes are SHA-256 in lower-case hex. JSON is UTF-8 text in the product's one dialect.

-- A job is the unit of compute that runs put in the queue. It belongs to its key, the hash of kind, spec, inputs and code; equal work is one row.
CREATE TABLE job (
    id                BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- age: smaller is older
    key               TEXT COLLATE "C" NOT NULL UNIQUE,
    kind              TEXT COLLATE "C" NOT NULL,
    spec              TEXT NOT NULL,
    inputs            TEXT NOT NULL,                                    -- JSON object: input name to hash
    code_hash         TEXT COLLATE "C" NOT NULL,                        -- only workers with this code may claim it
    max_attempts      INTEGER NOT NULL,
    phase             TEXT NOT NULL CHECK (phase IN ('queued', 'running', 'parked', 'succeeded', 'failed')),
    subscribers       INTEGER NOT NULL DEFAULT 0,                       -- active subscriptions, kept with them
    priority          INTEGER NOT NULL DEFAULT 0,                       -- the highest of the active subscriptions', kept with them
    not_before        BIGINT NOT NULL,                                  -- backoff: not claimable earlier
    attempts          INTEGER NOT NULL DEFAULT 0,                       -- claims that committed no snapshot; the running one counts until it commits one
    epoch             BIGINT NOT NULL DEFAULT 0,                        -- rises with every claim; fences the writes of earlier ones
    owner             TEXT COLLATE "C",                                 -- worker of the running attempt
    lease_until       BIGINT,
    committed         BOOLEAN NOT NULL DEFAULT FALSE,                   -- true: the running attempt has committed a snapshot
    resumed_from      INTEGER,                                          -- step of the snapshot that the running attempt started from
    progress          TEXT,                                             -- JSON, latest
    outcomes          INTEGER NOT NULL DEFAULT 0,                       -- rows in job_outcome
    deliverable       INTEGER NOT NULL DEFAULT 0,                       -- outcomes before the first withheld one: what subscribers may read
    failure_code      TEXT,
    failure_message   TEXT,
    failure_retryable BOOLEAN,
    created_at        BIGINT NOT NULL,
    finished_at       BIGINT,
    CHECK ((phase = 'running') = (owner IS NOT NULL)),
    CHECK ((phase = 'running') = (lease_until IS NOT NULL)),
    CHECK ((phase = 'failed') = (failure_code IS NOT NULL))
);
CREATE INDEX job_claim ON job (code_hash, priority DESC, id) WHERE phase = 'queued';
CREATE INDEX job_lease ON job (lease_until) WHERE phase = 'running';

-- A run subscribes to one job. The row outlives a pause (active is false), so that nothing is delivered twice after it.
CREATE TABLE job_subscription (
    run_id               TEXT COLLATE "C" PRIMARY KEY,
    job_id               BIGINT NOT NULL REFERENCES job (id),
    priority             INTEGER NOT NULL,
    active               BOOLEAN NOT NULL,
    hit                  BOOLEAN NOT NULL,               -- true: the job had succeeded before
    acknowledged         INTEGER NOT NULL DEFAULT 0,     -- outcomes 1..n are consumed
    failure_acknowledged BOOLEAN NOT NULL DEFAULT FALSE,
    pending              BOOLEAN NOT NULL DEFAULT FALSE  -- true: an outcome or a failure waits; kept by every write that can change it
);
CREATE INDEX job_subscription_job ON job_subscription (job_id);
CREATE INDEX job_subscription_pending ON job_subscription (run_id) WHERE pending;

-- One claim of a job by one worker.
CREATE TABLE job_attempt (
    job_id       BIGINT NOT NULL REFERENCES job (id),
    epoch        BIGINT NOT NULL,
    owner        TEXT COLLATE "C" NOT NULL,
    resumed_from INTEGER,
    started_at   BIGINT NOT NULL,
    ended_at     BIGINT,
    ending       TEXT,  -- succeeded, released, failed, lease-expired; null: running
    error        TEXT,
    PRIMARY KEY (job_id, epoch)
);

-- The last two snapshots of a job.
CREATE TABLE job_snapshot (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- commit order
    job_id     BIGINT NOT NULL REFERENCES job (id),
    step       INTEGER NOT NULL,
    outcomes   INTEGER NOT NULL,                                 -- outcomes committed by then: an attempt that starts here does not make them again
    epoch      BIGINT NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL,
    media_type TEXT NOT NULL,
    sha256     TEXT COLLATE "C" NOT NULL,
    bytes      BIGINT NOT NULL,
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
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- commit order over all jobs
    job_id       BIGINT NOT NULL REFERENCES job (id),
    seq          INTEGER NOT NULL,                                 -- 1, 2, ... in the job
    kind         TEXT COLLATE "C" NOT NULL,
    step         INTEGER NOT NULL,
    payload      TEXT NOT NULL,
    hash         TEXT COLLATE "C" NOT NULL,                        -- over kind, step, payload and artifacts: a repeat must agree
    withheld     BOOLEAN NOT NULL DEFAULT FALSE,                   -- true: an artifact was found damaged; not delivered until committed again
    epoch        BIGINT NOT NULL,
    committed_at BIGINT NOT NULL,
    UNIQUE (job_id, seq),
    UNIQUE (job_id, kind, step)
);

-- The catalog: artifacts of outcomes.
CREATE TABLE artifact (
    job_id     BIGINT NOT NULL REFERENCES job (id),
    name       TEXT COLLATE "C" NOT NULL,
    seq        INTEGER NOT NULL,  -- of its outcome
    position   INTEGER NOT NULL,  -- in its outcome
    kind       TEXT COLLATE "C" NOT NULL,
    media_type TEXT NOT NULL,
    sha256     TEXT COLLATE "C" NOT NULL,
    bytes      BIGINT NOT NULL,
    PRIMARY KEY (job_id, name)
);
CREATE INDEX artifact_outcome ON artifact (job_id, seq, position);
CREATE INDEX artifact_blob ON artifact (sha256);

-- Points of a job's curves. A point that comes again is ignored.
CREATE TABLE metric (
    job_id BIGINT NOT NULL REFERENCES job (id),
    name   TEXT COLLATE "C" NOT NULL,
    step   INTEGER NOT NULL,
    value  DOUBLE PRECISION,  -- null stands for NaN, as on SQLite
    PRIMARY KEY (job_id, name, step)
);

-- Blobs that a store on this database has written, for their collector. Writers reserve before they write; the collector marks before it deletes.
CREATE TABLE blob (
    sha256         TEXT COLLATE "C" PRIMARY KEY,
    bytes          BIGINT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('live', 'deleting', 'deleted')),
    reserved_until BIGINT NOT NULL
);
CREATE INDEX blob_state ON blob (state, reserved_until);

-- Resolved specs of experiments, by their hash.
CREATE TABLE spec (
    hash TEXT COLLATE "C" PRIMARY KEY,
    json TEXT NOT NULL
);

CREATE TABLE experiment (
    id          TEXT COLLATE "C" PRIMARY KEY,
    name        TEXT COLLATE "C" NOT NULL,
    question    TEXT NOT NULL,
    spec_hash   TEXT NOT NULL REFERENCES spec (hash),
    phase       TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    started_at  BIGINT,
    finished_at BIGINT,
    error       TEXT,
    last_seq    BIGINT NOT NULL  -- the last event that the row reflects
);
CREATE INDEX experiment_newest ON experiment (created_at DESC, id DESC);
CREATE INDEX experiment_unfinished ON experiment (created_at, id) WHERE phase NOT IN ('succeeded', 'failed', 'cancelled');

CREATE TABLE idempotency_key (
    key           TEXT COLLATE "C" PRIMARY KEY,
    experiment_id TEXT COLLATE "C" NOT NULL REFERENCES experiment (id),
    spec_hash     TEXT NOT NULL
);

CREATE TABLE run (
    run_id        TEXT COLLATE "C" PRIMARY KEY,
    experiment_id TEXT COLLATE "C" NOT NULL REFERENCES experiment (id),
    position      INTEGER NOT NULL,
    kind          TEXT COLLATE "C" NOT NULL,
    title         TEXT NOT NULL,
    phase         TEXT NOT NULL,
    job_key       TEXT COLLATE "C",
    cached        BOOLEAN NOT NULL,
    summary       TEXT,
    error         TEXT,
    started_at    BIGINT,
    finished_at   BIGINT,
    last_seq      BIGINT NOT NULL
);
CREATE INDEX run_experiment ON run (experiment_id, position);

-- The event log: append-only, numbered by the experiment.
CREATE TABLE experiment_event (
    experiment_id TEXT COLLATE "C" NOT NULL REFERENCES experiment (id),
    seq           BIGINT NOT NULL,
    type          TEXT NOT NULL,
    at            BIGINT NOT NULL,
    payload       TEXT NOT NULL,
    PRIMARY KEY (experiment_id, seq)
);

-- A stored time as people read it: SELECT crescent_time(created_at) FROM experiment.
CREATE FUNCTION crescent_time(ticks BIGINT) RETURNS TIMESTAMPTZ LANGUAGE SQL IMMUTABLE AS $$
    SELECT TIMESTAMPTZ '0001-01-01 00:00:00+00' + (ticks / 10) * INTERVAL '1 microsecond'
$$;
