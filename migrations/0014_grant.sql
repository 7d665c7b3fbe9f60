-- What a person gave a system in one session or for longer. Codes and tokens belong to it and end with it.
CREATE TABLE access_grant (
    id BYTEA PRIMARY KEY,
    client TEXT NOT NULL,
    -- Without a person: what a client asked for itself.
    rut BIGINT,
    sid BYTEA,
    scopes TEXT NOT NULL,
    -- Which claims were asked for one by one, as JSON.
    claims TEXT NOT NULL,
    authenticated_at BIGINT,
    acr TEXT,
    offline BOOLEAN NOT NULL,
    made_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    -- Nothing of it lives longer.
    until BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by TEXT
);
CREATE INDEX access_grant_of_person ON access_grant (rut, client);
CREATE INDEX access_grant_of_client ON access_grant (client);
CREATE INDEX access_grant_by_end ON access_grant (until);

-- Authorization codes, by their SHA-256.
CREATE TABLE code (
    id BYTEA PRIMARY KEY,
    grant_id BYTEA NOT NULL,
    redirect_uri TEXT NOT NULL,
    challenge TEXT,
    nonce TEXT,
    jkt TEXT,
    until BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX code_by_end ON code (until);

-- Access and refresh tokens, by their SHA-256.
CREATE TABLE token (
    id BYTEA PRIMARY KEY,
    kind TEXT NOT NULL,
    grant_id BYTEA NOT NULL,
    scopes TEXT NOT NULL,
    -- The thumbprint of the key that must be shown with it (DPoP).
    jkt TEXT,
    made_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    -- When a refresh token was exchanged for the next one.
    used_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX token_of_grant ON token (grant_id);
CREATE INDEX token_by_end ON token (until);

-- Proofs, assertions and request objects that were seen: each serves once.
CREATE TABLE once (
    id BYTEA PRIMARY KEY,
    until BIGINT NOT NULL
);
CREATE INDEX once_by_end ON once (until);

-- By which name a system knows a person. One sector, one name; the empty sector is that of public names.
CREATE TABLE subject (
    rut BIGINT NOT NULL,
    sector TEXT NOT NULL,
    sub TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (rut, sector)
);
CREATE UNIQUE INDEX subject_by_name ON subject (sector, sub);

-- Devices without a browser, by the SHA-256 of their code and of the one that the person types.
CREATE TABLE device_grant (
    id BYTEA PRIMARY KEY,
    user_code BYTEA NOT NULL,
    client TEXT NOT NULL,
    scopes TEXT NOT NULL,
    -- waiting, granted, denied, done
    state TEXT NOT NULL,
    grant_id BYTEA,
    pause_seconds BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    until BIGINT NOT NULL
);
CREATE UNIQUE INDEX device_grant_by_user_code ON device_grant (user_code);
CREATE INDEX device_grant_by_end ON device_grant (until);
