-- The platform's whole database: tables, the rules that protect children's data, and the functions through which the
-- application reads and writes. Runs unchanged in Supabase's SQL editor, with psql, and on the embedded PostgreSQL,
-- on PostgreSQL 15 to 18, and again over a database in use without harm.
--
-- public   what the HTTP door exposes: every table has row-level security, every function is granted by name
-- private  what no client can reach: counters, secrets, the functions that policies ask

begin;

select pg_advisory_xact_lock(hashtext('survey_app.schema'));

-- Over a database in use: whoever reads begins with one of these and goes on to what belongs to it. Taken first, nobody holds one of
-- them and waits for us while we wait for her.
do $$
declare
    first text;
begin
    foreach first in array array['consultation', 'activity', 'petition', 'roster'] loop
        if to_regclass('public.' || first) is not null then
            execute format('lock table public.%I in access exclusive mode', first);
        end if;
    end loop;
end
$$;

create schema if not exists private;
revoke all on schema private from public;
grant usage on schema private to anon, authenticated;

-- Settings

create table if not exists public.setting (
    name text primary key,
    value jsonb not null
);
comment on table public.setting is 'What anyone may know of this instance.';
insert into public.setting (name, value) values
    ('demonstration', 'false'), ('assent_version', '2'), ('suppression_threshold', '5'), ('photos_allowed', 'false'),
    ('group_fields', '[]')
on conflict (name) do nothing;
-- Carried along: from the second wording on, children are told who reads what they write in their own words.
update public.setting set value = '2' where name = 'assent_version' and value = '1';

create table if not exists public.setting_change (
    id bigint generated always as identity primary key,
    name text not null,
    value jsonb not null,
    changed_at timestamptz not null,
    changed_by uuid
);
comment on table public.setting_change is 'Who has changed a setting, when and to what; nobody changes this.';

create table if not exists private.setting (
    name text primary key,
    value text not null
);
comment on table private.setting is 'Secrets; submission_secret vouches that the application has checked what it stores.';
insert into private.setting (name, value)
values ('submission_secret', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''))
on conflict (name) do nothing;

create table if not exists private.health (
    one boolean primary key default true check (one),
    checked_at timestamptz not null
);

-- Places and people

create table if not exists public.unit (
    code text not null check (code ~ '^[0-9]{2,5}$'),
    valid_from date not null default '0001-01-01',
    valid_to date,
    name text not null,
    kind text not null,
    former_district text,
    lat double precision,
    lon double precision,
    area_km2 double precision,
    primary key (code, valid_from),
    check (valid_to is null or valid_to >= valid_from)
);
comment on table public.unit is 'Administrative units with the days they were in force; a code means a unit only with a date.';
create unique index if not exists unit_in_force on public.unit (code) where valid_to is null;

create table if not exists public.unit_succession (
    old_code text not null,
    old_valid_to date not null,
    new_code text not null,
    population_2019 integer,
    primary key (old_code, old_valid_to, new_code)
);
comment on table public.unit_succession is 'Which unit took over which, the day after old_valid_to or at the next reorganisation.';

create table if not exists public.unit_change (
    id uuid primary key default gen_random_uuid(),
    imported_at timestamptz not null,
    imported_by uuid,
    file_name text,
    file_sha256 text check (file_sha256 ~ '^[0-9a-f]{64}$'),
    first_day date not null,
    ended integer not null,
    begun integer not null,
    moved jsonb not null default '{}',
    undone_at timestamptz,
    undone_by uuid
);
comment on table public.unit_change is
    'Reorganisations that an administrator took in, and whether one was taken back; moved: how many rows of which table went along.';
alter table public.unit
    add column if not exists begun_by uuid references public.unit_change,
    add column if not exists ended_by uuid references public.unit_change;

create table if not exists private.unit_change_item (
    change_id uuid not null references public.unit_change,
    kind text not null,
    item jsonb not null,
    item_id text generated always as (item ->> 'id') stored
);
comment on table private.unit_change_item is 'Rows that a reorganisation changed, as they were, so that it can be taken back.';
create index if not exists unit_change_item_change on private.unit_change_item (change_id, kind, item_id);

create table if not exists public.population_source (
    source text primary key,
    title text not null,
    is_estimate boolean not null
);

create table if not exists public.population (
    source text not null references public.population_source,
    commune_code text not null,
    year integer not null check (year between 1900 and 2200),
    age integer not null check (age between 0 and 130),
    children double precision not null check (children >= 0),
    primary key (source, commune_code, year, age)
);
comment on table public.population is 'Children by commune, year and single age; the denominators.';
alter table public.population_source
    add column if not exists published_by text,
    add column if not exists imported_at timestamptz,
    add column if not exists imported_by uuid,
    add column if not exists file_name text,
    add column if not exists file_sha256 text check (file_sha256 ~ '^[0-9a-f]{64}$');
comment on column public.population_source.imported_at is 'An import is never changed; a mended file is another import.';
alter table public.population
    add column if not exists girls double precision check (girls >= 0),
    add column if not exists boys double precision check (boys >= 0 and abs(girls + boys - children) < 0.01),
    add column if not exists band_from integer check (band_from <= age),
    add column if not exists band_to integer check (band_to >= age);
comment on column public.population.band_from is
    'Where the source counts a band of ages, its first one: only whole bands are its own figures, what an even spread gives is an estimate.';

create table if not exists public.population_in_force (
    year integer primary key check (year between 1900 and 2200),
    source text not null references public.population_source
);
comment on table public.population_in_force is 'Whose figures are the denominators of a year; of a year that is not here, the estimate.';

create table if not exists public.population_in_force_change (
    id bigint generated always as identity primary key,
    year integer not null,
    source text references public.population_source,
    changed_at timestamptz not null,
    changed_by uuid
);
comment on table public.population_in_force_change is 'Who put which figures in force (none: back to the estimate), and when; nobody changes this.';
-- Carried along: official figures from before there was a choice were the denominators of their years.
insert into public.population_in_force (year, source)
select distinct on (p.year) p.year, p.source
from public.population p
join public.population_source s on s.source = p.source and not s.is_estimate and s.imported_at is null
where not exists (select from public.population_in_force_change c where c.year = p.year)
order by p.year, p.source
on conflict do nothing;
insert into public.population_in_force_change (year, source, changed_at)
select f.year, f.source, now()
from public.population_in_force f
where not exists (select from public.population_in_force_change c where c.year = f.year);

create or replace view public.denominator_source with (security_invoker = true) as
    select s.source, s.title, s.is_estimate,
           array(select f.year from public.population_in_force f where f.source = s.source order by f.year) as in_force
    from public.population_source s;

create or replace view public.population_total with (security_invoker = true) as
    select p.source, p.year, p.age, sum(p.children) as children, count(*)::integer as communes
    from public.population p
    group by p.source, p.year, p.age;

create table if not exists public.boundary_set (
    id uuid primary key default gen_random_uuid(),
    title text not null,
    published_by text not null,
    file_name text,
    file_sha256 text check (file_sha256 ~ '^[0-9a-f]{64}$'),
    imported_at timestamptz not null,
    imported_by uuid,
    in_force boolean not null default false,
    geojson jsonb not null
);
comment on table public.boundary_set is 'Official boundaries of all communes; an import is never changed; none in force: the approximate cells are.';
create unique index if not exists boundary_set_in_force on public.boundary_set (in_force) where in_force;

create table if not exists public.boundary_set_change (
    id bigint generated always as identity primary key,
    boundary_set uuid references public.boundary_set,
    changed_at timestamptz not null,
    changed_by uuid
);
comment on table public.boundary_set_change is
    'Who put which boundaries in force (none: back to the approximate cells), and when; nobody changes this.';

create table if not exists public.indicator (
    id integer primary key,
    min_age integer not null,
    max_age integer not null,
    check (min_age between 0 and max_age)
);
comment on table public.indicator is 'Ages in completed years that each indicator counts; its name and targets are data of the application.';
insert into public.indicator (id, min_age, max_age) values (22, 7, 15), (23, 7, 15), (24, 11, 15)
on conflict (id) do nothing;

create table if not exists public.data_token (
    id uuid primary key default gen_random_uuid(),
    label text not null check (length(trim(label)) between 1 and 100),
    token_hash text not null unique check (token_hash ~ '^[0-9a-f]{64}$'),
    created_at timestamptz not null default now(),
    created_by uuid not null,
    last_used_on date,
    revoked_at timestamptz,
    revoked_by uuid
);
comment on table public.data_token is
    'Who outside may read the figures over HTTP; the token itself is nowhere, it was shown once to whoever made it.';

create table if not exists public.card_animal (
    position integer primary key check (position between 0 and 99),
    code text not null unique check (code ~ '^[A-Z]{2,8}$'),
    emoji text not null,
    vi text not null,
    km text not null,
    en text not null
);

create table if not exists public.school (
    id uuid primary key default gen_random_uuid(),
    commune_code text not null,
    name text not null check (length(trim(name)) between 1 and 200),
    kind text not null check (kind in ('primary', 'lower_secondary', 'primary_and_lower_secondary', 'other')),
    unique (commune_code, name)
);

create table if not exists public.staff (
    id uuid primary key references auth.users (id) on delete cascade,
    name text not null,
    role text not null check (role in ('facilitator', 'officer', 'reviewer', 'protection_officer', 'administrator')),
    commune_code text,
    school_id uuid references public.school,
    active boolean not null default true
);
comment on column public.staff.commune_code is 'The commune a facilitator or an officer works in; empty: any commune.';
do $$
begin
    if not exists (
        select from pg_constraint
        where conrelid = 'public.staff'::regclass and contype = 'c' and pg_get_constraintdef(oid) like '%officer''::text%reviewer%'
    ) then
        alter table public.staff drop constraint if exists staff_role_check;
        alter table public.staff add constraint staff_role_check
            check (role in ('facilitator', 'officer', 'reviewer', 'protection_officer', 'administrator'));
    end if;
end
$$;

create table if not exists public.participant (
    id uuid primary key default gen_random_uuid(),
    commune_code text not null,
    card text not null check (card ~ '^[A-Z]{2,8}[0-9]{4}$'),
    school_id uuid references public.school,
    birth_year integer not null check (birth_year between 1990 and 2100),
    birth_month integer check (birth_month between 1 and 12),
    sex text check (sex in ('female', 'male')),
    created_at timestamptz not null default now(),
    unique (commune_code, card)
);
comment on table public.participant is 'A child known by a printed card alone; never a name, an address or a day of birth.';

create table if not exists public.former_card (
    commune_code text not null,
    card text not null,
    participant_id uuid not null references public.participant,
    until timestamptz not null,
    reason text not null check (reason in ('lost', 'moved')),
    primary key (commune_code, card)
);
comment on table public.former_card is
    'Cards that a child held before: what was answered with one until then is hers; nobody else is ever given it.';
create index if not exists former_card_child on public.former_card (participant_id);

create table if not exists public.participant_group (
    participant_id uuid primary key references public.participant on delete cascade,
    ethnicity text check (ethnicity in ('kinh', 'khmer', 'hoa', 'other')),
    disability boolean,
    household text check (household in ('poor', 'near_poor', 'other'))
);
comment on table public.participant_group is
    'Sensitive groups a child belongs to, kept only where the setting group_fields allows; nobody reads single rows.';

create table if not exists public.roster (
    id uuid primary key default gen_random_uuid(),
    commune_code text not null,
    school_id uuid references public.school,
    name text not null check (length(trim(name)) between 1 and 60),
    created_by uuid references public.staff,
    created_at timestamptz not null default now(),
    deleted_at timestamptz
);
comment on table public.roster is 'A set of cards that are used together, such as a class.';
create unique index if not exists roster_of_school on public.roster (school_id, lower(name)) where deleted_at is null;
create index if not exists roster_owner on public.roster (created_by);

create table if not exists public.roster_card (
    roster_id uuid not null references public.roster on delete cascade,
    participant_id uuid not null references public.participant,
    joined_at timestamptz not null default clock_timestamp(),
    left_at timestamptz,
    primary key (roster_id, participant_id, joined_at),
    check (left_at is null or left_at >= joined_at)
);
comment on table public.roster_card is 'Which card is, or was, of which roster; a card is of one roster at a time.';
create unique index if not exists roster_card_now on public.roster_card (participant_id) where left_at is null;

-- Questionnaires and consultations

create table if not exists public.questionnaire (
    id text not null,
    version text not null,
    title jsonb not null,
    definition jsonb not null,
    min_age integer,
    max_age integer,
    added_at timestamptz not null default now(),
    primary key (id, version)
);

create table if not exists public.consultation (
    id uuid primary key default gen_random_uuid(),
    join_code text not null unique check (join_code ~ '^[0-9]{6}$'),
    kind text not null default 'consultation' check (kind in ('consultation', 'community_survey', 'before_after')),
    title text not null check (length(trim(title)) between 1 and 200),
    commune_code text not null,
    school_id uuid references public.school,
    held_on date not null,
    questionnaire_id text not null,
    questionnaire_version text not null,
    min_age integer not null,
    max_age integer not null,
    expected integer not null check (expected between 1 and 10000),
    status text not null default 'draft' check (status in ('draft', 'open', 'closed')),
    opened_at timestamptz,
    closed_at timestamptz,
    principles text[] not null default '{}',
    counted boolean not null default false,
    created_by uuid references public.staff,
    created_at timestamptz not null default now(),
    foreign key (questionnaire_id, questionnaire_version) references public.questionnaire (id, version),
    check (min_age between 3 and max_age and max_age <= 120),
    check (principles <@ array['voluntary', 'informed', 'age_suited', 'safe_private', 'trained_facilitator', 'feedback_planned']),
    check ((status = 'draft') = (opened_at is null)),
    check ((status = 'closed') = (closed_at is not null))
);
comment on column public.consultation.principles is 'Article 2 of Circular 36/2018/TT-BLĐTBXH; all six are needed for the consultation to count.';
comment on column public.consultation.counted is 'Principles complete and guardian consent recorded: it counts for indicator 22.';
alter table public.consultation
    add column if not exists form text not null default 'questionnaire'
        check (form in ('questionnaire', 'forum', 'talk', 'telephone', 'online', 'other')),
    add column if not exists roster_id uuid references public.roster,
    add column if not exists headcount integer not null default 0 check (headcount between 0 and 10000),
    add column if not exists published_at timestamptz,
    add column if not exists deleted_at timestamptz;
comment on column public.consultation.form is
    'How opinions are collected (Circular 36/2018/TT-BLĐTBXH, article 5); without a questionnaire the facilitator records who took part and what they said.';
comment on column public.consultation.headcount is 'Children without a card who took part by word, not by a questionnaire.';
comment on column public.consultation.published_at is 'Since when children can read the answers to it (step 4).';
do $$
begin
    if exists (
        select from pg_attribute
        where attrelid = 'public.consultation'::regclass and attname = 'questionnaire_id' and attnotnull
    ) then
        alter table public.consultation alter column questionnaire_id drop not null, alter column questionnaire_version drop not null;
        alter table public.consultation add constraint consultation_asks check (
            (form in ('forum', 'talk', 'telephone', 'other') or questionnaire_id is not null)
            and (questionnaire_id is null) = (questionnaire_version is null));
    end if;
end
$$;
do $$
begin
    if not exists (
        select from pg_constraint
        where conrelid = 'public.consultation'::regclass and contype = 'c' and pg_get_constraintdef(oid) like '%before_after%'
    ) then
        alter table public.consultation drop constraint if exists consultation_kind_check;
        alter table public.consultation add constraint consultation_kind_check
            check (kind in ('consultation', 'community_survey', 'before_after'));
    end if;
end
$$;
create index if not exists consultation_place on public.consultation (commune_code, held_on);
create index if not exists consultation_owner on public.consultation (created_by);
create index if not exists consultation_school on public.consultation (school_id);

create table if not exists public.questionnaire_media (
    questionnaire_id text not null,
    version text not null,
    file text not null check (length(file) between 1 and 200),
    stored_as text not null check (stored_as ~ '^[0-9a-f]{32}[.][a-z0-9]{2,4}$'),
    primary key (questionnaire_id, version, file),
    foreign key (questionnaire_id, version) references public.questionnaire (id, version) on delete cascade
);
comment on table public.questionnaire_media is 'Pictures and sounds that came with a form: their names in it, and where they are in the bucket media.';

create table if not exists public.recording (
    questionnaire_id text not null,
    questionnaire_version text not null,
    language text not null check (language ~ '^[a-z]{2,3}$'),
    place text not null check (place ~ '^(question:[^/]+|choice:[^/]+/.+)$' and length(place) <= 300),
    stored_as text not null check (stored_as ~ '^[0-9a-f]{32}[.][a-z0-9]{2,4}$'),
    recorded_at timestamptz not null,
    recorded_by uuid references public.staff on delete set null,
    primary key (questionnaire_id, questionnaire_version, language, place),
    foreign key (questionnaire_id, questionnaire_version) references public.questionnaire (id, version) on delete cascade
);
comment on table public.recording is 'What staff have read aloud: question:<name> or choice:<list>/<name>; it wins over the form''s own sound.';

create table if not exists public.guardian_consent (
    consultation_id uuid not null references public.consultation on delete cascade,
    version integer not null,
    method text not null check (method in ('letter', 'meeting', 'telephone', 'other')),
    obtained_on date not null,
    guardians integer not null check (guardians >= 1),
    recorded_by uuid references public.staff,
    recorded_at timestamptz not null default now(),
    primary key (consultation_id, version)
);
comment on table public.guardian_consent is 'How guardians agreed, per consultation; a correction is a new version.';

-- Answers, apart from who gave them

create table if not exists public.submission (
    id uuid primary key,
    consultation_id uuid not null references public.consultation,
    questionnaire_id text not null,
    questionnaire_version text not null,
    language text not null,
    answers jsonb not null,
    content_hash bytea,
    status text not null check (status in ('accepted', 'review', 'withdrawn')),
    late boolean not null default false,
    problems jsonb not null default '[]',
    card_state text not null check (card_state in ('none', 'known', 'unknown')),
    assent_version integer not null,
    receipt_hash bytea not null,
    device_id uuid,
    started_at timestamptz,
    finished_at timestamptz,
    sent_at timestamptz,
    answered_at timestamptz not null,
    received_at timestamptz not null,
    received_number bigint generated always as identity
);
comment on column public.submission.finished_at is 'By the tablet''s clock, as are started_at and sent_at.';
comment on column public.submission.answered_at is 'finished_at moved by what the tablet''s clock was off when it sent (received_at − sent_at).';
alter table public.submission
    add column if not exists entered_from text not null default 'tablet' check (entered_from in ('tablet', 'paper'));
comment on column public.submission.entered_from is
    'paper: a child wrote on paper and a facilitator entered it; started_at and finished_at are then the times of entering.';
create index if not exists submission_from_paper on public.submission (consultation_id) where entered_from = 'paper';
create index if not exists submission_consultation on public.submission (consultation_id);
create index if not exists submission_receipt on public.submission (receipt_hash);

create table if not exists public.consultation_participant (
    consultation_id uuid not null references public.consultation,
    participant_id uuid not null references public.participant,
    submission_id uuid not null unique references public.submission,
    primary key (consultation_id, participant_id)
);
comment on table public.consultation_participant is
    'Which card took part; kept apart from the answers, under policies of its own. Without a submission: by word, as the facilitator recorded.';
do $$
begin
    if exists (
        select from pg_attribute
        where attrelid = 'public.consultation_participant'::regclass and attname = 'submission_id' and attnotnull
    ) then
        alter table public.consultation_participant alter column submission_id drop not null;
    end if;
end
$$;
alter table public.consultation_participant add column if not exists by_word boolean not null default false;
update public.consultation_participant set by_word = true where submission_id is null and not by_word;
comment on column public.consultation_participant.by_word is
    'The facilitator recorded her; she stays a participant whatever becomes of a questionnaire that she answered, too.';
create index if not exists consultation_participant_child on public.consultation_participant (participant_id);

create table if not exists public.attachment (
    name text primary key check (name ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}[.](webm|ogg|mp4|m4a|mp3|png|webp|jpg)$'),
    submission_id uuid not null references public.submission on delete cascade,
    consultation_id uuid not null references public.consultation on delete cascade,
    question text not null,
    media_type text not null check (media_type in (
        'audio/webm', 'audio/ogg', 'audio/mp4', 'audio/mpeg', 'image/png', 'image/webp', 'image/jpeg')),
    size integer not null check (size between 1 and case when media_type like 'image/%' then 1048576 else 3145728 end),
    sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
    state text not null default 'expected' check (state in ('expected', 'stored')),
    stored_at timestamptz,
    check ((state = 'stored') = (stored_at is not null))
);
comment on table public.attachment is 'Drawings, photos and voices that answers name; the files are in the bucket attachment.';
create index if not exists attachment_submission on public.attachment (submission_id);
create index if not exists attachment_consultation on public.attachment (consultation_id);

create table if not exists private.upload (
    name text primary key references public.attachment on delete cascade,
    received integer not null,
    verified_at timestamptz
);
comment on table private.upload is 'Attachments on their way: what has come, and since when all of it has and is what was announced.';

create table if not exists private.upload_part (
    name text not null references private.upload on delete cascade,
    position integer not null,
    content bytea not null,
    primary key (name, position)
);
do $$
begin
    -- Pictures and sounds are compressed already. Altered once: a table in use is not locked for nothing.
    if exists (
        select from pg_attribute where attrelid = 'private.upload_part'::regclass and attname = 'content' and attstorage <> 'e'
    ) then
        alter table private.upload_part alter column content set storage external;
    end if;
end
$$;

create table if not exists private.erasure (
    name text primary key,
    asked_at timestamptz not null,
    erased_at timestamptz
);
comment on table private.erasure is 'Files of withdrawn attachments; looked for once more later, in case one was just being stored.';

create table if not exists public.presence (
    consultation_id uuid not null references public.consultation on delete cascade,
    device_id uuid not null,
    begun integer not null,
    answering boolean not null,
    question integer,
    question_count integer,
    sent integer not null,
    waiting integer not null,
    seen_at timestamptz not null,
    primary key (consultation_id, device_id)
);
comment on table public.presence is 'What each tablet last said of itself while a consultation runs.';

create table if not exists public.presence_card (
    consultation_id uuid not null references public.consultation on delete cascade,
    card text not null check (card ~ '^[A-Z]{2,8}[0-9]{4}$'),
    device_id uuid not null,
    state text not null check (state in ('joined', 'answering', 'waiting', 'left')),
    question integer,
    question_count integer,
    seen_at timestamptz not null,
    primary key (consultation_id, card)
);
comment on table public.presence_card is 'What a tablet last said of the card that is answering on it; waiting: done, and not sent yet.';

-- Activities

create table if not exists public.activity (
    id uuid primary key default gen_random_uuid(),
    kind text not null check (kind in (
        'awareness_session', 'children_council', 'children_forum', 'club', 'school_dialogue', 'family_group', 'other_model')),
    title text not null check (length(trim(title)) between 1 and 200),
    commune_code text not null,
    school_id uuid references public.school,
    roster_id uuid references public.roster,
    held_on date not null,
    min_age integer not null,
    max_age integer not null,
    planned integer check (planned between 1 and 10000),
    plan text not null default '',
    evidence text not null default '',
    headcount integer not null default 0 check (headcount between 0 and 10000),
    state text not null default 'planned' check (state in ('planned', 'held')),
    before_id uuid references public.consultation,
    after_id uuid references public.consultation,
    created_by uuid references public.staff,
    created_at timestamptz not null default now(),
    deleted_at timestamptz,
    check (min_age between 3 and max_age and max_age <= 120)
);
comment on table public.activity is 'Awareness sessions (indicator 23) and participation models (indicator 24); they count once they are held.';
comment on column public.activity.headcount is 'Children who attended without a card.';
create index if not exists activity_place on public.activity (commune_code, held_on);
create index if not exists activity_owner on public.activity (created_by);
create index if not exists activity_school on public.activity (school_id);

create table if not exists public.attendance (
    activity_id uuid not null references public.activity on delete cascade,
    participant_id uuid not null references public.participant,
    recorded_at timestamptz not null default clock_timestamp(),
    recorded_by uuid references public.staff,
    primary key (activity_id, participant_id)
);
create index if not exists attendance_child on public.attendance (participant_id);

-- What children said, and what is done about it

create table if not exists public.petition (
    id uuid primary key default gen_random_uuid(),
    commune_code text not null,
    school_id uuid references public.school,
    received_on date not null,
    raised_by text not null check (raised_by in ('child', 'children', 'parent', 'guardian', 'other')),
    channel text not null check (channel in ('in_person', 'telephone', 'letter', 'online', 'box', 'other')),
    request text not null check (length(trim(request)) between 1 and 4000),
    state text not null default 'registered' check (state in ('registered', 'assigned', 'answered', 'closed')),
    assigned_to text,
    due_on date,
    answer text,
    answered_on date,
    closed_on date,
    created_by uuid references public.staff,
    created_at timestamptz not null default now(),
    deleted_at timestamptz
);
comment on table public.petition is
    'Opinions and requests that came outside a consultation (Decision 2221/QĐ-UBND, section II.6a); without names.';
create index if not exists petition_place on public.petition (commune_code, received_on);

create table if not exists public.opinion (
    id uuid primary key default gen_random_uuid(),
    consultation_id uuid not null references public.consultation on delete cascade,
    submission_id uuid references public.submission on delete cascade,
    question text,
    said text not null,
    shown text,
    state text not null default 'unread' check (state in ('unread', 'released', 'withheld')),
    read_by uuid references public.staff,
    read_at timestamptz,
    created_at timestamptz not null default clock_timestamp(),
    check ((state = 'unread') = (read_at is null)),
    check (state <> 'released' or shown is not null)
);
comment on table public.opinion is
    'What children said in their own words: written in a submission, or recorded by the facilitator (no submission). shown: what was '
    'released of it. An id says nothing about the child.';
create index if not exists opinion_consultation on public.opinion (consultation_id);
create index if not exists opinion_submission on public.opinion (submission_id);

create table if not exists public.theme (
    id uuid primary key default gen_random_uuid(),
    consultation_id uuid not null references public.consultation on delete cascade,
    name jsonb not null,
    said jsonb not null default '{}',
    position integer not null default 0,
    created_by uuid references public.staff,
    created_at timestamptz not null default now(),
    deleted_at timestamptz
);
comment on table public.theme is 'What several opinions of a consultation are about; name and said (a summary) by language, Vietnamese always.';
create index if not exists theme_consultation on public.theme (consultation_id);

create table if not exists public.opinion_theme (
    opinion_id uuid not null references public.opinion on delete cascade,
    theme_id uuid not null references public.theme on delete cascade,
    primary key (opinion_id, theme_id)
);
create index if not exists opinion_theme_theme on public.opinion_theme (theme_id);

create table if not exists public.commitment (
    id uuid primary key default gen_random_uuid(),
    consultation_id uuid references public.consultation on delete cascade,
    theme_id uuid references public.theme on delete cascade,
    petition_id uuid references public.petition on delete cascade,
    commune_code text not null,
    school_id uuid references public.school,
    body text not null check (length(trim(body)) between 1 and 200),
    answer jsonb not null,
    promise jsonb not null default '{}',
    outcome jsonb not null default '{}',
    due_on date,
    status text not null default 'planned' check (status in ('planned', 'under_way', 'done', 'declined')),
    created_by uuid references public.staff,
    created_at timestamptz not null default now(),
    changed_at timestamptz not null default clock_timestamp(),
    deleted_at timestamptz,
    check ((theme_id is null) <> (petition_id is null)),
    check ((theme_id is null) = (consultation_id is null)),
    check (status not in ('planned', 'under_way') or due_on is not null)
);
comment on table public.commitment is
    'Which body answers what children said (answer), what it will do (promise) by when, and what came of it (outcome); texts by language, Vietnamese always.';
create index if not exists commitment_consultation on public.commitment (consultation_id);
create index if not exists commitment_due on public.commitment (due_on) where status in ('planned', 'under_way') and deleted_at is null;

create table if not exists public.feedback_rating (
    commitment_id uuid not null references public.commitment on delete cascade,
    rater bytea not null,
    rating smallint not null check (rating between 1 and 3),
    rated_at timestamptz not null default clock_timestamp(),
    primary key (commitment_id, rater)
);
comment on table public.feedback_rating is
    'Whether a child finds the answer good (3), so-so (2) or not good (1); rater is a digest of her receipt or of her tablet''s id.';

