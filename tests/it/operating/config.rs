//! `nox.toml`, `--config` and the environment, as a command sees them.

use std::fs;
use std::process::Stdio;

use crate::harness::{Instance, Server};

#[test]
fn mistake_in_the_file_is_reported_with_its_line() {
    let instance = Instance::new();
    for (text, place, part) in [
        ("[server]\nlisen = 'x'\n", "nox.toml, line 2", "`listen`"),
        ("[server]\nlisten = 'x'\n", "nox.toml, line 2", "host:port"),
        ("\n\n[sever]\n", "nox.toml, line 3", "`server`"),
        ("[server\n", "nox.toml, line 1", ""),
    ] {
        instance.write("nox.toml", text);
        let ran = instance.run(&["serve"], "");
        assert_eq!((ran.status, ran.stderr.lines().count()), (5, 1), "{}", ran.stderr);
        assert!(ran.stderr.contains(place) && ran.stderr.contains(part), "{}", ran.stderr);
    }
    assert!(!instance.path("nox.db").exists(), "nothing was made");
}

#[test]
fn named_configuration_must_exist_and_its_folder_anchors_paths() {
    let instance = Instance::new();
    let ran = instance.run(&["--config", "nowhere.toml", "user", "list"], "");
    assert_eq!((ran.status, ran.stderr.lines().count()), (5, 1), "{}", ran.stderr);
    assert!(ran.stderr.contains("nowhere.toml"), "{}", ran.stderr);
    fs::create_dir(instance.path("etc")).unwrap();
    instance.write("etc/nox.toml", "[storage]\ndatabase = 'data/own.db'");
    instance.nox("--config etc/nox.toml user add ada --generate");
    assert!(instance.path("etc/data/own.db").exists() && instance.path("etc/nox.key").exists());
}

#[test]
fn command_line_overrides_environment_and_environment_the_file() {
    let instance = Instance::with("[server]\naddress = 'file.example'");
    instance.add_user("ada", "hunter22");
    let server_of = |variables: &[(&str, &str)]| {
        let mut command = instance.command(["user", "show", "ada", "--json"]);
        let output = command.envs(variables.iter().copied()).output().unwrap();
        let shown: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        shown["server"].clone()
    };
    assert_eq!(server_of(&[]), "file.example");
    assert_eq!(server_of(&[("NOX_SERVER__ADDRESS", "env.example")]), "env.example");
    // Listening on an address of the documentation network (RFC 5737) always fails.
    let elsewhere = ("NOX_SERVER__LISTEN", "192.0.2.1:1");
    let output = instance.command(["serve"]).envs([elsewhere]).output().unwrap();
    assert_eq!(output.status.code(), Some(5));
    let mut command = instance.command(["serve", "--listen", "127.0.0.1:0"]);
    let server =
        Server::start(command.envs([elsewhere]).stdout(Stdio::piped()).stderr(Stdio::piped()));
    assert!(server.address.starts_with("127.0.0.1:"));
}

#[test]
fn missing_key_file_is_not_replaced_where_secrets_are_sealed() {
    let instance = Instance::with_users(["ada"]);
    fs::remove_file(instance.path("nox.key")).unwrap();
    instance.enroll("ada");
    fs::remove_file(instance.path("nox.key")).unwrap();
    let ran = instance.run(&["user", "list"], "");
    assert_eq!((ran.status, ran.stderr.lines().count()), (5, 1), "{}", ran.stderr);
    assert!(ran.stderr.contains("nox.key") && ran.stderr.contains("backup"), "{}", ran.stderr);
    assert!(!instance.path("nox.key").exists());
}

#[test]
fn mistake_in_the_environment_names_the_variable() {
    let instance = Instance::new();
    for (variable, value, part) in
        [("NOX_TOTP__SKEW", "5", "between 0 and 2"), ("NOX_TOTP__SKW", "1", "`skew`")]
    {
        let output = instance.command(["config", "check"]).env(variable, value).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), stderr.lines().count()), (Some(5), 1), "{stderr}");
        assert!(stderr.contains(variable) && stderr.contains(part), "{stderr}");
    }
}

#[test]
fn key_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let instance = Instance::with_users(["ada"]);
    fs::set_permissions(instance.path("nox.key"), fs::Permissions::from_mode(0o644)).unwrap();
    let ran = instance.run(&["user", "list"], "");
    assert_eq!((ran.status, ran.stderr.lines().count()), (5, 1), "{}", ran.stderr);
    assert!(ran.stderr.contains("chmod 600"), "{}", ran.stderr);
}

