-- What Supabase brings itself and a bare PostgreSQL lacks: the roles that its HTTP door assumes, the accounts, and the
-- functions that tell who is asking. Supabase's open default privileges are here too, so that a grant that schema.sql
-- forgets to revoke fails a test here and not a child there. Run before schema.sql, as the owner; re-runnable.
begin;

select pg_advisory_xact_lock(hashtext('survey_app.schema'));

do $$
begin
    if not exists (select from pg_roles where rolname = 'anon') then create role anon nologin noinherit; end if;
    if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated nologin noinherit; end if;
    if not exists (select from pg_roles where rolname = 'service_role') then create role service_role nologin noinherit bypassrls; end if;
    if not exists (select from pg_roles where rolname = 'authenticator') then create role authenticator login noinherit; end if;
    grant anon, authenticated to authenticator;
end
$$;

grant usage on schema public to anon, authenticated, service_role;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;

create schema if not exists auth;
grant usage on schema auth to anon, authenticated, service_role;

create table if not exists auth.users (
    id uuid primary key default gen_random_uuid(),
    email text not null unique check (email = lower(email)),
    password_hash text not null,
    failed_attempts integer not null default 0,
    locked_until timestamptz,
    last_sign_in_at timestamptz,
    created_at timestamptz not null default now()
);

-- Tokens signed out before they expired.
create table if not exists auth.revoked_token (
    id uuid primary key,
    expires_at timestamptz not null
);

create or replace function auth.jwt() returns jsonb language sql stable as $$
    select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb
$$;

create or replace function auth.uid() returns uuid language sql stable as $$
    select nullif(auth.jwt() ->> 'sub', '')::uuid
$$;

create or replace function auth.role() returns text language sql stable as $$
    select auth.jwt() ->> 'role'
$$;

commit;
