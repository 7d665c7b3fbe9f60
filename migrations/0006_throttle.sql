-- A lane tells when it opens again, since waits grow. Rows of an earlier version have names that nobody asks for any more.
ALTER TABLE lane ADD COLUMN opens_at BIGINT NOT NULL DEFAULT 0;

-- Devices from which a person proved who they are, by the SHA-256 of their cookie.
CREATE TABLE device (
    id BYTEA NOT NULL,
    rut BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (id, rut)
);
CREATE INDEX device_of_person ON device (rut);
CREATE INDEX device_by_end ON device (until);
