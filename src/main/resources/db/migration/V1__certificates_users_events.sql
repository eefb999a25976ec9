-- Runs on SQLite and PostgreSQL: no triggers, no generated keys, moments as milliseconds since 1970,
-- names that are compared without case stored a second time in lower case (ASCII). ${bytes} is blob or bytea.

create table counters (
  name  text primary key,
  value bigint not null
);
insert into counters (name, value) values ('event', 0);

-- CA certificates of ours. One key may have several: renewed, or cross-signed.
create table issuers (
  fingerprint text primary key,
  key_id      text not null,
  subject     text not null,
  not_before  bigint not null,
  not_after   bigint not null,
  der         ${bytes} not null,
  added_at    bigint not null
);
create index issuers_key_id on issuers (key_id);

-- A row is an intent until its certificate is there. The serial number is 40 hexadecimal digits (RFC 5280 §4.1.2.2:
-- at most 20 octets) and unique for all issuers together, so that it never repeats for one of them.
create table certificates (
  serial        text primary key,
  state         text not null check (state in ('INTENDED', 'ISSUED')),
  issuer_key_id text not null,
  profile       text not null,
  user_name     text,
  user_key      text,
  tbs_digest    text not null,
  requester     text not null,
  intended_at   bigint not null,
  issued_at     bigint,
  subject       text,
  names         text,
  not_before    bigint,
  not_after     bigint,
  fingerprint   text unique,
  der           ${bytes}
);
create index certificates_issued on certificates (issued_at, serial);
create index certificates_user on certificates (user_key, issued_at);
create index certificates_not_after on certificates (not_after);
create index certificates_state on certificates (state, intended_at);

create table users (
  name_key     text primary key,
  name         text not null,
  display_name text not null,
  email        text,
  email_key    text unique,
  state        text not null check (state in ('ENABLED', 'DISABLED')),
  created_at   bigint not null
);

create table groups (
  name_key   text primary key,
  name       text not null,
  created_at bigint not null
);

create table memberships (
  user_key  text not null references users (name_key),
  group_key text not null references groups (name_key),
  primary key (user_key, group_key)
);
create index memberships_group on memberships (group_key);

-- Append-only. The position comes from counters in the same transaction, so it is gapless and in the order of commits:
-- who has read up to n and asks for more misses nothing.
create table events (
  position bigint primary key,
  kind     text not null,
  subject  text not null,
  detail   text not null,
  who      text not null,
  at       bigint not null
);
create index events_at on events (at);
create index events_subject on events (subject, position);
