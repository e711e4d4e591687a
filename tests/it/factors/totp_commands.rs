//! `nox totp`.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;

use serde_json::json;

use crate::harness::{Instance, Ran, oathtool};

/// `ada` at the instance of the tests, as an app shows it, in the form of a URL.
const ACCOUNT: &str = "ada%40localhost%20port%2053032";

/// Enrolls `ada` as a person would: reads the secret, then types what `answer` makes of it.
fn enroll(instance: &Instance, answer: impl Fn(&str) -> String) -> Ran {
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
    Ran { status: child.wait().unwrap().code().unwrap(), stdout: shown + &groups, stderr }
}

#[test]
fn totp_enroll_on_a_terminal_shows_qr_code_url_and_grouped_secret() {
    let instance = Instance::with_users(["ada"]);
    let ran = enroll(&instance, |secret| format!("{}\n", oathtool(secret, 0)));
    assert_eq!(ran.status, 0);
    let shown = ran.stdout;
    assert!(shown.contains('▀') || shown.contains('█'), "{shown}");
    let lines: Vec<&str> = shown.lines().collect();
    let [.., url, groups] = lines[..] else { panic!("{shown}") };
    let sizes: Vec<usize> = groups.split(' ').map(str::len).collect();
    assert_eq!(sizes, [4; 8]);
    let secret = groups.replace(' ', "");
    assert_eq!(url, format!("otpauth://totp/Nox:{ACCOUNT}?secret={secret}&issuer=Nox"));
    assert_eq!(instance.serve().client().log_in("ada", "hunter22").status, 428);
}

#[test]
fn totp_enroll_enables_the_factor_after_a_right_code() {
    let instance = Instance::with_users(["ada"]);
    let off = || instance.nox("totp status ada");
    let ran = enroll(&instance, |_| String::new());
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("--no-confirm"), "{}", ran.stderr);
    assert_eq!(off(), "off\n");
    let ran = enroll(&instance, |secret| format!("x\n12345\n{}\n", oathtool(secret, 9)));
    assert_eq!(ran.status, 7);
    let last = ran.stderr.lines().last().unwrap();
    assert!(last.contains("nothing was enabled"), "{}", ran.stderr);
    assert_eq!(off(), "off\n");
    let ran = enroll(&instance, |secret| {
        let code = oathtool(secret, 0);
        format!("000\n{} {}\n", &code[..3], &code[3..])
    });
    assert_eq!(ran.status, 0);
    assert!(off().starts_with("on since 20"));
}

#[test]
fn totp_enroll_takes_a_code_as_it_is_copied() {
    let wide = |code: &str| -> String {
        code.chars().map(|digit| char::from_u32(u32::from(digit) + 0xfee0).unwrap()).collect()
    };
    let forms: [fn(&str) -> String; 4] = [
        |code| format!("\u{200b}{}\u{a0}{}\r\n", &code[..3], &code[3..]),
        |code| format!("“{code}”\n"),
        |code| format!("{}–{}.\n", &code[..3], &code[3..]),
        |code| format!("'{code}'"),
    ];
    for form in forms {
        let instance = Instance::with_users(["ada"]);
        let ran = enroll(&instance, |secret| form(&oathtool(secret, 0)));
        assert_eq!(ran.status, 0, "{}", ran.stderr);
    }
    let instance = Instance::with_users(["ada"]);
    assert_eq!(enroll(&instance, |secret| wide(&oathtool(secret, 0)) + "\n").status, 0);
}

#[test]
fn totp_enroll_prints_secret_and_url_as_json() {
    let instance = Instance::with_users(["ada"]);
    let shown = instance.nox_json("totp enroll ada --no-confirm --json");
    let keys: Vec<_> = shown.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["ok", "otpauth_url", "secret"]);
    let status = instance.nox_json("totp status ada --json");
    assert_eq!(status["enabled"], true);
}

#[test]
fn totp_enroll_writes_the_qr_code_to_a_new_private_file() {
    use std::os::unix::fs::PermissionsExt;

    let instance = Instance::with_users(["ada"]);
    instance.nox("totp enroll ada --no-confirm --svg code.svg");
    let file = instance.path("code.svg");
    assert!(std::fs::read_to_string(&file).unwrap().contains("<svg"));
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    instance.nox("totp reset ada");
    let again = instance.run(&["totp", "enroll", "ada", "--no-confirm", "--svg", "code.svg"], "");
    assert_eq!(again.status, 1, "no file is overwritten");
    assert_eq!(instance.nox("totp status ada"), "off\n");
}

#[test]
fn totp_enroll_replaces_no_active_factor_and_reset_removes_it() {
    let instance = Instance::with_users(["ada"]);
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
    instance.nox("totp reset ada");
    assert_eq!(server.client().log_in("ada", "hunter22").status, 200);
    let off = json!({
        "enabled": false, "enabled_at": null, "last_skew": null, "email": false,
        "passkey": false, "passkeys": 0, "recovery_codes": 0,
    });
    assert_eq!(instance.nox_json("totp status ada --json"), off);
    for args in [["totp", "status", "bob"], ["totp", "reset", "bob"], ["totp", "enroll", "bob"]] {
        assert_eq!(instance.run(&args, "").status, 3, "{args:?}");
    }
}

#[test]
fn totp_enroll_shows_no_secret_beside_an_active_factor() {
    let instance = Instance::with_users(["ada"]);
    instance.enroll("ada");
    let refused = instance.run(&["totp", "enroll", "ada"], "");
    assert_eq!((refused.status, refused.stdout.as_str()), (4, ""), "{}", refused.stderr);
}
