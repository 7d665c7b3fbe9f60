-- People and their keys. The RUT is public and the key of everything; what describes a person is sealed.
CREATE TABLE person (
    rut BIGINT PRIMARY KEY,
    id BYTEA NOT NULL UNIQUE,
    details BYTEA NOT NULL,
    email_index BYTEA,
    phone_index BYTEA,
    question BIGINT,
    answer_hash TEXT,
    key_hash TEXT,
    key_changed_at BIGINT,
    frozen_at BIGINT,
    email_confirmed_at BIGINT,
    identity TEXT NOT NULL,
    language TEXT NOT NULL,
    registered_at BIGINT NOT NULL,
    touched_at BIGINT NOT NULL
);
CREATE INDEX person_by_email ON person (email_index);
CREATE INDEX person_by_phone ON person (phone_index);

-- At most one provisional key a person; a newer one replaces an older.
CREATE TABLE provisional (
    rut BIGINT PRIMARY KEY,
    hash TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    wrong_tries BIGINT NOT NULL
);
