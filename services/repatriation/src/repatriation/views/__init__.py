"""What people see of bars, permits and returns: only what the basis of their agency gives."""
