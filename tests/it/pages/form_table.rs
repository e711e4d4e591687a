//! Every form of the pages: what it needs, and where it ends.

use super::form_apps::{
    ADDED, MAILED, OFF, REMOVED, RENAMED, confirming, demanding, email_factor, enter, mail,
    new_passkey, no_factor, nothing, old_passkey, passkey_code, passkey_factor, passkey_login,
    password, plain, recovery_code, text, totp, unconfirmed,
};
use crate::harness::{Browser, Builder, Mode, PASSWORD, PNG, TestApp, oathtool};

/// A form, what it needs, and where it ends.
pub(super) struct Case {
    pub path: &'static str,
    pub app: fn() -> Builder,
    /// Opens its page, and fills it in.
    pub prepare: fn(&mut TestApp, &mut Browser) -> Vec<(&'static str, String)>,
    pub end: &'static str,
}

pub(super) const CODES: &str = "/account/recovery-codes";

pub(super) const CASES: [Case; 39] = [
    Case {
        path: "/login",
        app: plain,
        prepare: |_, browser| {
            browser.get("/login");
            vec![text("identifier", "ada"), text("password", PASSWORD)]
        },
        end: "/account",
    },
    Case {
        path: "/login/code",
        app: || TestApp::builder().enrolled(),
        prepare: |app, browser| {
            browser.log_in("ada").leads("/login/code");
            browser.get("/login/code");
            vec![text("identifier", "ada"), text("code", app.ada.code(0))]
        },
        end: "/account",
    },
    Case { path: "/login/passkey", app: plain, prepare: passkey_login, end: "/account" },
    Case {
        path: "/login/send",
        app: email_factor,
        prepare: |_, browser| {
            browser.log_in("ada").leads("/login/code");
            browser.get("/login/code");
            Vec::new()
        },
        end: "/login/code",
    },
    Case {
        path: "/login/confirmation",
        app: confirming,
        prepare: |app, browser| {
            browser.get("/register");
            let typed = [("username", "bob"), ("new_password", PASSWORD), ("email", "b@b.example")];
            browser.submit("/register", &typed).leads("/login/confirmation");
            app.instance.reset_limits();
            browser.get("/login/confirmation");
            Vec::new()
        },
        end: "/login/confirmation?done=link",
    },
    Case {
        path: "/login/confirmation/email",
        app: confirming,
        prepare: |app, browser| {
            browser.get("/register");
            let typed = [("username", "bob"), ("new_password", PASSWORD), ("email", "b@b.example")];
            browser.submit("/register", &typed).leads("/login/confirmation");
            app.instance.reset_limits();
            browser.get("/login/confirmation");
            vec![text("email", "bob@b.example")]
        },
        end: "/login/confirmation?done=email-link",
    },
    Case {
        path: "/login/set-up",
        app: demanding,
        prepare: |_, browser| {
            browser.log_in("ada").leads("/login/set-up");
            browser.get("/login/set-up");
            vec![text("identifier", "ada"), text("code", oathtool(&browser.secret(), 0))]
        },
        end: CODES,
    },
    Case {
        path: "/login/set-up/mail",
        app: demanding,
        prepare: |_, browser| {
            browser.log_in("ada").leads("/login/set-up");
            browser.get("/login/set-up?by=mail");
            Vec::new()
        },
        end: "/login/set-up?by=mail",
    },
    Case {
        path: "/register",
        app: || TestApp::with("[users]\nregistration = 'invite'"),
        prepare: |app, browser| {
            let link = app.nox("invite add");
            let code = link.trim_end().rsplit('/').next().unwrap();
            browser.get(&format!("/register/{code}"));
            let typed = [text("username", "bob"), text("new_password", "rabbit22")];
            [&typed[..], &[text("invite", code)]].concat()
        },
        end: "/account",
    },
    Case {
        path: "/reset",
        app: mail,
        prepare: |_, browser| {
            browser.get("/reset");
            vec![text("identifier", "nobody")]
        },
        end: "/reset?done=link",
    },
    Case {
        path: "/reset/password",
        app: plain,
        prepare: |app, browser| {
            browser.get(&app.instance.password_link("ada"));
            let link = browser.value("link").unwrap();
            vec![text("link", link), text("new_password", "another horse")]
        },
        end: "/login?because=reset&name=ada",
    },
    Case { path: "/account/logout", app: plain, prepare: nothing, end: "/login?because=out" },
    Case {
        path: "/account/profile",
        app: plain,
        prepare: |app, browser| {
            enter(app, browser);
            vec![text("display", "Countess"), text("language", "fr")]
        },
        end: "/account?done=saved&lang=fr#message",
    },
    Case {
        path: "/account/picture",
        app: plain,
        prepare: nothing,
        end: "/account?done=picture#message",
    },
    Case {
        path: "/account/picture/remove",
        app: plain,
        prepare: |app, browser| {
            enter(app, browser);
            browser.submit_file("/account/picture", ("file", PNG));
            browser.get("/account");
            Vec::new()
        },
        end: "/account?done=picture-removed#message",
    },
    Case {
        path: "/account/username",
        app: plain,
        prepare: |app, browser| {
            enter(app, browser);
            vec![text("username", "Countess"), password()]
        },
        end: "/account?done=username#message",
    },
    Case {
        path: "/account/email",
        app: || TestApp::builder().mail_server(Mode::Plain),
        prepare: |app, browser| {
            enter(app, browser);
            vec![text("email", "new@b.example"), password()]
        },
        end: "/account?done=email-link#message",
    },
    Case {
        path: "/account/email/resend",
        app: unconfirmed,
        prepare: nothing,
        end: "/account?done=link#message",
    },
    Case {
        path: "/account/password",
        app: plain,
        prepare: |app, browser| {
            enter(app, browser);
            vec![password(), text("new_password", "another horse")]
        },
        end: "/account?done=password#message",
    },
    // It answers with a file.
    Case {
        path: "/account/export",
        app: plain,
        prepare: |app, browser| {
            enter(app, browser);
            vec![password()]
        },
        end: "",
    },
    Case {
        path: "/account/delete",
        app: plain,
        prepare: |app, browser| {
            enter(app, browser);
            vec![password()]
        },
        end: "/account/deleted",
    },
    Case {
        path: "/account/sessions/end",
        app: plain,
        prepare: |app, browser| {
            app.log_in("ada");
            enter(app, browser);
            vec![text("session", browser.value("session").unwrap())]
        },
        end: "/account?done=session#message",
    },
    Case {
        path: "/account/sessions/end-others",
        app: plain,
        prepare: |app, browser| {
            app.log_in("ada");
            nothing(app, browser)
        },
        end: "/account?done=sessions#message",
    },
    Case { path: "/account/totp/setup", app: plain, prepare: nothing, end: "/account/totp" },
    Case {
        path: "/account/totp/enable",
        app: plain,
        prepare: |app, browser| {
            enter(app, browser);
            browser.submit("/account/totp/setup", &[]).leads("/account/totp");
            let page = browser.get("/account/totp").text;
            let secret = page.split_once("id=\"secret\">").unwrap().1.split('<').next().unwrap();
            app.ada.secret = secret.replace(' ', "");
            vec![text("code", app.ada.code(0)), password()]
        },
        end: CODES,
    },
    Case {
        path: "/account/totp/disable",
        app: totp,
        prepare: recovery_code,
        end: "/account?done=app-off#message",
    },
    Case { path: "/account/mail-codes/send", app: mail, prepare: nothing, end: MAILED },
    Case {
        path: "/account/mail-codes/enable",
        app: mail,
        prepare: |app, browser| {
            enter(app, browser);
            vec![text("mailed_code", app.mailed_code(&app.ada)), password()]
        },
        end: CODES,
    },
    Case {
        path: "/account/mail-codes/disable",
        app: email_factor,
        prepare: recovery_code,
        end: "/account?done=mail-codes-off#message",
    },
    // It answers with what the script asks the browser for.
    Case { path: "/account/passkeys/options", app: plain, prepare: nothing, end: "" },
    Case { path: "/account/passkeys/add", app: plain, prepare: new_passkey, end: ADDED },
    Case { path: "/account/passkeys/rename", app: plain, prepare: old_passkey, end: RENAMED },
    Case { path: "/account/passkeys/remove", app: plain, prepare: old_passkey, end: REMOVED },
    Case { path: "/account/passkeys/enable", app: plain, prepare: no_factor, end: CODES },
    Case { path: "/account/passkeys/disable", app: plain, prepare: passkey_factor, end: OFF },
    Case { path: "/account/passkeys/code", app: plain, prepare: passkey_code, end: "" },
    Case { path: "/account/recovery", app: totp, prepare: recovery_code, end: CODES },
    Case {
        path: "/account/recovery-codes",
        app: totp,
        prepare: |app, browser| {
            let [(_, code)] = recovery_code(app, browser).try_into().unwrap();
            browser.submit("/account/recovery", &[("code", &code)]).leads(CODES);
            browser.get(CODES);
            Vec::new()
        },
        end: "/account",
    },
    // It answers with a page, which says the same.
    Case {
        path: "/email/confirmation",
        app: unconfirmed,
        prepare: |app, browser| {
            enter(app, browser);
            browser.submit("/account/email/resend", &[]).leads("/account?done=link#message");
            let link = app.mails().next_mail().token();
            browser.get(&format!("/email/confirmation?token={link}"));
            vec![text("link", link)]
        },
        end: "",
    },
];
