//! The links to a page in the other languages.

use url::form_urlencoded;

use super::form::Form;
use super::visitor::Visitor;
use crate::words::Language;

/// A link to the same page in another language.
pub(super) struct LanguageLink {
    pub tag: &'static str,
    pub name: &'static str,
    pub url: String,
}

impl Visitor {
    /// The page in the other languages. A link cannot repeat a form that was sent: it leads to the
    /// page that the form is on, with what that page had from its own link.
    pub(super) fn other_languages(&self, form: &Form) -> Vec<LanguageLink> {
        let (path, query) = if self.is_get {
            (self.path().to_owned(), self.query.clone())
        } else {
            page_of_form(self.path(), form)
        };
        let link = |language: &Language| {
            let query = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(query.iter().filter(|(key, _)| key != "lang"))
                .append_pair("lang", language.tag())
                .finish();
            // Two slashes at the start would be read as a host.
            let url = format!("/{}?{query}", path.trim_start_matches('/'));
            LanguageLink { tag: language.tag(), name: language.name(), url }
        };
        let others = Language::ALL.iter().filter(|language| **language != self.language);
        others.map(link).collect()
    }
}

/// How the path of a form begins, and the page that it is on, where that is another one.
const PAGES: [(&str, &str); 6] = [
    ("/login/send", "/login/code"),
    ("/login/passkey", "/login"),
    ("/login/confirmation/", "/login/confirmation"),
    ("/login/set-up/", "/login/set-up"),
    ("/account/totp/enable", "/account/totp"),
    ("/account/", "/account"),
];

/// The path of the page that a form is on, and its query.
fn page_of_form(path: &str, form: &Form) -> (String, Vec<(String, String)>) {
    // What is empty is not in a link. A part of a path may hold any letter here.
    let pair = |key: &str, field| {
        let value = form.text(field);
        (!value.is_empty()).then(|| (key.to_owned(), value.to_owned()))
    };
    let below = |page: &str, field| {
        let part: String = form_urlencoded::byte_serialize(form.text(field).as_bytes()).collect();
        format!("{page}/{part}").trim_end_matches('/').to_owned()
    };
    let page = match path {
        "/register" => below("/register", "invite"),
        "/reset/password" => below("/reset", "link"),
        // It is on both pages of the login; that of the code says whose login it is.
        "/login/passkey" if !form.text("identifier").is_empty() => "/login/code".into(),
        path => {
            PAGES.iter().find(|(form, _)| path.starts_with(form)).map_or(path, |row| row.1).into()
        }
    };
    let query = match path {
        "/email/confirmation" => [pair("token", "link"), None],
        path if path.starts_with("/account/") => [None, None],
        _ => [pair("return_to", "return_to"), pair("by", "by")],
    };
    (page, query.into_iter().flatten().collect())
}
