//! Which rule a value breaks that a form holds, as the page says it.

use crate::error::{AccountField, Error, Guess, PasskeyFault, PictureFault, Taken};
use crate::http::pages::frame::Message;
use crate::http::pages::notice::with_help;
use crate::http::pages::place::form_at;
use crate::http::pages::visitor::Visitor;
use crate::time::Timestamp;
use crate::words::fill;

/// Why a new password is refused that is guessed first.
pub(super) const fn guess_sentence(visitor: &Visitor, guess: Guess) -> &'static str {
    let t = visitor.t;
    match guess {
        Guess::Common => t.common_password,
        Guess::OneCharacter => t.one_character_password,
        Guess::Username | Guess::Display => t.name_as_password,
        Guess::Email => t.email_as_password,
        Guess::Title => t.title_as_password,
    }
}

/// Which rule a field of the account breaks.
pub(super) fn field_sentence(visitor: &Visitor, field: AccountField) -> String {
    let t = visitor.t;
    let text = match field {
        AccountField::Username => t.bad_username,
        AccountField::Display => t.bad_display,
        AccountField::Pronoun => t.bad_pronoun,
        AccountField::Bio => t.bad_bio,
        AccountField::Links => t.bad_links,
        AccountField::Email => t.bad_email,
        AccountField::Password => {
            return fill(t.bad_password, visitor.bridge.config().password.min_length.get());
        }
        _ => t.server_error,
    };
    text.into()
}

/// The message of a refusal that is about a passkey; `None` for others.
pub(super) fn passkey_message(visitor: &Visitor, error: &Error) -> Option<Message> {
    match error {
        Error::RefusedPasskey(PasskeyFault::Unknown) => {
            Some(Message::UnknownPasskey(visitor.t.passkey_unknown))
        }
        _ => passkey_sentence(visitor, error).map(|text| Message::Error(text.into())),
    }
}

fn passkey_sentence(visitor: &Visitor, error: &Error) -> Option<&'static str> {
    let t = visitor.t;
    Some(match error {
        Error::RefusedPasskey(PasskeyFault::Malformed) => t.passkey_needs_script,
        Error::RefusedPasskey(PasskeyFault::Wrong) => t.passkey_unknown,
        Error::RefusedPasskey(PasskeyFault::OtherAccount) => t.passkey_of_other,
        Error::RefusedPasskey(PasskeyFault::Unfit) => t.passkey_unfit,
        Error::RefusedPasskey(PasskeyFault::TooMany) => t.too_many_passkeys,
        Error::RefusedPasskey(PasskeyFault::Missing) | Error::NotFound { what: "Passkey" } => {
            t.page_outdated
        }
        Error::AlreadyExists(Taken::Passkey) => t.passkey_added_before,
        Error::InvalidChallenge => t.passkey_expired,
        Error::RefusedPasskey(PasskeyFault::BadName) => t.bad_passkey_name,
        Error::UnAuthorized { .. } if form_at(visitor.path()).starts_with("passkey") => {
            t.password_needed
        }
        _ => return None,
    })
}

/// Why a current password is refused. Where there is none, no other one is right either.
pub(super) fn wrong_password(visitor: &Visitor) -> &'static str {
    let has_none = visitor.principal.as_ref().is_some_and(|owner| !owner.user.has_password());
    if has_none { visitor.t.no_password_to_type } else { visitor.t.wrong_password }
}

/// What is wrong with a picture.
pub(super) fn picture_sentence(visitor: &Visitor, fault: PictureFault) -> String {
    let t = visitor.t;
    match fault {
        PictureFault::Broken => t.broken_picture.into(),
        PictureFault::TooManyPixels { width, height } => {
            fill(t.picture_of_too_many_pixels, format_args!("{width} × {height}"))
        }
    }
}

/// Until when an account is suspended, why, and whom its user can ask.
pub(super) fn suspended(
    visitor: &Visitor,
    until: Option<Timestamp>,
    reason: Option<&str>,
) -> String {
    let t = visitor.t;
    let mut text = match until {
        Some(until) => fill(t.suspended_until, visitor.language.date(until)),
        None => t.suspended.into(),
    };
    if let Some(part) = reason.map(|reason| fill(t.suspension_reason, reason)) {
        text.extend([" ", part.trim_end_matches('.'), "."]);
    }
    with_help(visitor, &text)
}
