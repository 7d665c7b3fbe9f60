-- What a person's e-mail and mobile were before each change, sealed: «no fui yo» puts them back, and during the hold keys still go there.
CREATE TABLE contact_change (
    id BYTEA PRIMARY KEY,
    rut BIGINT NOT NULL,
    at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    before BYTEA NOT NULL
);
CREATE INDEX contact_change_by_person ON contact_change (rut, at);
CREATE INDEX contact_change_by_end ON contact_change (until);

-- «No fui yo» ends a person's unfinished processes.
CREATE INDEX flow_by_person ON flow (rut);
