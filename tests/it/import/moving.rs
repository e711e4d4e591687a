//! An instance that a dump moves into.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use super::people::Person;
use super::postgres::{Database, Row};
use super::shapes::Shape;
use crate::harness::{Instance, Ran};

/// A database with these users.
pub fn database_of(shape: &'static Shape, people: &[Person]) -> Database {
    let database = Database::new(shape, people.len());
    database.add(&people.iter().map(|person| person.row.clone()).collect::<Vec<_>>());
    database
}

/// The dump of a database that has these rows of users alone.
pub fn dump_of(shape: &'static Shape, rows: &[Row]) -> Vec<u8> {
    let database = Database::new(shape, rows.len());
    database.add(rows);
    database.dump()
}

/// Runs `nox import` with a dump and these options, parted by blanks.
pub fn import(instance: &Instance, dump: impl AsRef<[u8]>, options: &str) -> Ran {
    instance.write("node.sql", dump);
    let options = options.split(' ').filter(|option| !option.is_empty());
    instance.run(&["import", "node.sql"].into_iter().chain(options).collect::<Vec<_>>(), "")
}

/// The same for an import that must succeed; returns its report.
#[track_caller]
pub fn imported(instance: &Instance, dump: impl AsRef<[u8]>, options: &str) -> Value {
    let ran = import(instance, dump, &format!("{options} --json"));
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    serde_json::from_str(&ran.stdout).unwrap()
}

/// Checks that this import fails with this status and changes nothing, and returns all that it
/// says.
#[track_caller]
pub fn refused(instance: &Instance, dump: impl AsRef<[u8]>, options: &str) -> String {
    instance.write("node.sql", dump.as_ref());
    let before = files(instance);
    let ran = import(instance, dump, options);
    assert_eq!(ran.status, 1, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(before, files(instance));
    ran.stderr + &ran.stdout
}

/// Every file of the instance with its content, without those that a reader leaves beside a
/// database.
pub fn files(instance: &Instance) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(instance.path("")).unwrap().map(|entry| entry.unwrap());
    let named = entries.map(|entry| (entry.file_name().into_string().unwrap(), entry.path()));
    let kept = named.filter(|(name, _)| !name.ends_with("-shm") && !name.ends_with("-wal"));
    kept.map(|(name, path)| (name, fs::read(path).unwrap())).collect()
}
