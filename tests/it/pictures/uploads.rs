//! Uploads of pictures: types, sizes, and the right to upload.

use crate::harness::{
    Answer, GIF, INVALID_FIELD, JPEG, NOT_FOUND, NOT_LOGGED, PAYLOAD_TOO_LARGE, PNG, TestApp,
    UNAUTHORIZED, UNSUPPORTED_MEDIA_TYPE, USER_NOT_FOUND, User, WEBP, sha256sum,
};

pub(super) const OWN: &str = "/api/users/@me/thumbnail";

pub(super) const PATH: &str = "/api/users/1/thumbnail";

pub(super) fn upload(ada: &User, path: &str, content: &[u8]) -> Answer {
    ada.send("POST", path, &[("Content-Type", "application/octet-stream")], content)
}

/// A PNG whose header says that it has this many pixels.
pub(super) fn png_of(width: u32, height: u32) -> Vec<u8> {
    [&PNG[..16], &width.to_be_bytes(), &height.to_be_bytes(), &PNG[24..]].concat()
}

pub(super) fn content_at(app: &TestApp, path: &str) -> Vec<u8> {
    ureq::get(format!("http://{}{path}", app.server.address))
        .call()
        .unwrap()
        .body_mut()
        .read_to_vec()
        .unwrap()
}

#[test]
fn picture_type_is_recognized_by_content_and_served_harmlessly() {
    let app = TestApp::logged_in();
    for (content, kind) in
        [(PNG, "image/png"), (JPEG, "image/jpeg"), (GIF, "image/gif"), (WEBP, "image/webp")]
    {
        for sent in ["image/png", "text/html", "application/json", "multipart/form-data"] {
            app.ada.send("POST", OWN, &[("Content-Type", sent)], content).data();
            let answer = app.client().get(PATH, &[]);
            assert_eq!((answer.status, answer.header("content-type")), (200, Some(kind)), "{sent}");
        }
        assert_eq!(content_at(&app, PATH), content);
        let (answer, hash) = (app.client().get(PATH, &[]), sha256sum(content));
        assert_eq!(answer.header("x-file-hash"), Some(hash.as_str()));
        assert!(
            answer.header("etag").unwrap().starts_with('"')
                && answer.header("cache-control").is_some()
        );
        assert_eq!(answer.header("content-disposition"), Some("inline"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
}

#[test]
fn upload_that_is_no_picture_is_refused() {
    let app = TestApp::logged_in();
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    let bmp = b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\
        \x01\0\x18\0\0\0\0\0\x04\0\0\0";
    for content in
        [&b""[..], b"<html><script>alert(1)</script>", svg, bmp, b"\0\0\0\0", b"{}", &[0xff; 100]]
    {
        assert!(
            upload(&app.ada, OWN, content)
                .refused(UNSUPPORTED_MEDIA_TYPE, OWN)
                .contains("PNG, JPEG, GIF or WebP")
        );
        upload(&app.ada, "/api/v2/users/@me/thumbnail", content).refused_as("BAD_REQUEST", 415);
    }
    app.client().get(PATH, &[]).refused(NOT_FOUND, PATH);
}

#[test]
fn truncated_picture_is_refused() {
    let app = TestApp::logged_in();
    for content in [PNG, JPEG, GIF, WEBP] {
        for length in [3, 8, 9, 12, 15] {
            // Twelve bytes tell the format, and those of a GIF its size, too.
            let expected = match length {
                ..12 => 415,
                _ if content == GIF => 200,
                _ => 400,
            };
            let status = upload(&app.ada, OWN, &content[..length]).status;
            assert_eq!(status, expected, "{length} of {content:?}");
        }
    }
}

#[test]
fn picture_with_too_many_pixels_is_refused_whatever_its_size() {
    let app = TestApp::logged_in();
    for (width, height) in
        [(10_000, 10_000), (4097, 1), (1, 4097), (u32::MAX, u32::MAX), (0, 1), (1, 0)]
    {
        for kind in ["thumbnail", "banner"] {
            let path = format!("/api/users/@me/{kind}");
            let clause = upload(&app.ada, &path, &png_of(width, height)).refused_field(kind, &path);
            assert!(clause.starts_with("must be "), "{clause}");
        }
    }
    let gif = [&GIF[..6], b"\x10\x27\x10\x27", &GIF[10..]].concat();
    upload(&app.ada, OWN, &gif).refused(INVALID_FIELD, OWN);
    app.client().get(PATH, &[]).refused(NOT_FOUND, PATH);
    assert_eq!(upload(&app.ada, OWN, &png_of(4096, 4096)).status, 200);
}

#[test]
fn picture_of_4_mib_is_taken_and_one_byte_more_is_refused() {
    let app = TestApp::logged_in();
    let mut content = PNG.to_vec();
    content.resize(4 * 1024 * 1024, 0);
    upload(&app.ada, OWN, &content).data();
    assert_eq!(content_at(&app, PATH), content);
    content.push(0);
    let message = upload(&app.ada, OWN, &content).refused(PAYLOAD_TOO_LARGE, OWN);
    assert_eq!(message, "The request body is larger than 4194304 bytes.");
    assert_eq!(app.client().get(PATH, &[]).header("content-length"), Some("4194304"));
}

#[test]
fn picture_size_limit_can_be_configured() {
    let app = TestApp::with("[limits]\npicture_bytes = 1024").session().serve();
    let mut content = PNG.to_vec();
    content.resize(1024, 0);
    upload(&app.ada, OWN, &content).data();
    content.push(0);
    upload(&app.ada, OWN, &content).refused(PAYLOAD_TOO_LARGE, OWN);
    upload(&app.ada, "/api/v2/users/@me/thumbnail", &content).refused_as("BAD_REQUEST", 413);
}

#[test]
fn upload_needs_a_session_and_the_right_that_own_tags_do_not_grant() {
    let app = TestApp::with("[users]\ndefault_tags = ['can_self_edit']").session().serve();
    app.client().send("POST", OWN, &[], PNG).refused(NOT_LOGGED, OWN);
    app.nox("user set ada --tags usr:can_file_upload");
    assert!(
        upload(&app.ada, OWN, PNG)
            .refused(UNAUTHORIZED, OWN)
            .starts_with("You are not authorized to ")
    );
    upload(&app.ada, "/api/v2/users/@me/thumbnail", PNG).refused_as("FORBIDDEN", 403);
    app.nox("user tag add ada can_file_upload");
    upload(&app.ada, OWN, PNG).data();
    let cookie = app.try_password().cookie();
    app.client().send("POST", OWN, &[("Cookie", &cookie)], GIF).refused(UNAUTHORIZED, OWN);
    assert_eq!(content_at(&app, PATH), PNG);
}

#[test]
fn operator_sets_a_picture_by_file_or_url_and_clears_it() {
    let app = TestApp::logged_in();
    app.instance.write("ada.txt", PNG);
    app.nox("user set ada --thumbnail ada.txt");
    assert_eq!(content_at(&app, PATH), PNG);
    app.nox("user set ada --thumbnail https://pictures.example/x");
    assert_eq!(app.client().get(PATH, &[]).header("location"), Some("https://pictures.example/x"));
    app.instance.ok(&["user", "set", "ada", "--banner", "ada.txt", "--thumbnail", ""], "");
    app.client().get(PATH, &[]).refused(NOT_FOUND, PATH);
    assert_eq!(content_at(&app, "/api/users/1/banner"), PNG);
    app.nox("user remove ada --yes");
    app.client().get("/api/users/1/banner", &[]).refused(USER_NOT_FOUND, "/api/users/1/banner");
}
