-- A whole province's data, written in bulk past triggers and foreign keys. Whatever looks random is a hash of a number, so
-- the same size gives the same rows. Sizes come as load.* settings, questionnaires' answers in pg_temp.answer_pool.
--
-- A class is 30 children of one commune and birth year with cards of their own; 25 of them answer in each of its 8
-- consultations, spread over the years in which they are of the ages.

set local session_replication_role = replica;
set local synchronous_commit = off;
set local work_mem = '256MB';
set local maintenance_work_mem = '1GB';
set local jit = off;

create function pg_temp.size(name text) returns bigint language sql stable as
    $$ select current_setting('load.' || name)::bigint $$;
create function pg_temp.id_of(kind text, number bigint) returns uuid language sql immutable as
    $$ select md5(kind || number)::uuid $$;
create function pg_temp.permille(number bigint, salt integer) returns integer language sql immutable as
    $$ select (((hashint8extended(number, salt) >> 30) & 1073741823) % 1000)::integer $$;

create temp table area as
select row_number() over (order by code) - 1 as number, code from public.unit where valid_to is null;

create temp table deck as
select (row_number() over (order by a.position, d.digits))::integer - 1 as number,
       a.code || d.digits || private.check_digit(lpad(a.position::text, 2, '0') || d.digits) as card
from public.card_animal a
cross join (select lpad(n::text, 3, '0') as digits from generate_series(0, 999) n) d;

create temp table class as
select k as number, k / 41 as of_commune, a.code as commune_code, 2008 + (k / 41 % 11)::integer as birth_year,
       pg_temp.id_of('school', k % 41 * 1000 + k / 41 / 24) as school_id, k / 41 / 24 as school_number
from generate_series(0, pg_temp.size('classes') - 1) k
join area a on a.number = k % 41;
create unique index on class (number);
analyze class;

insert into public.school (id, commune_code, name, kind)
select distinct school_id, commune_code, 'Trường số ' || school_number + 1, 'primary_and_lower_secondary' from class;

insert into public.participant (id, commune_code, card, school_id, birth_year, birth_month, sex, created_at)
select pg_temp.id_of('child', n), c.commune_code, d.card, c.school_id, c.birth_year,
       case when pg_temp.permille(n, 1) < 700 then 1 + pg_temp.permille(n, 2) % 12 end,
       case when pg_temp.permille(n, 3) < 490 then 'female' when pg_temp.permille(n, 3) < 990 then 'male' end,
       '2022-01-02 00:00+00'
from generate_series(0, pg_temp.size('classes') * 30 - 1) n
join class c on c.number = n / 30
join deck d on d.number = c.of_commune * 30 + n % 30;

insert into public.roster (id, commune_code, school_id, name, created_at)
select pg_temp.id_of('class', number), commune_code, school_id, 'Lớp ' || of_commune, '2022-01-02 00:00+00' from class;
insert into public.roster_card (roster_id, participant_id, joined_at)
select pg_temp.id_of('class', n / 30), pg_temp.id_of('child', n), '2022-01-02 00:00+00'
from generate_series(0, pg_temp.size('classes') * 30 - 1) n;

-- Once in 50 classes the last consultation is a camp in the neighbouring commune: its children stand in two.
create temp table held as
select k.*, a.code as place, make_date(k.year, 1 + pg_temp.permille(k.number, 11) % 10, 1 + pg_temp.permille(k.number, 12) % 28) as held_on
from (
    select n as number, c.number as class, c.school_id, c.birth_year, n / pg_temp.size('classes') as round,
           (c.number + (c.number % 50 = 0 and n / pg_temp.size('classes') = 7)::integer) % 41 as area,
           (greatest(2022, c.birth_year + 7) + n / pg_temp.size('classes')
               * (least(2026, c.birth_year + 15) - greatest(2022, c.birth_year + 7) + 1) / 8)::integer as year
    from generate_series(0, pg_temp.size('classes') * 8 - 1) n
    join class c on c.number = n % pg_temp.size('classes')
) k
join area a on a.number = k.area;
create unique index on held (number);
analyze held;

