//! Commands where there is no instance: only those that make one do.

use std::fs;

use crate::harness::Instance;

/// What a folder holds beside the configuration.
fn made(instance: &Instance) -> Vec<String> {
    let entries = fs::read_dir(instance.path(".")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name != "nox.toml" && name != "pages").collect()
}

#[test]
fn command_that_needs_a_database_creates_none_and_says_where_it_looked() {
    for command in [
        "user list",
        "user show ada",
        "user passwd ada --generate",
        "user set ada --bio x",
        "user tag add ada builder",
        "user disable ada",
        "user enable ada",
        "user remove ada --yes",
        "totp enroll ada --no-confirm",
        "totp status ada",
        "totp reset ada",
        "totp recovery ada",
        "totp code ada",
        "session list",
        "session revoke --user ada",
        "relay list",
        "relay add hub",
        "relay remove hub",
        "throttle list",
        "throttle clear",
        "audit list",
        "stats",
        "backup create copy.db",
        "backup create -",
        "key rotate --yes",
        "key replace --lose-second-factors --yes",
    ] {
        let instance = Instance::new();
        let args: Vec<_> = command.split(' ').collect();
        let ran = instance.run(&args, "");
        assert_eq!((ran.status, ran.stdout.as_str()), (5, ""), "{command}: {}", ran.stderr);
        let place = fs::canonicalize(instance.path(".")).unwrap().join("nox.db");
        let words = format!("there is no database at {}", place.display());
        assert!(ran.stderr.contains(&words), "{command}: {}", ran.stderr);
        assert!(ran.stderr.contains("the configuration is nox.toml"), "{command}: {}", ran.stderr);
        assert_eq!(made(&instance), Vec::<String>::new(), "{command}");
        // What is left where a full disk had no room for a database.
        fs::write(instance.path("nox.db"), "").unwrap();
        let ran = instance.run(&args, "");
        assert_eq!(ran.status, 5, "{command}: {}", ran.stderr);
        assert!(ran.stderr.contains(&words), "{command}: {}", ran.stderr);
        assert_eq!(made(&instance), ["nox.db"], "{command}");
        fs::remove_file(instance.path("nox.db")).unwrap();
        fs::remove_file(instance.path("nox.toml")).unwrap();
        let ran = instance.run(&args, "");
        let words = "no configuration file was found: looked for nox.toml, /etc/nox/nox.toml";
        assert!(ran.stderr.contains(words), "{command}: {}", ran.stderr);
    }
}

#[test]
fn command_that_needs_no_database_creates_none_and_works() {
    let instance = Instance::new();
    for (command, status) in [
        ("config check", 0),
        ("config show", 0),
        ("doctor", 0),
        ("backup list", 0),
        ("openapi", 0),
        ("completions bash", 0),
        ("man pages", 0),
        ("health", 1),
    ] {
        let args: Vec<_> = command.split(' ').collect();
        let ran = instance.run(&args, "");
        assert_eq!(ran.status, status, "{command}: {}", ran.stderr);
        assert_eq!(made(&instance), Vec::<String>::new(), "{command}");
    }
}

#[test]
fn user_add_makes_the_instance_and_says_so() {
    let instance = Instance::new();
    let ran = instance.run(&["user", "add", "ada", "--generate"], "");
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("created the database nox.db"), "{}", ran.stderr);
    let ran = instance.run(&["user", "add", "bob", "--generate"], "");
    assert!(!ran.stderr.contains("created the database"), "{}", ran.stderr);
}
