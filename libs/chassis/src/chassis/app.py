"""The HTTP side of a service, built from its parts."""

from collections.abc import Awaitable, Callable
from importlib.metadata import version

from fastapi import FastAPI, Response
from fastapi.telemetry import TelemetryConfig
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from chassis import bus, docs_page, outbox, parking
from chassis.clock import Clock, utc_now
from chassis.database import AWAY, Database
from chassis.edge import Edge
from chassis.errors import DomainError
from chassis.metrics import BUILD, BUS_REACHABLE, OUTBOX_AGE, OUTBOX_DEPTH, PARKED, PARKED_CASES
from chassis.problems import Problem, install
from chassis.rates import Limits
from chassis.request_limits import RequestLimits
from chassis.service import Service
from chassis.settings import Settings
from chassis.tokens import TokenVerifier

# FastAPI would trace addresses as typed, believe any trace parent, and log the texts of errors: chassis.edge traces.
_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False}


def build(
    service: Service,
    settings: Settings,
    database: Database,
    *,
    clock: Clock = utc_now,
    resources: object = None,
) -> FastAPI:
    """The application with its routes, health and metrics. `clock` is what it takes for now."""
    app = FastAPI(
        title=service.title, version="1", docs_url=None, redoc_url=None, redirect_slashes=False, telemetry=_NO_TELEMETRY
    )
    app.state.database = database
    app.state.service = service
    app.state.rights = service.every_right
    app.state.clock = clock
    app.state.verifier = TokenVerifier(settings)
    app.state.resources = resources
    app.state.limits = Limits(settings, service.readings)
    install(app)
    for router in service.every_router:
        app.include_router(router)
    _add_health(app, database, settings)
    _document_problems(app)
    docs_page.install(app)
    if service.pages:
        service.pages(app, settings)
    app.add_middleware(RequestLimits, max_body_bytes=settings.max_body_bytes, body_seconds=settings.body_seconds)
    app.add_middleware(Edge, trusted=settings.trusted_proxies)
    return app


def for_operators(service: Service, settings: Settings, database: Database) -> FastAPI:
    """Health and metrics, for a listener that only operators reach."""
    app = FastAPI(title=service.title, docs_url=None, redoc_url=None, openapi_url=None, telemetry=_NO_TELEMETRY)
    app.state.verifier = TokenVerifier(settings)
    _add_health(app, database, settings)
    _add_metrics(app, service, database, settings)
    return app


def _add_health(app: FastAPI, database: Database, settings: Settings) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        """The process lives and its loop turns."""
        return {"status": "alive"}

    @app.get("/readyz", include_in_schema=False)
    async def readyz(response: Response) -> dict[str, str]:
        """Whether a request could be answered now; each part that is unavailable is named.

        A bus that is unavailable is shown and blocks nothing: events wait in the outbox.
        """
        needed = {
            "database": await _answers(database.is_reachable),
            "sign_in": await _answers(app.state.verifier.is_ready),
        }
        if "away" in needed.values():
            response.status_code = 503
        return needed | {"bus": await _answers(lambda: bus.is_reachable(settings))}


def _add_metrics(app: FastAPI, service: Service, database: Database, settings: Settings) -> None:
    BUILD.labels(service.name, version("himaya-chassis"), version("himaya-events")).set(1)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        async with database.transaction() as session:
            depth, age = await outbox.waiting(session)
            parked = await parking.counted(session)
        PARKED_CASES.set(parked.cases)
        PARKED.set(parked.events)
        BUS_REACHABLE.set(await _answers(lambda: bus.is_reachable(settings)) == "ready")
        OUTBOX_DEPTH.set(depth)
        OUTBOX_AGE.set(age)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _answers(probe: Callable[[], Awaitable[bool]]) -> str:
    try:
        return "ready" if await probe() else "away"
    except (SQLAlchemyError, DomainError, *AWAY):
        return "away"


def _document_problems(app: FastAPI) -> None:
    """Describe every error as a Problem, and remove FastAPI's own error shapes from the document."""
    original = app.openapi

    def openapi() -> dict[str, object]:
        document = original()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for gone in ("HTTPValidationError", "ValidationError"):
            schemas.pop(gone, None)
        schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(schemas["Problem"].pop("$defs", {}))
        document["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"bearer": []}]
        return document

    app.openapi = openapi  # type: ignore[method-assign]
