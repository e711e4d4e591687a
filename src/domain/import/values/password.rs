//! Hashes of passwords.

use super::context::Context;
use super::gathered::Gathered;
use super::loss::LossKind;
use super::refusal::Reason;
use crate::domain::password::{ImportedHash, Pbkdf2Hash};
use crate::storage::users::NO_PASSWORD;

/// What is stored of a password.
pub(super) struct Password {
    /// What is stored, unless there is something to wrap.
    pub hash: String,
    pub to_wrap: Option<Pbkdf2Hash>,
    /// The form, for the count in the report.
    pub form: String,
}

impl Password {
    fn none() -> Self {
        Self { hash: NO_PASSWORD.into(), to_wrap: None, form: "none".into() }
    }
}

pub(super) fn password(
    gathered: &mut Gathered,
    context: &Context<'_>,
    old: Option<&str>,
) -> Password {
    let Some(text) = old else {
        gathered.lose(LossKind::NoPassword, "");
        return Password::none();
    };
    match ImportedHash::recognize(text) {
        Ok(ImportedHash::Pbkdf2(hash)) => {
            Password { to_wrap: Some(hash), form: "pbkdf2".into(), ..Password::none() }
        }
        Ok(ImportedHash::Argon2id(parameters)) => {
            Password { hash: text.into(), to_wrap: None, form: format!("argon2id {parameters}") }
        }
        Err(form) => {
            if context.skip_passwords {
                gathered.lose(LossKind::PasswordSkipped, form);
            } else {
                gathered.refusals.push(Reason::Hash(form));
            }
            Password { form: "unknown".into(), ..Password::none() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::domain::import::dump::Shape;
    use crate::time::Timestamp;

    const FIRST: &str = concat!(
        "AAECAwQFBgcICQoLDA0ODw==:5RUHDgNTp9sBOWGYS4e6u57cz/Sq3/TQgaDP/8MW6L/eNZN5updoogDm/+UZ",
        "SB3KdfSkPwIP/A2vXogU8PJ6DQ=="
    );
    const SECOND: &str = concat!(
        "$argon2id$v=19$m=65536,t=3,p=4$AAECAwQFBgcICQoLDA0ODw$V38f836aPlLJfTn46DiRwbc7Dof",
        "/4EKc7o7eL7AF/kQ"
    );

    fn read(skip_passwords: bool, old: Option<&str>) -> (Password, Gathered) {
        let config = Config::default();
        let context = Context {
            config: &config,
            shape: Shape::First,
            assets: None,
            skip_passwords,
            now: Timestamp::from_millis(0),
        };
        let mut gathered = Gathered::default();
        (password(&mut gathered, &context, old), gathered)
    }

    #[test]
    fn hash_of_each_generation_is_taken_by_its_form() {
        let (first, gathered) = read(false, Some(FIRST));
        assert!(first.to_wrap.is_some() && gathered.losses.is_empty());
        assert_eq!(first.form, "pbkdf2");
        let (second, gathered) = read(false, Some(SECOND));
        assert!(second.to_wrap.is_none() && gathered.losses.is_empty());
        assert_eq!(
            (second.hash.as_str(), second.form.as_str()),
            (SECOND, "argon2id m=65536,t=3,p=4")
        );
        let (none, gathered) = read(false, None);
        assert_eq!((none.hash.as_str(), none.form.as_str()), (NO_PASSWORD, "none"));
        assert_eq!(gathered.losses[0].kind, LossKind::NoPassword);
        assert_eq!(gathered.refusals, []);
    }

    #[test]
    fn unknown_form_refuses_its_row_or_is_skipped_and_never_quoted() {
        let short = FIRST.replace("==:", ":");
        let memory = SECOND.replace("m=65536", "m=1048577");
        let passes = SECOND.replace("t=3", "t=17");
        let lanes = SECOND.replace("p=4", "p=17");
        let version = SECOND.replace("v=19", "v=16");
        let key = SECOND.replace("p=4", "p=4,keyid=AAAA");
        let other = SECOND.replace("argon2id", "argon2i");
        let little = SECOND.replace("m=65536", "m=8");
        let damaged = SECOND.replace("$V38f", "$V3");
        let hex = "0123456789abcdef".repeat(4);
        for old in [
            "",
            "hunter22",
            "a:b",
            "*",
            "!",
            "$2b$12$abcdefghijklmnopqrstuv",
            &hex,
            &short,
            &memory,
            &passes,
            &lanes,
            &version,
            &key,
            &other,
            &little,
            &damaged,
            "$argon2id$",
            "$",
            "$$$$$",
        ] {
            let (refused, gathered) = read(false, Some(old));
            let [Reason::Hash(form)] = gathered.refusals[..] else { panic!("{old}") };
            assert!(old.is_empty() || !form.contains(old) || old.len() < 3, "{old}");
            assert_eq!(refused.form, "unknown");
            let (skipped, gathered) = read(true, Some(old));
            assert_eq!((skipped.hash.as_str(), skipped.to_wrap.is_none()), (NO_PASSWORD, true));
            assert_eq!(gathered.losses[0].kind, LossKind::PasswordSkipped);
            assert_eq!(gathered.refusals, []);
        }
    }
}
