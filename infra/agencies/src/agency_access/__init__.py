"""What an agency's system may use by its code, and putting that in Keycloak and at the broker (docs/adr/0019)."""
