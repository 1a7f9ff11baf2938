"""The realm as its administrator: ends people's sessions."""

import httpx
from chassis.testing import Stack
from local_stack.keycloak_server import ADMIN, REALM

from tests.journey import platform


async def ends_sessions_of(person: str) -> None:
    """Revoked in Keycloak, which notifies the services."""
    base = platform.endpoints()["issuer"].partition("/realms/")[0]
    typed = {"grant_type": "password", "client_id": "admin-cli", "username": ADMIN}
    typed["password"] = Stack.running().secrets["keycloak"][ADMIN]
    async with httpx.AsyncClient(base_url=base, timeout=30) as http:
        answer = await http.post("/realms/master/protocol/openid-connect/token", data=typed)
        http.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"
        found = await http.get(f"/admin/realms/{REALM}/users", params={"username": person, "exact": "true"})
        (user,) = found.raise_for_status().json()
        (await http.post(f"/admin/realms/{REALM}/users/{user['id']}/logout")).raise_for_status()
