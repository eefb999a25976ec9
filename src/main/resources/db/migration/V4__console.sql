-- Issued certificates are numbered in the order of commits, from 1: newest first is by number, and a page that ended at
-- a number goes on there whatever is issued meanwhile.
alter table certificates add column ordinal bigint;
update certificates set ordinal = numbered.ordinal
  from (select serial, row_number() over (order by issued_at, serial) as ordinal from certificates where state = 'ISSUED') as numbered
  where certificates.serial = numbered.serial;
insert into counters (name, value) select 'certificate', count(*) from certificates where state = 'ISSUED';
create index certificates_ordinal on certificates (ordinal, not_after);

-- What a certificate is found by: the beginnings of its words, and what filters name (=user:alice). One term's rows lie
-- together in the order of the numbers, so any filters together are an intersection of sorted lists that stops as soon
-- as the page is full; not_after is in each so that dates never need the certificate itself.
create table certificate_terms (
  term      text not null,
  ordinal   bigint not null,
  not_after bigint not null,
  primary key (term, ordinal)
) ${clustered};

drop index certificates_issued;
drop index certificates_user;
drop index certificates_not_after;

create index events_kind on events (kind, position);
create index events_who on events (who, position);

-- Requests that the Doorkeeper decided about, by hour (milliseconds since 1970) and outcome.
create table sign_ins (
  hour  bigint not null,
  code  text not null,
  count bigint not null,
  primary key (hour, code)
);

create table last_uses (
  serial  text primary key,
  used_at bigint not null,
  address text not null
);

-- Answers to requests with an Idempotency-Key, kept a day. Without a status: somebody is at it.
create table answers (
  request_key text primary key,
  body_digest text not null,
  claimed_at  bigint not null,
  status      integer,
  headers     text,
  body        ${bytes}
);
create index answers_claimed on answers (claimed_at);
