//! The users of the databases that move in, with what lets them log in.

use std::io::Write;
use std::process::{Command, Stdio};

use super::postgres::Row;

/// The password of the example hash of the second generation.
pub const PASSWORD: &str = "correct horse";
/// Its Argon2id hash, as the npm package `argon2` makes it by default.
pub const ARGON2ID: &str = "$argon2id$v=19$m=65536,t=3,p=4$AAECAwQFBgcICQoLDA0ODw\
                            $V38f836aPlLJfTn46DiRwbc7Dof/4EKc7o7eL7AF/kQ";
/// Secrets of authenticator apps, as each generation draws them.
pub const LONG_SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA";
pub const SHORT_SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// The hash of a password as the first generation stores it, by OpenSSL.
pub fn pbkdf2(password: &str, salt: u8) -> String {
    let salt = [salt; 16];
    let hex =
        |bytes: &[u8]| bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let mut command = Command::new("openssl");
    command.args(["kdf", "-keylen", "64", "-binary", "-kdfopt", "digest:SHA256"]);
    command.args(["-kdfopt".into(), format!("hexpass:{}", hex(password.as_bytes()))]);
    command.args(["-kdfopt".into(), format!("hexsalt:{}", hex(&salt))]);
    let output = command.args(["-kdfopt", "iter:10000", "PBKDF2"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    format!("{}:{}", base64(&salt), base64(&output.stdout))
}

/// Base64 by the standard alphabet (RFC 4648, 4), with padding.
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for part in bytes.chunks(3) {
        let number = (0..3).fold(0, |sum, i| sum << 8 | usize::from(*part.get(i).unwrap_or(&0)));
        for digit in 0..4 {
            let letter = LETTERS[number >> (18 - 6 * digit) & 63];
            text.push(if digit <= part.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

/// A user of the old server.
#[derive(Clone)]
pub struct Person {
    /// The name by which they log in after the move.
    pub name: String,
    pub id: u32,
    /// `None` if the old server had no password of theirs.
    pub password: Option<String>,
    /// The secret of their authenticator app, where it is on.
    pub secret: Option<&'static str>,
    pub row: Row,
}

impl Person {
    fn new(id: u32, name: &str) -> Self {
        let row = Row::new().set("id", id.to_string()).set("username", name);
        Self { name: name.into(), id, password: None, secret: None, row }
    }

    fn set(self, column: &str, value: impl Into<String>) -> Self {
        Self { row: self.row.set(column, value), ..self }
    }

    /// What a column holds.
    pub fn value(&self, column: &str) -> Option<&str> {
        self.row.value(column)
    }

    /// With a password as the first generation stores it.
    fn pbkdf2(self, password: &str) -> Self {
        let hash = pbkdf2(password, u8::try_from(self.id % 251).unwrap());
        Self { password: Some(password.into()), ..self }.set("password", hash)
    }

    /// With the password of the example, as the second generation stores it.
    fn argon2id(self) -> Self {
        Self { password: Some(PASSWORD.into()), ..self }.set("password", ARGON2ID)
    }

    /// With an authenticator app.
    fn app(self, secret: &'static str) -> Self {
        let person = Self { secret: Some(secret), ..self };
        person.set("twofa_enabled", "t").set("twofa_secret", secret)
    }
}

/// The users that both generations have; `hashed` gives each of them a password.
fn everybody(hashed: impl Fn(Person, &str) -> Person) -> Vec<Person> {
    let person = |id, name, password: &str| hashed(Person::new(id, name), password);
    vec![
        person(2, "ada", "correct horse")
            .set("display", "Ädä \"L\" 🌙🌙")
            .set(
                "bio",
                "tab\there\nnew\\line {a,b} \\N \r end\n\\.\nCOPY public.users (id) FROM stdin;",
            )
            .set("email", "Ada@Example.org")
            .set("rank", "0.5")
            .set("home_ref", "3@::")
            .set("tags", r#"{"usr:a b","usr:q\"uo\\te","",NULL,sys:can_self_edit,usr:Builder}"#)
            .set("presence", "DO_NOT_DISTURB")
            .set("presence_status", "a\\nb\tc")
            .set("pronoun", "she/her")
            .set("created_at", "2025-06-12 22:45:27.1"),
        person(3, "carl.-_0", "pässwörd🌙")
            .set(
                "links",
                r#"[{"label": "a\\b\"c", "value": "https://x.example/"}, "https://y.example"]"#,
            )
            .set("tags", "{usr:admin,dft:can_file_upload,mod:helper}")
            .set("presence", "STREAMING"),
        person(7, "dora", "  blanks around  ")
            .set("display", "line\u{2028}separator \u{85} and \u{feff}mark")
            .set("bio", "x".repeat(10_000))
            .set("rank", "NaN")
            .set("links", "[]"),
        person(8, "emil", "\\N\t\\. and 'quotes'").set("rank", "Infinity").set("tags", "{}"),
        person(9, "fred", "it is not set up").set("twofa_secret", SHORT_SECRET),
        person(10, "gina", "with an app").app(LONG_SECRET).set("email", "gina@b.example"),
        person(11, "hans", "with an app too").app(SHORT_SECRET).set("tags", "{NULL}"),
        person(12, "copy", "one of two addresses").set("email", "Two@b.example"),
        person(13, "cope", "the other of them").set("email", "two@b.example"),
        Person::new(14, "none").set("bio", "no password at all"),
        person(15, "ban-over", "the ban is over")
            .set("blacklisted", r#"{"reason": "spam", "expires": 1600000000000}"#),
        person(4_000_000, "far-away", "an id far away")
            .set("created_at", "1999-12-31 23:59:59.999"),
        person(2_147_483_647, "last", "the last id").set("home_ref", "w:5@other.example"),
    ]
}

/// Users of the first generation.
pub fn of_the_first() -> Vec<Person> {
    let mut people = everybody(Person::pbkdf2);
    let admin = Person::new(1, "root").pbkdf2("the operator").set("tags", "{sys:admin}");
    people.push(admin.set("links", r#"["https://admin.example"]"#));
    people
}

/// Users of the second generation, who all have the password of the example.
pub fn of_the_second() -> Vec<Person> {
    let mut people = everybody(|person, _| person.argon2id());
    people.push(Person::new(1, "root").argon2id().set("tags", "{sys:admin}").set("rank", "100"));
    people
}

/// What a program that reads stdin makes of this.
pub fn packed(program: &str, content: &[u8]) -> Vec<u8> {
    let mut command = Command::new(program);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(content).unwrap();
    child.wait_with_output().unwrap().stdout
}
