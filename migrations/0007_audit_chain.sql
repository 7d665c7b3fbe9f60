-- Records in a hash chain per shard, with signed roots. See docs/DECISIONS/0012-audit-chain.md.
-- What an earlier version wrote waits here and is moved into the chain when the installation is opened.
ALTER TABLE audit RENAME TO audit_unchained;

CREATE TABLE audit (
    shard BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    id BYTEA NOT NULL UNIQUE,
    at BIGINT NOT NULL,
    rut BIGINT,
    actor TEXT NOT NULL,
    event TEXT NOT NULL,
    detail TEXT,
    address BYTEA,
    request TEXT NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (shard, seq)
);
CREATE INDEX audit_chained_by_person ON audit (rut, at);
CREATE INDEX audit_chained_by_time ON audit (at);

-- Where each shard's chain ends: the row that a transaction holds while it appends.
CREATE TABLE audit_head (
    shard BIGINT PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash BYTEA NOT NULL
);

-- Heads, signed with an audit key as they grow.
CREATE TABLE audit_root (
    shard BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    at BIGINT NOT NULL,
    key BIGINT NOT NULL,
    signature BYTEA NOT NULL,
    PRIMARY KEY (shard, seq, key)
);

-- Nobody alters or removes a record: by rights, and where rights do not bind (a superuser), by triggers.
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'records are only ever added: % of % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_root_is_kept BEFORE UPDATE OR DELETE ON audit_root FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_root_is_not_emptied BEFORE TRUNCATE ON audit_root FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
REVOKE UPDATE, DELETE, TRUNCATE ON audit, audit_root FROM PUBLIC, CURRENT_USER;

-- A node of the earlier version, still running beside this one, knows no shards: its entries wait with the others.
CREATE FUNCTION audit_wait() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO audit_unchained (id, at, rut, actor, event, detail, address, request)
    VALUES (NEW.id, NEW.at, NEW.rut, NEW.actor, NEW.event, NEW.detail, NEW.address, NEW.request);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_without_chain BEFORE INSERT ON audit FOR EACH ROW WHEN (NEW.shard IS NULL) EXECUTE FUNCTION audit_wait();
