//! Pictures of users: uploaded ones, and those that are elsewhere.

use std::fs;
use std::process::Command;

use crate::harness::{Instance, Person, Server};

pub(super) const ME: &str = "/api/users/@me";

pub(super) const OWN: &str = "/api/users/@me/thumbnail";

pub(super) const PATH: &str = "/api/users/1/thumbnail";

/// One pixel each.
pub(super) const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\
    \0\0\0\rIDATx\xdac\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xffV\xc7/\r\0\0\0\0IEND\xaeB`\x82";

pub(super) const GIF: &[u8] =
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

pub(super) const WEBP: &[u8] =
    b"RIFF\x1a\0\0\0WEBPVP8L\r\0\0\0/\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0";

/// The head, with which a JPEG says that it has one pixel.
pub(super) const JPEG: &[u8] =
    b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\0\x0b\x08\0\x01\0\x01\x01\x01\x11\0\
    \xff\xda\0\x08\x01\x01\0\0?\0\x37\xff\xd9";

pub(super) fn serve() -> (Instance, Server, Person) {
    Person::at_home("")
}

pub(super) fn upload(ada: &Person, path: &str, content: &[u8]) -> crate::harness::Answer {
    ada.send("POST", path, &[("Content-Type", "application/octet-stream")], content)
}

/// A PNG that says that it has this many pixels.
pub(super) fn png_of(width: u32, height: u32) -> Vec<u8> {
    [&PNG[..16], &width.to_be_bytes(), &height.to_be_bytes(), &PNG[24..]].concat()
}

/// What an independent implementation gives.
pub(super) fn sha256sum(instance: &Instance, content: &[u8]) -> String {
    fs::write(instance.path("hashed"), content).unwrap();
    let output = Command::new("sha256sum").arg(instance.path("hashed")).output().unwrap();
    String::from_utf8(output.stdout).unwrap()[..64].into()
}

pub(super) fn content_at(server: &Server, path: &str) -> Vec<u8> {
    ureq::get(format!("http://{}{path}", server.address))
        .call()
        .unwrap()
        .body_mut()
        .read_to_vec()
        .unwrap()
}

#[test]
fn each_kind_of_picture_is_told_by_its_content_and_served_harmlessly() {
    let (instance, server, ada) = serve();
    for (content, kind) in
        [(PNG, "image/png"), (JPEG, "image/jpeg"), (GIF, "image/gif"), (WEBP, "image/webp")]
    {
        for sent in ["image/png", "text/html", "application/json", "multipart/form-data"] {
            ada.send("POST", OWN, &[("Content-Type", sent)], content).data();
            let answer = server.client().get(PATH, &[]);
            assert_eq!((answer.status, answer.header("content-type")), (200, Some(kind)), "{sent}");
        }
        assert_eq!(content_at(&server, PATH), content);
        let (answer, hash) = (server.client().get(PATH, &[]), sha256sum(&instance, content));
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
fn what_is_no_picture_is_refused() {
    let (_instance, server, ada) = serve();
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    let bmp = b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0\0\0\0\0\x04\0\0\0";
    for content in
        [&b""[..], b"<html><script>alert(1)</script>", svg, bmp, b"\0\0\0\0", b"{}", &[0xff; 100]]
    {
        assert!(
            upload(&ada, OWN, content).failure(1003, 415, OWN).contains("PNG, JPEG, GIF or WebP")
        );
        upload(&ada, "/api/v2/users/@me/thumbnail", content).named_failure("BAD_REQUEST", 415);
    }
    server.client().get(PATH, &[]).failure(3, 404, PATH);
}

#[test]
fn a_truncated_picture_is_refused() {
    let (_instance, server, ada) = serve();
    for content in [PNG, JPEG, GIF, WEBP] {
        for length in [3, 8, 9, 12, 15] {
            let status = upload(&ada, OWN, content.get(..length).unwrap()).status;
            // A GIF has its size so early.
            assert!(
                matches!(status, 400 | 415) || content == GIF && length > 9,
                "{status} {length} {content:?}"
            );
        }
    }
    assert!(server.client().get(PATH, &[]).status != 500);
}

#[test]
fn too_many_pixels_are_refused_whatever_they_weigh() {
    let (_instance, server, ada) = serve();
    for (width, height) in
        [(10_000, 10_000), (4097, 1), (1, 4097), (u32::MAX, u32::MAX), (0, 1), (1, 0)]
    {
        for kind in ["thumbnail", "banner"] {
            let path = format!("/api/users/@me/{kind}");
            let message = upload(&ada, &path, &png_of(width, height)).failure(5, 400, &path);
            assert!(message.starts_with(&format!("Invalid field: {kind}, must be ")), "{message}");
        }
    }
    let gif = [&GIF[..6], b"\x10\x27\x10\x27", &GIF[10..]].concat();
    upload(&ada, OWN, &gif).failure(5, 400, OWN);
    server.client().get(PATH, &[]).failure(3, 404, PATH);
    assert_eq!(upload(&ada, OWN, &png_of(4096, 4096)).status, 200);
}

#[test]
fn a_picture_of_4_mib_is_taken_and_one_more_byte_is_not() {
    let (_instance, server, ada) = serve();
    let mut content = PNG.to_vec();
    content.resize(4 * 1024 * 1024, 0);
    upload(&ada, OWN, &content).data();
    assert_eq!(content_at(&server, PATH), content);
    content.push(0);
    let message = upload(&ada, OWN, &content).failure(1002, 413, OWN);
    assert_eq!(message, "The request body is larger than 4194304 bytes.");
    assert_eq!(server.client().get(PATH, &[]).header("content-length"), Some("4194304"));
}

#[test]
fn the_limit_can_be_configured() {
    let (_instance, _server, ada) = Person::at_home("[limits]\npicture_bytes = 1024");
    let mut content = PNG.to_vec();
    content.resize(1024, 0);
    upload(&ada, OWN, &content).data();
    content.push(0);
    upload(&ada, OWN, &content).failure(1002, 413, OWN);
    upload(&ada, "/api/v2/users/@me/thumbnail", &content).named_failure("BAD_REQUEST", 413);
}

#[test]
fn uploading_needs_a_session_and_the_right_which_no_tag_of_ones_own_gives() {
    let (instance, server, ada) = Person::at_home("[users]\ndefault_tags = ['can_self_edit']");
    server.client().send("POST", OWN, &[], PNG).failure(7, 401, OWN);
    instance.ok(&["user", "set", "ada", "--tags", "usr:can_file_upload"], "");
    assert!(upload(&ada, OWN, PNG).failure(8, 401, OWN).starts_with("You are not authorized to "));
    upload(&ada, "/api/v2/users/@me/thumbnail", PNG).named_failure("FORBIDDEN", 403);
    instance.ok(&["user", "tag", "add", "ada", "can_file_upload"], "");
    upload(&ada, OWN, PNG).data();
    let cookie = server.client().log_in("ada", "hunter22").cookie();
    server.client().send("POST", OWN, &[("Cookie", &cookie)], GIF).failure(8, 401, OWN);
    assert_eq!(content_at(&server, PATH), PNG);
}

#[test]
fn an_operator_gives_a_picture_by_file_or_url_and_clears_it() {
    let (instance, server, _ada) = serve();
    fs::write(instance.path("ada.txt"), PNG).unwrap();
    instance.ok(&["user", "set", "ada", "--thumbnail", "ada.txt"], "");
    assert_eq!(content_at(&server, PATH), PNG);
    instance.ok(&["user", "set", "ada", "--thumbnail", "https://pictures.example/x"], "");
    assert_eq!(
        server.client().get(PATH, &[]).header("location"),
        Some("https://pictures.example/x")
    );
    instance.ok(&["user", "set", "ada", "--banner", "ada.txt", "--thumbnail", ""], "");
    server.client().get(PATH, &[]).failure(3, 404, PATH);
    assert_eq!(content_at(&server, "/api/users/1/banner"), PNG);
    instance.ok(&["user", "remove", "ada", "--yes"], "");
    server.client().get("/api/users/1/banner", &[]).failure(2, 404, "/api/users/1/banner");
}
