-- Walk a chain of the audit for at most :at_most positions after :position, whose entry has :hash; 0 and '' to begin.
--
-- One row: the last entry of the walk, whether the chain ends there, and the first fault or nulls. Within a chain
-- (`link`): an entry whose hash is not its content's was changed; one that does not name the hash before it is
-- unlinked; a gap in the positions is missing. Where it begins (`first_fault`): the entry must still be what it was. At
-- its end (`last_fault`): the head remembers position and hash of the newest entry, so an entry past the head was
-- added, and one before it was changed or is missing.
with link as (
  select e.position, e.hash, e.previous, audit_hash(e) as computed,
         lag(e.hash, 1, cast(:hash as bytea)) over by_position as hash_before,
         lag(e.position, 1, cast(:position as bigint)) over by_position as position_before
  from audit_entry e where e.chain = :chain and e.position > :position and e.position <= :position + :at_most
  window by_position as (order by e.position)
), newest as (
  select position, hash from link
  union all select cast(:position as bigint), cast(:hash as bytea) order by position desc limit 1
), walked as (
  select not exists (select from audit_entry where chain = :chain and position > :position + :at_most) as ended
), first_fault as (
  select cast(:position as bigint) as position, case when b.hash is null then 'missing' else 'changed' end as fault
  from (select 1) always left join audit_entry b on b.chain = :chain and b.position = :position
  where :position > 0 and b.hash is distinct from cast(:hash as bytea)
), last_fault as (
  select case when h.chain is null or n.position > h.position then coalesce(h.position, 0) + 1
              when n.position = h.position then n.position else n.position + 1 end as position,
         case when h.chain is null or n.position > h.position then 'added'
              when n.position = h.position then 'changed' else 'missing' end as fault
  from walked join newest n on walked.ended left join audit_head h on h.chain = :chain
  where (n.position, n.hash) is distinct from (coalesce(h.position, 0), coalesce(h.hash, ''))
), fault as (
  select position, 'changed' as fault from link where hash <> computed
  union all select position, 'unlinked' from link where previous <> hash_before
  union all select position_before + 1, 'missing' from link where position <> position_before + 1
  union all select :position + 1, 'missing' from walked where not ended and not exists (select from link)
  union all select * from first_fault union all select * from last_fault order by position, fault limit 1
)
select newest.position, newest.hash, walked.ended, fault.position as fault_position, fault.fault
from newest cross join walked left join fault on true
