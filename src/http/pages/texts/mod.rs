//! What the pages say, in each language: the tables are complete, or they do not build.

mod date;
mod english;
mod french;

use crate::language::Language;
pub(super) use date::date;

/// Every text of the pages. `{}` stands for what is filled in.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(super) struct Texts {
    pub other_language: &'static str,
    pub other_language_tag: &'static str,
    pub log_in: &'static str,
    pub username: &'static str,
    pub password: &'static str,
    pub show: &'static str,
    pub hide: &'static str,
    pub show_password: &'static str,
    pub one_more_step: &'static str,
    pub code_from_app: &'static str,
    pub code_from_mail: &'static str,
    pub code_from_either: &'static str,
    pub code_hint: &'static str,
    pub logging_in_as: &'static str,
    pub continue_: &'static str,
    pub use_another_account: &'static str,
    pub mail_a_code: &'static str,
    pub code_mailed: &'static str,
    pub code_delayed: &'static str,
    pub wrong_login: &'static str,
    pub no_code: &'static str,
    pub wrong_code: &'static str,
    pub wrong_app_code: &'static str,
    pub too_many_before: &'static str,
    pub too_many_after: &'static str,
    pub busy: &'static str,
    pub unreachable: &'static str,
    pub server_error: &'static str,
    pub form_expired: &'static str,
    pub form_without_cookie: &'static str,
    pub form_over_http: &'static str,
    pub form_of_other_address: &'static str,
    pub form_of_other_user: &'static str,
    pub login_replaced: &'static str,
    pub login_expired: &'static str,
    pub account_disabled: &'static str,
    pub session_expired: &'static str,
    pub unknown_front: &'static str,
    pub logged_in: &'static str,
    pub continue_to: &'static str,
    pub not_found: &'static str,
    pub not_found_text: &'static str,
    pub to_start: &'static str,
    pub not_done: &'static str,
    pub go_back: &'static str,
    pub wrong_method: &'static str,
    pub too_large: &'static str,
    pub wrong_media_type: &'static str,
    pub too_slow: &'static str,
    pub unreadable: &'static str,
    pub create_account: &'static str,
    pub have_account: &'static str,
    pub username_hint: &'static str,
    pub email_optional: &'static str,
    pub email_hint: &'static str,
    pub password_hint: &'static str,
    pub invitation_for: &'static str,
    pub registration_closed: &'static str,
    pub invitation_needed: &'static str,
    pub invitation_over: &'static str,
    pub ask_operator: &'static str,
    pub ask_operator_at: &'static str,
    pub username_taken: &'static str,
    pub bad_username: &'static str,
    pub terms: &'static str,
    pub privacy: &'static str,
    pub rules: &'static str,
    pub your_account: &'static str,
    pub log_out: &'static str,
    pub change: &'static str,
    pub save: &'static str,
    pub saved: &'static str,
    pub profile: &'static str,
    pub display_name: &'static str,
    pub display_hint: &'static str,
    pub pronoun: &'static str,
    pub pronoun_hint: &'static str,
    pub bio: &'static str,
    pub bio_hint: &'static str,
    pub links: &'static str,
    pub links_hint: &'static str,
    pub link_label: &'static str,
    pub link_url: &'static str,
    pub link_label_example: &'static str,
    pub language: &'static str,
    pub picture: &'static str,
    pub picture_hint: &'static str,
    pub upload: &'static str,
    pub picture_refused: &'static str,
    pub no_picture: &'static str,
    pub not_allowed: &'static str,
    pub page_outdated: &'static str,
    pub setup_expired: &'static str,
    pub bad_display: &'static str,
    pub bad_pronoun: &'static str,
    pub bad_bio: &'static str,
    pub bad_links: &'static str,
    pub email: &'static str,
    pub no_email: &'static str,
    pub verified: &'static str,
    pub not_verified: &'static str,
    pub mail_a_link: &'static str,
    pub link_mailed: &'static str,
    pub link_delayed: &'static str,
    pub new_email: &'static str,
    pub bad_email: &'static str,
    pub email_taken: &'static str,
    pub email_in_use_as_factor: &'static str,
    pub email_changed: &'static str,
    pub email_changed_link_mailed: &'static str,
    pub email_changed_link_delayed: &'static str,
    pub email_changed_link_later: &'static str,
    pub email_changed_link_refused: &'static str,
    pub address_refused: &'static str,
    pub mail_refused: &'static str,
    pub mail_off: &'static str,
    pub mail_off_no_link: &'static str,
    pub no_code_mailed: &'static str,
    pub confirm_address: &'static str,
    pub confirm_address_text: &'static str,
    pub confirm: &'static str,
    pub address_confirmed: &'static str,
    pub address_confirmed_before: &'static str,
    pub link_expired: &'static str,
    pub current_password: &'static str,
    pub new_password: &'static str,
    pub new_password_hint: &'static str,
    pub bad_password: &'static str,
    pub common_password: &'static str,
    pub one_character_password: &'static str,
    pub name_as_password: &'static str,
    pub email_as_password: &'static str,
    pub title_as_password: &'static str,
    pub wrong_password: &'static str,
    pub password_changed: &'static str,
    pub code: &'static str,
    pub code_required: &'static str,
    pub mailed_code_required: &'static str,
    pub delayed_code_required: &'static str,
    pub second_factor: &'static str,
    pub second_factor_text: &'static str,
    pub app: &'static str,
    pub mail_codes: &'static str,
    pub on: &'static str,
    pub off: &'static str,
    pub switch_on: &'static str,
    pub switch_off: &'static str,
    pub switched_on: &'static str,
    pub switched_off: &'static str,
    pub set_up_app: &'static str,
    pub scan: &'static str,
    pub qr_code: &'static str,
    pub secret: &'static str,
    pub open_app: &'static str,
    pub first_code: &'static str,
    pub mail_needs_address: &'static str,
    pub recovery_codes: &'static str,
    pub codes_left: &'static str,
    pub new_codes: &'static str,
    pub codes_waiting: &'static str,
    pub show_codes: &'static str,
    pub codes_text: &'static str,
    pub copy: &'static str,
    pub copied: &'static str,
    pub download: &'static str,
    pub print: &'static str,
    pub done: &'static str,
    pub sessions: &'static str,
    pub this_session: &'static str,
    pub unknown_device: &'static str,
    pub last_seen: &'static str,
    pub from: &'static str,
    pub end: &'static str,
    pub end_session_of: &'static str,
    pub end_all_others: &'static str,
    pub session_ended: &'static str,
    pub sessions_ended: &'static str,
    pub older_sessions: &'static str,
    pub delete_account: &'static str,
    pub delete: &'static str,
    pub delete_text: &'static str,
    pub delete_code_hint: &'static str,
    pub delete_for_good: &'static str,
    pub account_deleted: &'static str,
    pub back: &'static str,
}