create table if not exists public.alert (
    id uuid primary key default gen_random_uuid(),
    consultation_id uuid references public.consultation on delete cascade,
    petition_id uuid references public.petition on delete cascade,
    submission_id uuid references public.submission on delete cascade,
    opinion_id uuid references public.opinion on delete cascade,
    question text,
    words text[] not null default '{}',
    raised_at timestamptz not null default clock_timestamp(),
    raised_by uuid references public.staff,
    state text not null default 'new' check (state in ('new', 'seen', 'handled', 'no_concern')),
    note text not null default '',
    decided_by uuid references public.staff,
    decided_at timestamptz
);
comment on table public.alert is
    'Words of a child that may tell of harm; for the protection officer alone. raised_by is empty when words gave rise to it.';
create index if not exists alert_consultation on public.alert (consultation_id);
create index if not exists alert_submission on public.alert (submission_id);

create table if not exists public.deletion (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('consultation', 'activity', 'roster', 'theme', 'commitment', 'petition')),
    item uuid not null,
    title text not null,
    commune_code text,
    school_id uuid,
    owner uuid,
    deleted_at timestamptz not null default clock_timestamp(),
    deleted_by uuid,
    restored_at timestamptz,
    restored_by uuid,
    purged_at timestamptz
);
comment on table public.deletion is 'What was deleted by whom, and brought back by whom; after 30 days it is gone. Nobody changes this log.';
alter table public.deletion
    add column if not exists by_role text,
    add column if not exists of_petition boolean not null default false;
create index if not exists deletion_item on public.deletion (item);

-- Counts, kept as answers arrive so that reading the map costs the number of communes

create table if not exists public.consultation_tally (
    consultation_id uuid primary key references public.consultation on delete cascade,
    received integer not null default 0,
    accepted integer not null default 0,
    in_review integer not null default 0,
    late integer not null default 0,
    carded_certain integer not null default 0,
    carded_possible integer not null default 0,
    uncarded integer not null default 0
);
comment on table public.consultation_tally is 'received: all but withdrawn; carded_*: distinct children surely or possibly of indicator 22''s ages.';

create table if not exists private.participation (
    indicator integer not null,
    area_code text not null,
    year integer not null,
    participant_id uuid not null references public.participant,
    certain boolean not null,
    primary key (indicator, year, area_code, participant_id)
);
comment on table private.participation is 'One row a child, indicator, year and area (her commune, and 84: the whole former province).';
create index if not exists participation_child on private.participation (participant_id);

create table if not exists private.participation_tally (
    indicator integer not null,
    area_code text not null,
    year integer not null,
    certain integer not null default 0,
    possible integer not null default 0,
    primary key (indicator, area_code, year)
);

create table if not exists private.area_tally (
    indicator integer not null,
    commune_code text not null,
    year integer not null,
    largest_certain integer not null default 0,
    uncarded_possible integer not null default 0,
    consultations integer not null default 0,
    consultations_not_counted integer not null default 0,
    primary key (indicator, commune_code, year)
);
comment on table private.area_tally is
    'What a commune''s consultations (indicator 22) or activities (23, 24) of a year come to, kept as they change; see participation_count.';

create table if not exists private.activity_tally (
    activity_id uuid primary key references public.activity on delete cascade,
    carded_certain integer not null,
    carded_possible integer not null
);
comment on table private.activity_tally is 'Children with a card at an activity who are surely or possibly of its indicator''s ages.';

-- Who is asking

create or replace function private.staff_role() returns text
language sql stable security definer set search_path = '' as $$
    select role from public.staff where id = (select auth.uid()) and active
$$;

create or replace function private.asker() returns setof public.staff
language sql stable security definer rows 1 set search_path = '' as $$
    select * from public.staff where id = (select auth.uid()) and active
$$;
comment on function private.asker is 'The asker''s own row; none for whoever is not of the staff.';

create or replace function private.sees_consultation(owner uuid, at_school uuid, commune text) returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (
        select from public.staff s
        where s.id = (select auth.uid()) and s.active
          and (s.role in ('administrator', 'reviewer', 'protection_officer') or s.id = owner or s.school_id = at_school
               or (s.role = 'officer' and (s.commune_code is null or s.commune_code = commune)))
    )
$$;

create or replace function private.works_with(owner uuid, at_school uuid, commune text) returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (
        select from public.staff s
        where s.id = (select auth.uid()) and s.active
          and (s.role = 'administrator'
               or (s.role = 'officer' and (s.commune_code is null or s.commune_code = commune))
               or (s.role = 'facilitator' and (s.id = owner or s.school_id = at_school)))
    )
$$;
comment on function private.works_with is
    'Whether the asker may change what belongs to this member of staff, school and commune: a facilitator her own and her school''s, an '
    'officer all of the commune, or of all communes.';

create or replace function private.works_in(commune text) returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (
        select from public.staff s
        where s.id = (select auth.uid()) and s.active
          and (s.role = 'administrator'
               or (s.role in ('facilitator', 'officer') and (s.commune_code is null or s.commune_code = commune)))
    )
$$;
comment on function private.works_in is 'Whether the asker may begin something in this commune.';

create or replace function private.runs_consultation(consultation uuid) returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (
        select from public.staff s, public.consultation c
        where c.id = consultation and c.deleted_at is null and s.id = (select auth.uid()) and s.active
          and (s.role = 'administrator' or (s.role in ('facilitator', 'officer') and (s.id = c.created_by or s.school_id = c.school_id)))
    )
$$;

create or replace function private.works_with_deleted(kind text, of_petition boolean, owner uuid, at_school uuid, commune text) returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (
        select from public.staff s
        where s.id = (select auth.uid()) and s.active
          and case
              when of_petition then s.role in ('facilitator', 'officer') and private.works_with(owner, at_school, commune)
              when kind = 'consultation' then s.role = 'administrator'
                  or (s.role in ('facilitator', 'officer') and (s.id = owner or s.school_id = at_school))
              else private.works_with(owner, at_school, commune) end)
$$;
comment on function private.works_with_deleted is 'Whether the asker might bring this back: whoever might work with it before it was deleted.';

create or replace function private.reads_texts(consultation uuid) returns boolean
language sql stable security definer set search_path = '' as $$
    select private.runs_consultation(consultation) and private.staff_role() in ('facilitator', 'officer')
$$;
comment on function private.reads_texts is
    'Whether the asker reads what children wrote in their own words: who runs the consultation, not who administers the instance.';

