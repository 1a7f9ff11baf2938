-- Walk every chain of the audit; return the first broken link, or no row.
--
-- Within a chain (`link`): an entry whose hash is not its content's was changed; one that does not name the hash before
-- it is unlinked; a gap in the positions is missing. At its end (`last_fault`): the head remembers position and hash of
-- the newest entry, so an entry past the head was added, and one before it was changed or is missing.
with link as (
  select e.chain, e.position, e.hash, e.previous, audit_hash(e) as computed,
         lag(e.hash, 1, '\x'::bytea) over chain as hash_before,
         lag(e.position, 1, 0::bigint) over chain as position_before
  from audit_entry e window chain as (partition by e.chain order by e.position)
), fault as (
  select chain, position, 'changed' as fault from link where hash <> computed
  union all select chain, position, 'unlinked' from link where previous <> hash_before
  union all select chain, position_before + 1, 'missing' from link where position <> position_before + 1
), newest as (
  select distinct on (chain) chain, position, hash from link order by chain, position desc
), last_fault as (
  select coalesce(n.chain, h.chain) as chain,
         case when h.chain is null or n.position > h.position then coalesce(h.position, 0) + 1
              when n.position = h.position then n.position else coalesce(n.position, 0) + 1 end as position,
         case when h.chain is null or n.position > h.position then 'added'
              when n.position = h.position then 'changed' else 'missing' end as fault
  from newest n full join audit_head h using (chain)
  where (h.position, h.hash) is distinct from (coalesce(n.position, 0), coalesce(n.hash, '\x'::bytea))
)
select chain, position, fault from (select * from fault union all select * from last_fault) as every_fault
order by chain, position, fault limit 1
