package store

// MigrateBy is Migrate with other steps.
var MigrateBy = migrate
