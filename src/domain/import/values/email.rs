//! Email addresses, and codes by mail as a second factor.

use super::gathered::Gathered;
use super::loss::LossKind;
use crate::config::Config;
use crate::domain::accounts::UserId;
use crate::domain::accounts::fields::Email;
use crate::domain::mail::can_reach;

/// An address, and what it is good for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Address {
    pub email: Option<String>,
    pub is_verified: bool,
    /// Whether codes by mail stay a second factor.
    pub is_factor: bool,
    /// Whether they were the only one, and cannot be mailed here.
    pub lacks_mail: bool,
}

/// What is known of an account besides its address.
#[derive(Clone, Copy)]
pub(super) struct Verified {
    pub is_verified: bool,
    /// Whether an authenticator app is on.
    pub has_totp: bool,
}

/// The address. A verified one was a second factor at each login, without a switch.
pub(super) fn address(
    gathered: &mut Gathered,
    config: &Config,
    old: Option<&str>,
    Verified { is_verified: was_verified, has_totp }: Verified,
) -> Address {
    let Some(old) = old.filter(|old| !old.is_empty()) else { return Address::default() };
    let email = Email::parse(old.into()).ok().map(Email::into_text);
    if email.is_none() {
        gathered.lose(LossKind::Address, "");
    }
    let can_mail = config.mail.host.is_some() && email.as_deref().is_some_and(can_reach);
    let lacks_mail = was_verified && !can_mail && !has_totp;
    if was_verified && !can_mail && has_totp {
        gathered.lose(LossKind::MailFactor, "");
    }
    Address {
        is_verified: was_verified && email.is_some(),
        is_factor: was_verified && can_mail,
        lacks_mail,
        email,
    }
}

/// One of several accounts that have one address, each in its own spelling.
pub(in crate::domain::import) struct Sharer {
    pub id: UserId,
    pub is_verified: bool,
}

/// Which of them keeps the address: the one that has verified it, or else the one with the lowest
/// id.
///
/// # Errors
/// Two have verified it: their ids.
pub(in crate::domain::import) fn keeper(sharers: &[Sharer]) -> Result<Option<UserId>, [UserId; 2]> {
    let mut verified = sharers.iter().filter(|sharer| sharer.is_verified);
    match (verified.next(), verified.next()) {
        (Some(first), Some(second)) => Err([first.id, second.id]),
        (Some(one), None) => Ok(Some(one.id)),
        (None, _) => Ok(sharers.iter().map(|sharer| sharer.id).min_by_key(|id| id.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: &str, old: Option<&str>, verified: Verified) -> (Address, Gathered) {
        let config: Config = toml::from_str(settings).unwrap();
        let mut gathered = Gathered::default();
        (address(&mut gathered, &config, old, verified), gathered)
    }

    #[test]
    fn verified_address_is_a_factor_where_mail_can_be_sent() {
        let mail = "[mail]\nhost = 'smtp.example.org'\nfrom = 'nox@example.org'";
        let ada = Some("Ada@Example.org");
        // Whether it is stored, verified, a factor, and the only one that is lost.
        for (settings, old, verified, totp, expected, lost) in [
            (mail, ada, true, false, [true, true, true, false], &[][..]),
            (mail, ada, true, true, [true, true, true, false], &[]),
            (mail, ada, false, false, [true, false, false, false], &[]),
            ("", ada, true, false, [true, true, false, true], &[]),
            ("", ada, true, true, [true, true, false, false], &[LossKind::MailFactor]),
            ("", ada, false, false, [true, false, false, false], &[]),
            (mail, None, true, false, [false; 4], &[]),
            (mail, Some(""), true, false, [false; 4], &[]),
            (mail, Some("nowhere"), false, false, [false; 4], &[LossKind::Address]),
            (mail, Some("nowhere"), true, false, [false, false, false, true], &[LossKind::Address]),
            (mail, Some("a b@example.org"), false, true, [false; 4], &[LossKind::Address]),
            (mail, Some("ada@192.0.2.1"), true, false, [true, true, false, true], &[]),
        ] {
            let of = Verified { is_verified: verified, has_totp: totp };
            let (read, gathered) = read(settings, old, of);
            let found = [read.email.is_some(), read.is_verified, read.is_factor, read.lacks_mail];
            assert_eq!(found, expected, "{settings} {old:?} {verified} {totp}");
            let kinds: Vec<_> = gathered.losses.iter().map(|loss| loss.kind).collect();
            assert_eq!(kinds, lost, "{old:?}");
            assert!(gathered.losses.iter().all(|loss| loss.what.is_empty()), "no address is told");
        }
        assert_eq!(
            read("", ada, Verified { is_verified: false, has_totp: false }).0.email.as_deref(),
            ada,
            "its case stays"
        );
    }

    #[test]
    fn shared_address_stays_with_the_verified_or_the_lowest_id() {
        let of = |sharers: &[(u32, bool)]| {
            let sharers: Vec<_> = (sharers.iter())
                .map(|(id, is_verified)| Sharer { id: UserId(*id), is_verified: *is_verified })
                .collect();
            keeper(&sharers)
        };
        assert_eq!(of(&[(7, false), (3, false), (9, false)]), Ok(Some(UserId(3))));
        assert_eq!(of(&[(3, false), (7, true), (9, false)]), Ok(Some(UserId(7))));
        assert_eq!(of(&[(3, true), (7, true)]), Err([UserId(3), UserId(7)]));
        assert_eq!(of(&[]), Ok(None));
    }
}
