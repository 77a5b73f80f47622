-- The platform's whole database: tables, the rules that protect children's data, and the functions through which the
-- application reads and writes. Runs unchanged in Supabase's SQL editor, with psql, and on the embedded PostgreSQL,
-- on PostgreSQL 15 to 18, and again over a database in use without harm.
--
-- public   what the HTTP door exposes: every table has row-level security, every function is granted by name
-- private  what no client can reach: counters, secrets, the functions that policies ask

begin;

select pg_advisory_xact_lock(hashtext('survey_app.schema'));

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
    ('demonstration', 'false'), ('assent_version', '1'), ('suppression_threshold', '5'), ('photos_allowed', 'false')
on conflict (name) do nothing;

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

create table if not exists public.indicator (
    id integer primary key,
    min_age integer not null,
    max_age integer not null,
    check (min_age between 0 and max_age)
);
comment on table public.indicator is 'Ages in completed years that each indicator counts; its name and targets are data of the application.';
insert into public.indicator (id, min_age, max_age) values (22, 7, 15), (23, 7, 15), (24, 11, 15)
on conflict (id) do nothing;

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
    kind text not null default 'consultation' check (kind in ('consultation', 'community_survey')),
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
comment on column public.submission.entered_from is 'paper: a child wrote on paper and a facilitator entered it.';
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

-- Who is asking

create or replace function private.staff_role() returns text
language sql stable security definer set search_path = '' as $$
    select role from public.staff where id = (select auth.uid()) and active
$$;

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

create or replace function public.resolve(code text, on_date date) returns text
language sql stable set search_path = '' as $$
    with recursive chain as (
        select * from (
            select u.code, u.valid_to
            from public.unit u
            where u.code = resolve.code and u.valid_from <= on_date
            order by (u.valid_to is null or u.valid_to >= on_date) desc, u.valid_from desc
            limit 1
        ) asked
        union all
        select heir.code, heir.valid_to
        from chain
        join public.unit_succession s on s.old_code = chain.code and s.old_valid_to = chain.valid_to
        cross join lateral (
            select u.code, u.valid_to from public.unit u
            where u.code = s.new_code and u.valid_from > chain.valid_to
            order by u.valid_from limit 1
        ) heir
    )
    select chain.code from chain where valid_to is null
$$;
comment on function public.resolve is
    'The commune in force today that holds the unit which bore the code on that day; a code no longer in force that day '
    'means the last unit that bore it; null when no unit ever did.';

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
    if (select count(*) from public.participant p where p.commune_code = commune) + quantity > cardinality(animals) * 900 then
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
        c.id as consultation_id, c.commune_code, extract(year from c.held_on)::integer as year, c.counted,
        cp.participant_id, cp.submission_id, s.status,
        b.youngest >= i.min_age and b.oldest <= i.max_age as certain,
        b.oldest >= i.min_age and b.youngest <= i.max_age as possible
    from public.consultation_participant cp
    join public.submission s on s.id = cp.submission_id
    join public.consultation c on c.id = cp.consultation_id
    join public.participant p on p.id = cp.participant_id
    join public.indicator i on i.id = 22
    cross join lateral private.age_bounds(p.birth_year, p.birth_month, c.held_on) b
    where c.kind = 'consultation';
comment on view private.consulted is 'Each carded child in each consultation, and whether she is of indicator 22''s ages that day.';

create or replace function private.count_participation(participants uuid[], for_year integer) returns void
language sql volatile security definer set search_path = '' as $$
    insert into private.participation as p (indicator, area_code, year, participant_id, certain)
    select 22, area.code, d.year, d.participant_id, bool_or(d.certain)
    from private.consulted d
    cross join lateral (values (d.commune_code), ('84')) area (code)
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
    set received = n.received, accepted = n.accepted, in_review = n.in_review, late = n.late, uncarded = n.uncarded,
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

