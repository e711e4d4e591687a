//! The form of the picture, as a browser without scripts sends it.

use super::profile::{open_account, serve};
use crate::harness::{Answer, PNG};

const PATH: &str = "/account/picture";

fn check(answer: &Answer, status: u16, words: &str) {
    let media_type = answer.header("content-type");
    assert_eq!((answer.status, media_type), (status, Some("text/html; charset=utf-8")), "{words}");
    assert!(answer.text.contains(words), "{words}: {}", answer.text);
}

#[test]
fn refused_picture_is_told_by_what_is_wrong_with_it() {
    let app = serve("[limits]\npicture_bytes = 102400\n[users]\ndefault_tags = []");
    let mut browser = open_account(&app);
    let hint = "at most 100\u{a0}KiB and 4096 pixels a side.";
    assert!(browser.page.contains(hint), "{}", browser.page);
    let wide = [&PNG[..16], &5000_u32.to_be_bytes(), &PNG[20..]].concat();
    let large = [PNG, &vec![0; 102_400]].concat();
    let too_large = "That file is larger than 100\u{a0}KiB. Choose a smaller picture.";
    for (name, content, status, words) in [
        ("file", &b""[..], 400, "Choose a picture first."),
        ("other", PNG, 400, "Choose a picture first."),
        ("file", b"no picture", 415, "That file is not a picture. Choose a PNG, JPEG, GIF or"),
        ("file", b"BM, as bitmaps begin", 415, "That is a BMP picture, which cannot be used here."),
        ("file", &PNG[..20], 400, "That picture is damaged and cannot be read."),
        (
            "file",
            &wide,
            400,
            "That picture has 5000 × 1 pixels. Choose one of at most 4096 × 4096.",
        ),
        ("file", &large, 413, too_large),
        // Also larger than the whole form may be.
        ("file", &large.repeat(4), 413, too_large),
    ] {
        let answer = browser.submit_file(PATH, (name, content));
        check(&answer, status, words);
        // It stands at its field.
        let (_, after) = answer.text.split_once("id=\"message\"").unwrap();
        let field = after.split_once("<input ").unwrap().1.split_once('>').unwrap().0;
        assert!(field.contains("id=\"picture-file\"") && field.contains("aria-invalid=\"true\""));
    }
    check(&browser.submit(PATH, &[("file", "x")]), 400, "could not read");
    browser.get("/account?lang=fr");
    let hint = "100\u{a0}Kio et 4096 pixels de côté au plus.";
    assert!(browser.page.contains(hint), "{}", browser.page);
    assert_eq!(app.client().get("/api/users/1/thumbnail", &[]).status, 404);
    app.nox("user set ada --tags can_self_edit");
    check(&browser.submit_file(PATH, ("file", PNG)), 401, "Vous n’y êtes pas autorisé.");
    app.nox("session revoke --user ada");
    let to = "/login?because=session&return_to=/account";
    browser.submit_file(PATH, ("file", PNG)).leads(to);
}

#[test]
fn picture_is_removed_and_the_initial_is_back() {
    let app = serve("");
    let mut browser = open_account(&app);
    assert!(!browser.page.contains("/account/picture/remove"), "there is none to remove");
    browser.submit_file(PATH, ("file", PNG)).leads("/account?done=picture#message");
    browser.get("/account");
    assert!(browser.page.contains("<img src=\"/api/users/1/thumbnail"), "{}", browser.page);
    let end = "/account?done=picture-removed#message";
    browser.submit("/account/picture/remove", &[]).leads(end);
    let page = browser.get(end).text;
    assert!(page.contains("Your picture is removed.") && page.contains("class=\"initial\""));
    assert_eq!(app.client().get("/api/users/1/thumbnail", &[]).status, 404);
    // A picture that lies elsewhere is removed as well.
    app.nox("user set ada --thumbnail https://a.example/a.png");
    browser.get("/account");
    browser.submit("/account/picture/remove", &[]).leads(end);
    assert_eq!(app.client().get("/api/users/1/thumbnail", &[]).status, 404);
}
