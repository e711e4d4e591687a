//! `nox config`, `doctor`, `completions` and `man`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::harness::Instance;

#[test]
fn config_show_prints_effective_values_without_secrets() {
    let instance = Instance::with(
        "[server]\npublic_url = 'https://nox.example'\n[mail]\npassword = 'hunter22'",
    );
    let mut command = instance.command(["config", "show", "--json"]);
    let output = command.env("NOX_TOTP__SKEW", "2").output().unwrap();
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(shown["server"]["public_url"], "https://nox.example");
    assert_eq!(
        (&shown["totp"]["skew"], &shown["mail"]["password"]),
        (&2.into(), &"(hidden)".into())
    );
    let text = instance.nox("config show");
    assert!(
        text.contains("[server]\n")
            && text.contains("memory_kib = 1024")
            && !text.contains("hunter22"),
        "{text}"
    );
    // The output is a valid configuration file.
    instance.write("again.toml", &text);
    assert_eq!(instance.nox("--config again.toml config show"), text);
}

#[test]
fn config_check_reads_the_configuration_alone() {
    let instance = Instance::new();
    let ran = instance.run(&["config", "check"], "");
    let words = "the configuration is nox.toml; the database is nox.db, the key file nox.key\n\
        the configuration is valid\n";
    assert_eq!((ran.status, ran.stderr.as_str()), (0, words));
    for (settings, words) in [
        ("[server]\nlisen = 1", "nox.toml, line 2: unknown field `lisen`"),
        ("[instance]\nlogo = 'none.png'", "instance.logo: cannot read none.png"),
        ("[mail]\nhost = 'smtp.example.org'\nfrom = 'nobody'", "mail.from"),
    ] {
        instance.write("nox.toml", settings);
        let ran = instance.run(&["config", "check"], "");
        assert_eq!((ran.status, ran.stderr.lines().count()), (5, 1), "{}", ran.stderr);
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
    }
    assert!(!instance.path("nox.db").exists() && !instance.path("nox.key").exists());
}

#[test]
fn completions_and_manuals_know_every_command() {
    let instance = Instance::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = instance.nox(&format!("completions {shell}"));
        assert!(script.contains("doctor") && script.contains("password-stdin"), "{shell}");
    }
    instance.nox("man pages");
    for page in ["nox.1", "nox-user-add.1", "nox-backup-restore.1", "nox-doctor.1"] {
        let path = instance.path(format!("pages/{page}"));
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(".SH NAME"), "{page}");
        let title =
            format!(".TH {} 1  \"nox {}\"", page.trim_end_matches(".1"), env!("CARGO_PKG_VERSION"));
        assert!(text.contains(&title), "{page}: {title}");
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o044,
            0o044,
            "all users may read {page}"
        );
    }
}

#[test]
fn commands_have_the_short_names_that_operators_try() {
    let instance = Instance::with_users(["ada", "bob", "eve"]);
    let users = instance.nox("user list");
    assert_eq!(instance.nox("user ls"), users);
    instance.nox("user rm bob --yes");
    instance.nox("user delete eve --yes");
    assert_eq!(instance.nox("user ls").lines().count(), 1);
    for command in ["session ls", "relay ls", "audit ls", "throttle ls", "bans list", "bans ls"] {
        instance.nox(command);
    }
    instance.nox("user tag add ada can_fly");
    assert_eq!(instance.nox("user tag rm ada can_fly"), instance.nox("user tag rm ada can_fly"));
    let help = instance.nox("user --help");
    assert!(help.contains("[alias: ls]") && help.contains("[alias: rm]"), "{help}");
    assert!(instance.nox("--help").contains("bans]"));
}

#[test]
fn help_shows_what_a_command_has_of_its_own_first() {
    let instance = Instance::new();
    let help = instance.nox("user add --help");
    let at = |words: &str| help.find(words).unwrap_or_else(|| panic!("no {words}: {help}"));
    assert!(at("--generate ") < at("Global options:") && at("Global options:") < at("--json "));
    assert!(at("--quiet ") < at("Examples:\n  nox user add ada"));
}

#[test]
fn mistake_in_an_argument_gives_no_advice_that_does_not_help() {
    let instance = Instance::new();
    let said = |line: &str| {
        let ran = instance.run(&line.split(' ').collect::<Vec<_>>(), "");
        assert_eq!(ran.status, 2, "{}", ran.stderr);
        ran.stderr
    };
    let unknown = said("user show ada --admin");
    assert!(unknown.starts_with("nox: unexpected argument '--admin' found\n"), "{unknown}");
    assert!(!unknown.contains("tip:") && unknown.contains("Usage: nox user show"), "{unknown}");
    assert!(!said("usr").contains("as a value"));
    let set = said("user set ada");
    assert!(set.contains("at least one option") && !set.contains("--banner"), "{set}");
    let revoke = said("session revoke");
    assert!(revoke.contains("--user <NAME>"), "{revoke}");
    let similar = said("user add ada --genrate");
    assert!(similar.contains("tip: a similar argument exists: '--generate'"), "{similar}");
}

