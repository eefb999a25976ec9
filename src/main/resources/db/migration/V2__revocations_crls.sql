-- The shard of the CRL that lists a certificate if it is ever revoked: fixed when it is issued, since its
-- CRLDistributionPoints names it. Null: those that name the full CRL, and those that need no revocation (RFC 9608).
alter table certificates add column crl_shard integer;
create index certificates_crl_shard on certificates (issuer_key_id, crl_shard);

-- One row a certificate that was ever revoked or suspended; a hold that ended stays as RELEASED, since a delta CRL has
-- to say so (RFC 5280 §5.2.4). position is that of the event that last changed the row: who knows everything up to n
-- asks for position > n.
create table revocations (
  serial     text primary key references certificates (serial),
  state      text not null check (state in ('REVOKED', 'HELD', 'RELEASED')),
  reason     integer not null,
  revoked_at bigint not null,
  requester  text not null,
  position   bigint not null
);
create index revocations_position on revocations (position);

-- The newest CRL number of each issuer. Taken before a CRL is signed, so that no number is ever on two of them.
create table crl_numbers (
  issuer_key_id text primary key,
  number        bigint not null
);

-- The newest CRL of each issuer, shard (-1: the full one) and kind. position: the events it has taken in. A delta lists
-- what changed after base_position; a base keeps those of the one before it, which the next deltas refer to.
create table crls (
  issuer_key_id text not null,
  shard         integer not null,
  kind          text not null check (kind in ('BASE', 'DELTA')),
  number        bigint not null,
  this_update   bigint not null,
  next_update   bigint not null,
  position      bigint not null,
  base_number   bigint not null,
  base_position bigint not null,
  der           ${bytes} not null,
  primary key (issuer_key_id, shard, kind)
);