impl Texts {
    pub(super) const fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &english::ENGLISH,
            Language::French => &french::FRENCH,
        }
    }
}

/// Puts a value where the text has a place for it.
pub(super) fn fill(text: &str, value: impl std::fmt::Display) -> String {
    text.replace("{}", &value.to_string())
}

/// A number of bytes as people read it, never as more than it is.
pub(super) fn size(language: Language, bytes: u32) -> String {
    let (unit, factor) = if bytes < 1024 * 1024 { ("Ki", 1024) } else { ("Mi", 1024 * 1024) };
    let (point, byte) = match language {
        Language::English => ('.', 'B'),
        Language::French => (',', 'o'),
    };
    let whole = bytes / factor;
    let tenth = u64::from(bytes % factor) * 10 / u64::from(factor);
    let number = if tenth == 0 { whole.to_string() } else { format!("{whole}{point}{tenth}") };
    format!("{number}\u{a0}{unit}{byte}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_there_in_both_languages_with_the_same_places() {
        let all = |language| {
            let texts = serde_json::to_value(Texts::of(language)).unwrap();
            serde_json::from_value::<std::collections::BTreeMap<String, String>>(texts).unwrap()
        };
        let french = all(Language::French);
        let places = |text: &str| text.matches("{}").count();
        for (name, en) in all(Language::English) {
            let fr = &french[&name];
            assert!(!en.is_empty() && !fr.is_empty(), "{name}");
            assert_eq!(places(&en), places(fr), "{name}");
            let same = ["code", "sessions", "secret"].contains(&name.as_str());
            assert_eq!(en == *fr, same, "{name}: {en}");
        }
    }

    #[test]
    fn sizes_are_written_as_people_read_them() {
        for (bytes, english, french) in [
            (4_194_304, "4 MiB", "4 Mio"),
            (1024, "1 KiB", "1 Kio"),
            (1_048_575, "1023.9 KiB", "1023,9 Kio"),
            (1_048_576, "1 MiB", "1 Mio"),
            (5_000_000, "4.7 MiB", "4,7 Mio"),
            (16_777_216, "16 MiB", "16 Mio"),
        ] {
            let plain = |language| size(language, bytes).replace('\u{a0}', " ");
            assert_eq!(
                (plain(Language::English).as_str(), plain(Language::French).as_str()),
                (english, french)
            );
        }
    }
}
