//! The forms of `/account` that change the profile and its picture.

use actix_web::HttpResponse;

use super::action::{Action, Lane, respond, run};
use super::refusal::{FormPage, refuse};
use crate::domain::App;
use crate::domain::accounts::changes::Changes;
use crate::domain::accounts::edit::{Edit, edit};
use crate::domain::accounts::fields::{Bio, Clearable, Display, Pronoun};
use crate::domain::accounts::password_check::PasswordCheck;
use crate::domain::pictures::{NewFile, PictureKind, upload};
use crate::domain::principal::Principal;
use crate::error::{Error, Result};
use crate::http::pages::flash::Flash;
use crate::http::pages::form::{FileContent, FileForm, Form};
use crate::http::pages::links;
use crate::http::pages::sendings::End;
use crate::http::pages::visitor::Visitor;
use crate::normalization::trim;
use crate::words::Language;

/// `POST /account/profile`
pub(in crate::http) async fn change_profile(visitor: Visitor, form: Form) -> HttpResponse {
    let work = async |visitor: &Visitor, form: &Form| {
        run(visitor, Lane::Write, parse_profile(form), edit).await?;
        // The browser's language follows the account's.
        Ok(match Language::from_tag(form.text("language")) {
            Some(language) => End::at(Flash::Saved.url_with("lang", language.tag())),
            None => End::at(Flash::Saved.url()),
        })
    };
    respond(visitor, form, FormPage::Account, work).await
}

fn parse_profile(form: &Form) -> Result<Edit> {
    // Browsers end a line by CR LF.
    let bio = trim(form.text("bio")).replace("\r\n", "\n");
    let changes = Changes {
        display: Some(Display::parse(trim(form.text("display")).into())?),
        pronoun: Some(Clearable::parse(trim(form.text("pronoun")).into(), Pronoun::parse)?),
        bio: Some(Clearable::parse(bio, Bio::parse)?),
        links: Some(links::parse(form)?),
        language: Language::from_tag(form.text("language")),
        ..Changes::default()
    };
    Ok(Edit { changes, password: None, check: PasswordCheck::NotRequired, code: None })
}

/// `POST /account/picture`
pub(in crate::http) async fn upload_picture(
    visitor: Visitor,
    FileForm(content): FileForm,
) -> HttpResponse {
    let FileContent { mut form, file, permit } = match content {
        Ok(content) => content,
        // Without the body, there is no form token to check; but nothing is changed either.
        Err(error) => {
            return refuse(&visitor, &Form::default(), FormPage::Account, &error.into());
        }
    };
    form.note_file(file.as_deref().unwrap_or_default());
    let file = file.filter(|file| !file.is_empty()).ok_or(Error::FileMissing);
    let store = move |app: &App, principal: &Principal, content, now| {
        let _permit = permit;
        upload(app, principal, PictureKind::Thumbnail, NewFile { content, sha256: None }, now)
    };
    Action { lane: Lane::Write, done: Flash::PictureSaved }.run(visitor, form, file, store).await
}

/// `POST /account/picture/remove`
pub(in crate::http) async fn remove_picture(visitor: Visitor, form: Form) -> HttpResponse {
    let changes = Changes { thumbnail: Some(Clearable::Cleared), ..Changes::default() };
    let check = PasswordCheck::NotRequired;
    let input = Ok(Edit { changes, password: None, check, code: None });
    Action { lane: Lane::Write, done: Flash::PictureRemoved }.run(visitor, form, input, edit).await
}
