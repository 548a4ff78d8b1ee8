package sqlite

// VersionLess lets the test of the refusal of old SQLite see the comparison.
var VersionLess = versionLess

// Oldest is the oldest SQLite that is not refused.
const Oldest = oldest
