-- Training bodies (OTEC) whose LMS registers attendance by RCE.
CREATE TABLE otec (
    rut BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    -- Where participants may be sent back to, as a JSON list of origins. With none, each return waits for the person.
    origins TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    suspended_at BIGINT
);

-- What an LMS shows, by the SHA-256 of its lower-case text. An OTEC may have many.
CREATE TABLE otec_token (
    id BYTEA PRIMARY KEY,
    otec BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    -- Most have no end.
    until BIGINT,
    revoked_at BIGINT
);
CREATE INDEX otec_token_of_otec ON otec_token (otec);

-- Which load of each table below counts: `course`, `training_action`, `enrolment`. A load is written beside the one before, and counts from the
-- one statement on that says so here.
CREATE TABLE catalogue (
    kind TEXT PRIMARY KEY,
    load BIGINT NOT NULL,
    rows BIGINT NOT NULL,
    loaded_at BIGINT NOT NULL
);

CREATE TABLE course (
    load BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (load, code)
);

CREATE TABLE training_action (
    load BIGINT NOT NULL,
    code TEXT NOT NULL,
    -- Social programmes have none.
    course TEXT,
    otec BIGINT NOT NULL,
    modality TEXT NOT NULL,
    -- Days in Chile, yyyy-mm-dd, both included.
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL,
    -- running, ended, annulled
    state TEXT NOT NULL,
    PRIMARY KEY (load, code)
);

CREATE TABLE enrolment (
    load BIGINT NOT NULL,
    action TEXT NOT NULL,
    rut BIGINT NOT NULL,
    PRIMARY KEY (load, action, rut)
);

-- What an LMS sent, sealed, while the participant is asked for the key; then what came of it. By the SHA-256 of the token that the browser carries.
CREATE TABLE rce_request (
    id BYTEA PRIMARY KEY,
    rut BIGINT NOT NULL,
    request BYTEA NOT NULL,
    tries BIGINT NOT NULL,
    tried_at BIGINT,
    made_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    answered_at BIGINT,
    -- By what operators find the answer in the log.
    reference TEXT,
    -- GlosaError; none where it went well.
    code BIGINT,
    -- The attendance that was started.
    attendance BYTEA
);
CREATE INDEX rce_request_by_end ON rce_request (until);

-- Who attended what, from when to when. Open while it has no close and `until` has not come.
CREATE TABLE attendance (
    id BYTEA PRIMARY KEY,
    -- production, test
    environment TEXT NOT NULL,
    otec BIGINT NOT NULL,
    rut BIGINT NOT NULL,
    line BIGINT NOT NULL,
    cod_sence TEXT NOT NULL,
    codigo_curso TEXT NOT NULL,
    -- IdSesionAlumno, sealed: some LMS send the secret of their own session in it.
    lms_session BYTEA NOT NULL,
    started_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE INDEX attendance_by_action ON attendance (otec, codigo_curso, started_at);
CREATE INDEX attendance_by_start ON attendance (environment, started_at);
