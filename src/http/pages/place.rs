//! Where a message stands on a page: at the very field that is wrong, at its form, or at the top.

use crate::error::{AccountField, Error, PasskeyFault, Taken};

/// The element that a message stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// What the form is about, as the account page names it; empty for the top of the page.
    form: &'static str,
    /// The field of the form, by its name; `FORM` for the form itself; empty for what is above it.
    part: &'static str,
    /// Whether what was typed there is wrong.
    is_wrong: bool,
}

/// The place above the fields of a form, which is folded away where nothing is wrong with it.
const FORM: &str = "form";

impl Place {
    /// Above the content of the page.
    pub(super) const TOP: Self = Self::above("");

    /// Above a form.
    pub(super) const fn above(form: &'static str) -> Self {
        Self::within(form, "")
    }

    /// At a field of a form.
    pub(super) const fn within(form: &'static str, part: &'static str) -> Self {
        Self { form, part, is_wrong: false }
    }

    /// The place of a refusal of a form.
    pub(super) fn of_refusal(form: &'static str, error: Option<&Error>) -> Self {
        let asks_for_password =
            form.starts_with("passkey") && matches!(error, Some(Error::UnAuthorized { .. }));
        match error.and_then(field_of) {
            _ if asks_for_password => Self::within(form, "current_password"),
            _ if form.is_empty() => Self::TOP,
            None => Self::within(form, FORM),
            Some(part) => {
                let is_wrong = !matches!(error, Some(Error::VerificationRequired { .. }));
                Self { is_wrong, ..Self::within(form, part) }
            }
        }
    }

    /// The place itself, and those to fall back to where a page does not have it.
    pub(super) fn and_wider(self) -> [Self; 4] {
        [self, Self::within(self.form, FORM), Self::above(self.form), Self::TOP]
    }

    /// The id of the element.
    fn id(self) -> String {
        match self.part {
            "" => self.form.into(),
            part => format!("{}-{}", self.form, part.replace('_', "-")),
        }
    }

    /// Whether the message stands at this element.
    pub(super) fn is_at(self, id: &str) -> bool {
        self.id() == id
    }

    /// Whether the message stands within this form, which has to be unfolded then.
    pub(super) fn is_within(self, form: &str) -> bool {
        self.form == form && !self.part.is_empty()
    }

    /// The attributes of a field: that it is the one which the message is about, and what describes
    /// it. `hint` is the id of what describes it anyway, if not empty.
    pub(super) fn marks(self, id: &str, hint: &str) -> String {
        let described = match (self.is_at(id), hint) {
            (false, "") => return String::new(),
            (false, hint) => hint.to_owned(),
            (true, "") => "message".into(),
            (true, hint) => format!("message {hint}"),
        };
        let is_wrong = self.is_wrong && self.is_at(id);
        let invalid = if is_wrong { " aria-invalid=\"true\"" } else { "" };
        format!(" aria-describedby=\"{described}\"{invalid}")
    }
}

/// Renders a page with its message at the narrowest place that the page has.
pub(super) fn render(
    place: Place,
    mut render: impl FnMut(Place) -> askama::Result<String>,
) -> askama::Result<String> {
    for place in place.and_wider() {
        let page = render(place)?;
        if place == Place::TOP || page.contains("id=\"message\"") {
            return Ok(page);
        }
    }
    render(Place::TOP)
}

/// What the form at a path is about, as its page names it; empty where a page has one form alone.
pub(super) fn form_at(path: &str) -> &'static str {
    // Several forms are about passkeys.
    match path {
        "/account/passkeys/rename" | "/account/passkeys/remove" => return "passkey",
        "/account/passkeys/enable" | "/account/passkeys/disable" => return "passkey-factor",
        "/account/passkeys/code" => return "device-code",
        _ => (),
    }
    let pages = ["/account/", "/login/confirmation/"];
    let name = pages.iter().find_map(|page| path.strip_prefix(page)).unwrap_or_default();
    form_named(name.split('/').next().unwrap_or_default())
}

/// What a form is about, by the first part of its path below that of the page.
pub(super) fn form_named(name: &str) -> &'static str {
    match name {
        "profile" => "profile",
        "picture" => "picture",
        "username" => "username",
        "email" => "email",
        "password" => "password",
        "totp" => "app",
        "mail-codes" => "mail-codes",
        "passkeys" => "passkeys",
        "passkey" => "passkey",
        "passkey-factor" => "passkey-factor",
        "recovery" => "recovery",
        "sessions" => "devices",
        "export" => "data",
        "delete" => "delete",
        _ => "",
    }
}

/// The field that an error is about, by its name in the form.
fn field_of(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::InvalidCode { field } | Error::WrongCode { field } => field,
        Error::VerificationRequired { .. } => "code",
        Error::WrongPassword { .. } => "current_password",
        Error::RefusedPasskey(PasskeyFault::BadName) => "name",
        Error::GuessablePassword { .. } => "new_password",
        Error::EmailUnreachable | Error::EmailInUseAsFactor | Error::EmailMissing => "email",
        Error::FileMissing
        | Error::PayloadTooLarge { .. }
        | Error::NotAPicture { .. }
        | Error::RefusedPicture { .. } => "file",
        Error::AlreadyExists(taken) => match taken {
            Taken::Username => "username",
            Taken::Email => "email",
            Taken::App | Taken::Passkey | Taken::RelayName => return None,
        },
        Error::InvalidAccountField { field, .. } => match field {
            AccountField::Password => "new_password",
            field => field.as_str(),
        },
        _ => return None,
    })
}
