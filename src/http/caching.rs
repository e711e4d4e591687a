//! Answers that clients keep: what a client has already, and how it wants it compressed.

use actix_web::HttpRequest;
use actix_web::http::header::{AcceptEncoding, Encoding, EntityTag, Header, IfNoneMatch};

/// Whether a client has the version with this tag already. The tags are compared weakly (RFC 9110,
/// 13.1.2), since proxies that compress an answer weaken its tag.
pub(super) fn has_version(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|sent| sent.weak_eq(tag)),
        Err(_) => false,
    }
}

/// Whether a client takes an answer in gzip (RFC 9110, 12.5.3).
pub(super) fn takes_gzip(request: &HttpRequest) -> bool {
    let gzip = Encoding::gzip();
    let chosen = AcceptEncoding::parse(request)
        .ok()
        .and_then(|accept| accept.negotiate([&gzip].into_iter()));
    chosen == Some(gzip)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{ACCEPT_ENCODING, IF_NONE_MATCH};
    use actix_web::test::TestRequest;

    #[test]
    fn version_is_found_among_the_tags_that_a_client_sends() {
        let tag = EntityTag::new_strong("a1".into());
        let has = |sent: &str| {
            let request = TestRequest::default().insert_header((IF_NONE_MATCH, sent));
            has_version(&request.to_http_request(), &tag)
        };
        for sent in ["\"a1\"", "W/\"a1\"", "\"b2\", W/\"a1\"", "*"] {
            assert!(has(sent), "{sent}");
        }
        for sent in ["", "\"b2\"", "a1", "\"a1", "\"A1\""] {
            assert!(!has(sent), "{sent}");
        }
        assert!(!has_version(&TestRequest::default().to_http_request(), &tag));
    }

    #[test]
    fn gzip_is_chosen_where_the_client_lists_it_with_a_weight_above_zero() {
        let takes = |sent: &str| {
            let request = TestRequest::default().insert_header((ACCEPT_ENCODING, sent));
            takes_gzip(&request.to_http_request())
        };
        for sent in ["gzip", "GZIP", "br, gzip", "gzip;q=0.1, identity", "deflate, gzip; q=1.0"] {
            assert!(takes(sent), "{sent}");
        }
        for sent in ["", "br", "identity", "gzip;q=0", "gzip; q=0.000, br", "xgzip"] {
            assert!(!takes(sent), "{sent}");
        }
        assert!(!takes_gzip(&TestRequest::default().to_http_request()));
    }
}
