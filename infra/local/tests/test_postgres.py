import psycopg
import pytest
from local_stack import postgres_server
from local_stack.names import SERVICES
from local_stack.services import owner_address
from local_stack.state import State


def test_a_services_password_opens_its_own_database_alone(stack: State) -> None:
    with psycopg.connect(postgres_server.address(stack, "fund", "fund")) as own:
        assert own.execute("SELECT current_user").fetchone() == ("fund",)
    for database in ("identification", "postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
            psycopg.connect(postgres_server.address(stack, "fund", database))


def test_a_wrong_password_opens_nothing(stack: State) -> None:
    right = postgres_server.address(stack, "fund", "fund")
    wrong = right.replace(right.split(":")[2].split("@")[0], "wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_the_working_role_reads_and_writes_what_the_owner_makes_and_alters_nothing(stack: State) -> None:
    worker = postgres_server.address(stack, "notify", "notify")
    with psycopg.connect(owner_address(stack, "notify"), autocommit=True) as owner:
        owner.execute("DROP TABLE IF EXISTS stack_probe")
        owner.execute("CREATE TABLE stack_probe (id bigint GENERATED ALWAYS AS IDENTITY, word text)")
        try:
            with psycopg.connect(worker) as working:
                working.execute("INSERT INTO stack_probe (word) VALUES ('a')")
                assert working.execute("SELECT word FROM stack_probe").fetchall() == [("a",)]
            for refused in ("DROP TABLE stack_probe", "TRUNCATE stack_probe", "CREATE TABLE other (id int)"):
                with (
                    psycopg.connect(worker) as working,
                    pytest.raises(psycopg.errors.InsufficientPrivilege),
                ):
                    working.execute(refused)
        finally:
            owner.execute("DROP TABLE stack_probe")


def test_what_is_committed_is_on_the_disk(stack: State) -> None:
    with psycopg.connect(postgres_server.address(stack, "postgres", "postgres")) as admin:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert admin.execute(f"SHOW {setting}").fetchone() == ("on",)


@pytest.mark.parametrize("service", SERVICES)
def test_every_database_has_the_extensions(stack: State, service: str) -> None:
    with psycopg.connect(postgres_server.address(stack, "postgres", service)) as admin:
        found = {row[0] for row in admin.execute("SELECT extname FROM pg_extension")}
    assert {"btree_gist", "pg_trgm"} <= found
