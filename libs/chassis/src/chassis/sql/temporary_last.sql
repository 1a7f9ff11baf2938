-- Functions that run with their owner's rights look up temporary tables last. A projection is rebuilt in temporary
-- tables, and one of them may never stand in for a true table there; they come first unless the path names them.
do $$ declare found regprocedure; begin
  for found in
    select oid::regprocedure from pg_proc
    where pronamespace = 'public'::regnamespace and proowner = current_user::regrole
      and exists (select from unnest(proconfig) as setting where starts_with(setting, 'search_path='))
  loop
    execute 'alter function ' || found || ' set search_path = pg_catalog, public, pg_temp';
  end loop;
end $$
