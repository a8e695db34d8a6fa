"""Members, roles and branches: who a person is and where in the organisation they stand."""
