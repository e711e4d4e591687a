//! `/account`: who I am, my second factor, my sessions, and what I may change.

use actix_web::HttpResponse;
use askama::Template;

use super::activity::{Activity, Part};
use super::flash::Flash;
use super::form::Form;
use super::frame::{Feedback, Frame, Message, fault_response};
use super::links::{LinkRow, rows, typed_rows};
use super::login::log_in_again;
use super::passkeys::Passkeys;
use super::place;
use super::session_row::SessionRow;
use super::tags::labels;
use super::visitor::Visitor;
use crate::domain::accounts::deletion::is_last_administrator;
use crate::domain::accounts::profile::{Profile, profile};
use crate::domain::accounts::rights::Right;
use crate::domain::factors::email::{check_service, is_mailed};
use crate::domain::factors::mails_code_on_demand;
use crate::domain::factors::shown::shown as codes_to_show;
use crate::domain::pictures::{MAX_SIDE, PictureKind};
use crate::domain::principal::Principal;
use crate::domain::sessions;
use crate::domain::{App, Paged, Pagination};
use crate::error::Result;
use crate::words::{Language, Texts, fill};

/// Sessions that are shown.
const MAX_SESSIONS: u32 = 50;

#[derive(Template)]
#[template(path = "account.html")]
#[expect(clippy::struct_excessive_bools, reason = "a page has many switches")]
struct AccountPage<'a> {
    frame: Frame<'a>,
    user: Profile,
    display: String,
    pronoun: String,
    bio: String,
    links: Vec<LinkRow>,
    /// The language that is chosen in the form.
    language: Language,
    initial: String,
    /// The tags that say something to a person.
    tags: Vec<String>,
    /// The path of the picture, where there is one here.
    picture: Option<String>,
    /// Whether there is one, be it here or elsewhere.
    has_picture: bool,
    picture_hint: String,
    /// What the script compares a chosen picture with, in bytes and pixels, and what it says then.
    picture_limit: u32,
    picture_side: usize,
    picture_refused: String,
    can_edit: bool,
    is_last_administrator: bool,
    can_upload: bool,
    has_totp: bool,
    has_email_factor: bool,
    can_mail: bool,
    /// Whether a code is on its way that sets up codes by mail, or in the mailbox.
    is_code_mailed: bool,
    /// Whether a code can be mailed that a change accepts.
    can_mail_codes: bool,
    /// What a code is called that a change asks for.
    code_label: &'static str,
    /// Whether a change of the address or the password needs one.
    needs_code: bool,
    /// Until when the user may log in without the second factor that is demanded.
    grace: Option<String>,
    /// Whether one is mailed where it is due: so it is where mail is the only factor.
    is_code_mailed_when_due: bool,
    password_hint: String,
    /// When the password was set. An account that was imported may have none.
    last_change: Option<String>,
    /// The button that mails a code to the address.
    mail_code_to: String,
    codes_left: String,
    passkeys: Passkeys,
    /// Whether new recovery codes wait for the user to see and keep them.
    has_codes_to_show: bool,
    sessions: Vec<SessionRow>,
    /// What says that there are more.
    older: Option<String>,
    email: String,
    /// The username that was typed.
    new_username: String,
    activity: Activity,
}

/// `GET /account`
pub(in crate::http) async fn show_account(visitor: Visitor) -> HttpResponse {
    account_page(&visitor, &Form::default(), Flash::feedback_for(&visitor), 200)
}

/// The account page, with what was typed into a form that was refused. Without a session, it
/// redirects to the login.
pub(super) fn account_page(
    visitor: &Visitor,
    form: &Form,
    feedback: Feedback,
    status: u16,
) -> HttpResponse {
    let Some(principal) = &visitor.principal else {
        return if visitor.has_ended_session {
            log_in_again(visitor)
        } else {
            visitor.redirect("/login")
        };
    };
    let Feedback { message, place } = feedback;
    match visitor.bridge.read(|app| AccountPage::load(app, visitor, principal)) {
        Ok(page) => {
            let mut page = page.with_typed(form);
            page.frame.message = message;
            let html = place::render(place, |place| {
                page.frame.place = place;
                page.render()
            });
            visitor.show(status, html)
        }
        Err(error) => fault_response(error),
    }
}

