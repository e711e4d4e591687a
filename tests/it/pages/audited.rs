//! What each form of the pages leaves in the audit log.

use super::form_table::CASES;
use crate::harness::{GIF, Trail};

/// Each form with its lines, or with why it has none.
const LINES: [(&str, Result<&[&str], &str>); 39] = [
    ("/login", Ok(&["session.opened by user"])),
    ("/login/code", Ok(&["session.opened by user"])),
    ("/login/passkey", Ok(&["session.opened by user"])),
    ("/login/send", Err("it mails a code, which changes nothing")),
    ("/login/confirmation", Err("it mails a link, which changes nothing")),
    ("/login/confirmation/email", Ok(&["email.changed by user: email"])),
    ("/login/set-up", Ok(&["totp.enabled by user", "session.opened by user"])),
    ("/login/set-up/mail", Err("it mails a code, which changes nothing")),
    ("/register", Ok(&["account.created by user: invitation", "session.opened by user"])),
    ("/reset", Err("it mails a link to an account that there is, after the answer")),
    ("/reset/password", Ok(&["password.reset by user: link"])),
    ("/account/logout", Ok(&["session.ended by user"])),
    ("/account/profile", Ok(&["profile.changed by user: display, language"])),
    ("/account/picture", Ok(&["profile.changed by user: thumbnail"])),
    ("/account/picture/remove", Ok(&["profile.changed by user: thumbnail"])),
    ("/account/username", Ok(&["account.renamed by user: username"])),
    ("/account/email", Ok(&["email.changed by user: email"])),
    ("/account/email/resend", Err("it mails a link, which changes nothing")),
    ("/account/password", Ok(&["password.changed by user"])),
    ("/account/export", Ok(&["account.exported by user"])),
    ("/account/delete", Ok(&["account.deleted by user"])),
    ("/account/sessions/end", Ok(&["session.ended by user"])),
    ("/account/sessions/end-others", Ok(&["sessions.ended by user"])),
    ("/account/totp/setup", Err("an app that waits for its first code is of no use yet")),
    ("/account/totp/enable", Ok(&["totp.enabled by user"])),
    ("/account/totp/disable", Ok(&["recovery_code.used by user", "totp.disabled by user"])),
    ("/account/mail-codes/send", Err("it mails a code, which changes nothing")),
    ("/account/mail-codes/enable", Ok(&["email_factor.enabled by user"])),
    (
        "/account/mail-codes/disable",
        Ok(&["recovery_code.used by user", "email_factor.disabled by user"]),
    ),
    ("/account/passkeys/options", Err("what a browser is asked for is of no use yet")),
    ("/account/passkeys/add", Ok(&["passkey.added by user: name"])),
    ("/account/passkeys/rename", Ok(&["passkey.renamed by user: name"])),
    ("/account/passkeys/remove", Ok(&["passkey.removed by user: name"])),
    ("/account/passkeys/enable", Ok(&["passkey_factor.enabled by user"])),
    (
        "/account/passkeys/disable",
        Ok(&["recovery_code.used by user", "passkey_factor.disabled by user"]),
    ),
    ("/account/passkeys/code", Err("a code that is not used yet changes nothing")),
    ("/account/recovery", Ok(&["recovery_code.used by user", "recovery_codes.renewed by user"])),
    ("/account/recovery-codes", Err("the codes that are no longer shown are still of use")),
    ("/email/confirmation", Ok(&["email.confirmed by user: email_verified"])),
];

#[test]
fn every_form_leaves_its_lines_in_the_audit_log() {
    assert_eq!(LINES.map(|(path, _)| path), CASES.map(|case| case.path), "one row for each form");
    let mut other = Vec::new();
    for (case, (path, expected)) in CASES.iter().zip(LINES) {
        let mut app = (case.app)().serve();
        let mut browser = app.browser();
        let fields = (case.prepare)(&mut app, &mut browser);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, &**value)).collect();
        let trail = Trail::before(&app.instance);
        let answer = if path == "/account/picture" {
            browser.submit_file(path, ("file", GIF))
        } else {
            browser.submit(path, &fields)
        };
        assert!([200, 303].contains(&answer.status), "{path}: {}", answer.text);
        let lines = trail.since(&app.instance);
        if lines != expected.unwrap_or_default() {
            other.push((path, lines));
        }
    }
    assert!(other.is_empty(), "{other:#?}");
}
