"""From rules, punches and overlays to a workday: pure functions over frozen values. No session, no clock, no Flask."""
