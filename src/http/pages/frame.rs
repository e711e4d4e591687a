//! The frame of every page: its head and foot, the message above its content, and its headers.

use actix_web::HttpResponse;
use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, LOCATION, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};

use askama::Template;

use super::form::Form;
use super::languages::LanguageLink;
use super::place::Place;
use super::theme::Theme;
use super::visitor::Visitor;
use crate::config::{Config, WebUrl};
use crate::error::Error;
use crate::http::envelope::Failure;
use crate::words::Language;
use crate::words::{Texts, fill};

/// The content security policy: nothing from other origins, nothing inline, and no page in a frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";
/// Turns off the features of browsers that no page uses.
const PERMISSIONS: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/// What a page says of what was done or asked for.
#[derive(Debug, Default)]
pub(super) enum Message {
    #[default]
    None,
    Success(&'static str),
    Error(String),
    /// No account has the passkey, so that the script lets its device forget it.
    UnknownPasskey(&'static str),
    /// The page was opened at another address than the public URL.
    WrongAddress {
        text: &'static str,
        url: String,
    },
    RateLimited {
        /// The time until another attempt is allowed, in seconds.
        seconds: u64,
    },
}

impl Message {
    /// Whether there is none.
    pub(super) const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}

/// Whom visitors may ask, as the operator wrote it: an address, a URL or words.
pub(super) struct Contact<'a> {
    pub text: &'a str,
    /// Where it leads, if it can be opened.
    pub url: Option<String>,
}

impl<'a> Contact<'a> {
    fn of(text: &'a str) -> Self {
        let is_address = text.contains('@') && !text.contains([':', '/', ' ']);
        let is_url = text.starts_with("https://") || text.starts_with("http://");
        let url = match (is_address, is_url && !text.contains(' ')) {
            (true, _) => Some(format!("mailto:{text}")),
            (_, true) => Some(text.to_owned()),
            _ => None,
        };
        Self { text, url }
    }
}

/// The sentence that says whom a reader of the pages may ask.
pub(super) fn whom_to_ask(t: &Texts, contact: Option<&str>) -> String {
    contact.map_or_else(|| t.ask_operator.into(), |contact| fill(t.ask_operator_at, contact))
}

#[derive(Template)]
#[template(path = "message.html")]
struct ShownMessage<'a> {
    message: &'a Message,
    t: &'static Texts,
    /// The attribute of a refusal that has the focus.
    focus: &'static str,
}

impl ShownMessage<'_> {
    /// A time to wait, in whole minutes.
    fn wait(&self) -> String {
        let Message::RateLimited { seconds } = self.message else { return String::new() };
        match seconds.div_ceil(60) {
            0 | 1 => self.t.minute.into(),
            minutes => fill(self.t.minutes, minutes),
        }
    }
}

/// A message, and where it stands.
pub(super) struct Feedback {
    pub message: Message,
    pub place: Place,
}

/// The frame's content.
pub(super) struct Frame<'a> {
    pub t: &'static Texts,
    pub t_language: &'static str,
    pub heading: &'a str,
    pub instance: &'a str,
    pub theme: &'a Theme,
    /// This page in the other languages, where a link can repeat the request.
    pub other_languages: Vec<LanguageLink>,
    /// The operator's documents, such as the terms of use, and other links: labels and URLs.
    pub links: Vec<(&'a str, &'a str)>,
    pub form_token: String,
    pub message: Message,
    /// Where the message stands.
    pub place: Place,
    /// Whether the focus is at a field, and not at the refusal.
    pub is_focus_at_field: bool,
    /// Whom visitors may ask.
    pub contact: Option<Contact<'a>>,
}

impl<'a> Frame<'a> {
    /// The sentence that says whom to ask.
    pub(super) fn help(&self) -> String {
        whom_to_ask(self.t, self.contact.as_ref().map(|contact| contact.text))
    }

