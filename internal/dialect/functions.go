package dialect

import _ "embed" // of the functions

//go:embed postgres.sql
var comparing string

//go:embed views.sql
var viewing string

// PostgresFunctions makes the functions that statements of [Postgres] call, in a schema of their own. They
// are written in SQL and PL/pgSQL alone, so that every PostgreSQL has what they need, and replace those of
// an earlier release. Run it under a lock: two sessions that replace one function at a time disturb each
// other.
var PostgresFunctions = comparing + viewing
