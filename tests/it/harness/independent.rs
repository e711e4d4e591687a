//! Other implementations of what Nox computes.

use std::io::Write;
use std::process::{Command, Stdio};

/// The code that an independent implementation gives, this many steps of 30 seconds from now.
pub fn oathtool(secret: &str, steps: i64) -> String {
    let at = format!("now {} seconds", steps * 30);
    let output = Command::new("oathtool")
        .args(["--totp", "--base32", "--now", &at, secret])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().into()
}

/// The bytes that base32 (RFC 4648, 6) without padding stands for.
pub fn base32(text: &str) -> Vec<u8> {
    run(Command::new("base32").arg("--decode"), text.as_bytes())
}

/// The SHA-256 of a content, in hex.
pub fn sha256sum(content: &[u8]) -> String {
    let printed = run(&mut Command::new("sha256sum"), content);
    String::from_utf8(printed).unwrap()[..64].into()
}

/// Runs a command that must succeed, with this on stdin, and returns its stdout.
fn run(command: &mut Command, stdin: &[u8]) -> Vec<u8> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output.stdout
}