    /// The message, where this element is the one that it stands at.
    pub(super) fn message_at(&self, id: &str) -> askama::Result<String> {
        if self.place.is_at(id) {
            let focus = if self.is_focus_at_field { "" } else { " autofocus" };
            ShownMessage { message: &self.message, t: self.t, focus }.render()
        } else {
            Ok(String::new())
        }
    }

    /// The frame of a page for a reader of whom nothing but the language is known.
    pub(super) fn bare(
        config: &'a Config,
        theme: &'a Theme,
        language: Language,
        heading: &'a str,
    ) -> Self {
        let t = &language.words().pages;
        let instance = &config.instance;
        let documents = [
            (t.terms, &instance.terms),
            (t.privacy, &instance.privacy),
            (t.rules, &instance.rules),
        ];
        let shown = |(label, url): (_, &'a Option<WebUrl>)| Some((label, url.as_ref()?.as_str()));
        let links = instance
            .links
            .iter()
            .map(|link| (link.label.text(language, instance.language), link.url.as_str()));
        Self {
            t,
            t_language: language.tag(),
            heading,
            instance: &instance.title,
            links: documents.into_iter().filter_map(shown).chain(links).collect(),
            theme,
            other_languages: Vec::new(),
            form_token: String::new(),
            message: Message::None,
            place: Place::TOP,
            is_focus_at_field: false,
            contact: instance.contact.as_deref().map(Contact::of),
        }
    }
}

impl Visitor {
    /// The frame of a page for this visitor.
    pub(super) fn frame<'a>(&'a self, heading: &'a str, message: Message) -> Frame<'a> {
        self.frame_of(&Form::default(), heading, message)
    }

    /// The frame of a page with a form, which may have been sent and refused.
    pub(super) fn frame_of<'a>(
        &'a self,
        form: &Form,
        heading: &'a str,
        message: Message,
    ) -> Frame<'a> {
        Frame {
            other_languages: self.other_languages(form),
            form_token: self.form_token(),
            message,
            ..Frame::bare(self.bridge.config(), &self.theme, self.language, heading)
        }
    }

    /// Answers with a page.
    pub(super) fn show(&self, status: u16, page: askama::Result<String>) -> HttpResponse {
        match page {
            Ok(html) => self.answer(status, Some(html)),
            Err(error) => fault_response(Error::internal("write the page", error)),
        }
    }

    /// Answers with a redirect to another page.
    pub(super) fn redirect(&self, to: &str) -> HttpResponse {
        let mut response = self.answer(303, None);
        if let Ok(location) = to.parse() {
            response.headers_mut().insert(LOCATION, location);
        } else {
            tracing::error!(to, "a redirect leads nowhere");
        }
        response
    }

    fn answer(&self, status: u16, html: Option<String>) -> HttpResponse {
        let mut response =
            HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::OK));
        for cookie in self.cookies() {
            response.cookie(cookie);
        }
        response.insert_header((CACHE_CONTROL, "no-store"));
        for header in SECURITY {
            response.insert_header(header);
        }
        match html {
            Some(html) => response.content_type("text/html; charset=utf-8").body(html),
            None => response.finish(),
        }
    }
}

/// The headers that every page and asset carries.
pub(super) const SECURITY: [(HeaderName, &str); 4] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
];

/// The response to a fault that leaves no page to show.
pub(super) fn fault_response(fault: Error) -> HttpResponse {
    HttpResponse::from_error(Failure::from(fault))
}

/// Adds cookies to a response.
pub(super) fn with_cookies(response: HttpResponse, cookies: &[Cookie<'_>]) -> HttpResponse {
    cookies.iter().fold(response, with_cookie)
}

/// Adds a cookie to a response.
pub(super) fn with_cookie(mut response: HttpResponse, cookie: &Cookie<'_>) -> HttpResponse {
    if let Err(error) = response.add_cookie(cookie) {
        tracing::error!(%error, "a cookie was not set");
    }
    response
}
