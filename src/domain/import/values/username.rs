//! Usernames and ids.

use super::gathered::Gathered;
use super::loss::LossKind;
use super::printable::printable;
use super::refusal::Reason;
use crate::domain::accounts::UserId;
use crate::domain::accounts::fields::Username;

/// The id, from 1 to 4294967295.
pub(super) fn id(text: &str) -> Result<UserId, Reason> {
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit());
    let id = is_decimal.then(|| text.parse::<u32>().ok()).flatten();
    id.filter(|id| *id > 0).map(UserId).ok_or(Reason::Id)
}

/// The username: the one of `--rename`, or the old one in lower case.
pub(super) fn username(gathered: &mut Gathered, old: &str, new: Option<&Username>) -> String {
    let name = match new {
        Some(new) => new.as_ref().to_owned(),
        // Only ASCII: other letters must not become ones that the rule allows.
        None => gathered.take(checked(&old.to_ascii_lowercase())),
    };
    if name != old && !name.is_empty() {
        gathered.lose(LossKind::Renamed, format!("{} is now {name}", printable(old)));
    }
    name
}

fn checked(name: &str) -> Result<String, Reason> {
    let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    let wrong = if is_number { Reason::Digits } else { Reason::Username };
    Username::parse(name.into()).map(Username::into_text).map_err(|_| wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(old: &str, new: Option<&str>) -> Result<String, Reason> {
        let mut gathered = Gathered::default();
        let new = new.map(|new| Username::parse(new.into()).unwrap());
        let name = username(&mut gathered, old, new.as_ref());
        let is_told = gathered.losses.iter().any(|loss| loss.kind == LossKind::Renamed);
        assert_eq!(is_told, !name.is_empty() && name != old, "{old}");
        gathered.refusals.pop().map_or(Ok(name), Err)
    }

    #[test]
    fn username_is_lowered_and_checked_unless_it_is_renamed() {
        for (old, expected) in [
            ("ada", Ok("ada")),
            ("Ada-1", Ok("ada-1")),
            ("12345", Err(Reason::Digits)),
            ("12", Err(Reason::Digits)),
            ("ab", Err(Reason::Username)),
            ("", Err(Reason::Username)),
            ("abcdefghijklmnopq", Err(Reason::Username)),
            ("a b c", Err(Reason::Username)),
            ("ada\n", Err(Reason::Username)),
            ("\u{212a}elvin", Err(Reason::Username)),
            ("ädä", Err(Reason::Username)),
            ("ada'; --", Err(Reason::Username)),
        ] {
            assert_eq!(read(old, None), expected.map(Into::into), "{old:?}");
            assert_eq!(read(old, Some("new-name")), Ok("new-name".into()), "{old:?}");
        }
    }

    #[test]
    fn id_is_of_the_range_that_is_stored() {
        for (text, expected) in [
            ("1", Ok(1)),
            ("2147483647", Ok(2_147_483_647)),
            ("4294967295", Ok(4_294_967_295)),
            ("4294967296", Err(Reason::Id)),
            ("0", Err(Reason::Id)),
            ("-1", Err(Reason::Id)),
            ("+1", Err(Reason::Id)),
            ("", Err(Reason::Id)),
            ("1.0", Err(Reason::Id)),
        ] {
            assert_eq!(id(text).map(|id| id.0), expected, "{text}");
        }
    }
}