/// Runs a command with these variables, and returns its status and stderr.
fn with(instance: &Instance, command: &str, variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = instance.command(command.split(' '));
    let output = command.envs(variables.iter().copied()).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn values_are_read_as_editors_and_shells_leave_them() {
    let instance = Instance::with_users(["ada"]);
    // As an editor of Windows writes it.
    let text = "[instance]\ntitle = 'From file'\n[password]\nmemory_kib = 1024\niterations = 1\n";
    instance.write("nox.toml", format!("\u{feff}{}", text.replace('\n', "\r\n")));
    instance.write("issuer", "\u{feff}My Nox \r\n");
    instance.write("quoted", "\"My Nox\"\n");
    instance
        .write("list", "\u{feff}[\r\n  'https://a.example',\r\n  'https://b.example',\r\n]\r\n");
    let shown = |variable: &str, value: &str| {
        let mut command = instance.command(["config", "show"]);
        let output = command.env(variable, value).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    for (variable, value, line) in [
        ("NOX_TOTP__ISSUER", "\"My Nox\"", "issuer = \"My Nox\""),
        ("NOX_TOTP__ISSUER", "'My Nox'", "issuer = \"My Nox\""),
        ("NOX_TOTP__ISSUER", "\"My \\u004eox\"", "issuer = \"My Nox\""),
        ("NOX_TOTP__ISSUER", "My Nox\r", "issuer = \"My Nox\""),
        ("NOX_TOTP__ISSUER", " My Nox\n", "issuer = \"My Nox\""),
        ("NOX_TOTP__ISSUER", "\u{feff}\"My Nox\"\r\n", "issuer = \"My Nox\""),
        ("NOX_TOTP__ISSUER", "'\"My\" Nox'", "issuer = '\"My\" Nox'"),
        ("NOX_TOTP__ISSUER_FILE", "issuer", "issuer = \"My Nox\""),
        ("NOX_TOTP__ISSUER_FILE", "\"issuer\"\r", "issuer = \"My Nox\""),
        ("NOX_TOTP__ISSUER_FILE", "quoted", "issuer = \"My Nox\""),
        ("NOX_TOTP__SKEW", "\"0\"", "skew = 0"),
        ("NOX_LOGIN__HIDE_UNKNOWN_USERS", "'true'\r", "hide_unknown_users = true"),
        ("NOX_SERVER__PUBLIC_URL", "'https://x.example'", "public_url = \"https://x.example\""),
        (
            "NOX_SERVER__ALLOWED_ORIGINS",
            "'[\"https://a.example\"]'",
            "allowed_origins = [\"https://a.example\"]",
        ),
        (
            "NOX_SERVER__ALLOWED_ORIGINS_FILE",
            "list",
            "allowed_origins = [\"https://a.example\", \"https://b.example\"]",
        ),
        ("NOX_CONFIG", "'nox.toml'\r", "title = \"From file\""),
    ] {
        let shown = shown(variable, value);
        assert!(shown.lines().any(|shown| shown == line), "{variable}={value:?}: {shown}");
    }
}

#[test]
fn value_that_controls_something_or_is_half_quoted_is_refused() {
    let instance = Instance::new();
    for character in ["\0", "\t", "\u{1b}", "\r", "\n", "\u{7f}", "\u{85}", "\u{200b}", "\u{feff}"]
    {
        let escaped = format!("\\u{:04x}", u32::from(character.chars().next().unwrap()));
        instance.write("value", format!("a{}b", character.replace('\n', "\u{b}")));
        for (key, variable) in
            [("instance.title", "NOX_INSTANCE__TITLE"), ("mail.user", "NOX_MAIL__USER")]
        {
            let (section, key) = key.split_once('.').unwrap();
            instance.configure(&format!("[{section}]\n\n{key} = \"a{escaped}b\""));
            let (status, stderr) = with(&instance, "config check", &[]);
            assert_eq!(status, Some(5), "{escaped}");
            assert!(stderr.contains("nox.toml, line 6") && stderr.contains(key), "{stderr}");
            instance.configure("");
            // The environment cannot hold a null.
            let text = format!("a{}b", character.replace('\0', "\u{1}"));
            let from_file = format!("{variable}_FILE");
            for (variable, value) in [(variable, text.as_str()), (&from_file, "value")] {
                let (status, stderr) = with(&instance, "config check", &[(variable, value)]);
                assert_eq!((status, stderr.lines().count()), (Some(5), 1), "{value:?}: {stderr}");
                assert!(stderr.contains(variable), "{stderr}");
            }
        }
    }
    instance.write("issuer", "b\n");
    let ran = instance.run(&["--config", "nox.toml\r", "user", "list"], "");
    assert_eq!(ran.status, 5);
    assert!(
        ran.stderr.contains("the configuration file nox.toml\\r: No such file"),
        "{}",
        ran.stderr
    );
    let twice = [("NOX_TOTP__ISSUER", "a"), ("NOX_TOTP__ISSUER_FILE", "issuer")];
    let (status, stderr) = with(&instance, "config check", &twice);
    assert_eq!(status, Some(5));
    assert!(
        stderr.contains("NOX_TOTP__ISSUER") && stderr.contains("sets the same key"),
        "{stderr}"
    );
    let (status, stderr) =
        with(&instance, "config check", &[("NOX_INSTANCE__TITLE", "\"a\" or \"b\"")]);
    assert_eq!(status, Some(5));
    assert!(stderr.contains("NOX_INSTANCE__TITLE: the value begins and ends with"), "{stderr}");
}

#[test]
fn variable_with_nearly_the_right_name_is_told_by_every_command() {
    let instance = Instance::with_users(["ada"]);
    let wrong = [
        ("NOX_SERVER_PUBLIC_URL", "https://x.example"),
        ("nox_config", "x.toml"),
        ("SERVER__ADDRESS", "x.example"),
        // Of a service of Kubernetes.
        ("NOX_MAIL_PORT", "tcp://10.0.0.1:25"),
    ];
    for command in ["config check", "user list", "doctor"] {
        let mut run = instance.command(command.split(' '));
        let output = run.envs(wrong).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{command}");
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        for right in ["NOX_SERVER__PUBLIC_URL", "NOX_CONFIG", "NOX_SERVER__ADDRESS"] {
            assert!(text.contains(&format!("is not read: write {right}\n")), "{command}: {text}");
        }
        assert!(!text.contains("MAIL"), "{command}: {text}");
    }
    let mut serve = instance.command(["serve", "--listen", "127.0.0.1:0"]);
    let serve = serve.envs(wrong).stdout(Stdio::piped()).stderr(Stdio::piped());
    let log = Server::start(serve).stop().log;
    assert!(log.contains("NOX_SERVER_PUBLIC_URL is not read"), "{log}");
}

#[test]
fn mistake_stops_only_the_commands_that_use_the_key() {
    let instance = Instance::with_users(["ada"]);
    let everything = ["serve", "config check", "config show", "doctor", "mail test a@b.example"];
    let unused = ["user list", "user show ada", "session list", "audit list", "throttle list"];
    let all = [&everything[..], &unused].concat();
    let of_users = [&everything[..], &["user list", "user show ada"]].concat();
    for (settings, line, stopped) in [
        ("[mail]\nhost = 'localhost'\nfrom = 'nobody'", 6, &everything[..]),
        ("[mail]\nhost = 'localhost'\ntls = 'perhaps'\nfrom = 'a@b.example'", 6, &everything),
        ("[mail]\nhots = 'localhost'", 5, &everything),
        ("[server]\nlisten = 'here'", 5, &everything),
        ("[session]\nlifetime = 'soon'", 5, &everything),
        ("[log]\nlevel = 'loud'", 5, &everything),
        ("[backup]\nevery = 'often'", 5, &everything),
        ("[instance]\naccent = '#ffff00'", 5, &everything),
        ("min_length = 2", 4, &everything),
        ("[limits]\naudit_age = 'long'", 5, &everything),
        ("[limits]\npicture_bytes = 1", 5, &everything),
        ("[storage]\ndatabse = 'x'", 5, &all),
        ("[storge]", 4, &all),
        ("[server]\naddress = 'a/b'", 5, &of_users),
    ] {
        instance.configure(settings);
        let place = format!("nox.toml, line {line}: ");
        for command in &all {
            let ran = instance.run(&command.split(' ').collect::<Vec<_>>(), "");
            let text = ran.stdout + &ran.stderr;
            // `config show` prints what was read, and contacts no mail server.
            if *command == "config show" && settings.contains("nobody") {
                continue;
            }
            let status = if stopped.contains(command) { 5 } else { 0 };
            assert_eq!(ran.status, status, "{settings}: {command}: {text}");
            assert!(text.contains(&place), "{settings}: {command}: {text}");
        }
        // The name of the section may be meant for the one that it needs.
        let is_needed = settings.contains("listen") || settings.contains("[storge]");
        let health = instance.run(&["health"], "").status;
        assert_eq!(health, if is_needed { 5 } else { 1 }, "{settings}");
    }
    instance.configure("[totp]\nskew = 9");
    assert_eq!(instance.run(&["user", "list"], "").status, 0);
    assert_eq!(instance.run(&["totp", "status", "ada"], "").status, 0);
    assert_eq!(instance.run(&["totp", "enroll", "ada", "--no-confirm"], "").status, 5);
    instance.configure("[limits]\naudit_age = 'long'");
    assert_eq!(instance.run(&["user", "disable", "ada"], "").status, 5, "it deletes old events");
    instance.configure("min_length = 2");
    let set = ["user", "passwd", "ada", "--password-stdin"];
    assert_eq!(instance.run(&set, "hunter22").status, 5);
}