insert into public.consultation (
    id, join_code, kind, title, commune_code, school_id, held_on, questionnaire_id, questionnaire_version, min_age, max_age,
    expected, status, opened_at, closed_at, principles, counted, created_by, created_at, roster_id, headcount, published_at, deleted_at, pin)
select pg_temp.id_of('consultation', h.number), (100000 + h.number)::text,
       case when pg_temp.permille(h.number, 21) < 30 then 'community_survey' when pg_temp.permille(h.number, 21) < 60 then 'before_after' else 'consultation' end,
       'Đợt lấy ý kiến ' || h.number, h.place, h.school_id, h.held_on, q.id, q.version,
       case when pg_temp.permille(h.number, 22) < 700 then 7 when pg_temp.permille(h.number, 22) < 850 then 11 else 5 end,
       case when pg_temp.permille(h.number, 22) < 850 then 15 else 17 end,
       30, case when h.round = 7 and pg_temp.permille(h.number, 23) < 30 then 'open' else 'closed' end, h.held_on + interval '1 hour',
       case when h.round = 7 and pg_temp.permille(h.number, 23) < 30 then null else h.held_on + interval '9 hours' end,
       case when pg_temp.permille(h.number, 24) < 900
           then array['voluntary', 'informed', 'age_suited', 'safe_private', 'trained_facilitator', 'feedback_planned'] else array['voluntary'] end,
       pg_temp.permille(h.number, 24) < 900,
       case when h.school_id = pg_temp.id_of('school', 0) then current_setting('load.facilitator')::uuid end,
       h.held_on, pg_temp.id_of('class', h.class),
       case when pg_temp.permille(h.number, 25) < 50 then pg_temp.permille(h.number, 26) % 20 else 0 end,
       case when pg_temp.permille(h.number, 27) < 700 then h.held_on + interval '30 days' end,
       case when pg_temp.permille(h.number, 28) < 5 then h.held_on + interval '2 days' end, '2846'
from held h
join public.questionnaire q on q.id = case when h.year - h.birth_year <= 10 then 'children-7-10' else 'children-11-15' end;

insert into public.consultation (
    id, join_code, title, commune_code, school_id, held_on, questionnaire_id, questionnaire_version, min_age, max_age, expected, created_at, pin)
select pg_temp.id_of('draft', c.number), (900000 + c.number)::text, 'Bản nháp ' || c.number, c.commune_code, c.school_id, '2026-10-05',
       q.id, q.version, 7, 15, 30, '2026-10-01', '2846'
from class c join public.questionnaire q on q.id = 'children-7-10'
where c.number % 3 = 0;

insert into public.guardian_consent (consultation_id, version, method, obtained_on, guardians, recorded_at)
select id, 1, 'letter', held_on - 5, 30, created_at from public.consultation where counted;

-- Each submission: what became of it, and whose it is.
create temp view sent as
select n as number, h.number as consultation, h.class * 30 + (h.round * 7 + n % 25) % 30 as child, h.held_on, h.year - h.birth_year <= 10 as younger,
       case when pg_temp.permille(n, 31) < 30 then 'withdrawn' when pg_temp.permille(n, 31) < 60 then 'review' else 'accepted' end as status,
       case when pg_temp.permille(n, 31) < 30 or pg_temp.permille(n, 32) < 40 then 'none' when pg_temp.permille(n, 32) < 50 then 'unknown' else 'known' end as card_state
from generate_series(0, pg_temp.size('submissions') - 1) n
join held h on h.number = n / 25;

drop index public.submission_consultation, public.submission_receipt, public.submission_from_paper;
insert into public.submission (
    id, consultation_id, questionnaire_id, questionnaire_version, language, answers, content_hash, status, late, problems, card_state,
    assent_version, receipt_hash, device_id, started_at, finished_at, sent_at, answered_at, received_at, entered_from)
