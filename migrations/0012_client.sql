-- Relying systems. What was registered is one JSON text without any secret; secrets are kept as SHA-256. A system that was removed keeps its row, so
-- that histories can go on naming it.
CREATE TABLE client (
    id TEXT PRIMARY KEY,
    registration TEXT NOT NULL,
    secret BYTEA,
    secret_before BYTEA,
    secret_before_until BIGINT,
    logo BYTEA,
    logo_version TEXT,
    declared BOOLEAN NOT NULL,
    made_at BIGINT NOT NULL,
    removed_at BIGINT
);

-- Keys that sign what systems verify. The id is algorithm and number, `ES256-2`, so that of two nodes that make the same one is refused. The private
-- half is sealed, and gone when nothing that it signed is good any more; the public half stays, for hints that come back late.
CREATE TABLE signing_key (
    id BYTEA PRIMARY KEY,
    algorithm TEXT NOT NULL,
    number BIGINT NOT NULL,
    public TEXT NOT NULL,
    private BYTEA,
    made_at BIGINT NOT NULL,
    signs_from BIGINT NOT NULL,
    published_until BIGINT,
    withdrawn_at BIGINT
);
