//! Everyone who moves in logs in as before.

use super::people::{of_the_first, of_the_second};
use super::postgres::{Database, Row};
use super::shapes::{FIRST, RENAMED, SECOND};

#[test]
fn every_user_is_a_row_of_the_real_dump() {
    for (number, shape) in [&FIRST, &RENAMED, &SECOND].into_iter().enumerate() {
        let database = Database::new(shape, number);
        let people = if number < 2 { of_the_first() } else { of_the_second() };
        database.add(&people.iter().map(|person| person.row.clone()).collect::<Vec<Row>>());
        let dump = String::from_utf8(database.dump()).unwrap();
        let rows = dump.lines().filter(|line| line.split('\t').count() == 25).count();
        assert_eq!(rows, people.len(), "{dump}");
        assert!(dump.contains("\n-- PostgreSQL database dump complete\n"), "{dump}");
    }
}
