//! An import that ends early, and one of many users.

use std::process::Stdio;
use std::thread;

use super::moving::{database_of, files, import, imported};
use super::people::{Person, pbkdf2};
use super::postgres::Database;
use super::shapes::FIRST;
use crate::harness::{Instance, watch};

const CROWD: usize = 2000;

/// A dump of so many users of the first generation, who have one password, which has this hash.
fn crowd(count: usize, hash: &str) -> Vec<u8> {
    let people: &[Person] = &[];
    let database: Database = database_of(&FIRST, people);
    database.sql(&format!(
        "INSERT INTO \"User\" (username, email, password, bio)
         SELECT 'usr' || i, 'usr' || i || '@b.example', '{hash}', repeat('bio ', 50)
         FROM generate_series(1, {count}) AS i"
    ));
    database.dump()
}

/// How many users there are; `None` without a database.
fn count(instance: &Instance) -> Option<usize> {
    let ran = instance.run(&["user", "list", "--json"], "");
    match ran.status {
        0 => Some(ran.stdout.lines().count()),
        5 => None,
        status => panic!("{status}: {}", ran.stderr),
    }
}

#[test]
fn import_that_is_killed_at_ten_moments_leaves_nothing_or_everything() {
    let hash = pbkdf2("hunter22", 7);
    let dump = crowd(CROWD, &hash);
    let whole = Instance::new();
    let started = watch();
    imported(&whole, &dump, "");
    let duration = started.elapsed();
    assert_eq!(count(&whole), Some(CROWD));
    let mut interrupted = 0;
    for moment in 1..=10 {
        let instance = Instance::new();
        instance.write("node.sql", &dump);
        let mut command = instance.command(["import", "node.sql", "--quiet"]);
        let mut child = command.stdout(Stdio::null()).spawn().unwrap();
        thread::sleep(duration * moment / 11);
        child.kill().unwrap();
        child.wait().unwrap();
        for (name, content) in files(&instance) {
            let is_weak = content.windows(hash.len()).any(|part| part == hash.as_bytes());
            assert!(name == "node.sql" || !is_weak, "a weak hash is left in {name}");
        }
        match count(&instance) {
            None | Some(0) => {
                interrupted += 1;
                imported(&instance, &dump, "");
            }
            Some(CROWD) => (),
            Some(some) => panic!("{some} of {CROWD} users after a kill"),
        }
        assert_eq!(count(&instance), Some(CROWD));
    }
    assert!(interrupted > 0, "every import had ended before its kill");
}

#[test]
fn second_import_is_refused() {
    let instance = Instance::new();
    let dump = crowd(3, &pbkdf2("hunter22", 7));
    imported(&instance, &dump, "");
    let ran = import(&instance, &dump, "");
    assert_ne!(ran.status, 0);
    assert!(ran.stderr.contains("3 users"), "{}", ran.stderr);
    assert_eq!(count(&instance), Some(3));
}