select pg_temp.id_of('submission', s.number), pg_temp.id_of('consultation', s.consultation), q.questionnaire_id, q.version, 'vi',
       case when s.status = 'withdrawn' then '{}' else q.answers end,
       case when s.status <> 'withdrawn' then sha256(int8send(s.number)) end, s.status, pg_temp.permille(s.number, 33) < 10,
       case when s.status = 'review' then '[{"code": "required", "question": "q"}]' else '[]' end::jsonb, s.card_state, 2,
       sha256(convert_to('R' || s.number, 'UTF8')),
       case when s.status <> 'withdrawn' then pg_temp.id_of('tablet', s.consultation % 1000 * 25 + s.number % 25) end,
       s.held_on + interval '2 hours', s.held_on + interval '2 hours 9 minutes', s.held_on + interval '2 hours 9 minutes',
       s.held_on + interval '2 hours 9 minutes', s.held_on + interval '2 hours 10 minutes',
       case when pg_temp.permille(s.number, 34) < 30 then 'paper' else 'tablet' end
from sent s
join pg_temp.answer_pool q on q.younger = s.younger and q.number = pg_temp.permille(s.number, 35) % pg_temp.size('pool');

alter table public.consultation_participant drop constraint consultation_participant_submission_id_key;
drop index public.consultation_participant_child;
insert into public.consultation_participant (consultation_id, participant_id, submission_id)
select pg_temp.id_of('consultation', consultation), pg_temp.id_of('child', child), pg_temp.id_of('submission', number)
from sent where card_state = 'known';
-- By word: three more of the class.
insert into public.consultation_participant (consultation_id, participant_id, by_word)
select pg_temp.id_of('consultation', h.number), pg_temp.id_of('child', h.class * 30 + (h.round * 7 + slot) % 30), true
from held h cross join generate_series(25, 27) slot
where pg_temp.permille(h.number, 41) < 20;

create index submission_from_paper on public.submission (consultation_id) where entered_from = 'paper';
create index submission_consultation on public.submission (consultation_id);
create index submission_receipt on public.submission (receipt_hash);
alter table public.consultation_participant add unique (submission_id);
create index consultation_participant_child on public.consultation_participant (participant_id);

insert into public.activity (
    id, kind, title, commune_code, school_id, roster_id, held_on, min_age, max_age, planned, headcount, state, created_at, deleted_at)
select pg_temp.id_of('activity', n),
       (array['awareness_session', 'children_council', 'children_forum', 'club', 'school_dialogue', 'family_group', 'other_model', 'awareness_session'])[1 + n % 8],
       'Hoạt động ' || n, c.commune_code, c.school_id, pg_temp.id_of('class', c.number),
       make_date((2026 - pg_temp.permille(n, 51) % (least(2026, c.birth_year + 15) - greatest(2022, c.birth_year + 7) + 1))::integer, 1 + pg_temp.permille(n, 52) % 10, 15),
       case when pg_temp.permille(n, 53) < 700 then 7 else 11 end, 15, 30, case when pg_temp.permille(n, 54) < 100 then pg_temp.permille(n, 55) % 30 else 0 end,
       case when pg_temp.permille(n, 56) < 970 then 'held' else 'planned' end, '2022-01-02', case when pg_temp.permille(n, 57) < 5 then now() end
from generate_series(0, pg_temp.size('classes') * 2 - 1) n
join class c on c.number = n / 2;
-- As the triggers do that are left out here.
update public.consultation set area_code = commune_code, unit_from = u.valid_from from public.unit u where u.code = commune_code and u.valid_to is null;
update public.activity set area_code = commune_code, unit_from = u.valid_from from public.unit u where u.code = commune_code and u.valid_to is null;
insert into public.attendance (activity_id, participant_id, recorded_at)
select pg_temp.id_of('activity', n), pg_temp.id_of('child', n / 2 * 30 + i), '2022-01-02'
from generate_series(0, pg_temp.size('classes') * 2 - 1) n cross join generate_series(0, 19) i;

insert into public.theme (id, consultation_id, name, created_at)
select pg_temp.id_of('theme', number), pg_temp.id_of('consultation', number), '{"vi": "Sân trường"}', held_on from held where number % 10 = 0;
insert into public.commitment (id, consultation_id, theme_id, commune_code, school_id, body, answer, promise, due_on, status, created_at, changed_at)
select pg_temp.id_of('commitment', number), pg_temp.id_of('consultation', number), pg_temp.id_of('theme', number), place, school_id,
       'Trường học', '{"vi": "Đã xem xét"}', '{"vi": "Trồng thêm cây"}', held_on + 90,
       case when pg_temp.permille(number, 61) < 20 then 'planned' else 'done' end, held_on, held_on
