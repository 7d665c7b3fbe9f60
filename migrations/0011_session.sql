-- Who is logged in where: a session belongs to one browser, by the SHA-256 of its cookie. `sid` is its public name, which tokens carry. `until` is the
-- earlier of its idle and its absolute end, as it was known when it was last seen.
CREATE TABLE session (
    sid BYTEA PRIMARY KEY,
    browser BYTEA NOT NULL,
    rut BIGINT NOT NULL,
    device BYTEA NOT NULL,
    authenticated_at BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    agent TEXT NOT NULL,
    network TEXT
);
CREATE UNIQUE INDEX session_of_browser ON session (browser);
CREATE INDEX session_of_person ON session (rut);
CREATE INDEX session_by_end ON session (until);

-- When a person first logged in: from then on, a login from a new device is told.
ALTER TABLE person ADD COLUMN first_login_at BIGINT;
