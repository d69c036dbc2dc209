"""An organisation's rules, as frozen models: one module for each file of a policy folder."""