#[test]
fn manuals_say_what_an_operator_looks_up_in_them() {
    let instance = Instance::new();
    instance.nox("man pages");
    let read = |page: &str| fs::read_to_string(instance.path(format!("pages/{page}"))).unwrap();
    for page in ["nox.1", "nox-user.1", "nox-user-add.1", "nox-doctor.1"] {
        let text = read(page);
        for section in ["\"EXIT STATUS\"", "FILES", "ENVIRONMENT", "\"SEE ALSO\""] {
            assert!(text.contains(&format!(".SH {section}\n")), "{page}: {section}: {text}");
        }
        assert!(text.contains("\\fBnox.toml\\fR(5)"), "{page}: {text}");
    }
    let add = read("nox-user-add.1");
    assert!(add.contains(".SH EXAMPLES\nnox user add ada "), "{add}");
    let keys = read("nox.toml.5");
    assert!(keys.contains(".TH nox.toml 5 ") && keys.contains("numeric_origins = []"), "{keys}");
}

#[test]
fn completions_know_the_values_that_an_option_takes() {
    let instance = Instance::with_users(["ada"]);
    for shell in ["bash", "fish", "zsh"] {
        let script = instance.nox(&format!("completions {shell}"));
        let values = ["en fr", "en\\t''\nfr\\t"];
        let offers = |values: &&str| script.contains(*values);
        assert!(values.iter().any(offers), "{shell}");
    }
    let bash = instance.nox("completions bash");
    assert!(bash.contains("session.opened") && bash.contains("totp.enabled"));
    // They are offered, but others are taken as before.
    instance.nox("audit list --event session.*");
    instance.nox("user set ada --language fr-CA");
    let ran = instance.run(&["user", "set", "ada", "--language", "fi"], "");
    assert!(ran.status == 2 && ran.stderr.contains("the languages are en, fr"), "{}", ran.stderr);
}

#[test]
fn manuals_completions_and_the_openapi_document_need_no_configuration() {
    let instance = Instance::with("[storage]\ndatabase = 7");
    for args in [&["completions", "bash"][..], &["man", "pages"], &["openapi"]] {
        instance.ok(args, "");
    }
    assert_eq!(instance.run(&["config", "check"], "").status, 5);
}

#[test]
fn doctor_finds_a_good_instance_well_and_changes_nothing() {
    let instance = Instance::with("[backup]\nevery = '1d'");
    let states = |text: String| {
        text.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(states(instance.nox("doctor")).contains(&"warning".into()));
    assert!(!instance.path("nox.db").exists() && !instance.path("nox.key").exists());
    instance.add_user("ada", "hunter22");
    instance.enroll("ada");
    let copy = format!("backups/nox-{}.db", "2026-01-01T00-00-00Z");
    fs::create_dir(instance.path("backups")).unwrap();
    instance.nox(&format!("backup create {copy}"));
    let words = "warning\tbackups\tnox.key is in none of the backups in backups";
    assert!(instance.nox("doctor").contains(words));
    fs::remove_file(instance.path(&copy)).unwrap();
    instance.nox(&format!("backup create {copy} --with-key"));
    let files = || fs::read_dir(instance.path("")).unwrap().count();
    let before = files();
    assert!(states(instance.nox("doctor")).iter().all(|state| state == "ok"));
    assert_eq!(files(), before);
    let server = instance.serve();
    assert!(states(instance.nox("doctor")).iter().all(|state| state == "ok"), "while it runs, too");
    drop(server);
    instance.write("nox.key", [7; 32]);
    let ran = instance.run(&["doctor"], "");
    assert_eq!(ran.status, 6, "{}", ran.stdout);
    assert!(
        ran.stdout
            .contains("fault\tdatabase\tthe key file nox.key is not the one of this database"),
        "{}",
        ran.stdout
    );
}

#[test]
fn doctor_finds_no_fault_while_a_server_runs_on_the_database_that_it_created() {
    let instance = Instance::new();
    let _server = instance.serve();
    let ran = instance.run(&["doctor"], "");
    assert_eq!(ran.status, 0, "{}", ran.stdout);
    assert!(ran.stdout.contains("ok\tdatabase\t"), "{}", ran.stdout);
}

#[test]
fn doctor_advises_what_helps() {
    let instance = Instance::with_users(["ada"]);
    fs::set_permissions(instance.path("nox.key"), fs::Permissions::from_mode(0o644)).unwrap();
    let ran = instance.run(&["doctor"], "");
    assert_eq!(ran.status, 5, "{}", ran.stdout);
    assert!(
        ran.stdout.contains("chmod 600") && !ran.stdout.contains("backup restore"),
        "{}",
        ran.stdout
    );
    fs::set_permissions(instance.path("nox.key"), fs::Permissions::from_mode(0o600)).unwrap();
    instance.write("nox.db", [b'x'; 4096]);
    let ran = instance.run(&["doctor"], "");
    assert_eq!(ran.status, 6, "{}", ran.stdout);
    assert!(
        ran.stdout.contains("nox.db is not a Nox database; nothing was changed"),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains("backup restore"), "{}", ran.stdout);
}

#[test]
fn nox_address_that_every_new_instance_has_is_told_where_others_reach_it() {
    let about = |settings: &str| {
        let found = Instance::with(settings).run(&["doctor"], "").stdout;
        found.lines().any(|line| line.starts_with("warning\tNox address\t"))
    };
    let public = "[server]\npublic_url = 'https://nox.example'";
    assert!(about(public));
    assert!(!about(&format!("{public}\naddress = 'nox.example'")));
    assert!(!about("[server]\npublic_url = 'http://127.0.0.1:39001'") && !about(""));
}
