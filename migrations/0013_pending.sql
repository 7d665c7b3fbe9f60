-- Authorization requests on their way, sealed, and requests to log out. Those that no browser has brought yet have none: a system pushed them.
CREATE TABLE pending (
    id BYTEA PRIMARY KEY,
    kind TEXT NOT NULL,
    client TEXT,
    browser BYTEA,
    request BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    -- Who was asked and said yes: nobody else is let in by it.
    agreed_by BIGINT,
    finished_at BIGINT
);
CREATE INDEX pending_by_browser ON pending (browser);
CREATE INDEX pending_by_end ON pending (until);

-- What a person let a system know: names of scopes and of single claims, not asked again.
CREATE TABLE consent (
    rut BIGINT NOT NULL,
    client TEXT NOT NULL,
    since BIGINT NOT NULL,
    scopes TEXT NOT NULL,
    claims TEXT NOT NULL,
    PRIMARY KEY (rut, client)
);
CREATE INDEX consent_by_client ON consent (client);
