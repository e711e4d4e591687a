//! What the forms of the pages need of an instance.

use crate::harness::{Builder, Mode, TestApp};

pub fn plain() -> Builder {
    TestApp::builder()
}

pub fn totp() -> Builder {
    TestApp::builder().totp()
}

pub fn mail() -> Builder {
    TestApp::builder().mail()
}

pub fn email_factor() -> Builder {
    TestApp::builder().email_factor()
}

pub fn unconfirmed() -> Builder {
    TestApp::builder().mail_server(Mode::Plain).nox("user set ada --email ada@b.example")
}

pub fn demanding() -> Builder {
    TestApp::with("[login]\nrequire_second_factor = 'everybody'")
        .mail_server(Mode::Plain)
        .nox("user set ada --email ada@b.example --verified true")
}

pub fn confirming() -> Builder {
    TestApp::with("[users]\nregistration = 'open'\nrequire_email = true").mail_server(Mode::Plain)
}