create or replace function private.suppression_threshold() returns integer
language sql stable security definer set search_path = '' as $$
    select coalesce((select (value #>> '{}')::integer from public.setting where name = 'suppression_threshold'), 5)
$$;

create or replace function private.require(allowed boolean) returns void
language plpgsql set search_path = '' as $$
begin
    if allowed is not true then
        raise insufficient_privilege using message = 'not_allowed';
    end if;
end
$$;

create or replace function private.refuse(reason text) returns void
language plpgsql set search_path = '' as $$
begin
    raise invalid_parameter_value using message = reason;
end
$$;
comment on function private.refuse is 'Stops with a reason code that the message catalogue words.';

-- Places

create or replace function public.heirs(code text, on_date date) returns table (commune text)
language sql stable set search_path = '' as $$
    with recursive chain as (
        select * from (
            select u.code, u.valid_to
            from public.unit u
            where u.code = heirs.code and u.valid_from <= on_date
            order by (u.valid_to is null or u.valid_to >= on_date) desc, u.valid_from desc
            limit 1
        ) asked
        union
        select heir.code, heir.valid_to
        from chain
        join public.unit_succession s on s.old_code = chain.code and s.old_valid_to = chain.valid_to
        cross join lateral (
            select u.code, u.valid_to from public.unit u
            where u.code = s.new_code and u.valid_from > chain.valid_to
            order by u.valid_from limit 1
        ) heir
    )
    select chain.code from chain where valid_to is null order by 1
$$;
comment on function public.heirs is
    'The communes in force today that hold ground of the unit which bore the code on that day; several where it was split. A code no longer '
    'in force that day means the last unit that bore it.';

create or replace function public.resolve(code text, on_date date) returns text
language sql stable set search_path = '' as $$
    select min(h.commune) from public.heirs(code, on_date) h having count(*) = 1
$$;
comment on function public.resolve is
    'The commune in force today that holds the whole unit which bore the code on that day; a code no longer in force that day '
    'means the last unit that bore it; null when no unit ever did, and when its ground is of several communes today.';

create or replace function public.resolve_codes(codes text[], days text[])
returns table (code text, day date, commune text)
language sql stable set search_path = '' as $$
    select asked.code, asked.day::date, public.resolve(asked.code, asked.day::date)
    from unnest(codes, days) as asked (code, day)
$$;
comment on function public.resolve_codes is 'As resolve, for many codes at once: the first code on the first day, and so on.';

-- What took place keeps the code under which it was noted, for its own day's unit; it is counted where that unit is today.
alter table public.consultation
    add column if not exists unit_from date,
    add column if not exists area_code text;
comment on column public.consultation.unit_from is 'With commune_code, the unit in which it was noted: in force when it was entered.';
comment on column public.consultation.area_code is 'The commune of today that holds that unit; empty where it was split.';
alter table public.activity
    add column if not exists unit_from date,
    add column if not exists area_code text;
comment on column public.activity.unit_from is 'With commune_code, the unit in which it was noted: in force when it was entered.';
comment on column public.activity.area_code is 'The commune of today that holds that unit; empty where it was split.';

create or replace function private.place_in_unit() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    if tg_op = 'UPDATE' and new.commune_code = old.commune_code and old.unit_from is not null then return new; end if;
    -- Only communes of today are offered where something is entered, also for a day before they were.
    select u.valid_from, u.code into new.unit_from, new.area_code
    from public.unit u where u.code = new.commune_code and u.valid_to is null;
    if not found then
        select u.valid_from into new.unit_from from public.unit u
        where u.code = new.commune_code and u.valid_from <= new.held_on
        order by u.valid_to >= new.held_on desc, u.valid_from desc limit 1;
        new.area_code := case when found then public.resolve(new.commune_code, new.held_on) else new.commune_code end;
        new.unit_from := coalesce(new.unit_from, '0001-01-01');
    end if;
    return new;
end
$$;
drop trigger if exists consultation_placed on public.consultation;
create trigger consultation_placed before insert or update of commune_code on public.consultation
    for each row execute function private.place_in_unit();
drop trigger if exists activity_placed on public.activity;
create trigger activity_placed before insert or update of commune_code on public.activity
    for each row execute function private.place_in_unit();
update public.consultation set commune_code = commune_code where unit_from is null;
update public.activity set commune_code = commune_code where unit_from is null;
create index if not exists consultation_area on public.consultation (area_code, held_on);
create index if not exists activity_area on public.activity (area_code, held_on);

-- Reorganisations

create table if not exists private.unit_change_row (
    change_id uuid not null references public.unit_change,
    old_code text,
    old_from date,
    last_day date,
    new_code text not null,
    first_day date not null,
    name text not null,
    kind text not null,
    lat double precision,
    lon double precision,
    area_km2 double precision
);
comment on table private.unit_change_row is 'The successions of a reorganisation; without an old unit: of a new province.';

create or replace function public.units_touched(codes text[]) returns table (kind text, quantity integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
    perform private.require(private.staff_role() = 'administrator');
    return query
        select 'consultation', count(*)::integer from public.consultation c where c.area_code = any (codes) and c.deleted_at is null
        union all
        select 'activity', count(*)::integer from public.activity a where a.area_code = any (codes) and a.deleted_at is null
        union all
        select 'participant', count(*)::integer from public.participant p where p.commune_code = any (codes)
        union all
        select 'school', count(*)::integer from public.school s where s.commune_code = any (codes)
        union all
        select 'staff', count(*)::integer from public.staff m where m.commune_code = any (codes);
end
$$;
comment on function public.units_touched is 'What stands in these communes of today, and would go along where they are reorganised.';

create or replace function private.check_units(change uuid) returns void
language plpgsql stable security definer set search_path = '' as $$
begin
    if not exists (select from private.unit_change_row r where r.change_id = change) then perform private.refuse('units_empty'); end if;
    if exists (select from private.unit_change_row r where r.change_id = change and r.first_day > (now() at time zone 'Asia/Ho_Chi_Minh')::date) then
        perform private.refuse('units_in_future');
    end if;
    if exists (
        select from private.unit_change_row r
        where r.change_id = change and (
            r.new_code !~ '^[0-9]{5}$' or length(trim(r.name)) not between 1 and 100 or length(trim(r.kind)) not between 1 and 30
            or (r.old_code is null) <> (r.last_day is null)
            or (r.old_code is not null and (r.old_from is null or r.old_from > r.last_day or r.first_day <= r.last_day)))
    ) or exists (
        select from private.unit_change_row r where r.change_id = change
        group by r.new_code having count(distinct (r.first_day, r.name, r.kind)) > 1 or count(distinct coalesce(r.old_code, '')) < count(*)
    ) or exists (
        select from private.unit_change_row r where r.change_id = change and r.old_code is not null
        group by r.old_code having count(distinct r.last_day) > 1
    ) or exists (
        -- In force twice on a day.
        select from private.unit_change_row r
        join public.unit u on u.code = r.new_code
        left join private.unit_change_row ended on ended.change_id = change and ended.old_code = u.code and ended.old_from = u.valid_from
        where r.change_id = change and coalesce(u.valid_to, ended.last_day, 'infinity') >= r.first_day
    ) then
        perform private.refuse('units_wrong');
    end if;
end
$$;

create or replace function private.unit_moves(change uuid) returns table (code text, heir text, whole boolean)
language sql stable security definer set search_path = '' as $$
    select r.old_code,
           case when count(*) = 1 then min(r.new_code) when bool_or(r.new_code = r.old_code) then r.old_code end,
           count(*) = 1
    from private.unit_change_row r where r.change_id = change and r.old_code is not null group by r.old_code
$$;
comment on function private.unit_moves is
    'By ended unit, the one to which its schools, staff and cards go: its only heir; of a split unit, the part that keeps the code, else none.';

create or replace function private.move_cards_along(change uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    child record;
begin
    insert into private.unit_change_item (change_id, kind, item)
    select change, 'former_card', to_jsonb(f) from public.former_card f
    where f.commune_code in (select m.code from private.unit_moves(change) m);
    insert into private.unit_change_item (change_id, kind, item)
    select change, 'participant', jsonb_build_object('id', p.id, 'commune_code', p.commune_code, 'card', p.card)
    from public.participant p where p.commune_code in (select m.code from private.unit_moves(change) m);

    -- Through codes that no unit bears, so that no card meets another of the same number on the way.
    update public.participant p set commune_code = '>' || ranked.heir
    from (
        select k.id, m.heir, row_number() over (partition by m.heir, k.card order by k.commune_code <> m.heir, k.commune_code) as place
        from public.participant k join private.unit_moves(change) m on m.code = k.commune_code
        where m.heir is not null
    ) ranked
    where p.id = ranked.id and ranked.place = 1;
    update public.participant p set commune_code = '!' || m.heir || '!' || p.commune_code
    from private.unit_moves(change) m where m.code = p.commune_code and m.heir is not null;
    update public.participant p set commune_code = substr(p.commune_code, 2) where p.commune_code like '>%';
    update public.former_card f set commune_code = '>' || free.heir
    from (
        select distinct on (m.heir, k.card) k.commune_code, k.card, m.heir
        from public.former_card k join private.unit_moves(change) m on m.code = k.commune_code
        where m.heir is not null
          and not exists (select from public.participant p where p.commune_code = m.heir and p.card = k.card)
        order by m.heir, k.card, k.commune_code <> m.heir, k.commune_code
    ) free
    where (f.commune_code, f.card) = (free.commune_code, free.card);
    delete from public.former_card f using private.unit_moves(change) m
    where f.commune_code = m.code and m.code in (select n.new_code from private.unit_change_row n where n.change_id = change);
    update public.former_card f set commune_code = substr(f.commune_code, 2) where f.commune_code like '>%';
    for child in select p.id, p.card, split_part(p.commune_code, '!', 2) as heir, split_part(p.commune_code, '!', 3) as was
                 from public.participant p where p.commune_code like '!%' order by p.id loop
        insert into public.former_card (commune_code, card, participant_id, until, reason)
        values (child.was, child.card, child.id, now(), 'moved') on conflict do nothing;
        update public.participant p set commune_code = child.heir, card = private.draw_card(child.heir) where p.id = child.id;
    end loop;
end
$$;
comment on function private.move_cards_along is
    'Cards of merged communes are of one commune then; where two bear the same number, one child gets another card.';

create or replace function private.move_population_along(change uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    insert into private.unit_change_item (change_id, kind, item)
    select change, 'population', to_jsonb(p) from public.population p
    where p.commune_code in (select m.code from private.unit_moves(change) m);
    delete from public.population p where p.commune_code in (select m.code from private.unit_moves(change) m);
    -- Only a commune made of whole ones has their sum; of any other nobody knows it yet.
    insert into public.population (source, commune_code, year, age, children, girls, boys, band_from, band_to)
    select p.source, made.new_code, p.year, p.age, sum(p.children), case when count(p.girls) = count(*) then sum(p.girls) end,
           case when count(p.girls) = count(*) then sum(p.boys) end, min(p.band_from), max(p.band_to)
    from (
        select r.new_code, array_agg(r.old_code) as olds from private.unit_change_row r
        join private.unit_moves(change) m on m.code = r.old_code
        where r.change_id = change group by r.new_code having bool_and(m.whole)
    ) made
    join lateral (
        select (jsonb_populate_record(null::public.population, i.item)).* from private.unit_change_item i
        where i.change_id = change and i.kind = 'population' and i.item ->> 'commune_code' = any (made.olds)
    ) p on true
    group by p.source, made.new_code, made.olds, p.year, p.age
    having count(*) = cardinality(made.olds);
end
$$;

create or replace function public.import_units(file_name text, file_sha256 text, changes jsonb) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_variable
declare
    made uuid := gen_random_uuid();
    olds text[];
    news text[];
    name text;
begin
    perform private.require(private.staff_role() = 'administrator');
    if jsonb_typeof(changes) is distinct from 'array' or jsonb_array_length(changes) not between 1 and 5000 then
        perform private.refuse('units_empty');
    end if;
    -- Nobody writes what takes place while it is taken along; reading goes on.
    lock table public.unit, public.consultation, public.activity, public.participant, public.former_card, public.school,
        public.roster, public.population in exclusive mode;
    insert into public.unit_change (id, imported_at, imported_by, file_name, file_sha256, first_day, ended, begun)
    select made, now(), (select auth.uid()), left(file_name, 200), file_sha256, coalesce(min(r.first_day), now()::date),
           count(distinct r.old_code), count(distinct r.new_code)
    from jsonb_to_recordset(changes) as r (old_code text, new_code text, first_day date);
    insert into private.unit_change_row
        (change_id, old_code, old_from, last_day, new_code, first_day, name, kind, lat, lon, area_km2)
    select made, r.old_code, u.valid_from, r.last_day, r.new_code, r.first_day, trim(r.name), trim(r.kind), r.lat, r.lon, r.area_km2
    from jsonb_to_recordset(changes) as r (
        old_code text, last_day date, new_code text, first_day date, name text, kind text, lat double precision,
        lon double precision, area_km2 double precision)
    left join public.unit u on u.code = r.old_code and u.valid_to is null;
    perform private.check_units(made);
    select array_agg(distinct r.old_code) filter (where r.old_code is not null), array_agg(distinct r.new_code) into olds, news
    from private.unit_change_row r where r.change_id = made;
    olds := coalesce(olds, '{}');

    update public.unit u set valid_to = r.last_day, ended_by = made
    from private.unit_change_row r where r.change_id = made and r.old_code = u.code and u.valid_to is null;
    insert into public.unit (code, valid_from, name, kind, lat, lon, area_km2, begun_by)
    select distinct on (r.new_code) r.new_code, r.first_day, r.name, r.kind, r.lat, r.lon, r.area_km2, made
    from private.unit_change_row r where r.change_id = made order by r.new_code, r.lat is null, r.area_km2 is null;
    insert into public.unit_succession (old_code, old_valid_to, new_code)
    select r.old_code, r.last_day, r.new_code from private.unit_change_row r where r.change_id = made and r.old_code is not null;

    foreach name in array array['consultation', 'activity'] loop
        execute format(
            'insert into private.unit_change_item (change_id, kind, item) '
            'select $1, $2, jsonb_build_object(''id'', e.id, ''commune_code'', e.commune_code, ''unit_from'', e.unit_from, ''area_code'', e.area_code) '
            'from public.%I e where e.area_code = any ($3) or e.area_code is null', name) using made, name, olds;
        -- What is planned for a day of the new unit is the new one's.
        execute format(
            'update public.%I e set commune_code = r.new_code, unit_from = r.first_day, area_code = r.new_code '
            'from private.unit_change_row r join private.unit_moves($1) m on m.code = r.old_code and m.whole '
            'where r.change_id = $1 and e.commune_code = r.old_code and e.unit_from = r.old_from and e.held_on > r.last_day', name) using made;
        execute format(
            'update public.%I e set area_code = h.commune from ('
            '    select u.code, u.unit_from, public.resolve(u.code, u.unit_from) as commune from ('
            '        select distinct k.commune_code as code, k.unit_from from public.%I k where k.area_code = any ($1) or k.area_code is null'
            '    ) u) h '
            'where (e.commune_code, e.unit_from) = (h.code, h.unit_from) and e.area_code is distinct from h.commune', name, name) using olds;
    end loop;
    foreach name in array array['school', 'staff', 'roster', 'petition', 'commitment', 'deletion'] loop
        execute format(
            'insert into private.unit_change_item (change_id, kind, item) '
            'select $1, $2, jsonb_build_object(''id'', e.id, ''commune_code'', e.commune_code, ''name'', to_jsonb(e) ->> ''name'') '
            'from public.%I e where e.commune_code = any ($3)', name) using made, name, olds;
        if name <> 'school' then
            execute format(
                'update public.%I e set commune_code = m.heir from private.unit_moves($1) m where m.code = e.commune_code and m.heir is not null',
                name) using made;
        end if;
    end loop;
    -- Two schools of one name are told apart by where they were.
    update public.school e set commune_code = '>' || k.heir, name = case when k.place = 1 then e.name else left(e.name, 120) || ' (' || k.was || ')' end
    from (
        select s.id, m.heir, u.name as was,
               row_number() over (partition by m.heir, s.name order by s.commune_code <> m.heir, s.commune_code) as place
        from public.school s join private.unit_moves(made) m on m.code = s.commune_code and m.heir is not null
        join public.unit u on u.code = s.commune_code and u.ended_by = made
    ) k where k.id = e.id;
    update public.school e set commune_code = substr(e.commune_code, 2) where e.commune_code like '>%';
    perform private.move_cards_along(made);
    perform private.move_population_along(made);
    perform private.recount_areas(array(select unnest(olds || news)
        union select i.item ->> 'area_code' from private.unit_change_item i
        where i.change_id = made and i.kind in ('consultation', 'activity') and i.item ->> 'area_code' is not null));
    -- Rows are looked up here and where it is taken back, however many have just been written.
    analyze private.unit_change_item;
    update public.unit_change c
    set moved = (select coalesce(jsonb_object_agg(k.kind, k.quantity), '{}') from (
        select i.kind, count(*) as quantity from private.unit_change_item i where i.change_id = made group by i.kind) k)
            || jsonb_build_object('renumbered', (
                select count(*) from private.unit_change_item i join public.participant p on p.id = i.item_id::uuid
                where i.change_id = made and i.kind = 'participant' and p.card <> i.item ->> 'card'))
    where c.id = made;
    return made;
end
$$;
comment on function public.import_units is
    'Takes in a reorganisation: [{"old_code", "last_day", "new_code", "first_day", "name", "kind", "lat", "lon", "area_km2"}], a row for each old '
    'and new unit of which one took over ground of the other. What took place keeps its unit and is counted where that is today; schools, '
    'staff, classes and cards go to the only heir. Gives its key.';

create or replace function public.undo_units(change uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_variable
declare
    its public.unit_change;
    olds text[];
    news text[];
    name text;
    depends boolean;
begin
    perform private.require(private.staff_role() = 'administrator');
    lock table public.unit, public.consultation, public.activity, public.participant, public.former_card, public.school,
        public.roster, public.population in exclusive mode;
    select * into its from public.unit_change c where c.id = change and c.undone_at is null for update;
    if its.id is null then perform private.refuse('units_no_such_change'); end if;
    if exists (select from public.unit_change c where c.undone_at is null and c.imported_at > its.imported_at) then
        perform private.refuse('units_not_latest');
    end if;
    select coalesce(array_agg(distinct r.old_code) filter (where r.old_code is not null), '{}'), array_agg(distinct r.new_code) into olds, news
    from private.unit_change_row r where r.change_id = change;
    depends := exists (
            select from public.population p join public.population_source s on s.source = p.source
            where p.commune_code = any (news) and s.imported_at > its.imported_at)
        or exists (select from public.boundary_set b where b.imported_at > its.imported_at)
        or exists (select from public.former_card f where f.commune_code = any (news) and f.until > its.imported_at);
    foreach name in array array['consultation', 'activity', 'school', 'staff', 'roster', 'petition', 'commitment', 'participant'] loop
        exit when depends;
        execute format(
            'select exists (select from public.%I e where e.commune_code = any ($1) and not exists ('
            'select from private.unit_change_item i where i.change_id = $2 and i.kind = $3 and i.item_id = e.id::text))', name)
        into depends using news, change, name;
    end loop;
    if depends then perform private.refuse('units_in_use'); end if;

    delete from public.unit_succession s using private.unit_change_row r
    where r.change_id = change and (s.old_code, s.old_valid_to, s.new_code) = (r.old_code, r.last_day, r.new_code);
    delete from public.unit u where u.begun_by = change;
    update public.unit u set valid_to = null, ended_by = null where u.ended_by = change;
    foreach name in array array['consultation', 'activity'] loop
        execute format(
            'update public.%I e set commune_code = i.item ->> ''commune_code'', unit_from = (i.item ->> ''unit_from'')::date, '
            'area_code = i.item ->> ''area_code'' from private.unit_change_item i '
            'where i.change_id = $1 and i.kind = $2 and e.id = i.item_id::uuid', name) using change, name;
    end loop;
    foreach name in array array['staff', 'roster', 'petition', 'commitment'] loop
        execute format(
            'update public.%I e set commune_code = i.item ->> ''commune_code'' from private.unit_change_item i '
            'where i.change_id = $1 and i.kind = $2 and e.id = i.item_id::uuid', name) using change, name;
    end loop;
    update public.deletion e set commune_code = i.item ->> 'commune_code' from private.unit_change_item i
    where i.change_id = change and i.kind = 'deletion' and e.id::text = i.item_id;
    update public.school e set commune_code = '>' || e.id where e.commune_code = any (news);
    update public.school e set commune_code = i.item ->> 'commune_code', name = i.item ->> 'name' from private.unit_change_item i
    where i.change_id = change and i.kind = 'school' and e.id = i.item_id::uuid;
    update public.participant p set commune_code = '>' || p.id where p.commune_code = any (news);
    update public.participant p set commune_code = i.item ->> 'commune_code', card = i.item ->> 'card' from private.unit_change_item i
    where i.change_id = change and i.kind = 'participant' and p.id = i.item_id::uuid;
    delete from public.former_card f where f.commune_code = any (olds || news);
    insert into public.former_card
    select (jsonb_populate_record(null::public.former_card, i.item)).* from private.unit_change_item i
    where i.change_id = change and i.kind = 'former_card';
    delete from public.population p where p.commune_code = any (olds || news);
    insert into public.population
    select (jsonb_populate_record(null::public.population, i.item)).* from private.unit_change_item i
    where i.change_id = change and i.kind = 'population';
    perform private.recount_areas(array(select unnest(olds || news)
        union select i.item ->> 'area_code' from private.unit_change_item i
        where i.change_id = change and i.kind in ('consultation', 'activity') and i.item ->> 'area_code' is not null));
    delete from private.unit_change_item i where i.change_id = change;
    update public.unit_change c set undone_at = now(), undone_by = (select auth.uid()) where c.id = change;
end
$$;
comment on function public.undo_units is 'Takes the latest reorganisation back, as long as nothing was entered in the units that it began.';

create or replace function public.renumbered_cards(change uuid)
returns table (former_commune text, school text, roster text, former_card text, card text)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
    perform private.require(private.staff_role() = 'administrator');
    return query
        select u.name, s.name, r.name, i.item ->> 'card', p.card
        from private.unit_change_item i
        join public.participant p on p.id = i.item_id::uuid and p.card <> i.item ->> 'card'
        left join public.unit u on u.code = i.item ->> 'commune_code' and u.ended_by = change
        left join public.school s on s.id = p.school_id
        left join public.roster_card k on k.participant_id = p.id and k.left_at is null
        left join public.roster r on r.id = k.roster_id
        where i.change_id = change and i.kind = 'participant'
        order by 1, 2, 3, 4;
end
$$;
comment on function public.renumbered_cards is 'Which cards a reorganisation gave another number, for who prints and hands them out.';

-- Denominators

create or replace function public.import_population(
    title text, published_by text, file_name text, file_sha256 text, figures jsonb
) returns text
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_variable
declare
    made text := gen_random_uuid()::text;
begin
    perform private.require(private.staff_role() = 'administrator');
    if length(trim(coalesce(title, ''))) not between 1 and 200 or length(trim(coalesce(published_by, ''))) not between 1 and 200 then
        perform private.refuse('population_title');
    end if;
    if jsonb_typeof(figures) is distinct from 'array' or jsonb_array_length(figures) not between 1 and 200000 then
        perform private.refuse('population_empty');
    end if;
    if exists (
        select from (select distinct f.value ->> 'commune_code' as code from jsonb_array_elements(figures) f) asked
        where not exists (select from public.unit u where u.code = asked.code and u.valid_to is null)
    ) then
        perform private.refuse('unknown_commune');
    end if;
    insert into public.population_source
        (source, title, is_estimate, published_by, imported_at, imported_by, file_name, file_sha256)
    values (made, trim(title), false, trim(published_by), now(), (select auth.uid()), left(file_name, 200), file_sha256);
    insert into public.population (source, commune_code, year, age, children, girls, boys, band_from, band_to)
    select made, f.commune_code, f.year, f.age, f.children, f.girls, f.boys, f.band_from, f.band_to
    from jsonb_to_recordset(figures) as f (
        commune_code text, year integer, age integer, children double precision, girls double precision, boys double precision,
        band_from integer, band_to integer);
    return made;
end
$$;
comment on function public.import_population is 'Keeps official figures as a source of their own, not in force yet; gives its key.';

create or replace function public.put_in_force(source text, year integer) returns void
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_variable
declare
    present text := (select f.source from public.population_in_force f where f.year = year);
begin
    perform private.require(private.staff_role() = 'administrator');
    if source is not null and not exists (select from public.population p where p.source = source and p.year = year) then
        perform private.refuse('population_not_of_year');
    end if;
    if present is not distinct from source then return; end if;
    delete from public.population_in_force f where f.year = year;
    if source is not null then
        insert into public.population_in_force (year, source) values (year, source);
    end if;
    insert into public.population_in_force_change (year, source, changed_at, changed_by)
    values (year, source, now(), (select auth.uid()));
end
$$;
comment on function public.put_in_force is 'Makes a source the denominators of a year; null: the estimate again.';

-- Boundaries

create or replace function public.import_boundaries(
    title text, published_by text, file_name text, file_sha256 text, geojson jsonb
) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_variable
declare
    made uuid := gen_random_uuid();
begin
    perform private.require(private.staff_role() = 'administrator');
    if length(trim(coalesce(title, ''))) not between 1 and 200 or length(trim(coalesce(published_by, ''))) not between 1 and 200 then
        perform private.refuse('boundary_title');
    end if;
    if jsonb_typeof(geojson -> 'features') is distinct from 'array' or length(geojson::text) > 5000000 then
        perform private.refuse('boundaries_not_whole');
    end if;
    if array(
        select f.value #>> '{properties,code}' from jsonb_array_elements(geojson -> 'features') f
        where f.value #>> '{geometry,type}' in ('Polygon', 'MultiPolygon')
        order by 1
    ) is distinct from array(select u.code from public.unit u where u.valid_to is null order by 1) then
        perform private.refuse('boundaries_not_whole');
    end if;
    insert into public.boundary_set (id, title, published_by, file_name, file_sha256, imported_at, imported_by, geojson)
    values (made, trim(title), trim(published_by), left(file_name, 200), file_sha256, now(), (select auth.uid()), geojson);
    return made;
end
$$;
comment on function public.import_boundaries is
    'Keeps official boundaries, every commune in force once, not in force yet; gives their key.';

create or replace function public.put_boundaries_in_force(boundary_set uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_variable
begin
    perform private.require(private.staff_role() = 'administrator');
    if boundary_set is not null and not exists (select from public.boundary_set b where b.id = boundary_set) then
        perform private.refuse('no_such_boundaries');
    end if;
    -- One change at a time.
    lock table public.boundary_set in share row exclusive mode;
    if boundary_set is not distinct from (select b.id from public.boundary_set b where b.in_force) then return; end if;
    update public.boundary_set b set in_force = false where b.in_force;
    update public.boundary_set b set in_force = true where b.id = boundary_set;
    insert into public.boundary_set_change (boundary_set, changed_at, changed_by)
    values (boundary_set, now(), (select auth.uid()));
end
$$;
comment on function public.put_boundaries_in_force is 'Draws maps with these boundaries; null: with the approximate cells again.';

-- Cards

create or replace function private.check_digit(digits text) returns integer
language plpgsql immutable strict set search_path = '' as $$
declare
    p integer := 10;
begin
    for i in 1 .. length(digits) loop
        p := (p + substr(digits, i, 1)::integer) % 10;
        if p = 0 then p := 10; end if;
        p := p * 2 % 11;
    end loop;
    return (11 - p) % 10;
end
$$;
comment on function private.check_digit is 'ISO/IEC 7064, MOD 11,10.';

create or replace function public.issue_cards(
    commune text, school uuid, quantity integer, birth_year integer, birth_month integer default null, sex text default null
) returns table (participant_id uuid, card text)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
    animals integer[];
    missing integer := quantity;
    drawn integer;
begin
    perform private.require(private.works_in(commune));
    if quantity not between 1 and 1000 then perform private.refuse('cards_1_to_1000'); end if;
    if not exists (select from public.unit u where u.code = commune and u.valid_to is null) then
        perform private.refuse('unknown_commune');
    end if;
    if school is not null and not exists (select from public.school s where s.id = school and s.commune_code = commune) then
        perform private.refuse('unknown_school');
    end if;
    perform pg_advisory_xact_lock(hashtext('cards.' || commune));
    select array_agg(a.position order by a.position) into animals from public.card_animal a;
    if (select count(*) from public.participant p where p.commune_code = commune)
       + (select count(*) from public.former_card f where f.commune_code = commune) + quantity > cardinality(animals) * 900 then
        perform private.refuse('no_cards_left');
    end if;
    -- Drawn by chance, and drawn again where the draw was taken: a commune has far more cards than children.
    while missing > 0 loop
        return query
            insert into public.participant (commune_code, card, school_id, birth_year, birth_month, sex)
            select commune, a.code || d.digits || private.check_digit(lpad(a.position::text, 2, '0') || d.digits),
                   school, issue_cards.birth_year, issue_cards.birth_month, issue_cards.sex
            from (
                select animals[1 + floor(random() * cardinality(animals))::integer] as position,
                       lpad(floor(random() * 1000)::integer::text, 3, '0') as digits
                from generate_series(1, missing)
            ) d
            join public.card_animal a on a.position = d.position
            where not exists (
                select from public.former_card f
                where f.commune_code = commune
                  and f.card = a.code || d.digits || private.check_digit(lpad(a.position::text, 2, '0') || d.digits))
            on conflict (commune_code, card) do nothing
            returning participant.id, participant.card;
        get diagnostics drawn = row_count;
        missing := missing - drawn;
    end loop;
end
$$;

-- Counting

create or replace function private.age_bounds(birth_year integer, birth_month integer, on_date date)
returns table (youngest integer, oldest integer)
language sql immutable set search_path = '' as $$
    select full_years - (last_birthday > on_date)::integer, full_years - (first_birthday > on_date)::integer
    from (
        select extract(year from on_date)::integer - birth_year as full_years,
               make_date(extract(year from on_date)::integer, coalesce(birth_month, 1), 1) as first_birthday,
               -- The last day of the month: who was born on 29 February completes a year on the 28th of a common one.
               (make_date(extract(year from on_date)::integer, coalesce(birth_month, 12), 1) + interval '1 month')::date - 1
                   as last_birthday
    ) days
$$;
comment on function private.age_bounds is
    'Completed years that a child known by year, or year and month, of birth may have on a day; equal when there is no doubt.';

create or replace function private.counts_consultation(principles text[], has_consent boolean) returns boolean
language sql immutable set search_path = '' as $$
    select has_consent and principles @> array[
        'voluntary', 'informed', 'age_suited', 'safe_private', 'trained_facilitator', 'feedback_planned']
$$;

create or replace function private.participation_changed() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    if tg_op in ('DELETE', 'UPDATE') then
        update private.participation_tally t
        set certain = t.certain - gone.certain, possible = t.possible - gone.possible
        from (
            select indicator, area_code, year, count(*) filter (where certain) as certain, count(*) as possible
            from old_rows group by indicator, area_code, year
        ) gone
        where (t.indicator, t.area_code, t.year) = (gone.indicator, gone.area_code, gone.year);
    end if;
    if tg_op in ('INSERT', 'UPDATE') then
        insert into private.participation_tally as t (indicator, area_code, year, certain, possible)
        select indicator, area_code, year, count(*) filter (where certain), count(*)
        from new_rows group by indicator, area_code, year order by indicator, area_code, year
        on conflict (indicator, area_code, year) do update
        set certain = t.certain + excluded.certain, possible = t.possible + excluded.possible;
    end if;
    return null;
end
$$;

drop trigger if exists participation_added on private.participation;
create trigger participation_added after insert on private.participation
    referencing new table as new_rows for each statement execute function private.participation_changed();
drop trigger if exists participation_altered on private.participation;
create trigger participation_altered after update on private.participation
    referencing old table as old_rows new table as new_rows for each statement execute function private.participation_changed();
drop trigger if exists participation_removed on private.participation;
create trigger participation_removed after delete on private.participation
    referencing old table as old_rows for each statement execute function private.participation_changed();

create or replace view private.consulted as
    select
        c.id as consultation_id, c.area_code as commune_code, extract(year from c.held_on)::integer as year, c.counted,
        cp.participant_id, cp.submission_id, case when cp.by_word then 'accepted' else s.status end as status,
        b.youngest >= i.min_age and b.oldest <= i.max_age as certain,
        b.oldest >= i.min_age and b.youngest <= i.max_age as possible, c.commune_code as noted_in, c.unit_from
    from public.consultation_participant cp
    left join public.submission s on s.id = cp.submission_id
    join public.consultation c on c.id = cp.consultation_id
    join public.participant p on p.id = cp.participant_id
    join public.indicator i on i.id = 22
    cross join lateral private.age_bounds(p.birth_year, p.birth_month, c.held_on) b
    where c.kind = 'consultation' and c.deleted_at is null;
comment on view private.consulted is
    'Each carded child in each consultation, by an answer or by word, its commune of today, and whether she is of indicator 22''s ages that day.';

create or replace function private.count_participation(participants uuid[], for_year integer) returns void
language sql volatile security definer set search_path = '' as $$
    insert into private.participation as p (indicator, area_code, year, participant_id, certain)
    select 22, area.code, d.year, d.participant_id, bool_or(d.certain and area.sure)
    from private.consulted d
    cross join lateral (
        select d.commune_code as code, true as sure where d.commune_code is not null
        union all select '84', true
        union all select h.commune, false from public.heirs(d.noted_in, d.unit_from) h where d.commune_code is null
    ) area
    where d.participant_id = any (participants) and d.year = for_year and d.counted and d.status = 'accepted' and d.possible
    group by area.code, d.year, d.participant_id
    order by area.code, d.participant_id
    on conflict (indicator, year, area_code, participant_id) do update set certain = true
        where excluded.certain and not p.certain
$$;

create or replace function private.recount(consultation uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    its_year integer;
    children uuid[];
begin
    select extract(year from held_on)::integer into its_year from public.consultation c where c.id = consultation;
    -- One after the other: a row that one recount writes anew is not seen by another that is about to delete it.
    perform pg_advisory_xact_lock(hashtext('survey_app.participation'), its_year);
    insert into public.consultation_tally (consultation_id) values (consultation) on conflict do nothing;
    perform from public.consultation_tally where consultation_id = consultation for update;
    update public.consultation_tally t
    set received = n.received, accepted = n.accepted, in_review = n.in_review, late = n.late,
        uncarded = n.uncarded + (select c.headcount from public.consultation c where c.id = consultation),
        carded_certain = k.certain, carded_possible = k.possible
    from (
        select count(*) as received,
               count(*) filter (where status = 'accepted') as accepted,
               count(*) filter (where status = 'review') as in_review,
               count(*) filter (where s.late) as late,
               count(*) filter (where status = 'accepted' and card_state <> 'known') as uncarded
        from public.submission s where consultation_id = consultation and status <> 'withdrawn'
    ) n, (
        select count(*) filter (where certain) as certain, count(*) filter (where possible) as possible
        from private.consulted where consultation_id = consultation and status = 'accepted'
    ) k
    where t.consultation_id = consultation;

    select array_agg(participant_id) into children
    from public.consultation_participant where consultation_id = consultation;
    delete from private.participation where indicator = 22 and year = its_year and participant_id = any (children);
    perform private.count_participation(children, its_year);
end
$$;
comment on function private.recount is 'Counts one consultation anew after a change that is not a new submission.';

create or replace function private.recount_without(consultation uuid, left_children uuid[], its_year integer) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.recount(consultation);
    -- They have left the consultation's children, so the recount has passed them over.
    delete from private.participation p where p.indicator = 22 and p.year = its_year and p.participant_id = any (left_children);
    perform private.count_participation(left_children, its_year);
end
$$;
comment on function private.recount_without is 'Counts anew a consultation that these children have left.';

create or replace function private.recount_activity(activity uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    children uuid[];
begin
    -- One after the other, as with consultations; an activity may have been of another year or kind, so all wait for one lock.
    perform pg_advisory_xact_lock(hashtext('survey_app.participation'), 0);
    insert into private.activity_tally (activity_id, carded_certain, carded_possible)
    select a.id,
           count(*) filter (where b.youngest >= i.min_age and b.oldest <= i.max_age),
           count(*) filter (where b.oldest >= i.min_age and b.youngest <= i.max_age)
    from public.activity a
    join public.indicator i on i.id = private.activity_indicator(a.kind)
    left join public.attendance t on t.activity_id = a.id
    left join public.participant p on p.id = t.participant_id
    left join lateral private.age_bounds(p.birth_year, p.birth_month, a.held_on) b on true
    where a.id = activity
    group by a.id
    on conflict (activity_id) do update
    set carded_certain = excluded.carded_certain, carded_possible = excluded.carded_possible;

    select array_agg(t.participant_id) into children from public.attendance t where t.activity_id = activity;
    delete from private.participation p where p.indicator in (23, 24) and p.participant_id = any (children);
    insert into private.participation (indicator, area_code, year, participant_id, certain)
    select i.id, area.code, extract(year from a.held_on)::integer, t.participant_id,
           bool_or(b.youngest >= i.min_age and b.oldest <= i.max_age and area.sure)
    from public.attendance t
    join public.activity a on a.id = t.activity_id and a.state = 'held' and a.deleted_at is null
    join public.indicator i on i.id = private.activity_indicator(a.kind)
    join public.participant p on p.id = t.participant_id
    cross join lateral private.age_bounds(p.birth_year, p.birth_month, a.held_on) b
    cross join lateral (
        select a.area_code as code, true as sure where a.area_code is not null
        union all select '84', true
        union all select h.commune, false from public.heirs(a.commune_code, a.unit_from) h where a.area_code is null
    ) area
    where t.participant_id = any (children) and b.oldest >= i.min_age and b.youngest <= i.max_age
    group by i.id, area.code, extract(year from a.held_on), t.participant_id;
end
$$;
comment on function private.recount_activity is
    'Counts an activity''s children anew for indicators 23 and 24 after any change to it. Who is about to leave its list is counted away while '
    'she is still on it and it is not held.';

create or replace function private.activity_indicator(kind text) returns integer
language sql immutable set search_path = '' as $$
    select case kind when 'awareness_session' then 23 else 24 end
$$;

create or replace function private.count_area(of_indicator integer, commune text, of_year integer) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    ages public.indicator;
    largest integer;
    uncarded integer;
    counting integer;
    not_counting integer;
begin
    select * into ages from public.indicator i where i.id = of_indicator;
    insert into private.area_tally (indicator, commune_code, year) values (of_indicator, commune, of_year) on conflict do nothing;
    -- Whoever is adding to it is waited for, and seen by what follows.
    perform from private.area_tally a where (a.indicator, a.commune_code, a.year) = (of_indicator, commune, of_year) for update;
    if of_indicator = 22 then
        select coalesce(max(t.carded_certain + case when c.min_age >= ages.min_age and c.max_age <= ages.max_age then t.uncarded else 0 end)
                   filter (where c.counted), 0),
               coalesce(sum(t.uncarded) filter (where c.counted and c.max_age >= ages.min_age and c.min_age <= ages.max_age), 0),
               count(*) filter (where c.counted), count(*) filter (where not c.counted)
        into largest, uncarded, counting, not_counting
        from public.consultation c
        left join public.consultation_tally t on t.consultation_id = c.id
        where c.area_code = commune and c.held_on between make_date(of_year, 1, 1) and make_date(of_year, 12, 31)
          and c.kind = 'consultation' and c.status <> 'draft' and c.deleted_at is null;
    else
        select coalesce(max(coalesce(t.carded_certain, 0)
                            + case when a.min_age >= ages.min_age and a.max_age <= ages.max_age then a.headcount else 0 end), 0),
               coalesce(sum(a.headcount) filter (where a.max_age >= ages.min_age and a.min_age <= ages.max_age), 0),
               count(*), 0
        into largest, uncarded, counting, not_counting
        from public.activity a
        left join private.activity_tally t on t.activity_id = a.id
        where a.area_code = commune and a.held_on between make_date(of_year, 1, 1) and make_date(of_year, 12, 31)
          and private.activity_indicator(a.kind) = of_indicator and a.state = 'held' and a.deleted_at is null;
    end if;
    update private.area_tally a
    set largest_certain = largest, uncarded_possible = uncarded, consultations = counting, consultations_not_counted = not_counting
    where (a.indicator, a.commune_code, a.year) = (of_indicator, commune, of_year);
end
$$;
comment on function private.count_area is 'Counts one row of area_tally anew; costs the consultations or activities of that commune and year.';

create or replace function private.consultation_tally_changed() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
    k record;
begin
    for k in
        select c.area_code, extract(year from c.held_on)::integer as year,
               bool_and(n.carded_certain >= coalesce(o.carded_certain, 0) and n.uncarded >= coalesce(o.uncarded, 0)) as grew,
               max(n.carded_certain + case when c.min_age >= i.min_age and c.max_age <= i.max_age then n.uncarded else 0 end) as largest,
               coalesce(sum(n.uncarded - coalesce(o.uncarded, 0)) filter (where c.max_age >= i.min_age and c.min_age <= i.max_age), 0) as uncarded
        from new_rows n
        left join old_rows o on o.consultation_id = n.consultation_id
        join public.consultation c on c.id = n.consultation_id
        join public.indicator i on i.id = 22
        where c.area_code is not null and c.kind = 'consultation' and c.status <> 'draft' and c.deleted_at is null and c.counted
        group by c.area_code, extract(year from c.held_on)
        order by c.area_code, year
    loop
        if k.grew then
            update private.area_tally a
            set largest_certain = greatest(a.largest_certain, k.largest), uncarded_possible = a.uncarded_possible + k.uncarded
            where (a.indicator, a.commune_code, a.year) = (22, k.area_code, k.year);
        end if;
        if not k.grew or not found then perform private.count_area(22, k.area_code, k.year); end if;
    end loop;
    return null;
end
$$;
comment on function private.consultation_tally_changed is 'Adds what answers brought to their commune''s year; counts it anew where something was taken back.';

create or replace function private.consultation_tally_begun() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
    k record;
begin
    for k in
        select distinct c.area_code, extract(year from c.held_on)::integer as year
        from new_rows n join public.consultation c on c.id = n.consultation_id
        where c.area_code is not null and c.kind = 'consultation' and c.status <> 'draft' and c.deleted_at is null and c.counted
          and (n.carded_certain > 0 or n.uncarded > 0)
        order by c.area_code, year
    loop
        perform private.count_area(22, k.area_code, k.year);
    end loop;
    return null;
end
$$;

create or replace function private.consultation_changed() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
    k record;
    rows public.consultation[];
begin
    -- Only what area_tally is counted from: opening, closing and publishing come to nothing here.
    if tg_op = 'UPDATE' then
        select array_agg(r.one) into rows
        from (
            select unnest(array[o, n]) as one from old_rows o join new_rows n on n.id = o.id
            where (o.kind, o.status = 'draft', o.deleted_at is null, o.counted, o.min_age, o.max_age, o.area_code, o.held_on)
                is distinct from (n.kind, n.status = 'draft', n.deleted_at is null, n.counted, n.min_age, n.max_age, n.area_code, n.held_on)
        ) r;
    elsif tg_op = 'INSERT' then
        select array_agg(n) into rows from new_rows n where n.status <> 'draft';
    else
        select array_agg(o) into rows from old_rows o;
    end if;
    for k in
        select distinct r.area_code, extract(year from r.held_on)::integer as year from unnest(rows) r
        where r.area_code is not null and r.kind = 'consultation' and r.status <> 'draft' and r.deleted_at is null
        order by year, r.area_code
    loop
        -- As a recount takes it, and before it locks anything of the area.
        perform pg_advisory_xact_lock(hashtext('survey_app.participation'), k.year);
        perform private.count_area(22, k.area_code, k.year);
    end loop;
    return null;
end
$$;

create or replace function private.activity_changed() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
    k record;
    rows public.activity[];
begin
    if tg_op = 'UPDATE' then
        select array_agg(r.one) into rows
        from (
            select unnest(array[o, n]) as one from old_rows o join new_rows n on n.id = o.id
            where (o.kind, o.state, o.deleted_at is null, o.headcount, o.min_age, o.max_age, o.area_code, o.held_on)
                is distinct from (n.kind, n.state, n.deleted_at is null, n.headcount, n.min_age, n.max_age, n.area_code, n.held_on)
        ) r;
    elsif tg_op = 'INSERT' then
        select array_agg(n) into rows from new_rows n;
    else
        select array_agg(o) into rows from old_rows o;
    end if;
    for k in
        select distinct private.activity_indicator(r.kind) as indicator, r.area_code, extract(year from r.held_on)::integer as year
        from unnest(rows) r where r.area_code is not null and r.state = 'held' and r.deleted_at is null
        order by indicator, r.area_code, year
    loop
        perform pg_advisory_xact_lock(hashtext('survey_app.participation'), 0);
        perform private.count_area(k.indicator, k.area_code, k.year);
    end loop;
    return null;
end
$$;

create or replace function private.activity_tally_changed() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
    k record;
begin
    for k in
        select distinct private.activity_indicator(a.kind) as indicator, a.area_code, extract(year from a.held_on)::integer as year
        from new_rows n join public.activity a on a.id = n.activity_id
        where a.area_code is not null and a.state = 'held' and a.deleted_at is null
        order by indicator, a.area_code, year
    loop
        perform private.count_area(k.indicator, k.area_code, k.year);
    end loop;
    return null;
end
$$;

create or replace function private.count_areas() returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.count_area(k.indicator, k.area_code, k.year)
    from (
        select 22 as indicator, c.area_code, extract(year from c.held_on)::integer as year from public.consultation c
        where c.area_code is not null and c.kind = 'consultation' and c.status <> 'draft' and c.deleted_at is null
        union
        select private.activity_indicator(a.kind), a.area_code, extract(year from a.held_on)::integer from public.activity a
        where a.area_code is not null and a.state = 'held' and a.deleted_at is null
        union
        select t.indicator, t.commune_code, t.year from private.area_tally t
        order by 1, 2, 3
    ) k;
end
$$;
comment on function private.count_areas is 'Counts all of area_tally anew.';

create or replace function private.indicator_changed() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    perform private.count_areas();
    return null;
end
$$;

drop trigger if exists area_counted on public.consultation_tally;
create trigger area_counted after update on public.consultation_tally
    referencing old table as old_rows new table as new_rows for each statement execute function private.consultation_tally_changed();
drop trigger if exists area_begun on public.consultation_tally;
create trigger area_begun after insert on public.consultation_tally
    referencing new table as new_rows for each statement execute function private.consultation_tally_begun();
drop trigger if exists area_added on public.consultation;
create trigger area_added after insert on public.consultation
    referencing new table as new_rows for each statement execute function private.consultation_changed();
drop trigger if exists area_altered on public.consultation;
create trigger area_altered after update on public.consultation
    referencing old table as old_rows new table as new_rows for each statement execute function private.consultation_changed();
drop trigger if exists area_removed on public.consultation;
create trigger area_removed after delete on public.consultation
    referencing old table as old_rows for each statement execute function private.consultation_changed();
drop trigger if exists area_added on public.activity;
create trigger area_added after insert on public.activity
    referencing new table as new_rows for each statement execute function private.activity_changed();
drop trigger if exists area_altered on public.activity;
create trigger area_altered after update on public.activity
    referencing old table as old_rows new table as new_rows for each statement execute function private.activity_changed();
drop trigger if exists area_removed on public.activity;
create trigger area_removed after delete on public.activity
    referencing old table as old_rows for each statement execute function private.activity_changed();
drop trigger if exists area_begun on private.activity_tally;
create trigger area_begun after insert on private.activity_tally
    referencing new table as new_rows for each statement execute function private.activity_tally_changed();
drop trigger if exists area_counted on private.activity_tally;
create trigger area_counted after update on private.activity_tally
    referencing new table as new_rows for each statement execute function private.activity_tally_changed();
drop trigger if exists areas_counted on public.indicator;
create trigger areas_counted after update on public.indicator for each statement execute function private.indicator_changed();
-- Carried along: what was there before areas were counted as things change.
do $$
begin
    if not exists (select from private.area_tally) then perform private.count_areas(); end if;
end
$$;

create or replace function private.recount_areas(areas text[]) returns void
language sql volatile security definer set search_path = '' as $$
    delete from private.participation p where p.area_code = any (areas);
    insert into private.participation (indicator, area_code, year, participant_id, certain)
    select 22, area.code, d.year, d.participant_id, bool_or(d.certain and area.sure)
    from private.consulted d
    cross join lateral (
        select d.commune_code as code, true as sure where d.commune_code is not null
            union all select h.commune, false from public.heirs(d.noted_in, d.unit_from) h where d.commune_code is null
    ) area
    where (d.commune_code = any (areas) or d.commune_code is null) and area.code = any (areas)
      and d.counted and d.status = 'accepted' and d.possible
    group by area.code, d.year, d.participant_id
    union all
    select i.id, area.code, extract(year from a.held_on)::integer, t.participant_id,
           bool_or(b.youngest >= i.min_age and b.oldest <= i.max_age and area.sure)
    from public.attendance t
    join public.activity a on a.id = t.activity_id and a.state = 'held' and a.deleted_at is null
    join public.indicator i on i.id = case a.kind when 'awareness_session' then 23 else 24 end
    join public.participant p on p.id = t.participant_id
    cross join lateral private.age_bounds(p.birth_year, p.birth_month, a.held_on) b
    cross join lateral (
        select a.area_code as code, true as sure where a.area_code is not null
            union all select h.commune, false from public.heirs(a.commune_code, a.unit_from) h where a.area_code is null
    ) area
    where (a.area_code = any (areas) or a.area_code is null) and area.code = any (areas) and b.oldest >= i.min_age and b.youngest <= i.max_age
    group by i.id, area.code, extract(year from a.held_on), t.participant_id;
$$;
comment on function private.recount_areas is 'Counts communes anew, all years and indicators; nobody may write what took place meanwhile.';

-- Preparing and running a consultation

create or replace function private.new_join_code() returns text
language plpgsql volatile set search_path = '' as $$
declare
    code text;
begin
    loop
        code := (100000 + ('x' || substr(md5(gen_random_uuid()::text), 1, 8))::bit(32)::bigint % 900000)::text;
        exit when not exists (select from public.consultation where join_code = code);
    end loop;
    return code;
end
$$;

create or replace function private.new_pin() returns text
language plpgsql volatile set search_path = '' as $$
declare
    pin text;
begin
    loop
        pin := lpad((('x' || substr(md5(gen_random_uuid()::text), 1, 8))::bit(32)::bigint % 10000)::text, 4, '0');
        -- What a child tries first: a row of digits, one that repeats, the line down the middle of the keys.
        exit when position(pin in '01234567890 09876543210 2580 0852') = 0
            and (select count(distinct digit) from regexp_split_to_table(pin, '') digit) >= 3;
    end loop;
    return pin;
end
$$;
comment on function private.new_pin is 'Four digits that keep a child from leaving the form on a shared tablet.';

do $$
begin
    if not exists (
        select from pg_attribute where attrelid = 'public.consultation'::regclass and attname = 'pin' and not attisdropped
    ) then
        alter table public.consultation add column pin text check (pin ~ '^[0-9]{4}$');
        update public.consultation set pin = private.new_pin();
        alter table public.consultation alter column pin set default private.new_pin(), alter column pin set not null;
    end if;
end
$$;

drop function if exists public.create_consultation(text, text, uuid, date, text, text, integer, integer, integer, text);
create or replace function public.create_consultation(
    title text, commune text, school uuid, held_on date, questionnaire_id text, questionnaire_version text,
    min_age integer, max_age integer, expected integer, kind text default 'consultation',
    form text default 'questionnaire', roster uuid default null
) returns table (id uuid, join_code text)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
begin
    perform private.require(private.works_in(commune));
    if not exists (select from public.unit u where u.code = commune and u.valid_to is null) then
        perform private.refuse('unknown_commune');
    end if;
    if school is not null and not exists (select from public.school s where s.id = school and s.commune_code = commune) then
        perform private.refuse('unknown_school');
    end if;
    if not (create_consultation.questionnaire_id is null
            and create_consultation.form in ('forum', 'talk', 'telephone', 'other'))
       and not exists (
        select from public.questionnaire q
        where q.id = create_consultation.questionnaire_id and q.version = create_consultation.questionnaire_version
    ) then
        perform private.refuse('unknown_questionnaire');
    end if;
    if roster is not null and not private.works_with_roster(roster) then perform private.refuse('unknown_roster'); end if;
    if create_consultation.min_age is null or create_consultation.max_age is null
       or create_consultation.min_age > create_consultation.max_age
       or create_consultation.min_age < 3 or create_consultation.max_age > 120 then
        perform private.refuse('ages_wrong');
    end if;
    if create_consultation.expected is null or create_consultation.expected not between 1 and 10000 then
        perform private.refuse('expected_1_to_10000');
    end if;
    if length(trim(coalesce(create_consultation.title, ''))) not between 1 and 200 then
        perform private.refuse('title_missing');
    end if;
    return query
        insert into public.consultation (
            join_code, kind, title, commune_code, school_id, held_on, questionnaire_id, questionnaire_version,
            min_age, max_age, expected, form, roster_id, created_by)
        values (
            private.new_join_code(), create_consultation.kind, trim(create_consultation.title), commune, school,
            create_consultation.held_on, create_consultation.questionnaire_id, create_consultation.questionnaire_version,
            create_consultation.min_age, create_consultation.max_age, create_consultation.expected, create_consultation.form, create_consultation.roster,
            (select auth.uid()))
        returning consultation.id, consultation.join_code;
end
$$;

create or replace function private.update_counted(consultation uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    new_state boolean;
begin
    select private.counts_consultation(c.principles, exists (select from public.guardian_consent g where g.consultation_id = c.id))
    into new_state from public.consultation c where c.id = consultation for update;
    update public.consultation c set counted = new_state where c.id = consultation and c.counted <> new_state;
    if found then perform private.recount(consultation); end if;
end
$$;

create or replace function public.set_principles(consultation uuid, principles text[]) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.require(private.runs_consultation(consultation));
    perform from public.consultation c where c.id = consultation for update;
    update public.consultation c set principles = coalesce(set_principles.principles, '{}') where c.id = consultation;
    perform private.update_counted(consultation);
end
$$;

create or replace function public.record_guardian_consent(consultation uuid, method text, obtained_on date, guardians integer)
returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.require(private.runs_consultation(consultation));
    perform from public.consultation c where c.id = consultation for update;
    insert into public.guardian_consent (consultation_id, version, method, obtained_on, guardians, recorded_by)
    select consultation, coalesce(max(g.version), 0) + 1, record_guardian_consent.method,
           record_guardian_consent.obtained_on, record_guardian_consent.guardians, (select auth.uid())
    from public.guardian_consent g where g.consultation_id = consultation;
    perform private.update_counted(consultation);
end
$$;

create or replace function private.opens_consultation(consultation uuid) returns boolean
language sql stable security definer set search_path = '' as $$
    select private.runs_consultation(consultation) or exists (
        select from public.activity a
        join public.consultation c on c.id = opens_consultation.consultation and c.deleted_at is null
        where c.id in (a.before_id, a.after_id) and a.deleted_at is null
          and private.works_with(a.created_by, a.school_id, a.area_code))
$$;
comment on function private.opens_consultation is
    'Who runs it, and for the questions before and after an activity whoever runs the activity, whoever made them.';

create or replace function public.open_consultation(consultation uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.require(private.opens_consultation(consultation));
    update public.consultation c set status = 'open', opened_at = coalesce(c.opened_at, clock_timestamp()), closed_at = null
    where c.id = consultation and c.status <> 'open';
    insert into public.consultation_tally (consultation_id) values (consultation) on conflict do nothing;
end
$$;
comment on function public.open_consultation is 'Also opens again one that was closed too early.';

create or replace function public.close_consultation(consultation uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.require(private.opens_consultation(consultation));
    if not exists (select from public.consultation c where c.id = consultation and c.status <> 'draft') then
        perform private.refuse('not_opened_yet');
    end if;
    update public.consultation c set status = 'closed', closed_at = clock_timestamp()
    where c.id = consultation and c.status = 'open';
end
$$;

create or replace function public.set_consultation_roster(consultation uuid, roster uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.require(private.runs_consultation(consultation));
    if roster is not null and not private.works_with_roster(roster) then perform private.refuse('unknown_roster'); end if;
    update public.consultation c set roster_id = roster where c.id = consultation;
end
$$;

create or replace function private.require_begun(consultation uuid) returns void
language plpgsql stable security definer set search_path = '' as $$
begin
    if not exists (
        select from public.consultation c
        where c.id = consultation and c.kind = 'consultation' and c.status <> 'draft' and c.deleted_at is null
    ) then
        perform private.refuse('not_opened_yet');
    end if;
end
$$;

create or replace function public.record_participation(consultation uuid, cards text[]) returns table (card text, outcome text)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
    its public.consultation;
    one text;
    child uuid;
    is_new boolean;
begin
    perform private.require(private.runs_consultation(consultation));
    perform private.require_begun(consultation);
    if cardinality(cards) > 500 then perform private.refuse('too_many_cards'); end if;
    select * into its from public.consultation c where c.id = consultation;
    for one in
        select given.card
        from (
            select private.card_in(c.content) as card, min(c.position) as position
            from unnest(cards) with ordinality c (content, position) group by 1
        ) given
        where given.card <> '' order by given.position
    loop
        select p.id into child from public.participant p where p.commune_code = coalesce(its.area_code, its.commune_code) and p.card = one;
        if child is null then
            select p.id into child
            from public.roster_card k join public.participant p on p.id = k.participant_id
            where k.roster_id = its.roster_id and k.left_at is null and p.card = one
            limit 1;
        end if;
        card := one;
        outcome := 'unknown';
        if child is not null then
            insert into public.consultation_participant (consultation_id, participant_id, by_word)
            values (consultation, child, true) on conflict do nothing;
            is_new := found;
            select case when is_new then 'recorded' when cp.by_word then 'already' else 'answered' end into outcome
            from public.consultation_participant cp where cp.consultation_id = its.id and cp.participant_id = child;
        end if;
        return next;
    end loop;
    perform private.recount(consultation);
end
$$;
comment on function public.record_participation is
    'Children who took part by word. outcome: recorded, already (by word), answered (the questionnaire), unknown (no such card in the commune).';

create or replace function public.remove_participation(consultation uuid, card text) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    its_year integer;
    children uuid[];
begin
    perform private.require(private.runs_consultation(consultation));
    select extract(year from c.held_on)::integer into its_year from public.consultation c where c.id = consultation;
    select array_agg(cp.participant_id) into children
    from public.consultation_participant cp join public.participant p on p.id = cp.participant_id
    where cp.consultation_id = consultation and cp.by_word and p.card = private.card_in(remove_participation.card);
    delete from public.consultation_participant cp
    where cp.consultation_id = consultation and cp.participant_id = any (children) and cp.submission_id is null;
    update public.consultation_participant cp set by_word = false
    where cp.consultation_id = consultation and cp.participant_id = any (children);
    perform private.recount_without(consultation, children, its_year);
end
$$;

create or replace function public.participation_by_word(consultation uuid) returns table (card text)
language plpgsql stable security definer set search_path = '' as $$
begin
    perform private.require(private.runs_consultation(consultation));
    return query
        select p.card from public.consultation_participant cp join public.participant p on p.id = cp.participant_id
        where cp.consultation_id = participation_by_word.consultation and cp.by_word
        order by p.card;
end
$$;

create or replace function public.set_headcount(consultation uuid, children integer) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.require(private.runs_consultation(consultation));
    perform private.require_begun(consultation);
    if children is null or children not between 0 and 10000 then perform private.refuse('headcount_0_to_10000'); end if;
    update public.consultation c set headcount = children where c.id = consultation;
    perform private.recount(consultation);
end
$$;
comment on function public.set_headcount is 'Children without a card who took part by word.';

create or replace function public.record_opinion(consultation uuid, said text, words text[] default '{}') returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare
    made uuid;
begin
    perform private.require(private.reads_texts(consultation));
    perform private.require_begun(consultation);
    if length(trim(coalesce(said, ''))) not between 1 and 4000 then perform private.refuse('opinion_empty'); end if;
    insert into public.opinion (consultation_id, said, shown, state, read_by, read_at)
    values (consultation, trim(said), case when words = '{}' then trim(said) end,
            case when words = '{}' then 'released' else 'withheld' end, (select auth.uid()), clock_timestamp())
    returning id into made;
    if words <> '{}' then
        insert into public.alert (consultation_id, opinion_id, words) values (consultation, made, words);
    end if;
    return made;
end
$$;
comment on function public.record_opinion is
    'What a child said, as the facilitator writes it down, without a name. words: those that may tell of harm; the text then goes to the '
    'protection officer alone.';

create or replace function public.live_count(consultation uuid)
returns table (
    tablets integer, joined integer, answering integer, waiting integer, sent integer, in_review integer, late integer,
    carded integer, uncarded integer, last_seen_at timestamptz
)
language plpgsql stable security definer set search_path = '' as $$
begin
    perform private.require(exists (
        select from public.consultation c
        where c.id = consultation and c.deleted_at is null and private.sees_consultation(c.created_by, c.school_id, c.area_code)));
    return query
        select count(p.device_id)::integer, greatest(coalesce(sum(p.begun), 0), coalesce(max(t.received), 0))::integer,
               (count(*) filter (where p.answering and p.seen_at > now() - interval '5 minutes'))::integer,
               coalesce(sum(p.waiting), 0)::integer, coalesce(max(t.received), 0), coalesce(max(t.in_review), 0),
               coalesce(max(t.late), 0), coalesce(max(t.carded_possible), 0), coalesce(max(t.uncarded), 0), max(p.seen_at)
        from (select 1) one
        left join public.consultation_tally t on t.consultation_id = consultation
        left join public.presence p on p.consultation_id = consultation;
end
$$;
comment on function public.live_count is 'Costs the number of tablets, whatever was answered before.';

create or replace function public.paper_count(consultation uuid) returns integer
language plpgsql stable security definer set search_path = '' as $$
begin
    perform private.require(exists (
        select from public.consultation c
        where c.id = consultation and c.deleted_at is null and private.sees_consultation(c.created_by, c.school_id, c.area_code)));
    return (select count(*) from public.submission s
            where s.consultation_id = paper_count.consultation and s.entered_from = 'paper' and s.status <> 'withdrawn');
end
$$;
comment on function public.paper_count is 'How many submissions of a consultation were entered from paper; costs their number.';

create or replace function public.live_cards(consultation uuid)
returns table (card text, state text, question integer, question_count integer, seen_at timestamptz, in_roster boolean)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
    perform private.require(private.runs_consultation(consultation));
    return query
        with listed as (
            select p.card
            from public.consultation c
            join public.roster_card k on k.roster_id = c.roster_id and k.left_at is null
            join public.participant p on p.id = k.participant_id
            where c.id = live_cards.consultation
        ), took_part as (
            select p.card, cp.submission_id is not null as has_sent
            from public.consultation_participant cp join public.participant p on p.id = cp.participant_id
            where cp.consultation_id = live_cards.consultation
        ), told as (
            select * from public.presence_card p where p.consultation_id = live_cards.consultation
        )
        select one.card,
               case when t.has_sent then 'sent'
                    when t.card is not null then 'took_part'
                    when p.card is null then 'not_joined'
                    when p.state in ('joined', 'answering') and p.seen_at < now() - interval '2 minutes' then 'quiet'
                    else p.state end,
               p.question, p.question_count, p.seen_at, l.card is not null
        from (select card from listed union select card from took_part union select card from told) one
        left join listed l on l.card = one.card
        left join took_part t on t.card = one.card
        left join told p on p.card = one.card
        order by one.card;
end
$$;
comment on function public.live_cards is
    'Where each card of the class, and each other one that has joined, stands: not_joined, joined, answering, quiet (nothing seen for two '
    'minutes), waiting (done, not sent yet), left (put aside), sent, took_part (by word). Costs the class, whatever was answered before.';

-- The tablets' side

create or replace function private.photos_allowed() returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (select from public.setting where name = 'photos_allowed' and value = 'true')
$$;

create or replace function public.consultation_by_code(code text) returns table (consultation jsonb)
language sql stable security definer set search_path = '' as $$
    select jsonb_build_object(
        'id', c.id, 'code', c.join_code, 'kind', c.kind, 'status', c.status, 'held_on', c.held_on,
        'min_age', c.min_age, 'max_age', c.max_age,
        'commune', jsonb_build_object('code', u.code, 'name', u.name), 'school', s.name,
        'demonstration', (select value from public.setting where name = 'demonstration'),
        'assent_version', (select value from public.setting where name = 'assent_version'),
        'photos_allowed', private.photos_allowed(),
        'pin_digest', encode(sha256(convert_to(c.id || ':' || c.pin, 'UTF8')), 'hex'),
        'media', coalesce((
            select jsonb_object_agg(m.file, m.stored_as) from public.questionnaire_media m
            where (m.questionnaire_id, m.version) = (q.id, q.version)), '{}'),
        'recordings', coalesce((
            select jsonb_object_agg(spoken.language, spoken.places)
            from (
                select r.language, jsonb_object_agg(r.place, r.stored_as) as places from public.recording r
                where (r.questionnaire_id, r.questionnaire_version) = (q.id, q.version)
                group by r.language
            ) spoken), '{}'),
        'questionnaire', case when c.status = 'open' then q.definition end)
    from public.consultation c
    join public.questionnaire q on (q.id, q.version) = (c.questionnaire_id, c.questionnaire_version)
    left join public.unit u on (u.code, u.valid_from) = (c.commune_code, c.unit_from)
    left join public.school s on s.id = c.school_id
    where c.join_code = consultation_by_code.code and c.status <> 'draft' and c.deleted_at is null
$$;

create or replace function public.questionnaire_of(consultation uuid) returns table (definition jsonb)
language sql stable security definer set search_path = '' as $$
    select q.definition
    from public.consultation c
    join public.questionnaire q on (q.id, q.version) = (c.questionnaire_id, c.questionnaire_version)
    where c.id = consultation and c.status <> 'draft'
$$;
comment on function public.questionnaire_of is
    'By what answers are checked; also of a deleted consultation, for it may come back, and a tablet may still hold answers to it.';

create or replace function public.community_surveys() returns table (code text, title text, commune text)
language sql stable security definer set search_path = '' as $$
    select c.join_code, c.title, u.name
    from public.consultation c left join public.unit u on (u.code, u.valid_from) = (c.commune_code, c.unit_from)
    where c.kind = 'community_survey' and c.status = 'open' and c.deleted_at is null
    order by c.held_on desc, c.title limit 100
$$;

drop function if exists public.report_presence(uuid, uuid, integer, boolean, integer, integer, integer, integer);
create or replace function public.report_presence(
    consultation uuid, device uuid, begun integer, answering boolean, question integer, question_count integer,
    sent integer, waiting integer, card text default null, state text default null
) returns void
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
begin
    if not exists (
        select from public.consultation c where c.id = consultation and c.status <> 'draft' and c.deleted_at is null
    ) then
        return;
    end if;
    -- A class has tens of tablets: a stranger who knows the id cannot fill the disk.
    if (select count(*) from public.presence p where p.consultation_id = consultation) >= 500
       and not exists (select from public.presence p where p.consultation_id = consultation and p.device_id = device) then
        return;
    end if;
    insert into public.presence as p (consultation_id, device_id, begun, answering, question, question_count, sent, waiting, seen_at)
    values (consultation, device, least(greatest(report_presence.begun, 0), 1000), report_presence.answering,
            least(greatest(report_presence.question, 0), 1000), least(greatest(report_presence.question_count, 0), 1000),
            least(greatest(report_presence.sent, 0), 1000), least(greatest(report_presence.waiting, 0), 1000), clock_timestamp())
    on conflict (consultation_id, device_id) do update
    set begun = excluded.begun, answering = excluded.answering, question = excluded.question,
        question_count = excluded.question_count, sent = excluded.sent, waiting = excluded.waiting, seen_at = excluded.seen_at;
    -- Only cards that there are in the commune or on the class's list; a tablet that she has left does not speak for the one she is at.
    insert into public.presence_card as p (consultation_id, card, device_id, state, question, question_count, seen_at)
    select c.id, report_presence.card, device, report_presence.state,
           least(greatest(report_presence.question, 0), 1000), least(greatest(report_presence.question_count, 0), 1000), clock_timestamp()
    from public.consultation c
    where c.id = report_presence.consultation and report_presence.state in ('joined', 'answering', 'waiting', 'left')
      and (exists (select from public.participant k where k.commune_code = coalesce(c.area_code, c.commune_code) and k.card = report_presence.card)
           or exists (select from public.roster_card r join public.participant k on k.id = r.participant_id
                      where r.roster_id = c.roster_id and r.left_at is null and k.card = report_presence.card))
    on conflict (consultation_id, card) do update
    set device_id = excluded.device_id, state = excluded.state, question = excluded.question,
        question_count = excluded.question_count, seen_at = excluded.seen_at
    where excluded.state in ('joined', 'answering') or p.device_id = excluded.device_id;
end
$$;

create or replace function private.vouched(batch text, voucher text) returns boolean
language sql stable security definer set search_path = '' as $$
    select coalesce(
        voucher = encode(sha256(convert_to(s.value || encode(sha256(convert_to(s.value || batch, 'UTF8')), 'hex'), 'UTF8')), 'hex'),
        false)
    from private.setting s where s.name = 'submission_secret'
$$;
comment on function private.vouched is
    'Whether the application, which knows the secret, has checked this batch: anyone can call submit with the public key.';

create or replace function private.tally_submissions(
    c public.consultation, received integer, accepted integer, in_review integer, late integer, uncarded integer,
    children uuid[], certain boolean[]
) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    surely integer := cardinality(array_positions(certain, true));
begin
    -- Answers to what was deleted are kept, and count when it comes back.
    if c.deleted_at is not null then children := '{}'; surely := 0; end if;
    insert into public.consultation_tally as t (
        consultation_id, received, accepted, in_review, late, uncarded, carded_certain, carded_possible)
    values (c.id, received, accepted, in_review, late, uncarded + c.headcount, surely, cardinality(children))
    on conflict (consultation_id) do update
    set received = t.received + excluded.received, accepted = t.accepted + excluded.accepted,
        in_review = t.in_review + excluded.in_review, late = t.late + excluded.late,
        uncarded = t.uncarded + tally_submissions.uncarded, carded_certain = t.carded_certain + excluded.carded_certain,
        carded_possible = t.carded_possible + excluded.carded_possible;
    if c.counted and children <> '{}' then
        insert into private.participation as p (indicator, area_code, year, participant_id, certain)
        select 22, area.code, extract(year from c.held_on)::integer, child.id, child.certain and area.sure
        from unnest(children, certain) child (id, certain)
        cross join lateral (
            select c.area_code as code, true as sure where c.area_code is not null
            union all select '84', true
            union all select h.commune, false from public.heirs(c.commune_code, c.unit_from) h where c.area_code is null
        ) area
        order by area.code, child.id
        on conflict (indicator, year, area_code, participant_id) do update set certain = true
            where excluded.certain and not p.certain;
    end if;
end
$$;
comment on function private.tally_submissions is
    'Adds what a batch brought to one consultation: the children are carded, accepted and possibly of indicator 22''s ages.';

create or replace function private.expect_attachments(submission uuid, consultation uuid, announced jsonb) returns void
language sql volatile security definer set search_path = '' as $$
    insert into public.attachment (name, submission_id, consultation_id, question, media_type, size, sha256)
    select a ->> 'name', submission, consultation, a ->> 'question', a ->> 'media_type', (a ->> 'size')::integer, a ->> 'sha256'
    from jsonb_array_elements(announced) a
    where not (a ->> 'photo')::boolean or private.photos_allowed()
    on conflict (name) do nothing
$$;
comment on function private.expect_attachments is
    'Notes what will follow a submission: [{"name", "question", "media_type", "size", "sha256", "photo"}], checked by the application.';

create or replace function private.raise_alerts(submission uuid, consultation uuid, found jsonb) returns void
language sql volatile security definer set search_path = '' as $$
    insert into public.alert (consultation_id, submission_id, question, words)
    select consultation, submission, a ->> 'question', array(select jsonb_array_elements_text(a -> 'words'))
    from jsonb_array_elements(found) a
$$;
comment on function private.raise_alerts is
    'Notes where words may tell of harm: [{"question", "words"}], found by the application.';

create or replace function public.submit(batch text, voucher text default null)
returns table (index integer, id uuid, verdict text, reason text)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
    checked boolean := private.vouched(batch, voucher);
    now_at timestamptz := clock_timestamp();
    ages public.indicator;
    item record;
    content jsonb;
    sent timestamptz;
    c public.consultation;
    child record;
    no_child record;
    card_known text;
    hash bytea;
    answered timestamptz;
    is_late boolean;
    notes jsonb;
    blocking boolean;
    had_part boolean;
    stored record;
    received integer := 0;
    accepted integer := 0;
    in_review integer := 0;
    late integer := 0;
    uncarded integer := 0;
    children uuid[] := '{}';
    certain boolean[] := '{}';
begin
    select * into ages from public.indicator i where i.id = 22;
    select null::uuid as id, null::integer as youngest, null::integer as oldest into no_child;

    -- By consultation, so that two batches lock the tallies in the same order.
    for item in
        select value, ordinality from jsonb_array_elements(batch::jsonb -> 'submissions') with ordinality
        order by value -> 'content' ->> 'consultation', value -> 'content' ->> 'id', ordinality
    loop
        index := item.ordinality - 1;
        content := item.value -> 'content';
        sent := (item.value ->> 'sent_at')::timestamptz;
        id := (content ->> 'id')::uuid;
        reason := null;

        if c.id is distinct from (content ->> 'consultation')::uuid then
            if received > 0 then
                perform private.tally_submissions(c, received, accepted, in_review, late, uncarded, children, certain);
                received := 0; accepted := 0; in_review := 0; late := 0; uncarded := 0; children := '{}'; certain := '{}';
            end if;
            -- Locked as the foreign key will: whoever is changing whether it counts is waited for. Read after that: the lock alone may
            -- give the row as it was before what was waited for.
            perform from public.consultation k where k.id = (content ->> 'consultation')::uuid for key share;
            select * into c from public.consultation k where k.id = (content ->> 'consultation')::uuid;
        end if;
        if c.id is null or c.status = 'draft' then
            verdict := 'refused'; reason := 'unknown_consultation';
            return next; continue;
        end if;
        if (content -> 'assent' ->> 'given') is distinct from 'true' then
            verdict := 'refused'; reason := 'no_assent';
            return next; continue;
        end if;

        notes := coalesce(item.value -> 'problems', '[]');
        blocking := jsonb_array_length(notes) > 0;
        if not checked then
            notes := notes || '[{"code": "unchecked"}]'; blocking := true;
        end if;
        if (content ->> 'questionnaire', content ->> 'version') is distinct from (c.questionnaire_id, c.questionnaire_version) then
            notes := notes || '[{"code": "other_questionnaire"}]'; blocking := true;
        end if;

        answered := least(now_at, coalesce((content ->> 'finished_at')::timestamptz + (now_at - coalesce(sent, now_at)), now_at));
        is_late := c.closed_at is not null and answered > c.closed_at;
        if is_late then
            notes := notes || '[{"code": "late"}]'; blocking := true;
        end if;

        if checked and item.value ? 'attachments' and not private.photos_allowed() then
            select notes || coalesce(jsonb_agg(jsonb_build_object('code', 'photo_not_taken', 'question', a ->> 'question')), '[]')
            into notes from jsonb_array_elements(item.value -> 'attachments') a where (a ->> 'photo')::boolean;
        end if;

        child := no_child;
        had_part := false;
        card_known := 'none';
        if content ->> 'card' is not null then
            -- Cards can be guessed: what nobody has checked must not take the place of the child who holds the card.
            if checked then
                select p.id, b.youngest, b.oldest into child
                from public.participant p cross join lateral private.age_bounds(p.birth_year, p.birth_month, c.held_on) b
                where p.commune_code = coalesce(c.area_code, c.commune_code) and p.card = content ->> 'card'
                  -- Where communes were merged, another child may hold today what was her card then.
                  and not exists (
                      select from public.former_card f
                      where c.commune_code <> c.area_code and f.commune_code = c.commune_code and f.card = content ->> 'card'
                        and answered <= f.until);
                if not found then
                    select p.id, b.youngest, b.oldest into child
                    from public.former_card f
                    join public.participant p on p.id = f.participant_id
                    cross join lateral private.age_bounds(p.birth_year, p.birth_month, c.held_on) b
                    where f.commune_code in (c.commune_code, c.area_code) and f.card = content ->> 'card' and answered <= f.until
                    order by f.commune_code = c.commune_code desc limit 1;
                end if;
            end if;
            card_known := case when child.id is null then 'unknown' else 'known' end;
            if not checked then
                null;
            elsif child.id is null then
                notes := notes || '[{"code": "unknown_card"}]';
            elsif exists (
                select from public.consultation_participant cp
                where cp.consultation_id = c.id and cp.participant_id = child.id and cp.submission_id <> submit.id
            ) then
                notes := notes || '[{"code": "card_already_answered"}]'; blocking := true;
            end if;
        end if;

        hash := sha256(convert_to(content::text, 'UTF8'));
        insert into public.submission (
            id, consultation_id, questionnaire_id, questionnaire_version, language, answers, content_hash, status, late,
            problems, card_state, assent_version, receipt_hash, device_id, started_at, finished_at, sent_at, answered_at, received_at,
            entered_from)
        values (
            submit.id, c.id, coalesce(content ->> 'questionnaire', ''), coalesce(content ->> 'version', ''),
            coalesce(content ->> 'language', ''), coalesce(content -> 'answers', '{}'), hash,
            case when blocking then 'review' else 'accepted' end, is_late, notes, card_known,
            coalesce((content -> 'assent' ->> 'version')::integer, 0),
            sha256(convert_to(upper(coalesce(content ->> 'receipt', submit.id::text)), 'UTF8')), (content ->> 'device')::uuid,
            (content ->> 'started_at')::timestamptz, (content ->> 'finished_at')::timestamptz, sent, answered, now_at,
            case when content ->> 'entered_from' = 'paper' then 'paper' else 'tablet' end)
        on conflict (id) do nothing;
        if not found then
            select s.status, s.content_hash into stored from public.submission s where s.id = submit.id;
            verdict := case
                when stored.status = 'withdrawn' then 'gone'
                when stored.content_hash = hash then 'duplicate'
                else 'conflict' end;
            -- Announced again: when it was first stored, nobody may have vouched for it.
            if verdict = 'duplicate' and checked and item.value ? 'attachments' then
                perform private.expect_attachments(submit.id, c.id, item.value -> 'attachments');
            end if;
            if verdict = 'duplicate' and checked and item.value ? 'alerts'
               and not exists (select from public.alert a where a.submission_id = submit.id) then
                perform private.raise_alerts(submit.id, c.id, item.value -> 'alerts');
            end if;
            return next; continue;
        end if;

        verdict := 'created';
        if checked and item.value ? 'attachments' then
            perform private.expect_attachments(submit.id, c.id, item.value -> 'attachments');
        end if;
        if checked and item.value ? 'alerts' then
            perform private.raise_alerts(submit.id, c.id, item.value -> 'alerts');
        end if;
        if child.id is not null then
            -- Who took part by word before is a participant already, and counted.
            had_part := exists (
                select from public.consultation_participant cp where cp.consultation_id = c.id and cp.participant_id = child.id);
            insert into public.consultation_participant as cp (consultation_id, participant_id, submission_id)
            values (c.id, child.id, submit.id)
            on conflict (consultation_id, participant_id) do update set submission_id = excluded.submission_id
                where cp.submission_id is null;
            if not found and not blocking then
                -- Two tablets sent the same card in the same moment: the other one was first.
                blocking := true;
                update public.submission s set status = 'review', problems = s.problems || '[{"code": "card_already_answered"}]'
                where s.id = submit.id;
            end if;
        end if;

        received := received + 1;
        late := late + is_late::integer;
        if blocking then
            in_review := in_review + 1;
        else
            accepted := accepted + 1;
            uncarded := uncarded + (card_known <> 'known')::integer;
            if c.kind = 'consultation' and not had_part and child.oldest >= ages.min_age and child.youngest <= ages.max_age then
                children := children || child.id;
                certain := certain || (child.youngest >= ages.min_age and child.oldest <= ages.max_age);
            end if;
        end if;
        return next;
    end loop;

    if received > 0 then
        perform private.tally_submissions(c, received, accepted, in_review, late, uncarded, children, certain);
    end if;
end
$$;
comment on function public.submit is
    'Stores a batch {"submissions": [{"content": …, "problems": […], "sent_at": …, "attachments": […], "alerts": […]}]}, each item with its own '
    'verdict: created, duplicate, conflict, gone, refused. Never counts a child twice.';

-- Attachments: what is announced comes in parts, is verified, then kept as a file. Only the application, which vouches, takes part.

create or replace function private.file_kind(content bytea) returns text
language sql immutable set search_path = '' as $$
    select case
        when length(content) < 12 then null
        when substr(content, 1, 8) = '\x89504e470d0a1a0a' then 'image/png'
        when substr(content, 1, 3) = '\xffd8ff' then 'image/jpeg'
        when substr(content, 1, 4) = '\x52494646' and substr(content, 9, 4) = '\x57454250' then 'image/webp'
        when substr(content, 1, 4) = '\x1a45dfa3' then 'audio/webm'
        when substr(content, 1, 4) = '\x4f676753' then 'audio/ogg'
        when substr(content, 5, 4) = '\x66747970' then 'audio/mp4'
        when substr(content, 1, 3) = '\x494433' or (get_byte(content, 0) = 255 and get_byte(content, 1) & 230 = 226) then 'audio/mpeg'
    end
$$;
comment on function private.file_kind is 'What a file is by its first bytes, whatever its name says.';

create or replace function public.attachment_upload(submission uuid, name text, voucher text)
returns table (size integer, received integer, is_stored boolean, is_gone boolean)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
    perform private.require(private.vouched('attachment ' || attachment_upload.name, voucher));
    return query
        select a.size, case when a.state = 'stored' then a.size else coalesce(u.received, 0) end, a.state is not distinct from 'stored',
               a.name is null
        from public.submission s
        left join public.attachment a on a.submission_id = s.id and a.name = attachment_upload.name
        left join private.upload u on u.name = a.name
        where s.id = attachment_upload.submission;
end
$$;
comment on function public.attachment_upload is
    'How far an upload is; no row for an unknown submission. Gone: withdrawn, or one that is not taken.';

create or replace function public.keep_attachment_part(submission uuid, name text, at integer, content text, voucher text)
returns table (verdict text, received integer, size integer)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
    a public.attachment;
    upload private.upload;
    part bytea := decode(keep_attachment_part.content, 'base64');
    whole bytea;
begin
    perform private.require(private.vouched('attachment ' || keep_attachment_part.name, voucher));
    select * into a from public.attachment k
    where k.name = keep_attachment_part.name and k.submission_id = keep_attachment_part.submission for update;
    if not found then
        verdict := case when exists (select from public.submission s where s.id = keep_attachment_part.submission)
            then 'gone' else 'unknown' end;
        return next; return;
    end if;
    size := a.size;
    select * into upload from private.upload u where u.name = a.name;
    received := case when a.state = 'stored' then a.size else coalesce(upload.received, 0) end;
    if at <> received then
        verdict := 'wrong_offset';
        return next; return;
    end if;
    if at + length(part) > a.size then
        verdict := 'too_large';
        return next; return;
    end if;
    if length(part) > 0 then
        received := received + length(part);
        insert into private.upload (name, received) values (a.name, keep_attachment_part.received)
        on conflict (name) do update set received = excluded.received;
        insert into private.upload_part (name, position, content) values (a.name, at, part);
    end if;
    if a.state = 'stored' then
        verdict := 'stored';
    elsif received < a.size then
        verdict := 'kept';
    elsif upload.verified_at is not null then
        verdict := 'verified';
    else
        select string_agg(p.content, ''::bytea order by p.position) into whole from private.upload_part p where p.name = a.name;
        verdict := case
            when private.file_kind(whole) is distinct from a.media_type then 'wrong_type'
            when a.sha256 <> encode(sha256(whole), 'hex') then 'wrong_digest'
            else 'verified' end;
        if verdict = 'verified' then
            update private.upload u set verified_at = clock_timestamp() where u.name = a.name;
            update public.attachment k set sha256 = encode(sha256(whole), 'hex') where k.name = a.name;
        else
            delete from private.upload u where u.name = a.name;
            received := 0;
        end if;
    end if;
    return next;
end
$$;
comment on function public.keep_attachment_part is
    'Takes the bytes from `at` on (base64): kept, verified (all of it is here), stored; or unknown, gone, wrong_offset, too_large. '
    'A whole that is not what was announced is thrown away: wrong_type, wrong_digest.';

create or replace function public.verified_attachment(name text, voucher text) returns table (media_type text, content text)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
    perform private.require(private.vouched('attachment ' || verified_attachment.name, voucher));
    return query
        select a.media_type, (
            select encode(string_agg(p.content, ''::bytea order by p.position), 'base64')
            from private.upload_part p where p.name = a.name)
        from public.attachment a join private.upload u on u.name = a.name
        where a.name = verified_attachment.name and a.state = 'expected' and u.verified_at is not null;
end
$$;

create or replace function public.attachment_stored(name text, voucher text) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
begin
    perform private.require(private.vouched('attachment ' || attachment_stored.name, voucher));
    update public.attachment a set state = 'stored', stored_at = clock_timestamp()
    where a.name = attachment_stored.name and a.state = 'expected'
      and exists (select from private.upload u where u.name = a.name and u.verified_at is not null);
    if found then
        delete from private.upload u where u.name = attachment_stored.name;
        return true;
    end if;
    if exists (select from public.attachment a where a.name = attachment_stored.name and a.state = 'stored') then
        return true;
    end if;
    insert into private.erasure (name, asked_at) values (attachment_stored.name, clock_timestamp())
    on conflict (name) do update set asked_at = excluded.asked_at, erased_at = null;
    return false;
end
$$;
comment on function public.attachment_stored is 'The file is kept; false when it was withdrawn meanwhile and is to be erased again.';

create or replace function public.files_to_settle(voucher text) returns table (name text, is_erased boolean)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
    perform private.require(private.vouched('attachments', voucher));
    return query
        (select e.name, true from private.erasure e
         where e.erased_at is null or e.asked_at < now() - interval '10 minutes' order by e.asked_at limit 50)
        union all
        (select u.name, false from private.upload u where u.verified_at < now() - interval '1 minute' order by u.verified_at limit 10);
end
$$;
comment on function public.files_to_settle is 'What an interrupted process has left: files to remove, and verified attachments to keep.';

create or replace function private.is_in_storage(bucket text, name text) returns boolean
language plpgsql stable security definer set search_path = '' as $$
declare
    found_there boolean := false;
begin
    if to_regclass('storage.objects') is not null then
        execute 'select exists (select from storage.objects where bucket_id = $1 and name = $2)'
        into found_there using bucket, name;
    end if;
    return found_there;
end
$$;

create or replace function public.file_erased(name text, voucher text) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.require(private.vouched('attachment ' || file_erased.name, voucher));
    if private.is_in_storage('attachment', file_erased.name) then return false; end if;
    delete from private.erasure e where e.name = file_erased.name and e.asked_at < now() - interval '10 minutes';
    update private.erasure e set erased_at = clock_timestamp() where e.name = file_erased.name;
    return true;
end
$$;

create or replace function public.may_keep_file(bucket text, name text) returns boolean
language sql stable security definer set search_path = '' as $$
    select case bucket
        when 'attachment' then exists (
            select from public.attachment a join private.upload u on u.name = a.name
            where a.name = may_keep_file.name and a.state = 'expected' and u.verified_at is not null)
        when 'media' then coalesce(private.staff_role() in ('facilitator', 'administrator'), false)
            and may_keep_file.name ~ '^[0-9a-f]{32}[.](png|jpg|webp|gif|svg|mp3|m4a|ogg|wav|webm)$'
        else false end
$$;

create or replace function public.may_read_file(bucket text, name text) returns boolean
language sql stable security definer set search_path = '' as $$
    select case bucket
        when 'attachment' then coalesce(private.staff_role() = 'protection_officer', false)
                and exists (select from public.attachment a where a.name = may_read_file.name and a.state = 'stored')
            -- Whoever is to remove a file must see it; Supabase Storage says what it is about to do.
            or coalesce(current_setting('storage.operation', true) like '%object.delete%', false)
                and exists (select from private.erasure e where e.name = may_read_file.name)
        when 'media' then true
        else false end
$$;

create or replace function public.may_remove_file(bucket text, name text) returns boolean
language sql stable security definer set search_path = '' as $$
    select case bucket
        when 'attachment' then exists (select from private.erasure e where e.name = may_remove_file.name)
        when 'media' then coalesce(private.staff_role() = 'administrator', false)
            and not exists (select from public.questionnaire_media m where m.stored_as = may_remove_file.name)
            and not exists (select from public.recording r where r.stored_as = may_remove_file.name)
        else false end
$$;

create or replace function public.arrivals(ids uuid[]) returns table (id uuid, complete boolean)
language sql stable security definer set search_path = '' as $$
    select s.id, not exists (select from public.attachment a where a.submission_id = s.id and a.state <> 'stored')
    from public.submission s where s.id = any (ids[1:500])
$$;
comment on function public.arrivals is 'Which of these submissions are here, and whether all their attachments are, too.';

-- What is read aloud

create or replace function public.save_recording(questionnaire text, version text, language text, place text, stored_as text) returns void
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
begin
    perform private.require(private.staff_role() in ('facilitator', 'administrator'));
    if not exists (
        select from public.questionnaire q where (q.id, q.version) = (save_recording.questionnaire, save_recording.version)
    ) then
        perform private.refuse('unknown_questionnaire');
    end if;
    insert into public.recording (questionnaire_id, questionnaire_version, language, place, stored_as, recorded_at, recorded_by)
    values (save_recording.questionnaire, save_recording.version, save_recording.language, save_recording.place,
            save_recording.stored_as, clock_timestamp(), (select auth.uid()))
    on conflict (questionnaire_id, questionnaire_version, language, place) do update
    set stored_as = excluded.stored_as, recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by;
end
$$;

create or replace function public.remove_recording(questionnaire text, version text, language text, place text) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.require(private.staff_role() in ('facilitator', 'administrator'));
    delete from public.recording r
    where (r.questionnaire_id, r.questionnaire_version, r.language, r.place)
        = (remove_recording.questionnaire, remove_recording.version, remove_recording.language, remove_recording.place);
end
$$;

-- After sending: a child takes back, a person looks

create or replace function public.withdraw(receipt text) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
    gone record;
    children uuid[];
    any_gone boolean := false;
begin
    for gone in
        select s.id, s.consultation_id, extract(year from c.held_on)::integer as year
        from public.submission s join public.consultation c on c.id = s.consultation_id
        where s.receipt_hash = sha256(convert_to(upper(receipt), 'UTF8')) and s.status <> 'withdrawn'
        for update of s
    loop
        any_gone := true;
        update public.submission s
        set status = 'withdrawn', answers = '{}', problems = '[]', content_hash = null, device_id = null, card_state = 'none'
        where s.id = gone.id;
        insert into private.erasure (name, asked_at)
        select a.name, clock_timestamp() from public.attachment a where a.submission_id = gone.id
        on conflict (name) do update set asked_at = excluded.asked_at, erased_at = null;
        delete from public.attachment a where a.submission_id = gone.id;
        delete from public.alert a where a.submission_id = gone.id;
        delete from public.opinion o where o.submission_id = gone.id;
        select array_agg(cp.participant_id) into children from public.consultation_participant cp where cp.submission_id = gone.id;
        delete from public.consultation_participant cp where cp.submission_id = gone.id and not cp.by_word;
        update public.consultation_participant cp set submission_id = null where cp.submission_id = gone.id;
        perform private.recount_without(gone.consultation_id, children, gone.year);
    end loop;
    return any_gone;
end
$$;
comment on function public.withdraw is
    'A child takes her answers back: they and what she drew or said are erased; only the id stays, to tell a resend that it is gone.';

create or replace function public.review_submission(submission uuid, accept boolean) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    s public.submission;
begin
    select * into s from public.submission k where k.id = submission for update;
    perform private.require(private.staff_role() = 'reviewer' or private.runs_consultation(s.consultation_id));
    if s.status = 'withdrawn' then perform private.refuse('withdrawn'); end if;
    update public.submission k set status = case when accept then 'accepted' else 'review' end where k.id = submission;
    perform private.recount(s.consultation_id);
end
$$;

-- The instance and who runs it

create or replace function public.health_check() returns timestamptz
language sql volatile security definer set search_path = '' as $$
    insert into private.health (one, checked_at) values (true, clock_timestamp())
    on conflict (one) do update set checked_at = excluded.checked_at
    returning checked_at
$$;
comment on function public.health_check is 'Proves that the database can be written.';

create or replace function public.my_profile()
returns table (id uuid, name text, role text, commune_code text, school_id uuid)
language sql stable security definer set search_path = '' as $$
    select id, name, role, commune_code, school_id from public.staff where id = (select auth.uid()) and active
$$;

create or replace function private.make_administrator(email text, name text) returns void
language sql volatile security definer set search_path = '' as $$
    insert into public.staff (id, name, role)
    select u.id, make_administrator.name, 'administrator' from auth.users u where u.email = lower(make_administrator.email)
    on conflict (id) do update set role = 'administrator', active = true
$$;
comment on function private.make_administrator is 'The first administrator of a Supabase project, run once in its SQL editor.';

-- Going back to the children: what is published, and what they think of it

create or replace function private.feedback_json(c public.consultation) returns jsonb
language sql stable security definer set search_path = '' as $$
    select jsonb_build_object(
        'code', c.join_code, 'state', case when c.published_at is null then 'not_yet' else 'published' end,
        'school', s.name, 'commune', jsonb_build_object('code', coalesce(c.area_code, c.commune_code), 'name', u.name),
        'held_on', c.held_on, 'published_on', (c.published_at at time zone 'Asia/Ho_Chi_Minh')::date,
        'themes', case when c.published_at is null then '[]' else coalesce((
            select jsonb_agg(jsonb_build_object('name', t.name, 'said', t.said, 'answers', k.answers) order by t.position, t.created_at)
            from public.theme t
            join lateral (
                select jsonb_agg(jsonb_build_object(
                    'id', m.id, 'body', m.body, 'answer', m.answer, 'promise', m.promise, 'outcome', m.outcome,
                    'due_on', m.due_on, 'status', m.status) order by m.created_at) as answers
                from public.commitment m where m.theme_id = t.id and m.deleted_at is null
            ) k on k.answers is not null
            where t.consultation_id = c.id and t.deleted_at is null), '[]') end)
    from (select 1) one
    left join public.unit u on (u.code, u.valid_from) = (c.commune_code, c.unit_from)
    left join public.school s on s.id = c.school_id
$$;
comment on function private.feedback_json is
    'What children may read of a consultation: themes that have an answer, by language; nothing of staff, nothing of a single child.';

create or replace function public.feedback_by_code(code text) returns table (feedback jsonb)
language sql stable security definer set search_path = '' as $$
    select private.feedback_json(c) from public.consultation c
    where c.join_code = feedback_by_code.code and c.status <> 'draft' and c.deleted_at is null
$$;

create or replace function public.feedback_by_receipt(receipt text) returns table (feedback jsonb)
language sql stable security definer set search_path = '' as $$
    select private.feedback_json(c)
    from public.submission s join public.consultation c on c.id = s.consultation_id
    where s.receipt_hash = sha256(convert_to(upper(receipt), 'UTF8')) and s.status <> 'withdrawn' and c.deleted_at is null
    limit 1
$$;

create or replace function public.feedback_of_commune(commune text) returns table (feedback jsonb)
language sql stable security definer set search_path = '' as $$
    select private.feedback_json(c) from public.consultation c
    where c.area_code = feedback_of_commune.commune and c.published_at is not null and c.deleted_at is null
    order by c.published_at desc limit 20
$$;

create or replace function public.communes_with_feedback() returns table (code text, name text, consultations integer)
language sql stable security definer set search_path = '' as $$
    select u.code, u.name, count(*)::integer
    from public.consultation c join public.unit u on u.code = c.area_code and u.valid_to is null
    where c.published_at is not null and c.deleted_at is null
    group by u.code, u.name
$$;

create or replace function public.rate_feedback(commitment uuid, rating integer, device uuid, receipt text default null) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
    asked public.consultation;
    by_receipt bytea := sha256(convert_to(upper(receipt), 'UTF8'));
    rated_by bytea;
begin
    select c.* into asked
    from public.commitment m join public.theme t on t.id = m.theme_id join public.consultation c on c.id = m.consultation_id
    where m.id = rate_feedback.commitment and m.deleted_at is null and t.deleted_at is null and c.published_at is not null
      and c.deleted_at is null;
    if not found or rate_feedback.rating is null or rate_feedback.rating not between 1 and 3 or device is null then
        return false;
    end if;
    -- A class may share one tablet: a child's own receipt tells her from the others.
    rated_by := case
        when exists (
            select from public.submission s
            where s.receipt_hash = by_receipt and s.consultation_id = asked.id and s.status <> 'withdrawn')
        then sha256(convert_to('receipt:', 'UTF8') || by_receipt || convert_to(rate_feedback.commitment::text, 'UTF8'))
        else sha256(convert_to('tablet:' || device || rate_feedback.commitment, 'UTF8')) end;
    -- A stranger who knows the id cannot fill the disk.
    if (select count(*) from public.feedback_rating r where r.commitment_id = rate_feedback.commitment) >= 5000
       and not exists (
           select from public.feedback_rating r where r.commitment_id = rate_feedback.commitment and r.rater = rated_by) then
        return false;
    end if;
    insert into public.feedback_rating (commitment_id, rater, rating)
    values (rate_feedback.commitment, rated_by, rate_feedback.rating)
    on conflict (commitment_id, rater) do update set rating = excluded.rating, rated_at = clock_timestamp();
    return true;
end
$$;
comment on function public.rate_feedback is 'Whether an answer is good (3), so-so (2) or not good (1); a second thought replaces the first. Only what is published.';

-- Activities: planned, held, and who came

create or replace function private.runs_activity(activity uuid) returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (
        select from public.activity a
        where a.id = activity and a.deleted_at is null and private.works_with(a.created_by, a.school_id, a.area_code))
$$;

create or replace function private.today() returns date
language sql stable set search_path = '' as $$
    select (now() at time zone 'Asia/Ho_Chi_Minh')::date
$$;

create or replace function public.save_activity(
    activity uuid, kind text, title text, commune text, school uuid, roster uuid, held_on date, min_age integer, max_age integer,
    planned integer, plan text
) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare
    before public.activity;
    saved uuid;
begin
    perform private.require(private.works_in(commune) and (activity is null or private.runs_activity(activity)));
    if not exists (select from public.unit u where u.code = commune and u.valid_to is null) then
        perform private.refuse('unknown_commune');
    end if;
    if school is not null and not exists (select from public.school s where s.id = school and s.commune_code = commune) then
        perform private.refuse('unknown_school');
    end if;
    if roster is not null and not exists (
        select from public.roster r
        where r.id = roster and r.deleted_at is null and r.commune_code = commune
          and private.works_with(r.created_by, r.school_id, r.commune_code)
    ) and not exists (
        -- It keeps a roster that was deleted meanwhile.
        select from public.activity a where a.id = activity and a.roster_id = roster and a.area_code = commune
    ) then
        perform private.refuse('unknown_roster');
    end if;
    if min_age is null or max_age is null or min_age > max_age or min_age < 3 or max_age > 120 then
        perform private.refuse('ages_wrong');
    end if;
    if planned not between 1 and 10000 then perform private.refuse('expected_1_to_10000'); end if;
    if length(trim(coalesce(title, ''))) not between 1 and 200 then perform private.refuse('title_missing'); end if;
    if activity is null then
        insert into public.activity (
            kind, title, commune_code, school_id, roster_id, held_on, min_age, max_age, planned, plan, created_by)
        values (save_activity.kind, trim(save_activity.title), commune, school, roster, save_activity.held_on, save_activity.min_age,
                save_activity.max_age, save_activity.planned, coalesce(save_activity.plan, ''), (select auth.uid()))
        returning id into saved;
        return saved;
    end if;
    select * into before from public.activity a where a.id = activity for update;
    if before.state = 'held' then
        if save_activity.held_on > private.today() then perform private.refuse('activity_in_future'); end if;
        -- Taken out of the year and the indicator that it counted for, before it may count for others.
        perform private.set_activity_state(activity, 'planned');
    end if;
    update public.activity a
    set kind = save_activity.kind, title = trim(save_activity.title), school_id = school, roster_id = roster,
        commune_code = case when a.area_code = commune then a.commune_code else commune end,
        held_on = save_activity.held_on, min_age = save_activity.min_age, max_age = save_activity.max_age,
        planned = save_activity.planned, plan = coalesce(save_activity.plan, '')
    where a.id = activity;
    perform private.set_activity_state(activity, before.state);
    return activity;
end
$$;

create or replace function private.set_activity_state(activity uuid, new_state text) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    if new_state = 'held' and (select a.held_on from public.activity a where a.id = activity) > private.today() then
        perform private.refuse('activity_in_future');
    end if;
    update public.activity a set state = new_state where a.id = activity;
    perform private.recount_activity(activity);
end
$$;

create or replace function private.card_in(content text) returns text
language sql immutable set search_path = '' as $$
    select upper(regexp_replace(
        replace(coalesce(substring(content from '[?&]card=([^&#]+)'), content), '%20', ''), '[^A-Za-z0-9]', '', 'g'))
$$;
comment on function private.card_in is 'The card that was typed ("voi 4821") or that a QR code holds (an address with ?card=).';

create or replace function public.record_attendance(activity uuid, cards text[]) returns table (card text, outcome text)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
    its public.activity;
    one text;
    child uuid;
    has_come boolean := false;
begin
    perform private.require(private.runs_activity(activity));
    if cardinality(cards) > 500 then perform private.refuse('too_many_cards'); end if;
    select * into its from public.activity a where a.id = activity for update;
    if its.held_on > private.today() then perform private.refuse('activity_in_future'); end if;
    for one in
        select given.card
        from (
            select private.card_in(c.content) as card, min(c.position) as position
            from unnest(cards) with ordinality c (content, position) group by 1
        ) given
        where given.card <> '' order by given.position
    loop
        select p.id into child from public.participant p where p.commune_code = coalesce(its.area_code, its.commune_code) and p.card = one;
        if child is null then
            select p.id into child
            from public.roster_card k join public.participant p on p.id = k.participant_id
            where k.roster_id = its.roster_id and k.left_at is null and p.card = one
            limit 1;
        end if;
        card := one;
        outcome := 'unknown';
        if child is not null then
            insert into public.attendance (activity_id, participant_id, recorded_by)
            values (activity, child, (select auth.uid())) on conflict do nothing;
            outcome := case when found then 'recorded' else 'already' end;
            has_come := true;
        end if;
        return next;
    end loop;
    if has_come then perform private.set_activity_state(activity, 'held'); end if;
end
$$;

create or replace function public.remove_attendance(activity uuid, card text) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    its public.activity;
begin
    perform private.require(private.runs_activity(activity));
    select * into its from public.activity a where a.id = activity for update;
    -- Her row is counted away while she is still on the list.
    perform private.set_activity_state(activity, 'planned');
    delete from public.attendance t using public.participant p
    where t.activity_id = activity and p.id = t.participant_id and p.card = private.card_in(remove_attendance.card);
    perform private.set_activity_state(activity, its.state);
end
$$;

create or replace function public.set_activity_headcount(activity uuid, children integer) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.require(private.runs_activity(activity));
    if children is null or children not between 0 and 10000 then perform private.refuse('headcount_0_to_10000'); end if;
    update public.activity a set headcount = children where a.id = activity;
    perform private.set_activity_state(activity, case when children > 0 then 'held' else a.state end)
    from public.activity a where a.id = activity;
end
$$;

create or replace function public.set_activity_evidence(activity uuid, evidence text) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.require(private.runs_activity(activity));
    update public.activity a set evidence = left(coalesce(set_activity_evidence.evidence, ''), 4000) where a.id = activity;
end
$$;

create or replace function public.create_before_after(activity uuid, before_title text, after_title text)
returns table (before_id uuid, after_id uuid)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
    its public.activity;
    asked public.questionnaire;
    made uuid[] := '{}';
    one uuid;
    named text;
begin
    perform private.require(private.runs_activity(activity));
    select * into its from public.activity a where a.id = activity for update;
    if its.before_id is null then
        select * into asked from public.questionnaire q where q.id = 'right-to-participate' order by q.added_at desc limit 1;
        if asked.id is null then perform private.refuse('unknown_questionnaire'); end if;
        foreach named in array array[before_title, after_title] loop
            insert into public.consultation (
                join_code, kind, title, commune_code, school_id, held_on, questionnaire_id, questionnaire_version,
                min_age, max_age, expected, roster_id, created_by)
            values (private.new_join_code(), 'before_after', left(trim(named), 200), coalesce(its.area_code, its.commune_code), its.school_id, its.held_on,
                    asked.id, asked.version, its.min_age, its.max_age, coalesce(its.planned, 30), its.roster_id, (select auth.uid()))
            returning id into one;
            made := made || one;
        end loop;
        update public.activity a set before_id = made[1], after_id = made[2] where a.id = activity;
    end if;
    return query select a.before_id, a.after_id from public.activity a where a.id = activity;
end
$$;
comment on function public.create_before_after is
    'The same questions before and after an activity; they say what changed and count for no indicator.';

create or replace function public.activity_attendance(activity uuid) returns table (card text, recorded_at timestamptz)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
    perform private.require(private.runs_activity(activity));
    return query
        select p.card, t.recorded_at
        from public.attendance t join public.participant p on p.id = t.participant_id
        where t.activity_id = activity order by t.recorded_at desc, p.card;
end
$$;

create or replace function private.attendance_count(activity uuid) returns table (attended integer, of_counted_ages integer)
language sql stable security definer set search_path = '' as $$
    select count(*)::integer, (count(*) filter (where b.oldest >= i.min_age and b.youngest <= i.max_age))::integer
    from public.activity a
    join public.attendance t on t.activity_id = a.id
    join public.participant p on p.id = t.participant_id
    join public.indicator i on i.id = private.activity_indicator(a.kind)
    cross join lateral private.age_bounds(p.birth_year, p.birth_month, a.held_on) b
    where a.id = activity
$$;
comment on function private.attendance_count is
    'How many cards came to an activity, and how many of them may be of the ages that its indicator counts.';

create or replace view public.activity_overview with (security_invoker = true) as
    select a.id, a.kind, case a.kind when 'awareness_session' then 23 else 24 end as indicator, a.title,
           coalesce(a.area_code, a.commune_code) as commune_code,
           u.name as commune_name, a.school_id, s.name as school_name, a.roster_id, r.name as roster_name, a.held_on,
           extract(year from a.held_on)::integer as year, a.min_age, a.max_age, a.planned, a.plan, a.evidence, a.headcount, a.state,
           a.before_id, a.after_id, a.created_by, n.attended, n.of_counted_ages
    from public.activity a
    cross join lateral private.attendance_count(a.id) n
    left join public.unit u on (u.code, u.valid_from) = (a.commune_code, a.unit_from)
    left join public.school s on s.id = a.school_id
    left join public.roster r on r.id = a.roster_id;

-- What children wrote in their own words: read before others hear it, and by whom

create or replace function private.asked(definition jsonb)
returns table (name text, type text, list text, repeated boolean, place bigint[])
language sql immutable set search_path = '' as $$
    with recursive node (value, place, repeated) as (
        select n.value, array[n.ordinality], false
        from jsonb_array_elements(coalesce(definition -> 'nodes', '[]')) with ordinality n
        union all
        select k.value, node.place || k.ordinality, node.repeated or node.value ->> 'type' = 'repeat'
        from node cross join lateral jsonb_array_elements(coalesce(node.value -> 'children', '[]')) with ordinality k
    )
    select node.value ->> 'name', node.value ->> 'type', node.value ->> 'choices', node.repeated, node.place
    from node
    where node.value ->> 'type' in (
        'select_one', 'select_multiple', 'rank', 'image', 'audio', 'text', 'integer', 'decimal', 'date', 'time', 'range',
        'acknowledge')
$$;
comment on function private.asked is 'What a questionnaire asks, ordered by place; repeated: a child may answer it several times.';

create or replace function private.given(answers jsonb) returns table (question text, value jsonb)
language sql immutable set search_path = '' as $$
    select e.key, e.value
    from jsonb_path_query(answers, 'strict $.** ? (@.type() == "object")') o (answered)
    cross join lateral jsonb_each(o.answered) e
    where e.value not in ('null', '""', '[]')
$$;
comment on function private.given is 'The answers of one child, those to each time of a repeat among them.';

create or replace function private.texts_of(answers jsonb, definition jsonb) returns table (question text, said text)
language sql immutable set search_path = '' as $$
    select g.question, trim(g.value #>> '{}')
    from private.given(answers) g
    join private.asked(definition) q on q.name = g.question and q.type = 'text'
    where jsonb_typeof(g.value) = 'string' and trim(g.value #>> '{}') <> ''
$$;

create or replace function private.is_guarded(opinion public.opinion) returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (
        select from public.alert a
        where a.state <> 'no_concern'
          and (a.opinion_id = opinion.id or (a.submission_id = opinion.submission_id and a.question = opinion.question)))
$$;
comment on function private.is_guarded is 'Whether the protection officer alone has to do with a text: words in it may tell of harm.';

create or replace function private.require_closed(consultation uuid) returns void
language plpgsql stable security definer set search_path = '' as $$
begin
    if not exists (select from public.consultation c where c.id = consultation and c.status = 'closed' and c.deleted_at is null) then
        perform private.refuse('not_closed_yet');
    end if;
end
$$;

create or replace function public.gather_opinions(consultation uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.require(private.reads_texts(consultation));
    perform private.require_closed(consultation);
    perform pg_advisory_xact_lock(hashtext('survey_app.opinions'), hashtext(consultation::text));
    -- In an order by chance, so that nothing tells which texts are of one child, or who came first.
    insert into public.opinion (consultation_id, submission_id, question, said)
    select found.consultation_id, found.id, found.question, found.said
    from (
        select s.consultation_id, s.id, t.question, t.said
        from public.submission s
        join public.consultation c on c.id = s.consultation_id
        join public.questionnaire q on (q.id, q.version) = (c.questionnaire_id, c.questionnaire_version)
        cross join lateral private.texts_of(s.answers, q.definition) t
        where s.consultation_id = consultation and s.status = 'accepted' and s.assent_version >= 2
          and not exists (select from public.opinion o where o.submission_id = s.id)
        order by random()
    ) found;
end
$$;
comment on function public.gather_opinions is
    'Makes what children wrote in their own words ready to be read, once, after closing; only of children who were told that it is read.';

create or replace function public.texts_to_read(consultation uuid)
returns table (opinion uuid, question text, said text, shown text, state text, recorded boolean)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
    perform private.require(private.reads_texts(consultation));
    return query
        select o.id, o.question, o.said, o.shown, o.state, o.submission_id is null
        from public.opinion o
        where o.consultation_id = texts_to_read.consultation and not private.is_guarded(o)
          and not exists (select from public.submission s where s.id = o.submission_id and s.status <> 'accepted')
        order by o.id;
end
$$;

create or replace function private.decide_opinion(opinion uuid, new_state text, words text) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    o public.opinion;
begin
    select * into o from public.opinion k where k.id = opinion for update;
    perform private.require(private.reads_texts(o.consultation_id));
    if private.is_guarded(o) then perform private.refuse('text_is_guarded'); end if;
    update public.opinion k
    set state = new_state, shown = words, read_by = (select auth.uid()), read_at = clock_timestamp()
    where k.id = opinion;
end
$$;

create or replace function public.release_opinion(opinion uuid, shown text) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.require(exists (
        select from public.opinion o where o.id = opinion and private.reads_texts(o.consultation_id)));
    if length(trim(coalesce(release_opinion.shown, ''))) not between 1 and 4000 then perform private.refuse('shown_empty'); end if;
    perform private.decide_opinion(opinion, 'released', trim(release_opinion.shown));
end
$$;
comment on function public.release_opinion is 'Others may hear it, in these words: a name in it is taken out first.';

create or replace function public.withhold_opinion(opinion uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.decide_opinion(opinion, 'withheld', null);
end
$$;

create or replace function public.raise_alert(opinion uuid, note text) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.decide_opinion(opinion, 'withheld', null);
    insert into public.alert (consultation_id, submission_id, opinion_id, question, raised_by, note)
    select o.consultation_id, o.submission_id, o.id, o.question, (select auth.uid()), left(trim(coalesce(raise_alert.note, '')), 2000)
    from public.opinion o where o.id = raise_alert.opinion;
end
$$;
comment on function public.raise_alert is 'Hands a text to the protection officer; until she finds no reason for concern nobody else reads it.';

create or replace function public.released_texts(consultation uuid) returns table (opinion uuid, question text, shown text)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
    perform private.require(exists (
        select from public.consultation c
        where c.id = consultation and c.deleted_at is null and private.sees_consultation(c.created_by, c.school_id, c.area_code)));
    return query
        select o.id, o.question, o.shown from public.opinion o
        where o.consultation_id = released_texts.consultation and o.state = 'released' and not private.is_guarded(o)
          and not exists (select from public.submission s where s.id = o.submission_id and s.status <> 'accepted')
        order by o.id;
end
$$;

-- Alerts: for the protection officer

create or replace function public.alert_list()
returns table (
    alert uuid, consultation uuid, title text, commune text, school text, held_on date, question text, asked jsonb, said text,
    words text[], raised_at timestamptz, by_staff boolean, state text, note text, decided_at timestamptz
)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
    perform private.require(private.staff_role() = 'protection_officer');
    return query
        select a.id, a.consultation_id, c.title, u.name, l.name, coalesce(c.held_on, p.received_on), a.question,
               jsonb_path_query_first(q.definition, '$.nodes.** ? (@.name == $name).label', jsonb_build_object('name', a.question)),
               coalesce(o.said, p.request, (
                   select string_agg(t.said, E'\n') from private.texts_of(s.answers, q.definition) t where t.question = a.question),
                   (select string_agg(g.value #>> '{}', E'\n') from private.given(s.answers) g where g.question = a.question)),
               a.words, a.raised_at, a.raised_by is not null, a.state, a.note, a.decided_at
        from public.alert a
        left join public.consultation c on c.id = a.consultation_id
        left join public.questionnaire q on (q.id, q.version) = (c.questionnaire_id, c.questionnaire_version)
        left join public.petition p on p.id = a.petition_id
        left join public.opinion o on o.id = a.opinion_id
        left join public.submission s on s.id = a.submission_id
        left join lateral (
            select n.name from public.unit n
            where case when c.id is null then n.code = p.commune_code and n.valid_to is null
                       else (n.code, n.valid_from) = (c.commune_code, c.unit_from) end
        ) u on true
        left join public.school l on l.id = coalesce(c.school_id, p.school_id)
        order by a.state <> 'new', a.raised_at desc;
end
$$;

create or replace function public.decide_alert(alert uuid, state text, note text) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.require(private.staff_role() = 'protection_officer');
    if decide_alert.state is null or decide_alert.state not in ('seen', 'handled', 'no_concern') then
        perform private.refuse('alert_state_unknown');
    end if;
    update public.alert a
    set state = decide_alert.state, note = left(trim(coalesce(decide_alert.note, '')), 4000),
        decided_by = (select auth.uid()), decided_at = clock_timestamp()
    where a.id = decide_alert.alert;
    if not found then perform private.refuse('alert_gone'); end if;
end
$$;

create or replace function public.alert_count() returns integer
language plpgsql stable security definer set search_path = '' as $$
begin
    perform private.require(private.staff_role() in ('officer', 'reviewer', 'administrator', 'protection_officer'));
    return (select count(*)::integer from public.alert a where a.state = 'new');
end
$$;
comment on function public.alert_count is 'How many alerts nobody has looked at: says nothing of whose or where.';

create or replace function public.texts_for_protection(consultation uuid) returns table (question text, asked jsonb, said text)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
    perform private.require(private.staff_role() = 'protection_officer');
    return query
        select t.question,
               jsonb_path_query_first(q.definition, '$.nodes.** ? (@.name == $name).label', jsonb_build_object('name', t.question)),
               t.said
        from public.submission s
        join public.consultation c on c.id = s.consultation_id
        join public.questionnaire q on (q.id, q.version) = (c.questionnaire_id, c.questionnaire_version)
        cross join lateral private.texts_of(s.answers, q.definition) t
        where s.consultation_id = texts_for_protection.consultation and s.status <> 'withdrawn' and c.deleted_at is null
        order by md5(s.id::text || t.question), t.said;
end
$$;
comment on function public.texts_for_protection is 'All that was written in own words, whatever else is decided about it, in an order that tells nothing.';

-- Results of one consultation

create or replace function private.hide_small(counts jsonb, threshold integer) returns text[]
language plpgsql immutable set search_path = '' as $$
declare
    hidden text[];
    spare text[];
    together bigint;
begin
    select coalesce(array_agg(e.key) filter (where e.value::integer between 1 and threshold - 1), '{}'),
           array_agg(e.key order by e.value::integer, e.key collate "C") filter (where e.value::integer >= threshold),
           coalesce(sum(e.value::integer) filter (where e.value::integer between 1 and threshold - 1), 0)
    into hidden, spare, together
    from jsonb_each_text(counts) e;
    -- Each hidden one is at least 1: any of them then lies between 1 and what is left, a threshold apart.
    while hidden <> '{}' and together - cardinality(hidden) < threshold loop
        if coalesce(cardinality(spare), 0) = 0 then return null; end if;
        hidden := hidden || spare[1];
        together := together + (counts ->> spare[1])::integer;
        spare := spare[2:];
    end loop;
    return hidden;
end
$$;
comment on function private.hide_small is
    'Which counts of a whole are hidden, {"name": count}: small ones, and as many more, smallest first, as it takes that none is found by '
    'subtraction from the whole. Null: no such choice is enough, all of it has to be hidden.';

create or replace function private.in_ranges(value numeric, least_value numeric, largest numeric, kinds bigint) returns text
language sql immutable set search_path = '' as $$
    select case
        when kinds <= 10 then trim_scale(value)::text
        else trim_scale(low)::text || '–' || trim_scale(low + step - case when step >= 1 then 1 else 0 end)::text end
    from (
        select step, floor(value / step) * step as low
        from (
            -- A round step: ends that are nobody's own number.
            select (select min(k.s) from unnest(array[1, 2, 5, 10]) m (s) cross join lateral (select m.s * power(10::numeric, digits)) k (s)
                    where k.s * 5 >= largest - least_value) as step
            from (select floor(log(greatest((largest - least_value) / 5, 0.0001)))::integer as digits) d
        ) st
    ) lowest
$$;

create or replace function public.class_results(consultation uuid)
returns table (question text, kind text, choice text, count integer, hidden boolean, answered integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
    threshold integer := private.suppression_threshold();
    asks jsonb;
    q record;
    item record;
    counts jsonb;
    choices text[];
    gone text[];
begin
    perform private.require(exists (
        select from public.consultation c
        where c.id = consultation and c.deleted_at is null and private.sees_consultation(c.created_by, c.school_id, c.area_code)));
    perform private.require_closed(consultation);
    select k.definition into asks
    from public.consultation c
    join public.questionnaire k on (k.id, k.version) = (c.questionnaire_id, c.questionnaire_version)
    where c.id = consultation;

    for q in select * from private.asked(asks) a order by a.place loop
        question := q.name;
        kind := case when q.type in ('integer', 'decimal', 'range') then 'number' else q.type end;
        choice := null; count := null; answered := null; hidden := true;
        choices := '{}'; counts := '{}';

        with value as (
            select s.id, g.value
            from public.submission s cross join lateral private.given(s.answers) g
            where s.consultation_id = class_results.consultation and s.status = 'accepted' and g.question = q.name
        )
        select count(distinct v.id)::integer as children
        into item from value v;
        if item.children < threshold then
            return next; continue;
        end if;
        answered := item.children;

        if kind not in ('select_one', 'select_multiple', 'rank', 'number') then
            count := answered; hidden := false;
            return next; continue;
        end if;

        if kind = 'rank' then
            for item in
                select e.value as choice, avg(e.ordinality) as place
                from public.submission s
                cross join lateral private.given(s.answers) g
                cross join lateral jsonb_array_elements_text(g.value) with ordinality e
                where s.consultation_id = class_results.consultation and s.status = 'accepted' and g.question = q.name
                  and jsonb_typeof(g.value) = 'array'
                group by e.value having count(distinct s.id) >= threshold
                order by avg(e.ordinality), e.value
            loop
                choice := item.choice; count := round(item.place * 10)::integer; hidden := false;
                return next;
            end loop;
            continue;
        end if;

        if kind = 'number' then
            with value as (
                select s.id, (g.value #>> '{}')::numeric as number
                from public.submission s cross join lateral private.given(s.answers) g
                where s.consultation_id = class_results.consultation and s.status = 'accepted' and g.question = q.name
                  and jsonb_typeof(g.value) = 'number'
            ), ends as (
                select min(number) as least_value, max(number) as largest, count(distinct number) as kinds from value
            ), ranged as (
                select private.in_ranges(v.number, e.least_value, e.largest, e.kinds) as name, min(v.number) as first,
                       count(distinct v.id) as children
                from value v, ends e group by 1
            )
            select coalesce(array_agg(r.name order by r.first), '{}'), coalesce(jsonb_object_agg(r.name, r.children), '{}')
            into choices, counts from ranged r;
        else
            with value as (
                select s.id, e.name
                from public.submission s
                cross join lateral private.given(s.answers) g
                cross join lateral jsonb_array_elements_text(
                    case jsonb_typeof(g.value) when 'array' then g.value else jsonb_build_array(g.value) end) e (name)
                where s.consultation_id = class_results.consultation and s.status = 'accepted' and g.question = q.name
            ), offered as (
                select o.value ->> 'name' as name, o.ordinality as position
                from jsonb_array_elements(coalesce(asks -> 'choices' -> q.list, '[]')) with ordinality o
                union all
                select distinct v.name, 1000000 from value v
            )
            select array_agg(n.name order by n.position, n.name), jsonb_object_agg(n.name, n.children)
            into choices, counts
            from (
                select f.name, min(f.position) as position,
                       (select count(distinct v.id) from value v where v.name = f.name) as children
                from offered f group by f.name
            ) n;
        end if;

        if kind = 'select_multiple' or q.repeated then
            -- Who did not choose it is as few as who did.
            select coalesce(array_agg(e.key), '{}') into gone
            from jsonb_each_text(counts) e
            where e.value::integer between 1 and threshold - 1 or answered - e.value::integer between 1 and threshold - 1;
        else
            gone := private.hide_small(counts, threshold);
            if gone is null then
                answered := null;
                return next; continue;
            end if;
        end if;
        foreach choice in array choices loop
            hidden := choice = any (gone);
            count := case when not hidden then (counts ->> choice)::integer end;
            return next;
        end loop;
    end loop;
end
$$;
comment on function public.class_results is
    'What the children of a closed consultation chose: how many, by question and choice. Small figures are hidden (choice and count '
    'null: the whole question). kind rank: count is ten times the mean place; other kinds without choices: how many answered.';

-- What changed between before and after an activity

create or replace function public.paired_scores(activity uuid)
returns table (n integer, mean_before float, mean_after float, mean_change float, sd_change float, maximum float)
language plpgsql stable security definer set search_path = '' as $$
begin
    perform private.require(exists (
        select from public.activity a
        where a.id = activity and a.deleted_at is null
          and (private.works_with(a.created_by, a.school_id, a.area_code) or private.staff_role() = 'reviewer')));
    return query
        with score as (
            select cp.consultation_id, cp.participant_id,
                   (s.answers ->> 'score')::float as score, (s.answers ->> 'score_maximum')::float as maximum
            from public.consultation_participant cp
            join public.submission s on s.id = cp.submission_id and s.status = 'accepted'
            join public.consultation c on c.id = cp.consultation_id and c.deleted_at is null
            where s.answers ->> 'score' ~ '^-?[0-9]+([.][0-9]+)?$'
              and coalesce(s.answers ->> 'score_maximum', '0') ~ '^[0-9]+([.][0-9]+)?$'
        ), paired as (
            select b.score as before, f.score as after, f.maximum
            from public.activity a
            join score b on b.consultation_id = a.before_id
            join score f on f.consultation_id = a.after_id and f.participant_id = b.participant_id
            where a.id = activity
        )
        select count(*)::integer, avg(p.before), avg(p.after), avg(p.after - p.before), stddev_samp(p.after - p.before), max(p.maximum)
        from paired p having count(*) >= private.suppression_threshold()
        union all
        select null, null, null, null, null, null
        where (select count(*) from paired) < private.suppression_threshold();
end
$$;
comment on function public.paired_scores is
    'The number named score that the same cards reached before and after an activity; empty where fewer children than the threshold did both.';

-- Themes, what is promised about them, and petitions

create or replace function private.clean_texts(texts jsonb) returns jsonb
language sql immutable set search_path = '' as $$
    select coalesce(jsonb_object_agg(key, left(trim(value), 2000)), '{}')
    from jsonb_each_text(case jsonb_typeof(texts) when 'object' then texts else '{}' end)
    where key in ('vi', 'km', 'en') and length(trim(value)) > 0
$$;
comment on function private.clean_texts is 'Wordings by language, trimmed, without the empty ones and other languages.';

create or replace function private.works_with_consultation(consultation uuid) returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (
        select from public.consultation c
        where c.id = consultation and c.deleted_at is null and private.works_with(c.created_by, c.school_id, c.area_code))
$$;

create or replace function private.works_with_petition(petition uuid) returns boolean
language sql stable security definer set search_path = '' as $$
    select private.staff_role() in ('facilitator', 'officer') and exists (
        select from public.petition p
        where p.id = petition and p.deleted_at is null and private.works_with(p.created_by, p.school_id, p.commune_code))
$$;

create or replace function public.opinions_of(consultation uuid) returns table (opinion uuid, shown text, themes uuid[])
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
    perform private.require(private.reads_texts(opinions_of.consultation));
    return query
        select r.opinion, r.shown, array(
            select ot.theme_id from public.opinion_theme ot join public.theme t on t.id = ot.theme_id
            where ot.opinion_id = r.opinion and t.deleted_at is null order by ot.theme_id)
        from public.released_texts(opinions_of.consultation) r
        order by r.opinion;
end
$$;
comment on function public.opinions_of is 'What was released of a consultation, and the themes each opinion is grouped in; for who reads its texts.';

create or replace function public.save_theme(theme uuid, consultation uuid, name jsonb, said jsonb) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
    names jsonb := private.clean_texts(save_theme.name);
    saved uuid;
begin
    perform private.require(private.works_with_consultation(save_theme.consultation));
    if length(coalesce(names ->> 'vi', '')) not between 1 and 200 then perform private.refuse('theme_name'); end if;
    if save_theme.theme is null then
        insert into public.theme (consultation_id, name, said, position, created_by)
        values (save_theme.consultation, names, private.clean_texts(save_theme.said),
                (select count(*) from public.theme k where k.consultation_id = save_theme.consultation), (select auth.uid()))
        returning id into saved;
    else
        update public.theme t set name = names, said = private.clean_texts(save_theme.said)
        where t.id = save_theme.theme and t.consultation_id = save_theme.consultation and t.deleted_at is null
        returning t.id into saved;
        if saved is null then perform private.refuse('unknown_theme'); end if;
    end if;
    return saved;
end
$$;

create or replace function public.group_opinions(theme uuid, opinions uuid[]) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    its_consultation uuid;
begin
    select t.consultation_id into its_consultation from public.theme t where t.id = group_opinions.theme and t.deleted_at is null;
    perform private.require(private.reads_texts(its_consultation));
    if exists (select unnest(group_opinions.opinions)
               except select r.opinion from public.released_texts(its_consultation) r) then
        perform private.refuse('opinion_not_released');
    end if;
    delete from public.opinion_theme ot where ot.theme_id = group_opinions.theme;
    insert into public.opinion_theme (theme_id, opinion_id)
    select distinct group_opinions.theme, o from unnest(group_opinions.opinions) o;
end
$$;
comment on function public.group_opinions is 'These and no others are what the theme is about; released ones of its own consultation.';

create or replace function public.save_commitment(
    commitment uuid, theme uuid, petition uuid, body text, answer jsonb, promise jsonb, due_on date, status text, outcome jsonb
) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
    m public.commitment;
    answers jsonb := private.clean_texts(save_commitment.answer);
begin
    if save_commitment.commitment is not null then
        select * into m from public.commitment k
        where k.id = save_commitment.commitment and k.deleted_at is null
          and not exists (select from public.theme t where t.id = k.theme_id and t.deleted_at is not null) for update;
    else
        m.theme_id := save_commitment.theme;
        m.petition_id := save_commitment.petition;
        select t.consultation_id, coalesce(c.area_code, c.commune_code), c.school_id into m.consultation_id, m.commune_code, m.school_id
        from public.theme t join public.consultation c on c.id = t.consultation_id
        where t.id = save_commitment.theme and t.deleted_at is null and save_commitment.petition is null;
        if save_commitment.theme is null then
            select p.commune_code, p.school_id into m.commune_code, m.school_id
            from public.petition p where p.id = save_commitment.petition and p.deleted_at is null;
        end if;
    end if;
    perform private.require(coalesce(
        case when m.petition_id is null then private.works_with_consultation(m.consultation_id)
             else private.works_with_petition(m.petition_id) end, false));
    if length(trim(coalesce(save_commitment.body, ''))) not between 1 and 200 then perform private.refuse('commitment_body'); end if;
    if save_commitment.status is null or save_commitment.status not in ('planned', 'under_way', 'done', 'declined') then
        perform private.refuse('commitment_status');
    end if;
    if not answers ? 'vi' then
        if save_commitment.status = 'declined' then perform private.refuse('declined_needs_answer'); end if;
        perform private.refuse('commitment_answer');
    end if;
    if save_commitment.status in ('planned', 'under_way') and save_commitment.due_on is null then
        perform private.refuse('commitment_needs_due');
    end if;
    if m.id is null then
        insert into public.commitment (
            consultation_id, theme_id, petition_id, commune_code, school_id, body, answer, promise, outcome, due_on, status, created_by)
        values (m.consultation_id, m.theme_id, m.petition_id, m.commune_code, m.school_id, trim(save_commitment.body), answers,
                private.clean_texts(save_commitment.promise), private.clean_texts(save_commitment.outcome),
                save_commitment.due_on, save_commitment.status, (select auth.uid()))
        returning id into m.id;
    else
        update public.commitment k
        set body = trim(save_commitment.body), answer = answers, promise = private.clean_texts(save_commitment.promise),
            outcome = private.clean_texts(save_commitment.outcome), due_on = save_commitment.due_on,
            status = save_commitment.status, changed_at = clock_timestamp()
        where k.id = m.id;
    end if;
    return m.id;
end
$$;

create or replace function public.publish_feedback(consultation uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.require(private.works_with_consultation(publish_feedback.consultation));
    if (select c.status from public.consultation c where c.id = publish_feedback.consultation for update) <> 'closed' then
        perform private.refuse('feedback_not_closed');
    end if;
    if not exists (
        select from public.theme t join public.commitment m on m.theme_id = t.id
        where t.consultation_id = publish_feedback.consultation and t.deleted_at is null and m.deleted_at is null
    ) then
        perform private.refuse('nothing_to_publish');
    end if;
    update public.consultation c set published_at = coalesce(c.published_at, now()) where c.id = publish_feedback.consultation;
end
$$;

create or replace function public.unpublish_feedback(consultation uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.require(private.works_with_consultation(unpublish_feedback.consultation));
    update public.consultation c set published_at = null where c.id = unpublish_feedback.consultation;
end
$$;

create or replace function public.ratings_of(consultation uuid)
returns table (commitment uuid, ratings integer, good integer, so_so integer, not_good integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
    threshold integer := private.suppression_threshold();
begin
    perform private.require(exists (
        select from public.consultation c
        where c.id = ratings_of.consultation and c.deleted_at is null
          and private.sees_consultation(c.created_by, c.school_id, c.area_code)));
    return query
        with cells as (
            select m.id, face, (select count(*)::integer from public.feedback_rating r where r.commitment_id = m.id and r.rating = face) as n
            from public.commitment m join public.theme t on t.id = m.theme_id, generate_series(1, 3) face
            where m.consultation_id = ratings_of.consultation and m.deleted_at is null and t.deleted_at is null
        ), judged as (
            select id, face, n, n between 1 and threshold - 1 as is_small,
                   bool_or(n between 1 and threshold - 1) over (partition by id) as has_small,
                   row_number() over in_order as place, sum(n) over in_order - n as before
            from cells
            window in_order as (partition by id order by (n between 1 and threshold - 1) desc, n, face)
        ), shown as (
            -- What is hidden is at least two cells and as many children as the threshold: nothing follows from the total.
            select id, face, n, case when not (has_small and (is_small or place <= 2 or before < threshold)) then n end as kept
            from judged
        )
        select id, case when sum(n) >= threshold then sum(n)::integer end,
               case when sum(n) >= threshold then max(kept) filter (where face = 3) end,
               case when sum(n) >= threshold then max(kept) filter (where face = 2) end,
               case when sum(n) >= threshold then max(kept) filter (where face = 1) end
        from shown group by id;
end
$$;
comment on function public.ratings_of is
    'What children think of each answer; null where it would tell of fewer children than the threshold, with its complement.';

create or replace view public.commitment_board with (security_invoker = true) as
    select m.id, m.consultation_id, m.theme_id, m.petition_id, m.commune_code, u.name as commune_name, m.school_id,
           s.name as school_name, m.body, m.answer, m.promise, m.outcome, m.due_on, m.status, m.changed_at,
           t.name as theme_name, c.title as consultation_title, c.published_at, p.request as petition_request,
           m.status in ('planned', 'under_way') and m.due_on < (now() at time zone 'Asia/Ho_Chi_Minh')::date as is_overdue
    from public.commitment m
    left join public.theme t on t.id = m.theme_id
    left join public.consultation c on c.id = m.consultation_id
    left join public.petition p on p.id = m.petition_id
    left join public.unit u on u.code = m.commune_code and u.valid_to is null
    left join public.school s on s.id = m.school_id
    -- Row-level security leaves out themes and petitions that were deleted.
    where t.id is not null or p.id is not null;

drop function if exists public.save_petition(uuid, date, text, text, text, text, uuid);
create or replace function public.save_petition(
    petition uuid, received_on date, raised_by text, channel text, request text, commune text, school uuid, words text[] default '{}'
) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
    saved uuid;
begin
    perform private.require(case
        when save_petition.petition is null
            then private.staff_role() in ('facilitator', 'officer') and private.works_in(save_petition.commune)
        else private.works_with_petition(save_petition.petition) end);
    if save_petition.received_on is null or save_petition.received_on > (now() at time zone 'Asia/Ho_Chi_Minh')::date then
        perform private.refuse('petition_received_on');
    end if;
    if length(trim(coalesce(save_petition.request, ''))) not between 1 and 4000 then perform private.refuse('petition_request'); end if;
    if save_petition.petition is null then
        if not exists (select from public.unit u where u.code = save_petition.commune and u.valid_to is null) then
            perform private.refuse('unknown_commune');
        end if;
        if save_petition.school is not null and not exists (
            select from public.school s where s.id = save_petition.school and s.commune_code = save_petition.commune
        ) then
            perform private.refuse('unknown_school');
        end if;
        insert into public.petition (commune_code, school_id, received_on, raised_by, channel, request, created_by)
        values (save_petition.commune, save_petition.school, save_petition.received_on, save_petition.raised_by,
                save_petition.channel, trim(save_petition.request), (select auth.uid()))
        returning id into saved;
    else
        update public.petition p
        set received_on = save_petition.received_on, raised_by = save_petition.raised_by, channel = save_petition.channel,
            request = trim(save_petition.request)
        where p.id = save_petition.petition and p.state in ('registered', 'assigned')
        returning p.id into saved;
        if saved is null then perform private.refuse('petition_already_answered'); end if;
    end if;
    if save_petition.words <> '{}' and not exists (select from public.alert a where a.petition_id = saved) then
        insert into public.alert (petition_id, words) values (saved, save_petition.words);
    end if;
    return saved;
end
$$;
comment on function public.save_petition is
    'Registers a petition, or corrects one that is not answered yet; its place stays as it was. words: those that may tell of harm; the '
    'protection officer is told.';

create or replace function public.assign_petition(petition uuid, body text, due_on date) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.require(private.works_with_petition(assign_petition.petition));
    if length(trim(coalesce(assign_petition.body, ''))) not between 1 and 200 or assign_petition.due_on is null then
        perform private.refuse('petition_assignment');
    end if;
    update public.petition p
    set state = 'assigned', assigned_to = trim(assign_petition.body), due_on = assign_petition.due_on
    where p.id = assign_petition.petition and p.state in ('registered', 'assigned');
    if not found then perform private.refuse('petition_already_answered'); end if;
end
$$;

create or replace function public.answer_petition(petition uuid, answer text) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.require(private.works_with_petition(answer_petition.petition));
    if length(trim(coalesce(answer_petition.answer, ''))) not between 1 and 4000 then perform private.refuse('petition_answer'); end if;
    update public.petition p
    set state = 'answered', answer = trim(answer_petition.answer), answered_on = (now() at time zone 'Asia/Ho_Chi_Minh')::date
    where p.id = answer_petition.petition and p.state in ('registered', 'assigned');
    if not found then perform private.refuse('petition_already_answered'); end if;
end
$$;

create or replace function public.close_petition(petition uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.require(private.works_with_petition(close_petition.petition));
    update public.petition p set state = 'closed', closed_on = (now() at time zone 'Asia/Ho_Chi_Minh')::date
    where p.id = close_petition.petition and p.state = 'answered';
    if not found then perform private.refuse('petition_not_answered'); end if;
end
$$;

-- Rosters: the cards of a class

create or replace function private.works_with_roster(roster uuid) returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (
        select from public.roster r
        where r.id = roster and r.deleted_at is null and private.works_with(r.created_by, r.school_id, r.commune_code))
$$;

create or replace function private.works_with_card(participant uuid) returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (
        select from public.participant p
        left join public.roster_card k on k.participant_id = p.id and k.left_at is null
        left join public.roster r on r.id = k.roster_id
        where p.id = participant
          and (private.works_with(null, p.school_id, p.commune_code) or private.works_with(r.created_by, r.school_id, r.commune_code)))
$$;
comment on function private.works_with_card is 'Whether the asker may replace or move a card: by the school of its child, or by its roster.';

create or replace function private.draw_card(commune text) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
    drawn text;
begin
    perform pg_advisory_xact_lock(hashtext('cards.' || commune));
    for attempt in 1..1000 loop
        select a.code || d.digits || private.check_digit(lpad(a.position::text, 2, '0') || d.digits) into drawn
        from public.card_animal a, (select lpad(floor(random() * 1000)::integer::text, 3, '0') as digits) d
        order by random() limit 1;
        if drawn is not null
           and not exists (select from public.participant p where p.commune_code = commune and p.card = drawn)
           and not exists (select from public.former_card f where f.commune_code = commune and f.card = drawn) then
            return drawn;
        end if;
    end loop;
    perform private.refuse('no_cards_left');
end
$$;
comment on function private.draw_card is 'A number that no child of the commune has or had; stays hers until the transaction ends.';

create or replace function public.save_roster(roster uuid, commune text, school uuid, name text) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_variable
declare
    saved uuid;
begin
    perform private.require(private.works_in(commune) and (roster is null or private.works_with_roster(roster)));
    if not exists (select from public.unit u where u.code = commune and u.valid_to is null) then
        perform private.refuse('unknown_commune');
    end if;
    if school is not null and not exists (select from public.school s where s.id = school and s.commune_code = commune) then
        perform private.refuse('unknown_school');
    end if;
    if length(trim(coalesce(name, ''))) not between 1 and 60 then perform private.refuse('roster_name'); end if;
    if exists (
        select from public.roster r
        where r.school_id = school and lower(r.name) = lower(trim(save_roster.name)) and r.deleted_at is null and r.id is distinct from roster
    ) then
        perform private.refuse('roster_name_taken');
    end if;
    if roster is null then
        insert into public.roster (commune_code, school_id, name, created_by)
        values (commune, school, trim(save_roster.name), (select auth.uid())) returning id into saved;
        return saved;
    end if;
    if exists (
        select from public.roster r join public.roster_card k on k.roster_id = r.id and k.left_at is null
        where r.id = roster and r.commune_code <> commune
    ) then
        perform private.refuse('roster_has_cards');
    end if;
    update public.roster r set commune_code = commune, school_id = school, name = trim(save_roster.name) where r.id = roster;
    update public.participant p set school_id = school
    from public.roster_card k
    where k.roster_id = roster and k.left_at is null and p.id = k.participant_id and p.school_id is distinct from school;
    return roster;
end
$$;
comment on function public.save_roster is 'A new roster, or a changed one; one that holds cards stays in its commune.';

create or replace function public.issue_roster_cards(
    roster uuid, quantity integer, birth_year integer, birth_month integer default null, sex text default null
) returns table (participant_id uuid, card text)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_variable
declare
    its public.roster;
begin
    perform private.require(private.works_with_roster(roster));
    select * into its from public.roster r where r.id = roster;
    for participant_id, card in
        select i.participant_id, i.card
        from public.issue_cards(its.commune_code, its.school_id, quantity, birth_year, birth_month, sex) i
    loop
        insert into public.roster_card (roster_id, participant_id) values (its.id, participant_id);
        return next;
    end loop;
end
$$;

create or replace function public.import_roster(roster uuid, children jsonb)
returns table (participant_id uuid, card text)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_variable
declare
    its public.roster;
    allowed jsonb := coalesce((select s.value from public.setting s where s.name = 'group_fields'), '[]');
    child jsonb;
begin
    perform private.require(private.works_with_roster(roster));
    select * into its from public.roster r where r.id = roster;
    if jsonb_typeof(children) is distinct from 'array' or jsonb_array_length(children) not between 1 and 1000 then
        perform private.refuse('cards_1_to_1000');
    end if;
    for child in select value from jsonb_array_elements(children) loop
        if exists (
            select from jsonb_object_keys(child) k
            where k in ('ethnicity', 'disability', 'household') and jsonb_typeof(child -> k) <> 'null' and not allowed ? k
        ) then
            perform private.refuse('group_not_allowed');
        end if;
        if exists (
            select from jsonb_object_keys(child) k
            where k not in ('birth_year', 'birth_month', 'sex', 'ethnicity', 'disability', 'household')
        ) or jsonb_typeof(child -> 'birth_year') is distinct from 'number'
          or (child ->> 'birth_year')::numeric not between 1990 and extract(year from now()) then
            perform private.refuse('wrong_child');
        end if;
        card := private.draw_card(its.commune_code);
        insert into public.participant (commune_code, card, school_id, birth_year, birth_month, sex)
        values (its.commune_code, card, its.school_id, (child ->> 'birth_year')::integer, (child ->> 'birth_month')::integer, child ->> 'sex')
        returning id into participant_id;
        insert into public.roster_card (roster_id, participant_id) values (its.id, participant_id);
        if child ->> 'ethnicity' is not null or child ->> 'disability' is not null or child ->> 'household' is not null then
            insert into public.participant_group (participant_id, ethnicity, disability, household)
            values (participant_id, child ->> 'ethnicity', (child ->> 'disability')::boolean, child ->> 'household');
        end if;
        return next;
    end loop;
end
$$;
comment on function public.import_roster is
    'A card for each child of a class list; refused whole when one child has a group that the setting group_fields does not allow.';

create or replace function public.replace_card(participant uuid) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
    child public.participant;
    drawn text;
begin
    perform private.require(private.works_with_card(participant));
    select * into child from public.participant p where p.id = participant for update;
    drawn := private.draw_card(child.commune_code);
    insert into public.former_card (commune_code, card, participant_id, until, reason)
    values (child.commune_code, child.card, child.id, clock_timestamp(), 'lost');
    update public.participant p set card = drawn where p.id = child.id;
    return drawn;
end
$$;
comment on function public.replace_card is 'A new card for a child who lost hers; what she answered with the old one stays hers.';

create or replace function public.move_cards(participants uuid[], roster uuid)
returns table (participant_id uuid, card text)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_variable
declare
    its public.roster;
    child public.participant;
begin
    perform private.require(
        private.works_with_roster(roster) and (select bool_and(private.works_with_card(one)) from unnest(participants) one));
    select * into its from public.roster r where r.id = roster;
    perform pg_advisory_xact_lock(hashtext('cards.' || its.commune_code));
    for child in select p.* from public.participant p where p.id = any (participants) order by p.id for update loop
        participant_id := child.id;
        card := child.card;
        if child.commune_code <> its.commune_code then
            if exists (select from public.participant p where p.commune_code = its.commune_code and p.card = child.card)
               or exists (select from public.former_card f where f.commune_code = its.commune_code and f.card = child.card) then
                card := private.draw_card(its.commune_code);
            end if;
            insert into public.former_card (commune_code, card, participant_id, until, reason)
            values (child.commune_code, child.card, child.id, clock_timestamp(), 'moved');
        end if;
        update public.participant p set commune_code = its.commune_code, school_id = its.school_id, card = move_cards.card
        where p.id = child.id;
        if not exists (
            select from public.roster_card k where k.roster_id = its.id and k.participant_id = child.id and k.left_at is null
        ) then
            update public.roster_card k set left_at = clock_timestamp() where k.participant_id = child.id and k.left_at is null;
            insert into public.roster_card (roster_id, participant_id) values (its.id, child.id);
        end if;
        return next;
    end loop;
end
$$;
comment on function public.move_cards is
    'The cards as they are afterwards: one that goes to another commune keeps its number where that is free there.';

create or replace view public.roster_overview with (security_invoker = true) as
    select r.id, r.name, r.commune_code, u.name as commune_name, r.school_id, s.name as school_name,
           (select count(*)::integer from public.roster_card k where k.roster_id = r.id and k.left_at is null) as cards
    from public.roster r
    left join public.unit u on u.code = r.commune_code and u.valid_to is null
    left join public.school s on s.id = r.school_id
    where r.deleted_at is null;

create or replace view public.roster_member with (security_invoker = true) as
    select k.roster_id, k.participant_id, p.card, p.birth_year, p.birth_month, p.sex, k.joined_at
    from public.roster_card k join public.participant p on p.id = k.participant_id
    where k.left_at is null;

create or replace view public.loose_card with (security_invoker = true) as
    select p.id as participant_id, p.card, p.birth_year, p.birth_month, p.sex, p.commune_code, p.school_id
    from public.participant p
    where not exists (select from public.roster_card k where k.participant_id = p.id and k.left_at is null);
comment on view public.loose_card is 'Cards of no class that the asker may see, so that they can be put into one.';

-- Deleting: can be undone for 30 days, and is noted

create or replace function public.delete_item(kind text, item uuid) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
    at timestamptz := clock_timestamp();
    noted public.deletion;
begin
    noted.of_petition := delete_item.kind = 'petition';
    if delete_item.kind = 'consultation' then
        -- As submit locks it: answers on their way are waited for, and counted away.
        perform from public.consultation c where c.id = delete_item.item for update;
        perform private.require(private.runs_consultation(delete_item.item));
        if exists (
            select from public.activity a where a.deleted_at is null and delete_item.item in (a.before_id, a.after_id)
        ) then
            perform private.refuse('belongs_to_activity');
        end if;
        update public.consultation c set deleted_at = at where c.id = delete_item.item and c.deleted_at is null
        returning c.title, coalesce(c.area_code, c.commune_code), c.school_id, c.created_by
        into noted.title, noted.commune_code, noted.school_id, noted.owner;
        perform private.recount(delete_item.item);
    elsif delete_item.kind = 'activity' then
        perform private.require(private.runs_activity(delete_item.item));
        update public.activity a set deleted_at = at where a.id = delete_item.item and a.deleted_at is null
        returning a.title, coalesce(a.area_code, a.commune_code), a.school_id, a.created_by
        into noted.title, noted.commune_code, noted.school_id, noted.owner;
        -- What was asked before and after it goes with it, and comes back with it.
        update public.consultation c set deleted_at = at
        from public.activity a
        where a.id = delete_item.item and c.id in (a.before_id, a.after_id) and c.kind = 'before_after' and c.deleted_at is null;
        perform private.recount_activity(delete_item.item);
    elsif delete_item.kind = 'roster' then
        perform private.require(private.works_with_roster(delete_item.item));
        update public.roster r set deleted_at = at where r.id = delete_item.item and r.deleted_at is null
        returning r.name, r.commune_code, r.school_id, r.created_by
        into noted.title, noted.commune_code, noted.school_id, noted.owner;
    elsif delete_item.kind = 'theme' then
        perform private.require(exists (
            select from public.theme t
            where t.id = delete_item.item and t.deleted_at is null and private.works_with_consultation(t.consultation_id)));
        update public.theme t set deleted_at = at
        from public.consultation c where t.id = delete_item.item and t.deleted_at is null and c.id = t.consultation_id
        returning t.name ->> 'vi', coalesce(c.area_code, c.commune_code), c.school_id, c.created_by
        into noted.title, noted.commune_code, noted.school_id, noted.owner;
    elsif delete_item.kind = 'commitment' then
        perform private.require(exists (
            select from public.commitment m left join public.theme t on t.id = m.theme_id
            where m.id = delete_item.item and m.deleted_at is null
              and case when m.petition_id is null then t.deleted_at is null and private.works_with_consultation(m.consultation_id)
                       else private.works_with_petition(m.petition_id) end));
        update public.commitment m set deleted_at = at where m.id = delete_item.item and m.deleted_at is null
        returning m.body, m.commune_code, m.school_id, m.petition_id is not null
        into noted.title, noted.commune_code, noted.school_id, noted.of_petition;
        select coalesce(c.created_by, p.created_by) into noted.owner
        from public.commitment m
        left join public.consultation c on c.id = m.consultation_id
        left join public.petition p on p.id = m.petition_id
        where m.id = delete_item.item;
    elsif delete_item.kind = 'petition' then
        perform private.require(private.works_with_petition(delete_item.item));
        -- The log says when it came, not what somebody asked for.
        update public.petition p set deleted_at = at where p.id = delete_item.item and p.deleted_at is null
        returning p.received_on::text, p.commune_code, p.school_id, p.created_by
        into noted.title, noted.commune_code, noted.school_id, noted.owner;
    else
        perform private.require(false);
    end if;
    -- Somebody else was quicker.
    perform private.require(noted.title is not null);
    insert into public.deletion (kind, item, title, commune_code, school_id, owner, deleted_at, deleted_by, by_role, of_petition)
    values (delete_item.kind, delete_item.item, noted.title, noted.commune_code, noted.school_id, noted.owner, at, (select auth.uid()),
            private.staff_role(), noted.of_petition)
    returning id into noted.id;
    return noted.id;
end
$$;
comment on function public.delete_item is
    'Takes it, and what is counted by it, out of sight; the id is what restore_item brings it back by, within 30 days.';

create or replace function public.restore_item(deletion bigint) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
    d public.deletion;
    back_as text;
    times integer := 1;
begin
    select * into d from public.deletion k where k.id = restore_item.deletion for update;
    perform private.require(coalesce(private.works_with_deleted(d.kind, d.of_petition, d.owner, d.school_id, d.commune_code), false));
    if d.restored_at is not null then perform private.refuse('already_restored'); end if;
    if d.purged_at is not null or d.deleted_at < now() - interval '30 days' then perform private.refuse('too_late_to_restore'); end if;
    if exists (
        select from public.theme t join public.consultation c on c.id = t.consultation_id
        where d.kind = 'theme' and t.id = d.item and c.deleted_at is not null
    ) or exists (
        select from public.commitment m
        left join public.theme t on t.id = m.theme_id
        left join public.consultation c on c.id = m.consultation_id
        left join public.petition p on p.id = m.petition_id
        where d.kind = 'commitment' and m.id = d.item
          and (t.deleted_at is not null or c.deleted_at is not null or p.deleted_at is not null)
    ) then
        perform private.refuse('restore_whole_first');
    end if;
    back_as := d.title;
    case d.kind
        when 'consultation' then
            perform from public.consultation c where c.id = d.item for update;
            update public.consultation c set deleted_at = null where c.id = d.item;
            perform private.recount(d.item);
        when 'activity' then
            update public.consultation c set deleted_at = null
            from public.activity a
            where a.id = d.item and c.id in (a.before_id, a.after_id) and c.deleted_at = a.deleted_at;
            update public.activity a set deleted_at = null where a.id = d.item;
            perform private.recount_activity(d.item);
        when 'roster' then
            while exists (
                select from public.roster r
                where r.school_id = d.school_id and lower(r.name) = lower(back_as) and r.deleted_at is null
            ) loop
                times := times + 1;
                back_as := left(d.title, 54) || ' (' || times || ')';
            end loop;
            update public.roster r set deleted_at = null, name = back_as where r.id = d.item;
        when 'theme' then
            update public.theme t set deleted_at = null where t.id = d.item;
        when 'commitment' then
            update public.commitment m set deleted_at = null where m.id = d.item;
        else
            update public.petition p set deleted_at = null where p.id = d.item;
    end case;
    update public.deletion k set restored_at = clock_timestamp(), restored_by = (select auth.uid()) where k.id = d.id;
    return back_as;
end
$$;
comment on function public.restore_item is
    'Brings back what was deleted, with all that was in it; its title, which of a class whose name was taken meanwhile is another one.';

create or replace function private.purge_consultation(consultation uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    insert into private.erasure (name, asked_at)
    select a.name, clock_timestamp() from public.attachment a where a.consultation_id = purge_consultation.consultation
    on conflict (name) do update set asked_at = excluded.asked_at, erased_at = null;
    delete from public.consultation_participant cp where cp.consultation_id = purge_consultation.consultation;
    update public.activity a
    set before_id = nullif(a.before_id, purge_consultation.consultation), after_id = nullif(a.after_id, purge_consultation.consultation)
    where purge_consultation.consultation in (a.before_id, a.after_id);
    delete from public.submission s where s.consultation_id = purge_consultation.consultation;
    delete from public.consultation c where c.id = purge_consultation.consultation;
end
$$;

create or replace function private.purge_roster(roster uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    unused uuid[];
begin
    update public.consultation c set roster_id = null where c.roster_id = purge_roster.roster;
    update public.activity a set roster_id = null where a.roster_id = purge_roster.roster;
    select array_agg(k.participant_id) into unused
    from public.roster_card k
    where k.roster_id = purge_roster.roster
      and not exists (select from public.roster_card o where o.participant_id = k.participant_id and o.roster_id <> k.roster_id)
      and not exists (select from public.attendance t where t.participant_id = k.participant_id)
      and not exists (select from public.consultation_participant cp where cp.participant_id = k.participant_id)
      and not exists (select from private.participation n where n.participant_id = k.participant_id);
    delete from public.roster r where r.id = purge_roster.roster;
    -- Of children who took part in nothing, nothing is left.
    delete from public.participant_group g where g.participant_id = any (unused);
    delete from public.former_card f where f.participant_id = any (unused);
    delete from public.participant p where p.id = any (unused);
end
$$;

create or replace function public.purge_deleted(voucher text) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
    d public.deletion;
    asked uuid[];
    one uuid;
    gone integer := 0;
begin
    perform private.require(private.vouched('deleted', voucher));
    -- Where each child stood while her class answered is of no use to anybody later.
    delete from public.presence_card p where p.seen_at < now() - interval '30 days';
    for d in
        select * from public.deletion k
        where k.restored_at is null and k.purged_at is null and k.deleted_at < now() - interval '30 days'
          -- What may tell of harm stays until the protection officer has decided.
          and not exists (
              select from public.alert a
              where a.state in ('new', 'seen')
                and case k.kind
                    when 'consultation' then a.consultation_id = k.item
                    when 'petition' then a.petition_id = k.item
                    when 'activity' then a.consultation_id in (
                        select c.id from public.activity v join public.consultation c on c.id in (v.before_id, v.after_id)
                        where v.id = k.item and c.kind = 'before_after' and c.deleted_at is not null)
                    else false end)
        order by k.id limit 200 for update skip locked
    loop
        case d.kind
            when 'consultation' then
                perform private.purge_consultation(d.item);
            when 'activity' then
                select array[a.before_id, a.after_id] into asked from public.activity a where a.id = d.item;
                delete from public.activity a where a.id = d.item;
                for one in
                    select c.id from public.consultation c
                    where c.id = any (asked) and c.kind = 'before_after' and c.deleted_at is not null
                loop
                    perform private.purge_consultation(one);
                end loop;
            when 'roster' then
                perform private.purge_roster(d.item);
            when 'theme' then
                delete from public.theme t where t.id = d.item;
            when 'commitment' then
                delete from public.commitment m where m.id = d.item;
            else
                delete from public.petition p where p.id = d.item;
        end case;
        update public.deletion k set purged_at = clock_timestamp() where k.id = d.id;
        gone := gone + 1;
    end loop;
    return gone;
end
$$;
comment on function public.purge_deleted is 'Erases what was deleted more than 30 days ago, up to 200 at a time; how many there were. Files follow as those of withdrawn answers.';

create or replace view public.deleted_items with (security_invoker = true) as
    select d.id, d.kind, d.item, d.title, d.commune_code, u.name as commune_name, s.name as school_name, d.deleted_at, d.by_role,
           greatest(0, 30 - floor(extract(epoch from now() - d.deleted_at) / 86400))::integer as days_left
    from public.deletion d
    left join public.unit u on u.code = d.commune_code and u.valid_to is null
    left join public.school s on s.id = d.school_id
    where d.restored_at is null and d.purged_at is null and d.deleted_at > now() - interval '30 days';
comment on view public.deleted_items is 'What the asker may bring back.';

-- What screens read

create or replace view private.noted as
    select 22 as indicator, c.area_code, c.commune_code, c.unit_from, extract(year from c.held_on)::integer as year, c.counted,
           coalesce(t.carded_certain, 0) + case when c.min_age >= i.min_age and c.max_age <= i.max_age
                                                then coalesce(t.uncarded, 0) else 0 end as certain,
           coalesce(t.carded_possible, 0) as carded_possible,
           case when c.max_age >= i.min_age and c.min_age <= i.max_age then coalesce(t.uncarded, 0) else 0 end as uncarded_possible,
           c.held_on
    from public.consultation c
    join public.indicator i on i.id = 22
    left join public.consultation_tally t on t.consultation_id = c.id
    where c.kind = 'consultation' and c.status <> 'draft' and c.deleted_at is null
    union all
    select i.id, a.area_code, a.commune_code, a.unit_from, extract(year from a.held_on)::integer, true,
           coalesce(n.carded_certain, 0) + case when a.min_age >= i.min_age and a.max_age <= i.max_age then a.headcount else 0 end,
           coalesce(n.carded_possible, 0),
           case when a.max_age >= i.min_age and a.min_age <= i.max_age then a.headcount else 0 end,
           a.held_on
    from public.activity a
    join public.indicator i on i.id = case a.kind when 'awareness_session' then 23 else 24 end
    left join private.activity_tally n on n.activity_id = a.id
    where a.state = 'held' and a.deleted_at is null;
comment on view private.noted is 'Each consultation and held activity: the unit it was noted in, its commune of today, and its children by indicator.';

create or replace view private.participation_facts as
    with placed as (
        select n.indicator, area.code, n.year, n.largest_certain, n.uncarded_possible, 0 as perhaps, n.consultations, n.consultations_not_counted
        from private.area_tally n
        cross join lateral (values (n.commune_code), ('84')) area (code)
        where n.consultations > 0 or n.consultations_not_counted > 0
        union all
        -- Of units that were split: perhaps in each part.
        select n.indicator, area.code, n.year, case when n.counted and area.sure then n.certain else 0 end,
               case when n.counted then n.uncarded_possible else 0 end,
               case when n.counted and not area.sure then n.carded_possible + n.uncarded_possible else 0 end,
               n.counted::integer, (not n.counted)::integer
        from private.noted n
        cross join lateral (
            select '84' as code, true as sure union all select h.commune, false from public.heirs(n.commune_code, n.unit_from) h
        ) area
        where n.area_code is null
    ), counted as (
        select n.indicator, n.code as area_code, n.year, max(n.largest_certain) as largest_certain,
               sum(n.uncarded_possible) as uncarded_possible, sum(n.perhaps) as perhaps, sum(n.consultations) as consultations,
               sum(n.consultations_not_counted) as consultations_not_counted
        from placed n
        group by n.indicator, n.code, n.year
    )
    select k.indicator, k.area_code, k.year,
           coalesce(t.certain, 0) as carded_certain, coalesce(t.possible, 0) as carded_possible,
           k.largest_certain::integer,
           -- Fewer perhaps than the threshold would tell of them, so the upper bound then leaves more room.
           (k.uncarded_possible + case when k.perhaps between 1 and h.threshold - 1 then h.threshold - k.perhaps else 0 end)::integer
               as uncarded_possible,
           k.consultations::integer, k.consultations_not_counted::integer
    from counted k
    cross join lateral (
        select coalesce((select (x.value #>> '{}')::integer from public.setting x where x.name = 'suppression_threshold'), 5) as threshold
    ) h
    left join private.participation_tally t on (t.indicator, t.area_code, t.year) = (k.indicator, k.area_code, k.year);

create or replace view public.participation_count as
    select f.indicator, f.area_code, f.year, f.carded_certain, f.carded_possible, f.largest_certain, f.uncarded_possible,
           f.consultations, f.consultations_not_counted
    from private.participation_facts f
    where (select private.staff_role()) is not null;
comment on view public.participation_count is
    'The facts behind indicators 22, 23 and 24 by area and year: counts only, so every member of staff may read all of it. Of 23 and 24, '
    'consultations are the activities held.';

create or replace view public.unanswered_consultation as
    select c.area_code, extract(year from c.held_on)::integer as year, c.held_on, c.closed_at, count(*)::integer as consultations
    from public.consultation c
    where c.kind = 'consultation' and c.status = 'closed' and c.published_at is null and c.deleted_at is null
      and (select private.staff_role()) is not null
    group by c.area_code, c.held_on, c.closed_at;
comment on view public.unanswered_consultation is
    'Closed consultations whose children have no published answer yet: how many, where and when, so every member of staff may read all of it.';

create or replace function public.ratings_by_area(voucher text)
returns table (
    area_code text, year integer, ratings integer, good integer, other integer,
    most_ratings integer, most_good integer, most_other integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
    -- Small counts are in it as they are, so only the application, which hides them, gets it.
    perform private.require(private.staff_role() is not null and private.vouched('ratings', ratings_by_area.voucher));
    return query
    with answers as (
        select c.area_code, extract(year from c.held_on)::integer as held_in, count(*)::integer as n,
               (count(*) filter (where r.rating = 3))::integer as n_good
        from public.feedback_rating r
        join public.commitment m on m.id = r.commitment_id and m.deleted_at is null
        join public.theme t on t.id = m.theme_id and t.deleted_at is null
        join public.consultation c on c.id = m.consultation_id
        where c.kind = 'consultation' and c.published_at is not null and c.deleted_at is null
        group by c.area_code, extract(year from c.held_on), m.id
    )
    select area.code, a.held_in, sum(a.n)::integer, sum(a.n_good)::integer, sum(a.n - a.n_good)::integer,
           max(a.n), max(a.n_good), max(a.n - a.n_good)
    from answers a cross join lateral (values (a.area_code), ('84')) area (code)
    where area.code is not null
    group by area.code, a.held_in;
end
$$;
comment on function public.ratings_by_area is
    'Children''s ratings of published answers by area (84: the whole former province) and year: all, good (3) and other, and the most of '
    'each that one answer got. It hides small counts (analysis/answers.py) before it passes anything on.';

drop function if exists public.participation_before_this_month();
create or replace function public.participation_before_this_month(voucher text)
returns table (indicator integer, area_code text, year integer, carded_certain integer, carded_possible integer, largest_certain integer,
               uncarded_possible integer, consultations integer, consultations_not_counted integer, published_since integer)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
    this_month date := date_trunc('month', private.today())::date;
    this_year date := date_trunc('year', private.today())::date;
    threshold integer := private.suppression_threshold();
begin
    -- Beside the counts of today these tell how few children came since; the application hides that.
    perform private.require(private.staff_role() is not null
        and private.vouched('before this month', participation_before_this_month.voucher));
    return query
    with placed as (
        select n.indicator, area.code, n.counted, area.sure, n.certain, n.carded_possible, n.uncarded_possible
        from private.noted n
        cross join lateral (
            select n.area_code as code, true as sure where n.area_code is not null
            union all select '84', true
            union all select h.commune, false from public.heirs(n.commune_code, n.unit_from) h where n.area_code is null
        ) area
        where n.held_on >= this_year and n.held_on < this_month
    ), held as (
        select n.indicator, n.code, coalesce(max(n.certain) filter (where n.counted and n.sure), 0) as largest,
               coalesce(sum(n.uncarded_possible) filter (where n.counted), 0) as uncarded,
               coalesce(sum(n.carded_possible + n.uncarded_possible) filter (where n.counted and not n.sure), 0) as perhaps,
               count(*) filter (where n.counted) as counting, count(*) filter (where not n.counted) as not_counting
        from placed n
        group by n.indicator, n.code
    ), present as (
        select 22 as indicator, d.commune_code as area_code, d.noted_in, d.unit_from, d.participant_id, d.certain
        from public.consultation c
        join private.consulted d on d.consultation_id = c.id
        where c.held_on >= this_year and c.held_on < this_month and d.counted and d.status = 'accepted' and d.possible
        union all
        select i.id, a.area_code, a.commune_code, a.unit_from, n.participant_id, b.youngest >= i.min_age and b.oldest <= i.max_age
        from public.activity a
        join public.indicator i on i.id = private.activity_indicator(a.kind)
        join public.attendance n on n.activity_id = a.id
        join public.participant p on p.id = n.participant_id
        cross join lateral private.age_bounds(p.birth_year, p.birth_month, a.held_on) b
        where a.held_on >= this_year and a.held_on < this_month and a.state = 'held' and a.deleted_at is null
          and b.oldest >= i.min_age and b.youngest <= i.max_age
    ), children as (
        select n.indicator, area.code, count(distinct n.participant_id) filter (where n.certain and area.sure) as certain,
               count(distinct n.participant_id) as possible
        from present n
        cross join lateral (
            select n.area_code as code, true as sure where n.area_code is not null
            union all select '84', true
            union all select h.commune, false from public.heirs(n.noted_in, n.unit_from) h where n.area_code is null
        ) area
        group by n.indicator, area.code
    ), published as (
        select 22 as indicator, '84' as code, count(*) as consultations
        from public.consultation c
        where c.published_at >= this_month::timestamp at time zone 'Asia/Ho_Chi_Minh' and c.kind = 'consultation' and c.deleted_at is null
    )
    select indicator, code, extract(year from this_year)::integer, coalesce(k.certain, 0)::integer, coalesce(k.possible, 0)::integer,
           coalesce(h.largest, 0)::integer,
           (coalesce(h.uncarded, 0) + case when h.perhaps between 1 and threshold - 1 then threshold - h.perhaps else 0 end)::integer,
           coalesce(h.counting, 0)::integer, coalesce(h.not_counting, 0)::integer, coalesce(f.consultations, 0)::integer
    from held h
    full join published f using (indicator, code)
    left join children k using (indicator, code);
end
$$;
comment on function public.participation_before_this_month is
    'What participation_count was, in this year, of what was held before this month, as it is known today; and how many consultations were '
    'answered to since. Counts only, like that view. Costs what the year''s participation costs: who asks keeps the answer for a while.';

create or replace function public.participation_by_group(for_year integer, grouped_by text, voucher text)
returns table (indicator integer, area_code text, "group" text, children bigint, possible bigint)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
begin
    -- Small counts are in it as they are: a token of an account alone, with the public key, opens nothing.
    perform private.require(private.staff_role() in ('officer', 'reviewer', 'administrator')
        and private.vouched('groups ' || participation_by_group.grouped_by || ' ' || for_year, participation_by_group.voucher));
    if participation_by_group.grouped_by not in ('sex', 'age', 'school_type', 'ethnicity', 'disability', 'district') then
        perform private.refuse('unknown_grouping');
    end if;
    if participation_by_group.grouped_by = 'district' then
        return query
        select n.indicator, u.former_district, u.former_district,
               count(distinct n.participant_id) filter (where n.certain), count(distinct n.participant_id)
        from private.participation n
        join public.unit u on u.code = n.area_code and u.valid_to is null
        where n.year = for_year and n.area_code <> '84' and u.former_district is not null
        group by n.indicator, u.former_district;
        return;
    end if;
    return query
    select n.indicator, n.area_code, k.name, count(*) filter (where n.certain), count(*)
    from private.participation n
    join public.participant p on p.id = n.participant_id
    left join public.school s on s.id = p.school_id
    left join public.participant_group g on g.participant_id = p.id
    cross join lateral (select coalesce(case participation_by_group.grouped_by
        when 'sex' then p.sex
        -- The age completed by 31 December: of a child known by birth year alone there is no doubt about it.
        when 'age' then (for_year - p.birth_year)::text
        when 'school_type' then s.kind
        when 'ethnicity' then g.ethnicity
        when 'disability' then case when g.disability then 'yes' when not g.disability then 'no' end
    end, 'not_recorded')) k (name)
    where n.year = for_year
    group by n.indicator, n.area_code, k.name;
end
$$;
comment on function public.participation_by_group is
    'Distinct children with cards, surely (children) and possibly of the indicator''s ages, by area (84: each once) and group; by district the '
    'district is the area. The application, which hides small ones (analysis/suppression.py), asks with a voucher for this grouping and year.';

create or replace function public.participation_in_units(for_year integer, units jsonb)
returns table (
    indicator integer, area_code text, year integer, carded_certain bigint, carded_possible bigint, largest_certain bigint,
    uncarded_possible bigint, consultations bigint, consultations_not_counted bigint
)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
    threshold integer := private.suppression_threshold();
begin
    perform private.require(private.staff_role() = 'administrator');
    return query
        with given as (
            select g.* from jsonb_to_recordset(units) as g (area text, code text, valid_from date, sure boolean)
        ), took_part as (
            select 22 as indicator, g.area, d.participant_id, bool_or(d.certain and g.sure) as certain
            from private.consulted d join given g on (g.code, g.valid_from) = (d.noted_in, d.unit_from)
            where d.year = for_year and d.counted and d.status = 'accepted' and d.possible
            group by g.area, d.participant_id
            union all
            select i.id, g.area, t.participant_id, bool_or(b.youngest >= i.min_age and b.oldest <= i.max_age and g.sure)
            from public.activity a
            join given g on (g.code, g.valid_from) = (a.commune_code, a.unit_from)
            join public.attendance t on t.activity_id = a.id
            join public.indicator i on i.id = private.activity_indicator(a.kind)
            join public.participant p on p.id = t.participant_id
            cross join lateral private.age_bounds(p.birth_year, p.birth_month, a.held_on) b
            where a.state = 'held' and a.deleted_at is null and extract(year from a.held_on) = for_year
              and b.oldest >= i.min_age and b.youngest <= i.max_age
            group by i.id, g.area, t.participant_id
        ), children as (
            select t.indicator, t.area, count(*) filter (where t.certain) as certain, count(*) as possible
            from took_part t group by t.indicator, t.area
        ), held as (
            select n.indicator, g.area,
                   coalesce(max(n.certain) filter (where n.counted and g.sure), 0)::bigint as largest,
                   coalesce(sum(n.uncarded_possible) filter (where n.counted), 0)::bigint as uncarded,
                   coalesce(sum(n.carded_possible + n.uncarded_possible) filter (where n.counted and not g.sure), 0)::bigint as perhaps,
                   count(*) filter (where n.counted) as counted, count(*) filter (where not n.counted) as not_counted
            from private.noted n join given g on (g.code, g.valid_from) = (n.commune_code, n.unit_from)
            where n.year = for_year group by n.indicator, g.area
        )
        select h.indicator, h.area, for_year, coalesce(c.certain, 0), coalesce(c.possible, 0), h.largest,
               h.uncarded + case when h.perhaps between 1 and threshold - 1 then threshold - h.perhaps else 0 end, h.counted, h.not_counted
        from held h left join children c on (c.indicator, c.area) = (h.indicator, h.area);
end
$$;
comment on function public.participation_in_units is
    'participation_count by any geography: [{"area", "valid_from", "sure", "code"}] says which units that anything was noted in are of which '
    'area, surely or perhaps. Small counts are in it as they are: who shows them hides some (analysis/geographies.py).';

create or replace function public.former_population(for_year integer)
returns table (
    source text, commune_code text, unit_from date, year integer, age integer, children double precision, band_from integer, band_to integer
)
language plpgsql stable security definer set search_path = '' as $$
begin
    perform private.require(private.staff_role() is not null);
    return query
        select p.source, p.commune_code, r.old_from, p.year, p.age, p.children, p.band_from, p.band_to
        from (select distinct x.change_id, x.old_code, x.old_from from private.unit_change_row x) r
        join private.unit_change_item i on i.change_id = r.change_id and i.kind = 'population' and i.item ->> 'commune_code' = r.old_code
        cross join lateral jsonb_populate_record(null::public.population, i.item) p
        where p.year = for_year;
end
$$;
comment on function public.former_population is 'Children by units that a reorganisation has ended, as they were before it.';

-- Data for others

create or replace function public.create_data_token(label text) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
    made text := 'data_' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
begin
    perform private.require(private.staff_role() = 'administrator');
    if length(trim(coalesce(create_data_token.label, ''))) not between 1 and 100 then
        perform private.refuse('data_token_label');
    end if;
    insert into public.data_token (label, token_hash, created_by)
    values (trim(create_data_token.label), encode(sha256(convert_to(made, 'UTF8')), 'hex'), (select auth.uid()));
    return made;
end
$$;
comment on function public.create_data_token is 'Gives a token that reads the figures; nobody can be told it again.';

create or replace function public.revoke_data_token(token uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.require(private.staff_role() = 'administrator');
    update public.data_token d set revoked_at = now(), revoked_by = (select auth.uid())
    where d.id = revoke_data_token.token and d.revoked_at is null;
end
$$;

create or replace function public.data_for_token(token text, for_year integer, voucher text) returns table (facts jsonb)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
    here date := (now() at time zone 'Asia/Ho_Chi_Minh')::date;
    known uuid := (
        select d.id from public.data_token d
        where d.token_hash = encode(sha256(convert_to(data_for_token.token, 'UTF8')), 'hex') and d.revoked_at is null);
begin
    -- Small counts are in it as they are: the token alone, with the public key, opens nothing.
    perform private.require(private.vouched('figures ' || data_for_token.token, data_for_token.voucher));
    if known is null then return; end if;
    update public.data_token d set last_used_on = here where d.id = known and d.last_used_on is distinct from here;
    return query select jsonb_build_object(
        'demonstration', (select coalesce(bool_or(s.value = 'true'), false) from public.setting s where s.name = 'demonstration'),
        'threshold', private.suppression_threshold(),
        'units', (
            select coalesce(jsonb_agg(jsonb_build_object('code', u.code, 'name', u.name) order by u.code), '[]')
            from public.unit u where u.valid_to is null),
        'indicators', (
            select coalesce(jsonb_agg(jsonb_build_object('id', i.id, 'min_age', i.min_age, 'max_age', i.max_age) order by i.id), '[]')
            from public.indicator i),
        'sources', (select coalesce(jsonb_agg(to_jsonb(s) order by s.source), '[]') from public.denominator_source s),
        'population', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'source', p.source, 'commune_code', p.commune_code, 'year', p.year, 'age', p.age, 'children', p.children,
                'band_from', p.band_from, 'band_to', p.band_to) order by p.source, p.commune_code, p.age), '[]')
            from public.population p where p.year = for_year),
        'counts', (
            select coalesce(jsonb_agg(to_jsonb(f) order by f.indicator, f.area_code), '[]')
            from private.participation_facts f where f.year = for_year));
end
$$;
comment on function public.data_for_token is
    'What the application reckons a year''s figures from, for a token that is good; nothing for another one. It hides small counts '
    '(analysis/suppression.py) before it passes anything on.';

create or replace view public.consultation_overview with (security_invoker = true) as
    select c.id, c.join_code, c.kind, c.title, coalesce(c.area_code, c.commune_code) as commune_code, u.name as commune_name, c.school_id, s.name as school_name,
           c.held_on, extract(year from c.held_on)::integer as year, c.questionnaire_id, c.questionnaire_version,
           c.min_age, c.max_age, c.expected, c.status, c.opened_at, c.closed_at, c.principles, c.counted, c.created_by,
           coalesce(t.received, 0) as received, coalesce(t.accepted, 0) as accepted, coalesce(t.in_review, 0) as in_review,
           coalesce(t.late, 0) as late, coalesce(t.carded_possible, 0) as carded, coalesce(t.uncarded, 0) as uncarded,
           g.version as consent_version, g.method as consent_method, g.obtained_on as consent_on, g.guardians as consent_guardians,
           c.pin, c.form, c.roster_id, r.name as roster_name, c.headcount, c.published_at
    from public.consultation c
    left join public.roster r on r.id = c.roster_id
    left join public.unit u on (u.code, u.valid_from) = (c.commune_code, c.unit_from)
    left join public.school s on s.id = c.school_id
    left join public.consultation_tally t on t.consultation_id = c.id
    left join lateral (
        select * from public.guardian_consent k where k.consultation_id = c.id order by k.version desc limit 1
    ) g on true;

create or replace view public.submission_in_review with (security_invoker = true) as
    select s.id, s.consultation_id, c.title, coalesce(c.area_code, c.commune_code) as commune_code, c.held_on, s.problems, s.late, s.answered_at, s.received_at
    from public.submission s join public.consultation c on c.id = s.consultation_id
    where s.status = 'review';

create or replace view public.attachment_count as
    select n.consultation_id, n.expected, n.stored
    from (
        select a.consultation_id, count(*)::integer as expected, (count(*) filter (where a.state = 'stored'))::integer as stored
        from public.attachment a group by a.consultation_id
    ) n
    join public.consultation c on c.id = n.consultation_id
    where c.deleted_at is null and private.sees_consultation(c.created_by, c.school_id, c.area_code);
comment on view public.attachment_count is 'How many drawings, photos and voices a consultation has announced and how many are here: counts only.';

-- A setting is changed by somebody

create or replace function private.note_setting() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    if (select auth.uid()) is not null and (tg_op = 'INSERT' or new.value <> old.value) then
        insert into public.setting_change (name, value, changed_at, changed_by)
        values (new.name, new.value, clock_timestamp(), (select auth.uid()));
    end if;
    return null;
end
$$;
drop trigger if exists setting_noted on public.setting;
create trigger setting_noted after insert or update on public.setting
    for each row execute function private.note_setting();

-- A questionnaire that a consultation uses stays as it was

create or replace function private.keep_questionnaire() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    if new.definition is distinct from old.definition and exists (
        select from public.consultation c where (c.questionnaire_id, c.questionnaire_version) = (old.id, old.version)
    ) then
        perform private.refuse('questionnaire_in_use');
    end if;
    return new;
end
$$;
drop trigger if exists questionnaire_kept on public.questionnaire;
create trigger questionnaire_kept before update on public.questionnaire
    for each row execute function private.keep_questionnaire();

-- Row-level security: what each role may see

do $$
declare
    name text;
begin
    foreach name in array array[
        'setting', 'unit', 'unit_succession', 'population_source', 'population', 'indicator', 'card_animal', 'school', 'staff',
        'participant', 'questionnaire', 'consultation', 'guardian_consent', 'submission', 'consultation_participant', 'presence',
        'consultation_tally', 'attachment', 'questionnaire_media', 'recording', 'setting_change',
        'former_card', 'participant_group', 'roster', 'roster_card', 'presence_card', 'activity', 'attendance', 'petition', 'opinion',
        'theme', 'opinion_theme', 'commitment', 'feedback_rating', 'alert', 'deletion',
        'population_in_force', 'population_in_force_change', 'data_token', 'boundary_set', 'boundary_set_change', 'unit_change'
    ] loop
        execute format('alter table public.%I enable row level security', name);
        execute format('drop policy if exists administrator_writes on public.%I', name);
        execute format('drop policy if exists staff_read on public.%I', name);
    end loop;
    foreach name in array array[
        'setting', 'unit', 'unit_succession', 'population_source', 'population', 'indicator', 'card_animal', 'school', 'questionnaire',
        'questionnaire_media'
    ] loop
        execute format(
            'create policy staff_read on public.%I for select to authenticated using ((select private.staff_role()) is not null)', name);
        execute format(
            'create policy administrator_writes on public.%I for all to authenticated '
            'using ((select private.staff_role()) = ''administrator'') with check ((select private.staff_role()) = ''administrator'')', name);
    end loop;
end
$$;

-- What was imported stays as it is; everything else an administrator may correct.
drop policy administrator_writes on public.population_source;
create policy administrator_writes on public.population_source for all to authenticated
    using ((select private.staff_role()) = 'administrator' and imported_at is null)
    with check ((select private.staff_role()) = 'administrator' and imported_at is null);
drop policy administrator_writes on public.population;
create policy administrator_writes on public.population for all to authenticated
    using ((select private.staff_role()) = 'administrator'
           and source not in (select s.source from public.population_source s where s.imported_at is not null))
    with check ((select private.staff_role()) = 'administrator'
           and source not in (select s.source from public.population_source s where s.imported_at is not null));
create policy staff_read on public.population_in_force for select to authenticated
    using ((select private.staff_role()) is not null);
create policy staff_read on public.population_in_force_change for select to authenticated
    using ((select private.staff_role()) = 'administrator');
create policy staff_read on public.boundary_set for select to authenticated
    using ((select private.staff_role()) is not null);
create policy staff_read on public.boundary_set_change for select to authenticated
    using ((select private.staff_role()) = 'administrator');
create policy staff_read on public.unit_change for select to authenticated
    using ((select private.staff_role()) = 'administrator');
create policy staff_read on public.data_token for select to authenticated
    using ((select private.staff_role()) = 'administrator');

drop policy if exists public_reads on public.setting;
create policy public_reads on public.setting for select to anon using (true);
drop policy if exists public_reads on public.card_animal;
create policy public_reads on public.card_animal for select to anon using (true);
drop policy if exists facilitator_adds on public.school;
create policy facilitator_adds on public.school for insert to authenticated with check (exists (
    select from public.staff s where s.id = (select auth.uid()) and s.active and s.role in ('facilitator', 'officer')
    and (s.commune_code is null or s.commune_code = school.commune_code)));

create policy staff_read on public.staff for select to authenticated
    using (id = (select auth.uid()) or (select private.staff_role()) = 'administrator');
create policy administrator_writes on public.staff for all to authenticated
    using ((select private.staff_role()) = 'administrator') with check ((select private.staff_role()) = 'administrator');

create policy staff_read on public.participant for select to authenticated using (
    (select private.staff_role()) = 'administrator'
    or school_id = (select s.school_id from public.staff s where s.id = (select auth.uid()) and s.active and s.role = 'facilitator')
    -- Gathered once, not asked for each card.
    or id in (select k.participant_id from public.roster_card k where k.left_at is null));
-- As private.sees_consultation and private.works_with, with what is asked of the asker asked once, not for each row. Each part can be
-- found by an index: all communes are a range of codes, so that who sees few rows does not cost all that there are.
create policy staff_read on public.consultation for select to authenticated using (deleted_at is null and (
    created_by = (select s.id from private.asker() s)
    or school_id = (select s.school_id from private.asker() s)
    or area_code = (select s.commune_code from private.asker() s where s.role = 'officer')
    or commune_code between (select '' from private.asker() s where s.role <> 'facilitator' and (s.role <> 'officer' or s.commune_code is null))
                        and (select '99999' from private.asker() s where s.role <> 'facilitator' and (s.role <> 'officer' or s.commune_code is null))));
create policy staff_read on public.guardian_consent for select to authenticated
    using (exists (select from public.consultation c where c.id = consultation_id));
create policy staff_read on public.consultation_tally for select to authenticated
    using (exists (select from public.consultation c where c.id = consultation_id));
create policy staff_read on public.presence for select to authenticated
    using (private.runs_consultation(consultation_id));
create policy staff_read on public.consultation_participant for select to authenticated
    using (private.runs_consultation(consultation_id));
create policy staff_read on public.submission for select to authenticated
    using (private.runs_consultation(consultation_id) or (select private.staff_role()) = 'reviewer');
create policy staff_read on public.setting_change for select to authenticated
    using ((select private.staff_role()) = 'administrator');
-- Children are told that teachers do not see a single child's answers.
create policy staff_read on public.attachment for select to authenticated
    using ((select private.staff_role()) = 'protection_officer');
create policy staff_read on public.recording for select to authenticated using ((select private.staff_role()) is not null);

create policy staff_read on public.roster for select to authenticated using (deleted_at is null and (
    (select s.role = 'administrator' or (s.role = 'officer' and s.commune_code is null)
     from private.asker() s)
    or created_by = (select s.id from private.asker() s where s.role = 'facilitator')
    or school_id = (select s.school_id from private.asker() s where s.role = 'facilitator')
    or commune_code = (select s.commune_code from private.asker() s where s.role = 'officer')));
create policy staff_read on public.roster_card for select to authenticated
    using (roster_id in (select r.id from public.roster r));
create policy staff_read on public.presence_card for select to authenticated using (private.runs_consultation(consultation_id));
create policy staff_read on public.activity for select to authenticated using (deleted_at is null and (
    created_by = (select s.id from private.asker() s where s.role = 'facilitator')
    or school_id = (select s.school_id from private.asker() s where s.role = 'facilitator')
    or area_code = (select s.commune_code from private.asker() s where s.role = 'officer')
    or commune_code between (select '' from private.asker() s where s.role in ('administrator', 'reviewer') or (s.role = 'officer' and s.commune_code is null))
                        and (select '99999' from private.asker() s where s.role in ('administrator', 'reviewer') or (s.role = 'officer' and s.commune_code is null))));
create policy staff_read on public.attendance for select to authenticated using (exists (
    select from public.activity a where a.id = activity_id and private.works_with(a.created_by, a.school_id, a.area_code)));
-- What families ask for in their own words is read by those who answer it.
create policy staff_read on public.petition for select to authenticated using (
    deleted_at is null and (select private.staff_role()) in ('facilitator', 'officer')
    and private.works_with(created_by, school_id, commune_code));
create policy staff_read on public.theme for select to authenticated
    using (deleted_at is null and exists (select from public.consultation c where c.id = consultation_id));
create policy staff_read on public.commitment for select to authenticated using (
    deleted_at is null
    and (exists (select from public.theme t where t.id = theme_id)
         or exists (select from public.petition p where p.id = petition_id)));
create policy staff_read on public.alert for select to authenticated
    using ((select private.staff_role()) = 'protection_officer');
create policy staff_read on public.deletion for select to authenticated
    using (private.works_with_deleted(kind, of_petition, owner, school_id, commune_code));

-- Files: at Supabase in its Storage, which asks these policies; the embedded door asks the same functions

do $$
declare
    pictures text[] := array['image/png', 'image/jpeg', 'image/webp'];
    sounds text[] := array['audio/webm', 'audio/ogg', 'audio/mp4', 'audio/mpeg'];
begin
    if to_regclass('storage.objects') is null then return; end if;
    insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
        ('attachment', 'attachment', false, 3145728, pictures || sounds),
        ('media', 'media', true, 1048576, pictures || sounds || array['image/gif', 'image/svg+xml', 'audio/wav'])
    on conflict (id) do update
    set public = excluded.public, file_size_limit = excluded.file_size_limit, allowed_mime_types = excluded.allowed_mime_types;
    drop policy if exists survey_app_keeps on storage.objects;
    create policy survey_app_keeps on storage.objects for insert to anon, authenticated
        with check (public.may_keep_file(bucket_id, name));
    drop policy if exists survey_app_reads on storage.objects;
    create policy survey_app_reads on storage.objects for select to anon, authenticated
        using (public.may_read_file(bucket_id, name));
    drop policy if exists survey_app_removes on storage.objects;
    create policy survey_app_removes on storage.objects for delete to anon, authenticated
        using (public.may_remove_file(bucket_id, name));
end
$$;

-- Grants, by name

revoke all on all tables in schema public from public, anon, authenticated;
revoke all on all tables in schema private from public, anon, authenticated;
revoke all on all functions in schema public from public, anon, authenticated;
revoke all on all functions in schema private from public, anon, authenticated;
revoke all on all sequences in schema public from public, anon, authenticated;

grant select on public.setting, public.card_animal to anon;
grant execute on function
    public.consultation_by_code, public.questionnaire_of, public.community_surveys, public.report_presence, public.submit,
    public.withdraw, public.health_check, public.attachment_upload, public.keep_attachment_part, public.verified_attachment,
    public.attachment_stored, public.files_to_settle, public.file_erased, public.may_keep_file, public.may_read_file,
    public.may_remove_file, public.arrivals
to anon, authenticated;

grant select on
    public.setting, public.unit, public.unit_succession, public.population_source, public.population, public.indicator,
    public.card_animal, public.school, public.staff, public.participant, public.questionnaire, public.consultation,
    public.guardian_consent, public.consultation_participant, public.presence, public.consultation_tally,
    public.participation_count, public.unanswered_consultation, public.consultation_overview, public.submission_in_review,
    public.attachment,
    public.attachment_count, public.questionnaire_media, public.recording, public.setting_change,
    public.roster, public.roster_card, public.presence_card, public.activity, public.attendance, public.petition,
    public.theme, public.commitment, public.alert, public.deletion
to authenticated;
-- Answers are not among the columns: what children wrote is not read through this table.
grant select (id, consultation_id, status, late, problems, card_state, answered_at, received_at, received_number)
    on public.submission to authenticated;
grant insert, update on
    public.setting, public.unit, public.unit_succession, public.population_source, public.population, public.indicator,
    public.card_animal, public.school, public.staff, public.questionnaire, public.questionnaire_media
to authenticated;
grant execute on function
    public.resolve, public.issue_cards, public.create_consultation, public.set_principles, public.record_guardian_consent,
    public.set_consultation_roster, public.record_participation, public.remove_participation, public.participation_by_word,
    public.set_headcount, public.record_opinion, public.live_cards,
    public.open_consultation, public.close_consultation, public.live_count, public.paper_count,
    public.review_submission, public.my_profile, public.save_recording, public.remove_recording
to authenticated;
grant execute on function private.staff_role, private.asker, private.sees_consultation, private.runs_consultation, private.works_with to authenticated;

grant execute on function
    public.feedback_by_code, public.feedback_by_receipt, public.feedback_of_commune, public.communes_with_feedback, public.rate_feedback
to anon, authenticated;
grant execute on function
    public.save_activity, public.record_attendance, public.remove_attendance, public.set_activity_headcount,
    public.set_activity_evidence, public.create_before_after, public.activity_attendance
to authenticated;
grant execute on function private.attendance_count to authenticated;
grant select on public.activity_overview to authenticated;
grant execute on function
    public.gather_opinions, public.texts_to_read, public.release_opinion, public.withhold_opinion, public.raise_alert,
    public.released_texts, public.texts_for_protection, public.alert_list, public.decide_alert, public.alert_count,
    public.class_results
to authenticated;
grant execute on function public.paired_scores to authenticated;
grant execute on function
    public.opinions_of, public.save_theme, public.group_opinions, public.save_commitment, public.publish_feedback,
    public.unpublish_feedback, public.ratings_of, public.save_petition, public.assign_petition, public.answer_petition,
    public.close_petition
to authenticated;
grant select on public.commitment_board to authenticated;
grant execute on function
    public.save_roster, public.issue_roster_cards, public.import_roster, public.replace_card, public.move_cards
to authenticated;
grant select on public.roster_overview, public.roster_member, public.loose_card to authenticated;
grant execute on function public.delete_item, public.restore_item to authenticated;
grant execute on function private.works_with_deleted to authenticated;
grant execute on function public.purge_deleted to anon, authenticated;
grant select on public.deleted_items to authenticated;
grant execute on function public.import_units, public.undo_units, public.units_touched, public.participation_in_units,
    public.former_population, public.renumbered_cards to authenticated;
grant execute on function public.heirs, public.resolve_codes, public.import_population, public.put_in_force to authenticated;
grant execute on function public.import_boundaries, public.put_boundaries_in_force to authenticated;
grant select on public.boundary_set, public.boundary_set_change, public.unit_change to authenticated;
grant execute on function public.participation_by_group, public.ratings_by_area to authenticated;
grant execute on function public.participation_before_this_month to authenticated;
grant execute on function public.data_for_token to anon, authenticated;
grant execute on function public.create_data_token, public.revoke_data_token to authenticated;
grant select (id, label, created_at, created_by, last_used_on, revoked_at) on public.data_token to authenticated;
grant select on public.population_in_force, public.population_in_force_change, public.denominator_source,
    public.population_total to authenticated;
drop function if exists private.sees_consultation(uuid, uuid);
drop function if exists public.delete_consultation(uuid);
drop function if exists public.participation_by_sex(integer);

commit;