from held where number % 10 = 0;

analyze public.consultation, public.activity;
-- Tallies, counted in bulk; `private.age_bounds` once for each birth and day that there are.
create temp table bounds as
select d.birth_year, d.birth_month, d.held_on, b.youngest, b.oldest
from (
    select distinct b.birth_year, m.month as birth_month, b.held_on
    from (select birth_year, held_on from held union select c.birth_year, a.held_on from public.activity a join class c on pg_temp.id_of('class', c.number) = a.roster_id) b
    cross join (select null::integer as month union all select generate_series(1, 12)) m
) d
cross join lateral private.age_bounds(d.birth_year, d.birth_month, d.held_on) b;
analyze bounds;

analyze public.submission, public.consultation, public.consultation_participant, public.participant, public.activity, public.attendance;

create temp table took_part as
select c.id as consultation_id, c.commune_code, extract(year from c.held_on)::integer as year, cp.participant_id,
       c.counted, b.youngest >= i.min_age and b.oldest <= i.max_age as certain, b.oldest >= i.min_age and b.youngest <= i.max_age as possible
from public.consultation_participant cp
join public.consultation c on c.id = cp.consultation_id
join public.participant p on p.id = cp.participant_id
join public.indicator i on i.id = 22
left join public.submission s on s.id = cp.submission_id
join bounds b on b.birth_year = p.birth_year and b.held_on = c.held_on and coalesce(b.birth_month, 0) = coalesce(p.birth_month, 0)
where c.kind = 'consultation' and c.deleted_at is null and (cp.by_word or s.status = 'accepted');

analyze took_part;
insert into public.consultation_tally
select c.id, coalesce(n.received, 0), coalesce(n.accepted, 0), coalesce(n.in_review, 0), coalesce(n.late, 0),
       coalesce(k.certain, 0), coalesce(k.possible, 0), coalesce(n.uncarded, 0) + c.headcount
from public.consultation c
left join (
    select consultation_id, count(*) as received, count(*) filter (where status = 'accepted') as accepted,
           count(*) filter (where status = 'review') as in_review, count(*) filter (where late) as late,
           count(*) filter (where status = 'accepted' and card_state <> 'known') as uncarded
    from public.submission where status <> 'withdrawn' group by consultation_id
) n on n.consultation_id = c.id
left join (
    select consultation_id, count(*) filter (where certain) as certain, count(*) filter (where possible) as possible
    from took_part group by consultation_id
) k on k.consultation_id = c.id
where c.status <> 'draft';

drop index private.participation_child;
insert into private.participation (indicator, area_code, year, participant_id, certain)
select 22, area.code, year, participant_id, bool_or(certain)
from took_part cross join lateral (values (commune_code), ('84')) area (code)
where counted and possible
group by area.code, year, participant_id;

create temp table attended as
select a.id as activity_id, i.id as indicator, a.commune_code, extract(year from a.held_on)::integer as year, a.state = 'held' and a.deleted_at is null as counts,
       t.participant_id, b.youngest >= i.min_age and b.oldest <= i.max_age as certain, b.oldest >= i.min_age and b.youngest <= i.max_age as possible
from public.attendance t
join public.activity a on a.id = t.activity_id
join public.indicator i on i.id = private.activity_indicator(a.kind)
join public.participant p on p.id = t.participant_id
join bounds b on b.birth_year = p.birth_year and b.held_on = a.held_on and coalesce(b.birth_month, 0) = coalesce(p.birth_month, 0);
insert into private.activity_tally
select activity_id, count(*) filter (where certain), count(*) filter (where possible) from attended group by activity_id;
insert into private.participation (indicator, area_code, year, participant_id, certain)
select indicator, area.code, year, participant_id, bool_or(certain)
from attended cross join lateral (values (commune_code), ('84')) area (code)
where counts and possible
group by indicator, area.code, year, participant_id;
create index participation_child on private.participation (participant_id);
insert into private.participation_tally
select indicator, area_code, year, count(*) filter (where certain), count(*) from private.participation group by indicator, area_code, year;

select private.count_areas();
