-- One mail about one certificate, some time (step, in milliseconds) before its end. OPEN: claimed by a process that is at it
-- until again_at, or to be tried again from then on. SENT and REFUSED are for good.
create table reminders (
  serial   text not null references certificates (serial),
  step     bigint not null,
  state    text not null check (state in ('OPEN', 'SENT', 'REFUSED')),
  again_at bigint not null,
  attempts integer not null,
  primary key (serial, step)
);
create index reminders_open on reminders (state, again_at);
