//! The name of the operator: of the system user who runs a command.

use std::env;
use std::sync::OnceLock;

use rustix::process::getuid;

use crate::files;

/// The variables in which `sudo` and `doas` tell who called them.
const CALLED_BY: [&str; 2] = ["SUDO_USER", "DOAS_USER"];
/// The longest name of a system user (`useradd` takes 32 characters).
const MAX_NAME: usize = 64;

/// The name of the system user. Under `sudo` or `doas`, it is the one who called that: a person,
/// where the process itself is of root or of the service's user. The audit log tells who acted as
/// the operator; it does not prove it, since the operator can change it anyway.
pub(super) fn name() -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| {
        let caller = CALLED_BY.into_iter().find_map(|name| called_by(env::var(name).ok()?));
        caller.unwrap_or_else(|| files::user_argument(getuid().as_raw()))
    })
}

fn called_by(name: String) -> Option<String> {
    let is_name = |name: &String| {
        (1..=MAX_NAME).contains(&name.len())
            && name.chars().all(|letter| letter.is_alphanumeric() || "_.-@$\\".contains(letter))
    };
    Some(name).filter(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_of_the_caller_is_taken_only_if_it_can_be_one() {
        for name in ["ada", "ada.l-2", "EXAMPLE\\ada", "ada@example.org"] {
            assert_eq!(called_by(name.into()).as_deref(), Some(name));
        }
        for name in ["", "a b", "a\nb", "a:b", &"a".repeat(65)] {
            assert_eq!(called_by(name.into()), None, "{name:?}");
        }
    }
}
