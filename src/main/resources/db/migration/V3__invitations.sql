-- An invitation is worth one certificate for one user. code_hash: SHA-256 of the 128-bit code, which nobody but the invited
-- person has. sponsor: the certificate with which somebody invited themselves; when that is revoked, the invitation is
-- worth nothing. key_hash: SHA-256 of the SubjectPublicKeyInfo that claimed it; a claim without a certificate is free again
-- after a minute. serial: the certificate that came of it, which ends it.
create table invitations (
  id         text primary key,
  code_hash  text not null unique,
  user_key   text not null references users (name_key),
  user_name  text not null,
  device     text,
  created_at bigint not null,
  expires_at bigint not null,
  requester  text not null,
  sponsor    text references certificates (serial),
  revoked_at bigint,
  key_hash   text,
  claimed_at bigint,
  serial     text references certificates (serial),
  used_at    bigint,
  used_from  text
);
create index invitations_created on invitations (created_at, id);
create index invitations_user on invitations (user_key, created_at);

-- A file that waits ten minutes to be fetched once.
create table drops (
  token_hash text primary key,
  invitation text not null references invitations (id),
  name       text not null,
  expires_at bigint not null,
  content    ${bytes} not null
);
create index drops_invitation on drops (invitation);