create or replace function public.create_consultation(
    title text, commune text, school uuid, held_on date, questionnaire_id text, questionnaire_version text,
    min_age integer, max_age integer, expected integer, kind text default 'consultation'
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
    if not exists (
        select from public.questionnaire q
        where q.id = create_consultation.questionnaire_id and q.version = create_consultation.questionnaire_version
    ) then
        perform private.refuse('unknown_questionnaire');
    end if;
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
            min_age, max_age, expected, created_by)
        values (
            private.new_join_code(), create_consultation.kind, trim(create_consultation.title), commune, school,
            create_consultation.held_on, create_consultation.questionnaire_id, create_consultation.questionnaire_version,
            create_consultation.min_age, create_consultation.max_age, create_consultation.expected, (select auth.uid()))
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

create or replace function public.open_consultation(consultation uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.require(private.runs_consultation(consultation));
    update public.consultation c set status = 'open', opened_at = coalesce(c.opened_at, clock_timestamp()), closed_at = null
    where c.id = consultation and c.status <> 'open';
    insert into public.consultation_tally (consultation_id) values (consultation) on conflict do nothing;
end
$$;
comment on function public.open_consultation is 'Also opens again one that was closed too early.';

create or replace function public.close_consultation(consultation uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.require(private.runs_consultation(consultation));
    if not exists (select from public.consultation c where c.id = consultation and c.status <> 'draft') then
        perform private.refuse('not_opened_yet');
    end if;
    update public.consultation c set status = 'closed', closed_at = clock_timestamp()
    where c.id = consultation and c.status = 'open';
end
$$;

create or replace function public.delete_consultation(consultation uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform private.require(private.runs_consultation(consultation));
    delete from public.consultation c where c.id = consultation and c.status = 'draft';
    if not found then perform private.refuse('only_drafts_can_be_deleted'); end if;
end
$$;

create or replace function public.live_count(consultation uuid)
returns table (
    tablets integer, joined integer, answering integer, waiting integer, sent integer, in_review integer, late integer,
    carded integer, uncarded integer, last_seen_at timestamptz
)
language plpgsql stable security definer set search_path = '' as $$
begin
    perform private.require(exists (
        select from public.consultation c where c.id = consultation and private.sees_consultation(c.created_by, c.school_id, c.commune_code)));
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
    left join public.unit u on u.code = c.commune_code and u.valid_to is null
    left join public.school s on s.id = c.school_id
    where c.join_code = consultation_by_code.code and c.status <> 'draft'
$$;

create or replace function public.questionnaire_of(consultation uuid) returns table (definition jsonb)
language sql stable security definer set search_path = '' as $$
    select q.definition
    from public.consultation c
    join public.questionnaire q on (q.id, q.version) = (c.questionnaire_id, c.questionnaire_version)
    where c.id = consultation and c.status <> 'draft'
$$;

create or replace function public.community_surveys() returns table (code text, title text, commune text)
language sql stable security definer set search_path = '' as $$
    select c.join_code, c.title, u.name
    from public.consultation c left join public.unit u on u.code = c.commune_code and u.valid_to is null
    where c.kind = 'community_survey' and c.status = 'open'
    order by c.held_on desc, c.title limit 100
$$;

create or replace function public.report_presence(
    consultation uuid, device uuid, begun integer, answering boolean, question integer, question_count integer,
    sent integer, waiting integer
) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    if not exists (select from public.consultation c where c.id = consultation and c.status <> 'draft') then
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
    insert into public.consultation_tally as t (
        consultation_id, received, accepted, in_review, late, uncarded, carded_certain, carded_possible)
    values (c.id, received, accepted, in_review, late, uncarded, surely, cardinality(children))
    on conflict (consultation_id) do update
    set received = t.received + excluded.received, accepted = t.accepted + excluded.accepted,
        in_review = t.in_review + excluded.in_review, late = t.late + excluded.late,
        uncarded = t.uncarded + excluded.uncarded, carded_certain = t.carded_certain + excluded.carded_certain,
        carded_possible = t.carded_possible + excluded.carded_possible;
    if c.counted and children <> '{}' then
        insert into private.participation as p (indicator, area_code, year, participant_id, certain)
        select 22, area.code, extract(year from c.held_on)::integer, child.id, child.certain
        from unnest(children, certain) child (id, certain)
        cross join lateral (values (c.commune_code), ('84')) area (code)
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
            -- Locked as the foreign key will: whoever is changing whether it counts is waited for, and seen.
            select * into c from public.consultation k where k.id = (content ->> 'consultation')::uuid for key share;
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
        card_known := 'none';
        if content ->> 'card' is not null then
            -- Cards can be guessed: what nobody has checked must not take the place of the child who holds the card.
            if checked then
                select p.id, b.youngest, b.oldest into child
                from public.participant p cross join lateral private.age_bounds(p.birth_year, p.birth_month, c.held_on) b
                where p.commune_code = c.commune_code and p.card = content ->> 'card';
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
            problems, card_state, assent_version, receipt_hash, device_id, started_at, finished_at, sent_at, answered_at, received_at)
        values (
            submit.id, c.id, coalesce(content ->> 'questionnaire', ''), coalesce(content ->> 'version', ''),
            coalesce(content ->> 'language', ''), coalesce(content -> 'answers', '{}'), hash,
            case when blocking then 'review' else 'accepted' end, is_late, notes, card_known,
            coalesce((content -> 'assent' ->> 'version')::integer, 0),
            sha256(convert_to(upper(coalesce(content ->> 'receipt', submit.id::text)), 'UTF8')), (content ->> 'device')::uuid,
            (content ->> 'started_at')::timestamptz, (content ->> 'finished_at')::timestamptz, sent, answered, now_at)
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
            return next; continue;
        end if;

        verdict := 'created';
        if checked and item.value ? 'attachments' then
            perform private.expect_attachments(submit.id, c.id, item.value -> 'attachments');
        end if;
        if child.id is not null then
            insert into public.consultation_participant (consultation_id, participant_id, submission_id)
            values (c.id, child.id, submit.id) on conflict do nothing;
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
            if c.kind = 'consultation' and child.oldest >= ages.min_age and child.youngest <= ages.max_age then
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
    'Stores a batch {"submissions": [{"content": …, "problems": […], "sent_at": …, "attachments": […]}]}, each item with its own '
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
        select array_agg(cp.participant_id) into children from public.consultation_participant cp where cp.submission_id = gone.id;
        delete from public.consultation_participant cp where cp.submission_id = gone.id;
        perform private.recount(gone.consultation_id);
        -- She has left the consultation's children, so the recount has passed her over.
        delete from private.participation p where p.indicator = 22 and p.year = gone.year and p.participant_id = any (children);
        perform private.count_participation(children, gone.year);
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

-- What screens read

create or replace view public.participation_count as
    with consultations as (
        select area.code as area_code, extract(year from c.held_on)::integer as year,
               coalesce(max(t.carded_certain + case when c.min_age >= i.min_age and c.max_age <= i.max_age then t.uncarded else 0 end)
                   filter (where c.counted), 0) as largest_certain,
               coalesce(sum(t.uncarded) filter (where c.counted and c.max_age >= i.min_age and c.min_age <= i.max_age), 0) as uncarded_possible,
               count(*) filter (where c.counted) as consultations,
               count(*) filter (where not c.counted) as consultations_not_counted
        from public.consultation c
        join public.indicator i on i.id = 22
        left join public.consultation_tally t on t.consultation_id = c.id
        cross join lateral (values (c.commune_code), ('84')) area (code)
        where c.kind = 'consultation' and c.status <> 'draft'
        group by area.code, extract(year from c.held_on)
    )
    select 22 as indicator, k.area_code, k.year,
           coalesce(t.certain, 0) as carded_certain, coalesce(t.possible, 0) as carded_possible,
           k.largest_certain::integer, k.uncarded_possible::integer, k.consultations::integer, k.consultations_not_counted::integer
    from consultations k
    left join private.participation_tally t on (t.indicator, t.area_code, t.year) = (22, k.area_code, k.year)
    where (select private.staff_role()) is not null;
comment on view public.participation_count is 'The facts behind indicator 22 by area and year: counts only, so every member of staff may read all of it.';

create or replace view public.consultation_overview with (security_invoker = true) as
    select c.id, c.join_code, c.kind, c.title, c.commune_code, u.name as commune_name, c.school_id, s.name as school_name,
           c.held_on, extract(year from c.held_on)::integer as year, c.questionnaire_id, c.questionnaire_version,
           c.min_age, c.max_age, c.expected, c.status, c.opened_at, c.closed_at, c.principles, c.counted, c.created_by,
           coalesce(t.received, 0) as received, coalesce(t.accepted, 0) as accepted, coalesce(t.in_review, 0) as in_review,
           coalesce(t.late, 0) as late, coalesce(t.carded_possible, 0) as carded, coalesce(t.uncarded, 0) as uncarded,
           g.version as consent_version, g.method as consent_method, g.obtained_on as consent_on, g.guardians as consent_guardians,
           c.pin, c.form, c.roster_id, r.name as roster_name, c.headcount, c.published_at
    from public.consultation c
    left join public.roster r on r.id = c.roster_id
    left join public.unit u on u.code = c.commune_code and u.valid_to is null
    left join public.school s on s.id = c.school_id
    left join public.consultation_tally t on t.consultation_id = c.id
    left join lateral (
        select * from public.guardian_consent k where k.consultation_id = c.id order by k.version desc limit 1
    ) g on true;

create or replace view public.submission_in_review with (security_invoker = true) as
    select s.id, s.consultation_id, c.title, c.commune_code, c.held_on, s.problems, s.late, s.answered_at, s.received_at
    from public.submission s join public.consultation c on c.id = s.consultation_id
    where s.status = 'review';

create or replace view public.attachment_count as
    select n.consultation_id, n.expected, n.stored
    from (
        select a.consultation_id, count(*)::integer as expected, (count(*) filter (where a.state = 'stored'))::integer as stored
        from public.attachment a group by a.consultation_id
    ) n
    join public.consultation c on c.id = n.consultation_id
    where private.sees_consultation(c.created_by, c.school_id, c.commune_code);
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
        'theme', 'opinion_theme', 'commitment', 'feedback_rating', 'alert', 'deletion'
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
    or exists (select from public.roster_card k where k.participant_id = participant.id and k.left_at is null));
create policy staff_read on public.consultation for select to authenticated
    using (deleted_at is null and private.sees_consultation(created_by, school_id, commune_code));
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

create policy staff_read on public.roster for select to authenticated
    using (deleted_at is null and private.works_with(created_by, school_id, commune_code));
create policy staff_read on public.roster_card for select to authenticated
    using (exists (select from public.roster r where r.id = roster_id));
create policy staff_read on public.presence_card for select to authenticated using (private.runs_consultation(consultation_id));
create policy staff_read on public.activity for select to authenticated using (
    deleted_at is null
    and (private.works_with(created_by, school_id, commune_code) or (select private.staff_role()) = 'reviewer'));
create policy staff_read on public.attendance for select to authenticated using (exists (
    select from public.activity a where a.id = activity_id and private.works_with(a.created_by, a.school_id, a.commune_code)));
-- What families ask for in their own words is read by those who answer it.
create policy staff_read on public.petition for select to authenticated using (
    deleted_at is null and (select private.staff_role()) in ('facilitator', 'officer')
    and private.works_with(created_by, school_id, commune_code));
create policy staff_read on public.theme for select to authenticated
    using (deleted_at is null and exists (select from public.consultation c where c.id = consultation_id));
create policy staff_read on public.commitment for select to authenticated using (
    deleted_at is null
    and (exists (select from public.consultation c where c.id = consultation_id)
         or exists (select from public.petition p where p.id = petition_id)));
create policy staff_read on public.alert for select to authenticated
    using ((select private.staff_role()) = 'protection_officer');
create policy staff_read on public.deletion for select to authenticated
    using (private.works_with(owner, school_id, commune_code));

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
    public.participation_count, public.consultation_overview, public.submission_in_review, public.attachment,
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
    public.open_consultation, public.close_consultation, public.delete_consultation, public.live_count,
    public.review_submission, public.my_profile, public.save_recording, public.remove_recording
to authenticated;
grant execute on function private.staff_role, private.sees_consultation, private.runs_consultation, private.works_with to authenticated;

drop function if exists private.sees_consultation(uuid, uuid);

commit;
