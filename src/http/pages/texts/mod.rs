//! What the pages say, in each language: the tables are complete, or they do not build.

mod english;
mod french;

use crate::language::Language;
use crate::time::Timestamp;

macro_rules! texts {
    ($($name:ident),*) => {
        /// Every text of the pages. `{}` stands for what is filled in.
        #[derive(Debug)]
        pub(super) struct Texts { $(pub $name: &'static str,)* }

        impl Texts {
            #[cfg(test)]
            fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name),)*]
            }
        }
    };
}

texts! {
    other_language, other_language_tag, log_in, username, password, show, hide, show_password,
    one_more_step, code_from_app, code_from_mail, code_from_either, code_hint, logging_in_as,
    continue_, use_another_account, mail_a_code, code_mailed, wrong_login, wrong_code,
    too_many_before, too_many_after, busy, unreachable, server_error, form_expired, login_expired,
    account_disabled, session_expired, unknown_front, logged_in, continue_to, not_found,
    not_found_text, to_start, terms, privacy, rules, your_account, log_out, change, save, saved,
    profile, display_name, display_hint, pronoun, pronoun_hint, bio, bio_hint, links, links_hint,
    link_label, link_url, link_label_example, language, picture, picture_hint, upload,
    picture_refused, no_picture, not_allowed, page_outdated, setup_expired, bad_display,
    bad_pronoun, bad_bio, bad_links, email, no_email, verified, not_verified, mail_a_link,
    link_mailed, new_email, bad_email, email_taken, email_in_use_as_factor, email_changed,
    confirm_address, confirm_address_text, confirm, address_confirmed, link_expired,
    current_password, new_password, new_password_hint, bad_password, wrong_password,
    password_changed, code, code_required, mailed_code_required, second_factor, second_factor_text,
    app, mail_codes, on, off, switch_on, switch_off, switched_on, switched_off, set_up_app, scan,
    qr_code, secret, open_app, first_code, mail_needs_address, recovery_codes, codes_left,
    new_codes, codes_text, copy, copied, download, print, done, sessions, this_session,
    unknown_device, last_seen, from, end, end_session_of, end_all_others, session_ended,
    sessions_ended, older_sessions, delete_account, delete, delete_text, delete_code_hint,
    delete_for_good, account_deleted, back
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

const ENGLISH_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const FRENCH_MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

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

/// An instant as a reader of that language writes it, in UTC; a script shows the reader's own time.
pub(super) fn date(language: Language, at: Timestamp) -> String {
    let date = at.date();
    let (hour, minute, _) = date.to_hms();
    let month = usize::from(u8::from(date.month())) - 1;
    match language {
        Language::English => {
            format!(
                "{} {} {}, {hour:02}:{minute:02} UTC",
                date.day(),
                ENGLISH_MONTHS[month],
                date.year()
            )
        }
        Language::French => {
            let day = if date.day() == 1 { "1er".into() } else { date.day().to_string() };
            format!("{day} {} {} à {hour:02}:{minute:02} UTC", FRENCH_MONTHS[month], date.year())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_there_in_both_languages_with_the_same_places() {
        let (english, french) =
            (Texts::of(Language::English).all(), Texts::of(Language::French).all());
        let places = |text: &str| text.matches("{}").count();
        for ((name, en), (_, fr)) in english.into_iter().zip(french) {
            assert!(!en.is_empty() && !fr.is_empty(), "{name}");
            assert_eq!(places(en), places(fr), "{name}");
            let same = ["code", "sessions", "secret"].contains(&name);
            assert_eq!(en == fr, same, "{name}: {en}");
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

    #[test]
    fn dates_are_written_as_each_language_does() {
        let at = Timestamp::from_millis(1_750_936_113_726);
        assert_eq!(date(Language::English, at), "26 June 2025, 11:08 UTC");
        assert_eq!(date(Language::French, at), "26 juin 2025 à 11:08 UTC");
        assert_eq!(
            date(Language::French, "2026-08-01T00:00:00Z".parse().unwrap()),
            "1er août 2026 à 00:00 UTC"
        );
    }
}
