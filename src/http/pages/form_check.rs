//! The check that a form comes from a page of this server in this very browser (CSRF), and why one
//! does not.

use super::form::Form;
use super::visitor::Visitor;
use crate::config::Config;
use crate::domain::principal::Principal;
use crate::http::log_limit::OnceAMinute;
use crate::http::origin::{self, FormOrigin};

/// Why a form is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FormFault {
    /// Its page was opened by http, where browsers do not keep the cookies of an https server.
    OverHttp,
    /// A page at another address than this server's sent it.
    OtherAddress,
    /// The browser sent no cookie back.
    NoCookie,
    /// The browser has another cookie by now than when its page was made.
    Outdated,
    /// Its page was made for another user than the one who is logged in now.
    OtherUser,
}

impl Visitor {
    /// Checks that a page of ours sent this form in this browser.
    pub(super) fn check_form(&self, form: &Form) -> Result<(), FormFault> {
        let fault = match self.form_origin {
            FormOrigin::Other => FormFault::OtherAddress,
            FormOrigin::OverHttp => FormFault::OverHttp,
            FormOrigin::Own if self.has_new_browser() => self.missing_cookie(),
            FormOrigin::Own if !self.has_form_token(form) => FormFault::Outdated,
            FormOrigin::Own => return Ok(()),
        };
        self.log(fault);
        Err(fault)
    }

    /// [`check_form`](Self::check_form), for a form that changes the account of its page.
    pub(super) fn check_form_of(
        &self,
        principal: &Principal,
        form: &Form,
    ) -> Result<(), FormFault> {
        self.check_form(form)?;
        if self.is_page_of(principal, form) {
            return Ok(());
        }
        self.log(FormFault::OtherUser);
        Err(FormFault::OtherUser)
    }

    fn missing_cookie(&self) -> FormFault {
        let is_insecure = self.bridge.config().is_https() && self.came_over_http;
        if is_insecure { FormFault::OverHttp } else { FormFault::NoCookie }
    }

    /// Logs a refused form as the API logs a refused request: once a minute, with what the operator
    /// can set.
    fn log(&self, fault: FormFault) {
        static OVER_HTTP: OnceAMinute = OnceAMinute::new();
        static NO_COOKIE: OnceAMinute = OnceAMinute::new();
        static OLD_PAGE: OnceAMinute = OnceAMinute::new();
        let Config { server, .. } = self.bridge.config();
        let public_url = server.public_url.as_str();
        match fault {
            FormFault::OtherAddress => origin::warn_of(self.sender.as_ref(), server, self.now),
            FormFault::OverHttp if OVER_HTTP.is_due(self.now) => tracing::warn!(
                public_url,
                "refused a form that came by http, where browsers keep no cookies of \
                 server.public_url: redirect http to https at the proxy"
            ),
            FormFault::NoCookie if NO_COOKIE.is_due(self.now) => tracing::warn!(
                public_url,
                "refused a form without the cookie of its page: the browser keeps none, or a proxy \
                 drops the headers Cookie or Set-Cookie; server.public_url must be the address \
                 that is opened"
            ),
            FormFault::Outdated | FormFault::OtherUser if OLD_PAGE.is_due(self.now) => {
                tracing::info!(?fault, public_url, "refused a form of an earlier page");
            }
            _ => (),
        }
    }
}
