//! The language that a client asks for.

use actix_web::HttpRequest;
use actix_web::http::header::{AcceptLanguage, Header, Preference, Quality};

use crate::words::Language;

/// The language that an `Accept-Language` header wants most, of those that Nox speaks (RFC 9110,
/// 12.5.4).
pub(super) fn preferred(request: &HttpRequest) -> Option<Language> {
    let mut accepted = AcceptLanguage::parse(request).ok()?;
    // A weight of 0 says that the client does not want the language.
    accepted.0.retain(|range| range.quality > Quality::ZERO);
    accepted.ranked().iter().find_map(|range| match range {
        Preference::Specific(tag) => Language::from_tag(tag.as_str()),
        Preference::Any => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::ACCEPT_LANGUAGE;
    use actix_web::test::TestRequest;

    #[test]
    fn language_of_the_highest_weight_is_preferred_and_then_the_first() {
        for (header, language) in [
            ("fr", Some(Language::French)),
            ("en-GB,en;q=0.9,fr;q=0.8", Some(Language::English)),
            ("en;q=0.5, fr-CA;q=0.9", Some(Language::French)),
            ("nl, fr;q=0.1", Some(Language::French)),
            ("fr;q=0, en;q=0.1", Some(Language::English)),
            ("FR", Some(Language::French)),
            ("de-AT, fr", Some(Language::German)),
            ("nl", None),
            ("fr;q=0", None),
            ("*", None),
            ("en;q=0.8, fr;q=0.8", Some(Language::English)),
            ("fr ; q=0.7 , *;q=0.5", Some(Language::French)),
            ("frisian", None),
            ("fr;q=x", None),
            ("", None),
        ] {
            let request = TestRequest::default().insert_header((ACCEPT_LANGUAGE, header));
            assert_eq!(preferred(&request.to_http_request()), language, "{header}");
        }
    }
}
