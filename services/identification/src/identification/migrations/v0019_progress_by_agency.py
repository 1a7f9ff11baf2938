"""Who may read the progress of which case, and how many of each status: kept by the database, so that lists of a
country's ten years are as short as those of its first day.

The triggers run in the transaction of the act, which has the lock of the case (`UnitOfWork.lock`): nobody else changes
its status, holder or bases meanwhile. An agency that turns out to be police loses bases without those locks; there the
rows are locked before it is looked whether another basis stands.
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STATEMENTS = (
    """create function gives_progress(basis text, about text) returns boolean language sql immutable as $$
        select basis in ('holder', 'formal_body', 'guardian_authority')
            or basis = 'consent' and about = 'joint_assessment' $$""",
    """create table case_progress (
        case_id uuid not null,
        agency text not null,
        status text not null,
        holder text not null,
        primary key (case_id, agency))""",
    "create index ix_case_progress_status on case_progress (agency, status, case_id)",
    "create index ix_case_progress_holder on case_progress (agency, holder, case_id)",
    """create table case_count (
        agency text not null,
        status text not null,
        cases bigint not null,
        primary key (agency, status))""",
    """create table case_count_change (
        id bigint generated always as identity primary key,
        agency text not null,
        status text not null,
        cases bigint not null)""",
    "create index ix_case_count_change_agency on case_count_change (agency, status) include (cases)",
    """insert into case_progress (case_id, agency, status, holder)
        select c.id, a.agency, c.status, c.holder from case_file c
        join (select distinct case_id, agency from case_access a where gives_progress(a.basis, a.about)) a on a.case_id = c.id""",
    "insert into case_count select agency, status, count(*) from case_progress group by agency, status",
    """create function case_progress_granted() returns trigger language plpgsql as $$ begin
        insert into case_progress (case_id, agency, status, holder)
        select distinct c.id, granted.agency, c.status, c.holder from granted join case_file c on c.id = granted.case_id
         where gives_progress(granted.basis, granted.about)
        on conflict (case_id, agency) do update set status = excluded.status, holder = excluded.holder;
        update same_person_task t set holder = granted.agency from granted
         where t.case_id = granted.case_id and granted.basis = 'holder';
        return null;
    end $$""",
    """create function case_progress_ended() returns trigger language plpgsql as $$ begin
        perform from case_progress p join ended on ended.case_id = p.case_id and ended.agency = p.agency
          where gives_progress(ended.basis, ended.about) order by p.case_id, p.agency for update of p;
        delete from case_progress p using ended
         where ended.case_id = p.case_id and ended.agency = p.agency and gives_progress(ended.basis, ended.about)
           and not exists (select from case_access a
             where a.case_id = p.case_id and a.agency = p.agency and gives_progress(a.basis, a.about));
        return null;
    end $$""",
    """create function case_progress_moved() returns trigger language plpgsql as $$ begin
        update case_progress set status = new.status, holder = new.holder where case_id = new.id;
        return null;
    end $$""",
    """create function case_progress_begun() returns trigger language plpgsql as $$ begin
        insert into case_progress (case_id, agency, status, holder)
        select distinct new.id, a.agency, new.status, new.holder from case_access a
         where a.case_id = new.id and gives_progress(a.basis, a.about)
        on conflict do nothing;
        return null;
    end $$""",
    """create function case_progress_counted() returns trigger language plpgsql as $$ begin
        if tg_op = 'INSERT' then
            insert into case_count_change (agency, status, cases)
            select agency, status, count(*) from becomes group by agency, status;
        elsif tg_op = 'DELETE' then
            insert into case_count_change (agency, status, cases)
            select agency, status, -count(*) from was group by agency, status;
        else
            insert into case_count_change (agency, status, cases)
            select agency, status, sum(one) from (
              select agency, status, 1 as one from becomes union all select agency, status, -1 from was) both_ways
             group by agency, status having sum(one) <> 0;
        end if;
        return null;
    end $$""",
    "create trigger begun after insert on case_file for each row execute function case_progress_begun()",
    """create trigger granted after insert on case_access
        referencing new table as granted for each statement execute function case_progress_granted()""",
    """create trigger ended after delete on case_access
        referencing old table as ended for each statement execute function case_progress_ended()""",
    """create trigger moved after update of status, holder on case_file for each row
        when ((old.status, old.holder) is distinct from (new.status, new.holder))
        execute function case_progress_moved()""",
    """create trigger counted_new after insert on case_progress
        referencing new table as becomes for each statement execute function case_progress_counted()""",
    """create trigger counted_changed after update on case_progress
        referencing old table as was new table as becomes for each statement execute function case_progress_counted()""",
    """create trigger counted_gone after delete on case_progress
        referencing old table as was for each statement execute function case_progress_counted()""",
    "alter table consent add column waits boolean not null default false",
    "create index ix_consent_waits on consent (case_id) where waits",
    """update consent set waits = true where withdrawn_at is not null and id in (
        select c.id from consent c left join consent_acknowledgement a on a.consent_id = c.id
         where c.withdrawn_at is not null group by c.id
        having count(*) filter (where a.acknowledged_at is not null
                 and a.service in ('identification', 'shelter', 'fund', 'repatriation', 'notify', 'exchange')) < 5
            or count(*) filter (where a.service is not null and a.acknowledged_at is null) > 0)""",
    "alter table same_person_task add column holder text not null default ''",
    """update same_person_task t set holder = a.agency from case_access a
        where a.case_id = t.case_id and a.basis = 'holder'""",
    """create function task_of_holder() returns trigger language plpgsql as $$ begin
        new.holder := coalesce(
          (select min(agency) from case_access where case_id = new.case_id and basis = 'holder'), '');
        return new;
    end $$""",
    "create trigger of_holder before insert on same_person_task for each row execute function task_of_holder()",
    "create index ix_same_person_task_holder on same_person_task (holder, id)",
    "create index ix_same_person_task_holder_open on same_person_task (holder, id) where verdict is null",
    "create index ix_same_person_task_holder_answered on same_person_task (holder, id) where verdict is not null",
    "create index ix_same_person_task_agreed on same_person_task (id) where verdict = 'same' and person_agrees",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
