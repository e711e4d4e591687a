//! German, with “du”.

use super::{Dates, Events, Exports, Mails, Texts, Words};

pub(super) const WORDS: Words = Words {
    tag: "de",
    name: "Deutsch",
    decimal_point: ",",
    byte: "B",
    dates: Dates {
        months: [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
        first_day: "1",
        pattern: "{day}. {month} {year} um {time} UTC",
        just_now: "gerade eben",
        minutes_ago: ["vor {} Minute", "vor {} Minuten"],
        hours_ago: ["vor {} Stunde", "vor {} Stunden"],
        days_ago: ["vor einem Tag", "vor {} Tagen"],
    },
    pages: PAGES,
    mails: MAILS,
    events: EVENTS,
    exports: EXPORTS,
};

const PAGES: Texts = Texts {
    log_in: "Anmelden",
    username: "Benutzername",
    identifier: "Benutzername oder E-Mail",
    password: "Passwort",
    show: "Zeigen",
    hide: "Verbergen",
    show_password: "Passwort zeigen",
    one_more_step: "Noch ein Schritt",
    code_from_app: "Code aus deiner Authenticator-App",
    code_from_mail: "Code aus deiner E-Mail",
    code_from_either: "Code aus deiner Authenticator-App oder E-Mail",
    code_hint: "Sechs Ziffern, oder einer deiner Ersatzcodes.",
    logging_in_as: "Du meldest dich an als",
    no_factor_at_hand: "Kein Handy und keine Codes?",
    continue_: "Weiter",
    use_another_account: "Ein anderes Konto verwenden",
    mail_a_code: "Code per E-Mail schicken",
    code_mailed: "Ein Code ist auf dem Weg in dein Postfach.",
    code_delayed: "Der Mailserver nimmt gerade keine E-Mails an. Dein Code wird verschickt, sobald \
        er es wieder tut.",
    wrong_login: "Der Benutzername oder das Passwort ist falsch.",
    no_code: "Das kann kein Code sein: Ein Code hat sechs Ziffern, ein Ersatzcode zehn Buchstaben \
        und Ziffern.",
    wrong_code: "Dieser Code ist falsch, abgelaufen oder schon verwendet worden.",
    wrong_app_code: "Dieser Code ist falsch, abgelaufen oder schon verwendet worden. Die Uhr des \
        Servers zeigt {}; deine auch?",
    too_many_before: "Zu viele Versuche. Versuch es wieder in",
    minute: "1 Minute",
    minutes: "{} Minuten",
    busy: "Der Server ist ausgelastet. Versuch es gleich noch einmal.",
    unreachable: "Der Server ist nicht erreichbar. Prüfe deine Verbindung und versuch es noch \
        einmal.",
    server_error: "Auf dem Server ist etwas schiefgegangen. Versuch es später noch einmal.",
    form_expired: "Diese Seite war zu alt zum Absenden. Versuch es noch einmal.",
    form_without_cookie: "Diese Seite braucht Cookies, und dein Browser hat keine zurückgeschickt. \
        Erlaube Cookies für diese Adresse und versuch es noch einmal.",
    form_over_http: "Diese Seite wurde über http geöffnet, wo Browser ihre Cookies nicht behalten. \
        Öffne sie über https:",
    form_of_other_address: "Das kam von einer anderen Adresse als der dieses Servers. Öffne diese:",
    form_of_other_user: "Seit diese Seite geöffnet wurde, hat sich jemand anderes angemeldet. Sieh \
        sie dir noch einmal an, bevor du sie abschickst.",
    login_replaced: "In diesem Browser hat inzwischen eine andere Anmeldung begonnen. Melde dich \
        noch einmal an.",
    login_expired: "Das hat zu lange gedauert. Melde dich noch einmal an.",
    suspended: "Dieses Konto ist gesperrt.",
    suspended_until: "Dieses Konto ist gesperrt bis {}.",
    suspension_reason: "Grund: {}",
    logged_out: "Du bist abgemeldet.",
    log_out_question: "Möchtest du dich in diesem Browser abmelden?",
    contact: "Kontakt",
    session_expired: "Deine Sitzung ist beendet. Melde dich wieder an.",
    unknown_front: "Nach der Anmeldung führt dieser Server nicht weiter zu {}. Sein Betreiber kann \
        das mit server.allowed_origins erlauben.",
    logged_in: "Du bist angemeldet",
    continue_to: "Weiter zu",
    not_found: "Hier ist nichts",
    not_found_text: "Diese Adresse gibt es auf diesem Server nicht.",
    to_start: "Zur Startseite",
    not_done: "Das hat nicht geklappt",
    go_back: "Zurück",
    wrong_method: "Diese Adresse nimmt nicht an, was dein Browser geschickt hat. Öffne die Seite \
        noch einmal.",
    too_large: "Was dein Browser geschickt hat, ist größer, als dieser Server annimmt.",
    wrong_media_type: "Dein Browser oder etwas unterwegs hat das in einer Form geschickt, die der \
        Server nicht liest. Öffne die Seite noch einmal.",
    too_slow: "Es hat zu lange gedauert, bis alles angekommen war. Prüfe deine Verbindung und \
        versuch es noch einmal.",
    unreadable: "Der Server konnte nicht lesen, was dein Browser geschickt hat. Öffne die Seite \
        noch einmal.",
    create_account: "Konto erstellen",
    have_account: "Ich habe ein Konto",
    username_hint: "3 bis 16 Zeichen aus a–z, 0–9, _,\u{a0}.\u{a0}und\u{a0}-, und \
        nicht nur Ziffern.",
    email_optional: "E-Mail-Adresse (freiwillig)",
    email_hint: "Für Codes, und um dich bei neuen Geräten zu warnen.",
    password_hint: "Mindestens {} Zeichen.",
    invitation_for: "Diese Einladung ist für",
    registration_closed: "Besucher können hier keine Konten erstellen.",
    invitation_needed: "Um hier ein Konto zu erstellen, brauchst du den Link einer Einladung.",
    invitation_over: "Diese Einladung ist schon verwendet worden oder zu alt.",
    forgotten_password: "Passwort vergessen?",
    reset_text: "Gib deinen Benutzernamen oder deine E-Mail-Adresse ein. Ein Link für ein neues \
        Passwort geht an die bestätigte Adresse deines Kontos.",
    username_or_email: "Benutzername oder E-Mail-Adresse",
    mail_password_link: "Link per E-Mail schicken",
    password_link_requested: "Wenn ein Konto diesen Namen oder diese Adresse hat, ist eine E-Mail \
        unterwegs. Sie kann eine Minute brauchen oder im Spam-Ordner liegen.",
    reset_help: "Es kommt keine E-Mail, oder dein Konto hat keine Adresse?",
    reset_by_operator: "Dieser Server verschickt keine E-Mails und deshalb auch keinen Link für \
        ein neues Passwort.",
    password_link_over: "Dieser Link gilt nicht mehr. Er gilt nur einmal und für begrenzte Zeit, \
        und ein neuerer Link ersetzt den älteren.",
    set_password: "Neues Passwort festlegen",
    set_password_for: "Für das Konto",
    set_password_text: "Danach sind alle Geräte abgemeldet, und du meldest dich mit dem neuen \
        Passwort an.",
    password_reset: "Dein neues Passwort ist gespeichert. Melde dich damit an.",
    ask_operator: "Frag den Betreiber des Servers.",
    ask_operator_at: "Frag hier: {}",
    username_taken: "Ein anderes Konto hat diesen Benutzernamen.",
    bad_username: "Der Benutzername muss aus 3 bis 16 Zeichen bestehen, aus a–z, 0–9, _, . und -, \
        und nicht nur aus Ziffern.",
    terms: "Nutzungsbedingungen",
    privacy: "Datenschutz",
    rules: "Regeln",
    your_account: "Dein Konto",
    on_this_page: "Auf dieser Seite",
    security: "Anmeldung und Sicherheit",
    administrator: "Administrator",
    moderator: "Moderator",
    world_creator: "Kann Welten erstellen",
    log_out: "Abmelden",
    change: "Ändern",
    save: "Speichern",
    saved: "Dein Profil ist gespeichert.",
    profile: "Profil",
    display_name: "Anzeigename",
    display_hint: "1 bis 50 Zeichen.",
    pronoun: "Pronomen",
    pronoun_hint: "Höchstens 32 Zeichen.",
    bio: "Über dich",
    bio_hint: "Höchstens 4096 Zeichen.",
    links: "Links",
    links_hint: "Höchstens 10. Leere eine Adresse, um ihren Link zu entfernen.",
    link_label: "Link {}: Bezeichnung",
    link_url: "Link {}: Adresse",
    link_label_example: "Bezeichnung (optional)",
    language: "Sprache",
    picture: "Profilbild",
    change_picture: "Dein Profilbild ändern",
    picture_hint: "PNG, JPEG, GIF oder WebP, höchstens {} und 4096 Pixel je Seite.",
    upload: "Hochladen",
    remove_picture: "Profilbild entfernen",
    picture_saved: "Dein Profilbild ist geändert.",
    picture_removed: "Dein Profilbild ist entfernt.",
    picture_too_large: "Diese Datei ist größer als {}. Wähle ein kleineres Bild.",
    picture_of_too_many_pixels: "Dieses Bild hat {} Pixel. Wähle eines mit höchstens 4096 × 4096.",
    not_a_picture: "Diese Datei ist kein Bild. Wähle ein PNG, JPEG, GIF oder WebP.",
    picture_of_other_format: "Das ist ein Bild im Format {}, das hier nicht geht. Speichere es als \
        PNG, JPEG, GIF oder WebP.",
    broken_picture: "Dieses Bild ist beschädigt und nicht lesbar. Wähle ein anderes, oder \
        speichere es noch einmal.",
    no_picture: "Wähle zuerst ein Bild aus.",
    not_allowed: "Das darfst du nicht.",
    page_outdated: "Es ist nicht mehr so, wie die Seite es gezeigt hat. Sieh noch einmal nach.",
    setup_expired: "Die Einrichtung hat vor zu langer Zeit begonnen. Richte die App noch einmal \
        ein.",
    bad_display: "Der Anzeigename muss 1 bis 50 Zeichen lang sein.",
    bad_pronoun: "Das Pronomen darf höchstens 32 Zeichen lang sein.",
    bad_bio: "Der Text darf höchstens 4096 Zeichen lang sein.",
    bad_links: "Ein Link braucht eine Adresse, die mit https:// oder http:// beginnt und keine \
        Leerzeichen hat, und eine Bezeichnung von höchstens 32 Zeichen.",
    new_username: "Neuer Benutzername",
    rename_text: "Du meldest dich dann mit dem neuen Namen an. Deine Geräte bleiben angemeldet, \
        und andere Spieler sehen den neuen Namen. Der alte wird für andere frei.",
    username_changed: "Dein Benutzername ist geändert.",
    email: "E-Mail-Adresse",
    no_email: "Noch keine Adresse. Füge eine hinzu, damit du vor neuen Geräten gewarnt wirst.",
    add: "Hinzufügen",
    verified: "bestätigt",
    not_verified: "noch nicht bestätigt",
    mail_a_link: "Link schicken",
    link_mailed: "Ein Link ist auf dem Weg in dein Postfach.",
    link_delayed: "Der Mailserver nimmt gerade keine E-Mails an. Dein Link wird verschickt, sobald \
        er es wieder tut.",
    new_email: "Neue Adresse",
    bad_email: "Diese E-Mail-Adresse kann nicht verwendet werden.",
    email_taken: "Ein anderes Konto hat diese Adresse.",
    email_in_use_as_factor: "An diese Adresse gehen Codes: Schalte zuerst die Codes per E-Mail \
        aus.",
    email_changed: "Die Adresse ist geändert.",
    email_changed_link_mailed: "Die Adresse ist geändert. Ein Link, der sie bestätigt, ist auf dem \
        Weg in dein Postfach.",
    email_changed_link_delayed: "Die Adresse ist geändert. Der Mailserver nimmt gerade keine \
        E-Mails an: Der Link, der sie bestätigt, wird verschickt, sobald er es wieder tut.",
    email_changed_link_later: "Die Adresse ist geändert, aber es wurde kein Link verschickt, der \
        sie bestätigt, denn gerade eben ging schon einer hinaus. Fordere in einer Minute einen \
        neuen an.",
    email_changed_link_refused: "Die Adresse ist geändert, aber es konnte kein Link verschickt \
        werden, der sie bestätigt. Prüfe die Adresse. Stimmt sie?",
    address_refused: "Der Mailserver lehnt deine Adresse ab, deshalb wurde nichts verschickt. \
        Prüfe die Adresse. Stimmt sie?",
    mail_refused: "Es konnte keine E-Mail verschickt werden.",
    mail_off: "Dieser Server verschickt zurzeit keine E-Mails. Nimm einen Ersatzcode. Ist keiner \
        mehr da?",
    mail_off_no_link: "Dieser Server verschickt keine E-Mails, also auch keinen Link, der die \
        Adresse bestätigt.",
    no_code_mailed: "In deinem Postfach ist gerade kein gültiger Code. Fordere einen neuen an, \
        oder nimm einen Ersatzcode.",
    confirm_address: "Adresse bestätigen",
    confirm_address_text: "Bestätige, dass diese Adresse dir gehört.",
    confirm: "Bestätigen",
    address_confirmed: "Deine Adresse ist bestätigt.",
    address_confirmed_before: "Diese Adresse ist schon bestätigt. Du musst nichts mehr tun.",
    link_expired: "Dieser Link ist schon verwendet worden oder zu alt. Fordere auf deiner \
        Kontoseite einen neuen an.",
    current_password: "Aktuelles Passwort",
    new_password: "Neues Passwort",
    new_password_hint: "Mindestens {} Zeichen. Alle anderen Geräte werden abgemeldet.",
    bad_password: "Das neue Passwort muss {} bis 128 Zeichen lang sein.",
    common_password: "Das ist eines der Passwörter, die zuerst ausprobiert werden. Wähle ein \
        anderes.",
    one_character_password: "Das ist immer wieder dasselbe Zeichen. Wähle ein anderes Passwort.",
    name_as_password: "Das ist dein Name, oder fast, und wird zuerst ausprobiert. Wähle ein \
        anderes Passwort.",
    email_as_password: "Das ist deine E-Mail-Adresse, oder fast, und wird zuerst ausprobiert. \
        Wähle ein anderes Passwort.",
    title_as_password: "Das ist der Name dieses Servers, oder fast, und wird zuerst ausprobiert. \
        Wähle ein anderes Passwort.",
    wrong_password: "Das aktuelle Passwort ist falsch.",
    password_changed: "Das Passwort ist geändert, und alle anderen Geräte sind abgemeldet.",
    last_change: "Zuletzt geändert: {}",
    no_password: "Noch keines",
    no_password_to_type: "Dein Konto hat noch kein Passwort. Lege zuerst eines \
        fest, unter „Passwort“.",
    no_password_text: "Dein Konto kam ohne Passwort von einem anderen Server. Fordere hier einen \
        Link an und lege eines fest.",
    code_of_app: "Code aus deiner App, oder ein Ersatzcode",
    code_of_mail: "Code aus deiner E-Mail, oder ein Ersatzcode",
    code_of_either: "Code aus deiner App oder E-Mail, oder ein Ersatzcode",
    code_beside_passkey: "Ersatzcode oder ein Code von einem Passkey",
    code_required: "Gib einen Code deines zweiten Faktors ein.",
    mailed_code_required: "Ein Code ist auf dem Weg in dein Postfach. Füll das Formular noch \
        einmal aus, mit dem Code.",
    delayed_code_required: "Dafür brauchst du einen Code, und der Mailserver nimmt gerade keine \
        E-Mails an. Der Code wird verschickt, sobald er es wieder tut: Füll das Formular dann noch \
        einmal aus, mit dem Code. Ein Ersatzcode geht sofort.",
    app: "Authenticator-App",
    app_text: "Fragt zusätzlich zum Passwort nach einem Code aus einer App.",
    mail_codes: "Codes per E-Mail",
    mail_codes_text: "Fragt zusätzlich zum Passwort nach einem Code aus einer E-Mail.",
    mail_code_to: "Code an {} schicken",
    app_on: "an",
    app_off: "aus",
    mail_codes_on: "an",
    mail_codes_off: "aus",
    set_up: "Einrichten",
    switch_on: "Einschalten",
    switch_off: "Ausschalten",
    app_disabled: "Die Authenticator-App ist jetzt aus, und alle anderen Geräte sind abgemeldet.",
    mail_codes_enabled: "Codes per E-Mail sind jetzt an.",
    mail_codes_disabled: "Codes per E-Mail sind jetzt aus, und alle anderen Geräte sind \
        abgemeldet.",
    set_up_app: "Authenticator-App einrichten",
    scan: "Scanne das mit einer Authenticator-App, oder gib den geheimen Schlüssel darin ein:",
    apps: "Noch keine App? Es gibt zum Beispiel Aegis, 2FAS, Google Authenticator und Microsoft \
        Authenticator, und viele Passwortmanager können es auch.",
    qr_code: "QR-Code",
    secret: "Geheimer Schlüssel",
    open_app: "App öffnen",
    first_code: "Der Code, den die App jetzt zeigt",
    mail_needs_address: "Für Codes per E-Mail brauchst du eine bestätigte Adresse.",
    log_in_by_passkey: "Mit einem Passkey anmelden",
    use_passkey: "Passkey verwenden",
    passkeys: "Passkeys",
    passkeys_text: "Damit meldest du dich mit Fingerabdruck, Gesicht oder PIN an, ohne Passwort.",
    passkeys_off: "Dieser Server nimmt zurzeit keine Passkeys an.",
    add_passkey: "Passkey hinzufügen",
    passkey_name: "Name des Passkeys",
    passkey_name_hint: "Damit du ihn wiedererkennst. Lass das Feld leer, dann heißt er wie die \
        App, die ihn aufbewahrt.",
    passkey_needs_script: "Dafür brauchst du JavaScript und einen Browser, der unter dieser \
        Adresse Passkeys verwenden kann.",
    passkey_synced: "synchronisiert",
    passkey_since: "Hinzugefügt",
    passkey_last_used: "zuletzt benutzt",
    passkey_never_used: "noch nicht benutzt",
    passkey_of_elsewhere: "Für eine andere Adresse: {}",
    rename: "Umbenennen",
    remove: "Entfernen",
    passkey_removal: "Er öffnet dein Konto dann nicht mehr, und alle anderen Geräte werden \
        abgemeldet. Lösche ihn auch in der App, die ihn aufbewahrt.",
    passkey_added: "Dein Passkey ist hinzugefügt. Ab jetzt kannst du dich damit anmelden.",
    passkey_renamed: "Der Passkey ist umbenannt.",
    passkey_removed: "Der Passkey ist entfernt, und alle anderen Geräte sind abgemeldet.",
    last_passkey_removal: "Es ist dein letzter: Nach dem Passwort wird dann kein Passkey mehr \
        verlangt.",
    last_passkey_removed: "Dein letzter Passkey ist entfernt, und nach dem Passwort wird \
        keiner mehr verlangt. Alle anderen Geräte sind abgemeldet.",
    passkey_unused: "Es wurde kein Passkey verwendet, und nichts hat sich geändert. Versuch es \
        noch einmal, oder nimm dein Passwort.",
    passkey_unused_code: "Es wurde kein Passkey verwendet, und nichts hat sich geändert. Versuch \
        es noch einmal, oder gib einen Code ein.",
    passkey_not_added: "Es wurde kein Passkey hinzugefügt, und nichts hat sich geändert. Du kannst \
        es noch einmal versuchen.",
    passkey_known: "Auf diesem Gerät gibt es schon einen Passkey für dein Konto.",
    passkey_elsewhere: "Passkeys funktionieren unter dieser Adresse nicht. Öffne stattdessen {}.",
    passkey_expired: "Das hat zu lange gedauert, oder die Seite war zu alt. Versuch es noch \
        einmal.",
    passkey_unknown: "Dieser Passkey öffnet hier kein Konto. Nimm einen anderen oder dein \
        Passwort; danach kannst du auf deiner Kontoseite einen neuen hinzufügen.",
    passkey_of_other: "Dieser Passkey gehört zu einem anderen Konto. Nimm einen von diesem Konto.",
    passkey_unfit: "Dieser Server kann mit diesem Passkey nichts anfangen. Versuch es mit einem \
        anderen Gerät oder einer anderen App.",
    passkey_factor: "Nach dem Passwort einen Passkey oder einen Code verlangen",
    passkey_factor_on: "an",
    passkey_factor_off: "aus",
    passkey_factor_text: "Damit dein Passwort allein dein Konto nicht öffnet.",
    passkey_factor_vr: "VR-Clients können keinen Passkey verwenden. Dort gibst du stattdessen \
        einen Code ein: aus „Code für ein anderes Gerät“ auf dieser Seite, aus einer \
        Authenticator-App, oder einen deiner Ersatzcodes. Alle anderen Geräte werden abgemeldet.",
    passkey_factor_enabled: "Ab jetzt wird nach dem Passwort ein Passkey oder ein Code verlangt. \
        Alle anderen Geräte sind abgemeldet.",
    passkey_factor_disabled: "Nach dem Passwort wird kein Passkey mehr verlangt. Alle anderen \
        Geräte sind abgemeldet.",
    device_code: "Code für ein anderes Gerät",
    device_code_text: "Für einen VR-Client oder ein Gerät ohne diesen Passkey, wenn dort nach dem \
        Passwort ein Code verlangt wird.",
    get_code: "Code holen",
    device_code_how: "Gib ihn auf dem anderen Gerät ein, wo nach dem Passwort ein Code verlangt \
        wird. Er wird nicht noch einmal angezeigt.",
    device_code_once: "Er gilt nur einmal und nur noch",
    device_code_until: "Gültig bis",
    too_many_passkeys: "Du hast 20 Passkeys, mehr gehen nicht. Entferne einen, den du nicht mehr \
        brauchst.",
    passkey_added_before: "Dieser Passkey wurde schon hinzugefügt.",
    bad_passkey_name: "Der Name muss 1 bis 64 Zeichen lang sein und in eine Zeile passen.",
    password_needed: "Deine Anmeldung ist länger als zehn Minuten her. Gib auch dein jetziges \
        Passwort ein.",
    recovery_codes: "Ersatzcodes",
    recovery_codes_text: "Für den Fall, dass du keinen anderen Code hast.",
    codes_left: "noch {}",
    new_codes: "Neue Codes erstellen",
    codes_waiting: "Deine neuen Ersatzcodes sind noch nicht gesichert.",
    show_codes: "Codes zeigen",
    codes_text: "Jeder dieser Codes lässt dich einmal hinein, wenn du keinen anderen hast. Sie \
        werden nur jetzt gezeigt: Bewahre sie in einem Passwortmanager oder auf Papier auf.",
    codes_saved: "Ich habe sie gesichert",
    copy: "Kopieren",
    copied: "Kopiert",
    download: "Herunterladen",
    print: "Drucken",
    done: "Fertig",
    devices: "Geräte",
    this_session: "dieses Gerät",
    unknown_device: "Unbekanntes Gerät",
    program_on_system: "{program} unter {system}",
    end: "Abmelden",
    end_session_of: "Gerät abmelden:",
    end_all_others: "Alle anderen Geräte abmelden",
    session_ended: "Das Gerät ist abgemeldet.",
    sessions_ended: "Alle anderen Geräte sind abgemeldet.",
    older_sessions: "und {}, die länger nicht benutzt wurden",
    recent_activity: "Letzte Aktivität",
    all_activity: "Mehr zeigen",
    older_activity: "Ältere",
    by_operator: "durch den Betreiber des Servers",
    by_server: "durch den Server",
    times: "{}-mal",
    activity_text: "Was auf deinem Konto geschah, das Neueste zuerst. Wenn etwas nicht von dir \
        war, ändere dein Passwort.",
    data_and_leaving: "Deine Daten",
    download_data: "Meine Daten herunterladen",
    download_data_text: "Eine Datei mit allem, was über dich gespeichert ist: Profil, Bilder, \
        Geräte und Aktivität. Menschen und Programme können sie lesen. Passwörter stehen nicht \
        darin.",
    last_administrator: "Du bist der letzte Administrator dieses Servers, darum kann dein Konto \
        nicht gelöscht werden. Mach zuerst ein anderes Konto zum Administrator.",
    delete_account: "Dein Konto löschen",
    delete: "Löschen",
    delete_text: "Dein Konto, deine Bilder und alle deine Sitzungen sind sofort weg, und jemand \
        anderes kann deinen Namen nehmen. Das ist endgültig: Niemand kann es rückgängig machen.",
    delete_code_hint: "Lass es leer, um einen per E-Mail zu bekommen.",
    delete_for_good: "Endgültig löschen",
    account_deleted: "Dein Konto ist gelöscht",
    account_deleted_text: "Dein Konto ist weg, mit allem, was darin war, und alle Geräte sind \
        abgemeldet. Sicherungen des Servers können es noch eine Weile enthalten. Danke, dass du \
        hier warst.",
    back: "Zurück zu deinem Konto",
    set_up_login: "Richte deine Anmeldecodes ein",
    set_up_login_text: "Dieses Konto braucht außer deinem Passwort auch einen Code. Richte das \
        jetzt ein: Es dauert eine Minute.",
    set_up_and_log_in: "Einrichten und anmelden",
    use_mail_codes: "Codes lieber per E-Mail bekommen",
    use_an_app: "Lieber eine Authenticator-App benutzen",
    set_up_mail_text: "Für jede Anmeldung schicken wir dir einen Code. Er geht an",
    factor_demanded: "Dein Konto muss einen zweiten Faktor haben. Richte einen anderen ein, \
        bevor du diesen ausschaltest.",
    factor_grace: "Dein Konto braucht einen zweiten Faktor. Richte ihn vor dem {} ein; danach \
        kannst du dich ohne ihn nicht mehr anmelden.",
    address_to_confirm: "Zu bestätigende Adresse:",
    unconfirmed_before: "Ein Link ist unterwegs an",
    unconfirmed_after: ". Öffne ihn, um deine Adresse zu bestätigen, und melde dich dann an.",
    unconfirmed_hint: "Keine E-Mail? Sieh im Spam-Ordner nach, oder lass den Link noch einmal \
        schicken.",
    address_wrong: "Ist die Adresse falsch?",
    mail_link_again: "Link noch einmal schicken",
    email_required_hint: "Wir schicken einen Link dorthin. Öffne ihn, bevor du dich zum ersten \
        Mal anmeldest.",
};

const MAILS: Mails = Mails {
    hello: "Hallo,",
    hello_name: "Hallo {name},",
    labelled: "{label}: {value}",
    code_subject: "Dein Code für {title}",
    code_place: "Gib diesen Code ein, wo {title} danach fragt:",
    code_lifetime: "Er gilt zehn Minuten lang und nur einmal.",
    code_not_asked: "Wenn du ihn nicht angefordert hast, kennt vielleicht jemand dein Passwort: \
        Ändere es und melde alle anderen Geräte ab.",
    confirmation_subject: "Bestätige deine Adresse für {title}",
    confirmation_reason: "Diese Adresse wurde für dein Konto bei {address} angegeben. Wenn du das \
        warst, bestätige sie.",
    confirmation_button: "Diese Adresse bestätigen",
    confirmation_lifetime: "Der Link gilt 24 Stunden lang und nur einmal. Wenn du das nicht warst, \
        musst du nichts tun: Die Adresse bleibt unbestätigt.",
    invitation_subject: "Eine Einladung zu {title}",
    invitation_reason: "Du kannst bei {title} ({address}) ein Konto erstellen.",
    invitation_button: "Konto erstellen",
    invitation_not_expected: "Der Link ist für diese Adresse. Wenn du ihn nicht erwartest, musst \
        du nichts tun.",
    password_link_subject: "Ein neues Passwort für {title}",
    password_link_reason: "Für das Konto {username} bei {title} ({address}) wurde ein neues \
        Passwort angefordert. Wenn du das warst, leg es jetzt fest.",
    password_link_button: "Neues Passwort festlegen",
    password_link_lifetime: "Der Link gilt eine Stunde lang und nur einmal. Bis dahin gilt dein \
        bisheriges Passwort weiter.",
    password_link_not_asked: "Wenn du das nicht warst, musst du nichts tun: Dein Passwort bleibt, \
        wie es ist.",
    no_link_subject: "Dein Passwort für {title}",
    no_link_unconfirmed: "Für ein Konto bei {title} ({address}) mit dieser Adresse wurde ein neues \
        Passwort angefordert. Die Adresse wurde nie bestätigt, deshalb kann kein Link an sie \
        geschickt werden.",
    no_link_suspended: "Für dein Konto bei {title} ({address}) wurde ein neues Passwort \
        angefordert. Das Konto ist gesperrt, deshalb wird kein Link verschickt.",
    no_link_suspended_until: "Für dein Konto bei {title} ({address}) wurde ein neues Passwort \
        angefordert. Das Konto ist bis {time} gesperrt, vorher wird kein Link verschickt.",
    no_link_not_asked: "Wenn du das nicht warst, musst du nichts tun.",
    help_at: "Hilfe bekommst du hier: {contact}",
    help_of_operator: "Bitte den Betreiber des Servers um Hilfe.",
    notice_subject: "{title}: {event}",
    open_account: "Dein Konto öffnen",
    old_username_label: "Alter Benutzername",
    new_username_label: "Neuer Benutzername",
    time_label: "Wann",
    device_label: "Gerät",
    ip_label: "IP-Adresse",
    not_you: "Wenn du das nicht warst, ändere sofort dein Passwort und melde alle anderen Geräte \
        ab.",
    not_you_password: "Wenn du das nicht warst, leg sofort ein neues Passwort fest.",
    not_you_passkey: "Wenn du das nicht warst, entferne diesen Passkey sofort auf deiner \
        Kontoseite, was alle anderen Geräte abmeldet, und ändere dein Passwort: Das neue Passwort \
        allein hält den Passkey nicht auf.",
    not_you_deleted: "Wenn du das nicht warst, sag dem Betreiber von {title} schnell Bescheid: \
        Vielleicht ist es noch in einer Sicherung.",
    notice_ask: "Wenn du Hilfe brauchst, frag den Betreiber von {title}.",
    notice_ask_at: "Wenn du Hilfe brauchst, frag hier: {contact}",
    operator_did_it: "Das war der Betreiber von {title}.",
    operator_ask: "Wenn du nicht weißt, warum, frag ihn.",
    operator_ask_at: "Wenn du nicht weißt, warum, frag hier: {contact}",
    test_subject: "{title} kann E-Mails verschicken",
    test_text: "Das ist ein Test der Mail-Einstellungen von {title} ({address}). Er ist \
        angekommen.",
    account_deleted: "Dein Konto wurde gelöscht",
    account_deleted_meaning: "Alles, was in deinem Konto war, ist endgültig weg.",
    account_renamed: "Dein Benutzername wurde geändert",
    account_renamed_meaning: "Melde dich ab jetzt mit dem neuen Namen oder mit deiner \
        E-Mail-Adresse an. Dein Passwort bleibt gleich.",
    account_exported: "Deine Daten wurden heruntergeladen",
    account_exported_meaning: "In der Datei steht alles, was über dich gespeichert ist: Profil, \
        Bilder, Geräte und Aktivitäten.",
    password_changed: "Dein Passwort wurde geändert",
    password_changed_meaning: "Für dein Konto gilt ab jetzt ein neues Passwort, und alle anderen \
        Geräte sind abgemeldet.",
    password_given: "Das alte Passwort gilt nicht mehr, und alle deine Geräte sind abgemeldet. \
        Melde dich mit dem neuen an, das der Betreiber dir gibt, und wähle dann ein eigenes.",
    password_reset: "Ein neues Passwort wurde über einen Link festgelegt",
    password_reset_meaning: "Für dein Konto gilt ab jetzt ein neues Passwort, und alle Geräte sind \
        abgemeldet.",
    email_changed: "Deine E-Mail-Adresse wurde geändert",
    email_changed_meaning: "E-Mails zu deinem Konto kommen ab jetzt nicht mehr an diese Adresse.",
    session_opened_elsewhere: "Neues Gerät in deinem Konto",
    session_opened_elsewhere_meaning: "Jemand hat sich von einem Gerät bei deinem Konto \
        angemeldet, das bisher nicht bekannt war.",
    totp_enabled: "Eine Authenticator-App wurde eingerichtet",
    totp_enabled_meaning: "Ab jetzt brauchst du beim Anmelden neben deinem Passwort einen Code aus \
        der App.",
    totp_disabled: "Die Authenticator-App wurde ausgeschaltet",
    totp_disabled_meaning: "Beim Anmelden brauchst du keinen Code aus der App mehr.",
    email_factor_enabled: "Codes per E-Mail wurden eingeschaltet",
    email_factor_enabled_meaning: "Ab jetzt brauchst du beim Anmelden neben deinem Passwort einen \
        Code, der an diese Adresse geschickt wird.",
    email_factor_disabled: "Codes per E-Mail wurden ausgeschaltet",
    email_factor_disabled_meaning: "Beim Anmelden brauchst du keinen Code aus einer E-Mail mehr.",
    passkey_added: "Ein Passkey wurde hinzugefügt",
    passkey_added_meaning: "Mit diesem Passkey kannst du dich ab jetzt ohne Passwort anmelden.",
    passkey_removed: "Ein Passkey wurde entfernt",
    passkey_removed_meaning: "Er öffnet dein Konto nicht mehr, und alle anderen Geräte sind \
        abgemeldet. Dein Passwort bleibt, wie es ist.",
    passkey_cloned: "Eine Kopie deines Passkeys wurde abgelehnt",
    passkey_cloned_meaning: "Ein Passkey, der sich nicht kopieren lässt, wurde so verwendet, als \
        wäre er kopiert: Sein Zähler ist nicht gestiegen. Die Anmeldung wurde abgelehnt. Entferne \
        diesen Passkey auf deiner Kontoseite und füge einen neuen hinzu.",
    passkey_factor_enabled: "Nach dem Passwort wird jetzt ein Passkey oder ein Code verlangt",
    passkey_factor_enabled_meaning: "Ab jetzt brauchst du beim Anmelden mit deinem Passwort auch \
        einen Passkey oder einen Code.",
    passkey_factor_disabled: "Nach dem Passwort wird kein Passkey mehr verlangt",
    passkey_factor_disabled_meaning: "Beim Anmelden mit deinem Passwort brauchst du keinen Passkey \
        mehr.",
    recovery_code_used: "Ein Ersatzcode wurde verwendet",
    recovery_code_used_meaning: "Jeder Ersatzcode gilt nur einmal. Auf deiner Kontoseite siehst \
        du, wie viele übrig sind.",
    recovery_codes_renewed: "Neue Ersatzcodes wurden erstellt",
    recovery_codes_renewed_meaning: "Deine alten Ersatzcodes gelten nicht mehr.",
};

const EVENTS: Events = Events {
    account_created: "Konto erstellt",
    account_imported: "Konto vom früheren Server übernommen",
    account_renamed: "Benutzername geändert",
    account_disabled: "Konto gesperrt",
    account_enabled: "Sperre aufgehoben",
    account_exported: "Daten heruntergeladen",
    password_changed: "Passwort geändert",
    password_link_made: "Link für ein neues Passwort erstellt",
    password_reset: "Passwort über einen Link gesetzt",
    email_changed: "E-Mail-Adresse geändert",
    email_confirmed: "E-Mail-Adresse bestätigt",
    email_unconfirmed: "E-Mail-Adresse nicht mehr bestätigt",
    profile_changed: "Profil geändert",
    presence_changed: "Status geändert",
    tags_changed: "Rollen oder Rechte geändert",
    rank_changed: "Rang geändert",
    admin_changed: "Administratorrechte geändert",
    login_failed: "Fehlgeschlagene Anmeldung",
    session_opened: "Anmeldung",
    session_opened_elsewhere: "Anmeldung von einem neuen Gerät",
    session_ended: "Gerät abgemeldet",
    sessions_ended: "Andere Geräte abgemeldet",
    totp_enabled: "Authenticator-App eingerichtet",
    totp_disabled: "Authenticator-App ausgeschaltet",
    email_factor_enabled: "Codes per E-Mail eingeschaltet",
    email_factor_disabled: "Codes per E-Mail ausgeschaltet",
    passkey_added: "Passkey hinzugefügt",
    passkey_renamed: "Passkey umbenannt",
    passkey_removed: "Passkey entfernt",
    passkey_cloned: "Kopie eines Passkeys abgelehnt",
    passkey_factor_enabled: "Passkey als zweiter Faktor eingeschaltet",
    passkey_factor_disabled: "Passkey als zweiter Faktor ausgeschaltet",
    recovery_code_used: "Ersatzcode verwendet",
    recovery_codes_renewed: "Neue Ersatzcodes erstellt",
    recovery_codes_lost: "Ersatzcodes nicht mehr gültig",
    code_issued: "Anmeldecode ausgegeben",
    lockout_cleared: "Blockierung aufgehoben",
};

const EXPORTS: Exports = Exports {
    about: "Alles, was diese Nox-Instanz über ein Konto speichert. Zeiten sind Millisekunden \
        seit 1970-01-01T00:00:00Z; null bedeutet, dass es keinen Wert gibt. Passwörter, \
        Schlüssel, Codes und ihre Hashes sind geheim und stehen nicht in dieser Datei. \
        Sicherungen der Instanz können ältere Stände enthalten, bis sie gelöscht werden.",
    account: "Das Profil, wie sein Besitzer es sieht: Namen, Adresse, Links, Tags, Rang.",
    suspension: "Ob ein Betreiber das Konto gesperrt hat: bis wann und warum; sonst null.",
    second_factors: "Nach welchen zweiten Faktoren eine Anmeldung fragt. Ihre Geheimnisse werden \
        nicht exportiert.",
    passkeys: "Die Passkeys, mit denen man sich anmeldet: ihre Namen und was über ihre Geräte \
        bekannt ist. Ihre Schlüssel werden nicht exportiert; der geheime Teil verlässt das \
        Gerät nie.",
    email_confirmations: "Adressen, an die ein Link geschickt wurde, der noch zu öffnen ist.",
    password_link: "Der offene Link, der ein neues Passwort setzt: wer ihn erstellt hat (mail: auf \
        Anfrage verschickt), wann, und bis wann er gilt. Sein Geheimnis ist nicht enthalten.",
    invitations: "Die Einladung, mit der das Konto erstellt wurde, und die für seine Adresse.",
    sessions: "Offene Sitzungen: wann jede begann, zuletzt benutzt wurde und endet, mit der \
        Netzwerkadresse und dem Programm, das sie geöffnet hat.",
    devices: "Wann sich jeder Browser, jedes Programm und jedes Netzwerk, das erkannt wird, \
        zuletzt angemeldet hat. Gespeichert sind nur Hashes, die nicht verraten, welche es sind.",
    lockouts: "Was nach zu vielen Versuchen eine Zeit lang abgelehnt wird, und von wo.",
    pictures: "Hochgeladene Bilder, und wo jedes gezeigt wird.",
    audit: "Die Ereignisse des Kontos, das älteste zuerst: was geschah, durch wen, von welcher \
        Adresse, mit alten und neuen Werten. Fehlgeschlagene Anmeldungen können von anderen \
        Leuten stammen.",
};
