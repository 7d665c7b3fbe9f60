-- The question shown for a RUT when it was first asked for: it stays, whoever registers meanwhile.
CREATE TABLE decoy (
    rut BIGINT PRIMARY KEY,
    question BIGINT NOT NULL
);

-- How many people chose each question, counted now and then: decoys are drawn like them.
CREATE TABLE question_weight (
    question BIGINT PRIMARY KEY,
    people BIGINT NOT NULL,
    counted_at BIGINT NOT NULL
);
CREATE INDEX person_by_question ON person (question);
