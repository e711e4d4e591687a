//! The forms of `/account` that change the profile and its picture.

use actix_web::HttpResponse;

use super::action::{Lane, act, work};
use super::flash::Flash;
use super::form::{FileContent, FileForm, Form};
use super::links;
use super::refusal::refuse;
use super::visitor::Visitor;
use crate::domain::App;
use crate::domain::accounts::changes::Changes;
use crate::domain::accounts::edit::{Edit, edit};
use crate::domain::accounts::fields::{Bio, Clearable, Display, Pronoun};
use crate::domain::accounts::password_check::PasswordCheck;
use crate::domain::pictures::{NewFile, PictureKind, upload};
use crate::domain::principal::Principal;
use crate::error::{Error, Result};
use crate::language::Language;

/// `POST /account/profile`
pub(in crate::http) async fn change_profile(visitor: Visitor, form: Form) -> HttpResponse {
    let read = read_profile(&form);
    let saved = work(&visitor, &form, (Lane::Plain, read), |app, principal, changes, now| {
        edit(
            app,
            principal,
            Edit { changes, password: None, check: PasswordCheck::NotRequired, code: None },
            now,
        )
        .map(drop)
    });
    match saved.await {
        // The browser's language follows the account's.
        Ok(()) => match Language::from_tag(form.text("language")) {
            Some(language) => {
                visitor.redirect(&format!("{}&lang={}", Flash::Saved.url(), language.tag()))
            }
            None => visitor.redirect(Flash::Saved.url()),
        },
        Err(refused) => refused,
    }
}

fn read_profile(form: &Form) -> Result<Changes> {
    Ok(Changes {
        display: Some(Display::parse(form.text("display").trim().into())?),
        pronoun: Some(Clearable::parse(form.text("pronoun").trim().into(), Pronoun::parse)?),
        // Browsers write the end of a line as two characters.
        bio: Some(Clearable::parse(form.text("bio").trim().replace("\r\n", "\n"), Bio::parse)?),
        links: Some(links::read(form)?),
        language: Language::from_tag(form.text("language")),
        ..Changes::default()
    })
}

/// `POST /account/picture`
pub(in crate::http) async fn upload_picture(
    visitor: Visitor,
    FileForm(content): FileForm,
) -> HttpResponse {
    let FileContent { form, file, held } = match content {
        Ok(content) => content,
        // Whether the form is ours is not known, where it was not read; nor is anything done.
        Err(error) => return refuse(&visitor, &error, &Form::default()),
    };
    let file = file.filter(|file| !file.is_empty()).ok_or(Error::FileMissing);
    let change = move |app: &App, principal: &Principal, content, now| {
        let _held = held;
        upload(app, principal, PictureKind::Thumbnail, NewFile { content, sha256: None }, now)
            .map(drop)
    };
    act(visitor, form, (Lane::Plain, Flash::Saved), file, change).await
}