impl<'a> AccountPage<'a> {
    fn load(app: &App, visitor: &'a Visitor, principal: &Principal) -> Result<Self> {
        let t = visitor.t;
        let now = visitor.now;
        let user = &principal.user;
        let pagination = Pagination { limit: MAX_SESSIONS, offset: 0 };
        let Paged { total, items } =
            sessions::list(app, principal.session_ref(), None, pagination, now)?;
        let more = total.saturating_sub(MAX_SESSIONS);
        let shown = profile(app, user, now);
        let picture_limit = app.config.limits.picture_bytes.get();
        let most = visitor.language.size(picture_limit);
        Ok(Self {
            display: shown.public.display.clone(),
            pronoun: shown.public.pronoun.clone().unwrap_or_default(),
            bio: shown.public.bio.clone().unwrap_or_default(),
            links: rows(t, &shown.public.links),
            language: visitor.language,
            email: String::new(),
            new_username: String::new(),
            activity: Activity::load(app, visitor, user.id, Part::OF_ACCOUNT)?,
            initial: shown.public.display.chars().take(1).flat_map(char::to_uppercase).collect(),
            tags: labels(t, &shown.public.tags),
            picture: picture(app, principal, &shown),
            has_picture: shown.public.thumbnail.is_some(),
            picture_hint: fill(t.picture_hint, &most),
            picture_limit,
            picture_side: MAX_SIDE,
            picture_refused: fill(t.picture_too_large, &most),
            can_edit: Right::SelfEdit.is_of(app, user, now),
            is_last_administrator: is_last_administrator(app, user, now)?,
            can_upload: Right::FileUpload.is_of(app, user, now),
            has_totp: user.has_totp,
            has_email_factor: user.has_email_factor,
            can_mail: check_service(app).is_ok(),
            is_code_mailed: !user.has_email_factor && is_mailed(app, user, now)?,
            can_mail_codes: user.has_email_factor && check_service(app).is_ok(),
            code_label: code_label(t, &shown),
            is_code_mailed_when_due: mails_code_on_demand(app, user),
            needs_code: shown.twofa_enabled,
            grace: grace(visitor, &shown),
            password_hint: fill(t.new_password_hint, app.config.password.min_length.get()),
            last_change: last_change(visitor, principal),
            mail_code_to: fill(t.mail_code_to, user.email.as_deref().unwrap_or_default()),
            passkeys: Passkeys::load(app, visitor, principal)?,
            codes_left: fill(t.codes_left, user.recovery_codes),
            has_codes_to_show: !codes_to_show(app, principal, now)?.is_empty(),
            sessions: items.into_iter().map(|session| SessionRow::new(visitor, session)).collect(),
            older: (more > 0).then(|| fill(t.older_sessions, more)),
            user: shown,
            frame: visitor.frame(t.your_account, Message::None),
        })
    }

    /// Keeps what was typed; passwords and codes are typed again.
    fn with_typed(mut self, typed: &Form) -> Self {
        let keep = |field: &mut String, name| {
            if let Some(text) = typed.get(name) {
                text.clone_into(field);
            }
        };
        keep(&mut self.display, "display");
        keep(&mut self.pronoun, "pronoun");
        keep(&mut self.bio, "bio");
        keep(&mut self.email, "email");
        keep(&mut self.new_username, "username");
        self.passkeys.keep(typed);
        if let Some(rows) = typed_rows(self.frame.t, typed) {
            self.links = rows;
        }
        if let Some(language) = Language::from_tag(typed.text("language")) {
            self.language = language;
        }
        self
    }
}

/// What the account page says while the user may still log in without a second factor.
fn grace(visitor: &Visitor, shown: &Profile) -> Option<String> {
    let until = shown.login.second_factor_grace_until?;
    Some(fill(visitor.t.factor_grace, visitor.language.date(until)))
}

/// The path of a picture that lies here. It is another one for another picture, so that a new one
/// is seen at once.
fn picture(app: &App, principal: &Principal, shown: &Profile) -> Option<String> {
    let url = shown
        .public
        .thumbnail
        .as_deref()
        .filter(|_| principal.user.has_uploaded(PictureKind::Thumbnail))?;
    url.strip_prefix(app.config.server.public_url.as_str()).map(Into::into)
}

/// What a code is called that a change asks for.
const fn code_label(t: &Texts, shown: &Profile) -> &'static str {
    match (shown.factors.totp, shown.factors.email) {
        (true, true) => t.code_of_either,
        (false, true) => t.code_of_mail,
        (true, false) => t.code_of_app,
        (false, false) => t.code_beside_passkey,
    }
}

/// When the password was set, if there is one.
fn last_change(visitor: &Visitor, Principal { user, .. }: &Principal) -> Option<String> {
    let when = || visitor.language.when(user.password_changed_at, visitor.now);
    user.has_password().then(|| fill(visitor.t.last_change, when()))
}
