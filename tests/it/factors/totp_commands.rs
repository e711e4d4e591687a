//! `nox totp`.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;

use serde_json::Value;

use crate::harness::{Instance, oathtool};

/// Enrolls `ada` as a person would: reads the secret, then types what `answer` makes of it. Returns
/// the exit status, stdout and stderr.
fn enroll(instance: &Instance, answer: impl Fn(&str) -> String) -> (i32, String, String) {
    let mut command = instance.command(["totp", "enroll", "ada"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut shown = String::new();
    while !shown.contains("otpauth://") {
        assert_ne!(stdout.read_line(&mut shown).unwrap(), 0, "{shown}");
    }
    let mut groups = String::new();
    stdout.read_line(&mut groups).unwrap();
    let secret: String = groups.split_whitespace().collect();
    child.stdin.take().unwrap().write_all(answer(&secret).as_bytes()).unwrap();
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    (child.wait().unwrap().code().unwrap(), shown + &groups, stderr)
}

#[test]
fn a_person_sees_the_code_the_url_and_the_secret_in_groups_of_four() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let (status, shown, _) = enroll(&instance, |secret| format!("{}\n", oathtool(secret, 0)));
    assert_eq!(status, 0);
    assert!(shown.contains('▀') || shown.contains('█'), "{shown}");
    let lines: Vec<&str> = shown.lines().collect();
    let [.., url, groups] = lines[..] else { panic!("{shown}") };
    let sizes: Vec<usize> = groups.split(' ').map(str::len).collect();
    assert_eq!(sizes, [4; 8]);
    let secret = groups.replace(' ', "");
    assert_eq!(url, format!("otpauth://totp/Nox:ada?secret={secret}&issuer=Nox"));
    assert_eq!(instance.serve().client().log_in("ada", "hunter22").status, 428);
}

#[test]
fn the_factor_is_on_only_once_a_code_was_right() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let off = || instance.ok(&["totp", "status", "ada"], "");
    let (status, _, stderr) = enroll(&instance, |_| String::new());
    assert_eq!(status, 2);
    assert!(stderr.contains("--no-confirm"), "{stderr}");
    assert_eq!(off(), "off\n");
    let (status, _, stderr) =
        enroll(&instance, |secret| format!("x\n12345\n{}\n", oathtool(secret, 9)));
    assert_eq!(status, 7);
    assert!(stderr.lines().last().unwrap().contains("nothing was enabled"), "{stderr}");
    assert_eq!(off(), "off\n");
    let (status, _, _) = enroll(&instance, |secret| {
        let code = oathtool(secret, 0);
        format!("000\n{} {}\n", &code[..3], &code[3..])
    });
    assert_eq!(status, 0);
    assert!(off().starts_with("on since 20"));
}

#[test]
fn scripts_get_the_secret_and_the_url_as_json() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let shown = instance.ok(&["totp", "enroll", "ada", "--no-confirm", "--json"], "");
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let keys: Vec<_> = shown.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["otpauth_url", "secret"]);
    let status: Value =
        serde_json::from_str(&instance.ok(&["totp", "status", "ada", "--json"], "")).unwrap();
    assert_eq!(status["enabled"], true);
}

#[test]
fn the_picture_goes_to_a_new_file_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    instance.ok(&["totp", "enroll", "ada", "--no-confirm", "--svg", "code.svg"], "");
    let file = instance.path("code.svg");
    assert!(std::fs::read_to_string(&file).unwrap().contains("<svg"));
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    instance.ok(&["totp", "reset", "ada"], "");
    let again = instance.run(&["totp", "enroll", "ada", "--no-confirm", "--svg", "code.svg"], "");
    assert_eq!(again.status, 1, "no file is overwritten");
    assert_eq!(instance.ok(&["totp", "status", "ada"], ""), "off\n");
}

#[test]
fn a_live_factor_is_not_replaced_and_a_reset_removes_it() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let secret = instance.enroll("ada");
    let again = instance.run(&["totp", "enroll", "ada", "--no-confirm"], "");
    assert_eq!(
        (again.status, again.stdout.as_str(), again.stderr.lines().count()),
        (4, "", 1),
        "{}",
        again.stderr
    );
    assert!(again.stderr.contains("nox totp reset ada"), "{}", again.stderr);
    let server = instance.serve();
    assert_eq!(
        server.client().log_in_with_code("ada", "hunter22", &oathtool(&secret, 0)).status,
        200
    );
    instance.ok(&["totp", "reset", "ada"], "");
    assert_eq!(server.client().log_in("ada", "hunter22").status, 200);
    assert_eq!(
        instance.ok(&["totp", "status", "ada", "--json"], ""),
        "{\"enabled\":false,\"enabled_at\":null,\"last_skew\":null,\"email\":false,\"recovery_codes\":0}\n"
    );
    for args in [["totp", "status", "bob"], ["totp", "reset", "bob"], ["totp", "enroll", "bob"]] {
        assert_eq!(instance.run(&args, "").status, 3, "{args:?}");
    }
}

#[test]
fn no_secret_is_shown_beside_a_live_one() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    instance.enroll("ada");
    let refused = instance.run(&["totp", "enroll", "ada"], "");
    assert_eq!((refused.status, refused.stdout.as_str()), (4, ""), "{}", refused.stderr);
}
