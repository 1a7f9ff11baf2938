"""What an agency's system is given by its code, and putting that in Keycloak and at the broker (docs/adr/0019)."""
