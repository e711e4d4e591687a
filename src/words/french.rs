//! French, with “vous”.

use super::{Dates, Events, Exports, Mails, Texts, Words};

pub(super) const WORDS: Words = Words {
    tag: "fr",
    name: "Français",
    decimal_point: ",",
    byte: "o",
    dates: Dates {
        months: [
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
        ],
        first_day: "1er",
        pattern: "{day} {month} {year} à {time} UTC",
        just_now: "à l’instant",
        minutes_ago: ["il y a {} minute", "il y a {} minutes"],
        hours_ago: ["il y a {} heure", "il y a {} heures"],
        days_ago: ["il y a un jour", "il y a {} jours"],
    },
    pages: PAGES,
    mails: MAILS,
    events: EVENTS,
    exports: EXPORTS,
};

const PAGES: Texts = Texts {
    log_in: "Se connecter",
    username: "Nom d’utilisateur",
    identifier: "Nom d’utilisateur ou e-mail",
    password: "Mot de passe",
    show: "Afficher",
    hide: "Masquer",
    show_password: "Afficher le mot de passe",
    one_more_step: "Encore une étape",
    code_from_app: "Code de votre application d’authentification",
    code_from_mail: "Code reçu par e-mail",
    code_from_either: "Code de votre application ou reçu par e-mail",
    code_hint: "Six chiffres, ou l’un de vos codes de secours.",
    logging_in_as: "Vous vous connectez en tant que",
    no_factor_at_hand: "Ni téléphone, ni codes\u{a0}?",
    continue_: "Continuer",
    use_another_account: "Utiliser un autre compte",
    mail_a_code: "M’envoyer un code",
    code_mailed: "Un code est en route vers votre boîte de réception.",
    code_delayed: "Le serveur de messagerie n’accepte pas de message pour le moment. Votre code \
        sera envoyé dès qu’il en acceptera.",
    wrong_login: "Le nom d’utilisateur ou le mot de passe est incorrect.",
    no_code: "Ce ne peut pas être un code\u{a0}: un code compte six chiffres, un code de secours \
        dix lettres et chiffres.",
    wrong_code: "Ce code est incorrect, a expiré ou a déjà été utilisé.",
    wrong_app_code: "Ce code est incorrect, a expiré ou a déjà été utilisé. L’horloge du serveur \
        indique {}\u{a0}; et la vôtre\u{a0}?",
    too_many_before: "Trop de tentatives. Réessayez dans",
    minute: "1 minute",
    minutes: "{} minutes",
    busy: "Le serveur est occupé. Réessayez dans un instant.",
    unreachable: "Le serveur est injoignable. Vérifiez votre connexion et réessayez.",
    server_error: "Une erreur est survenue sur le serveur. Réessayez plus tard.",
    form_expired: "Cette page était trop ancienne pour être envoyée. Réessayez.",
    form_without_cookie: "Cette page a besoin de cookies, et votre navigateur n’en a renvoyé \
        aucun. Autorisez les cookies pour cette adresse et réessayez.",
    form_over_http: "Cette page a été ouverte en http, où les navigateurs ne gardent pas ses \
        cookies. Ouvrez-la en https\u{a0}:",
    form_of_other_address: "Ceci a été envoyé depuis une autre adresse que celle de ce serveur. \
        Ouvrez celle-ci\u{a0}:",
    form_of_other_user: "Un autre utilisateur s’est connecté depuis l’ouverture de cette page. \
        Relisez-la avant de l’envoyer.",
    login_replaced: "Une autre connexion a commencé depuis dans ce navigateur. Connectez-vous à \
        nouveau.",
    login_expired: "Cela a pris trop de temps. Connectez-vous à nouveau.",
    suspended: "Ce compte est suspendu.",
    suspended_until: "Ce compte est suspendu jusqu’au {}.",
    suspension_reason: "Motif\u{a0}: {}",
    logged_out: "Vous êtes déconnecté.",
    log_out_question: "Voulez-vous vous déconnecter dans ce navigateur\u{a0}?",
    contact: "Contact",
    session_expired: "Votre session est terminée. Connectez-vous à nouveau.",
    unknown_front: "Après la connexion, ce serveur ne mène pas à {}. Son administrateur peut le \
        permettre avec server.allowed_origins.",
    logged_in: "Vous êtes connecté",
    continue_to: "Continuer vers",
    not_found: "Il n’y a rien ici",
    not_found_text: "Cette adresse ne mène nulle part sur ce serveur.",
    to_start: "Retour à l’accueil",
    not_done: "Cela n’a pas fonctionné",
    go_back: "Retour",
    wrong_method: "Cette adresse n’accepte pas ce que votre navigateur a envoyé. Ouvrez à \
        nouveau la page.",
    too_large: "Ce que votre navigateur a envoyé dépasse ce que ce serveur accepte.",
    wrong_media_type: "Votre navigateur, ou un intermédiaire, a envoyé cela sous une forme que \
        le serveur ne lit pas. Ouvrez à nouveau la page.",
    too_slow: "L’envoi a pris trop de temps. Vérifiez votre connexion et réessayez.",
    unreadable: "Le serveur n’a pas pu lire ce que votre navigateur a envoyé. Ouvrez à nouveau \
        la page.",
    create_account: "Créer un compte",
    have_account: "J’ai un compte",
    username_hint: "De 3 à 16 caractères parmi a–z, 0–9, _,\u{a0}.\u{a0}et\u{a0}-, dont au \
        moins un qui n’est pas un chiffre.",
    email_optional: "Adresse e-mail (facultative)",
    email_hint: "Pour les codes, et pour vous avertir des nouveaux appareils.",
    password_hint: "Au moins {} caractères.",
    invitation_for: "Cette invitation est pour",
    registration_closed: "Les visiteurs ne peuvent pas créer de compte ici.",
    invitation_needed: "Pour créer un compte ici, il vous faut le lien d’une invitation.",
    invitation_over: "Cette invitation a déjà servi, ou elle est trop ancienne.",
    forgotten_password: "Mot de passe oublié\u{a0}?",
    reset_text: "Saisissez votre nom d’utilisateur ou votre adresse e-mail. Un lien pour choisir \
        un nouveau mot de passe sera envoyé à l’adresse confirmée de votre compte.",
    username_or_email: "Nom d’utilisateur ou adresse e-mail",
    mail_password_link: "M’envoyer un lien",
    password_link_requested: "Si un compte porte ce nom ou cette adresse, un e-mail est en route. \
        Il peut mettre une minute à arriver, ou se trouver parmi les indésirables.",
    reset_help: "Aucun e-mail n’arrive, ou votre compte n’a pas d’adresse\u{a0}?",
    reset_by_operator: "Ce serveur n’envoie pas d’e-mails, et donc pas de lien pour choisir un \
        nouveau mot de passe.",
    password_link_over: "Ce lien n’est plus valable. Il ne sert qu’une fois, pendant un temps \
        limité, et un lien plus récent remplace le précédent.",
    set_password: "Choisir un nouveau mot de passe",
    set_password_for: "Pour le compte",
    set_password_text: "Tous vos appareils seront alors déconnectés, et vous vous connecterez avec \
        le nouveau mot de passe.",
    password_reset: "Votre nouveau mot de passe est enregistré. Connectez-vous avec celui-ci.",
    ask_operator: "Adressez-vous à l’administrateur du serveur.",
    ask_operator_at: "Adressez-vous ici\u{a0}: {}",
    username_taken: "Un autre compte a ce nom d’utilisateur.",
    bad_username: "Le nom d’utilisateur doit avoir de 3 à 16 caractères parmi a–z, 0–9, _, . et -, \
        dont au moins un qui n’est pas un chiffre.",
    terms: "Conditions d’utilisation",
    privacy: "Vie privée",
    rules: "Règles",
    your_account: "Votre compte",
    on_this_page: "Sur cette page",
    security: "Connexion et sécurité",
    administrator: "Administrateur",
    moderator: "Modérateur",
    world_creator: "Peut créer des mondes",
    log_out: "Se déconnecter",
    change: "Modifier",
    save: "Enregistrer",
    saved: "Votre profil est enregistré.",
    profile: "Profil",
    display_name: "Nom affiché",
    display_hint: "De 1 à 50 caractères.",
    pronoun: "Pronom",
    pronoun_hint: "32 caractères au plus.",
    bio: "À propos de vous",
    bio_hint: "4096 caractères au plus.",
    links: "Liens",
    links_hint: "10 au plus. Videz une adresse pour supprimer son lien.",
    link_label: "Lien {}\u{a0}: libellé",
    link_url: "Lien {}\u{a0}: adresse",
    link_label_example: "Libellé, au besoin",
    language: "Langue",
    picture: "Photo de profil",
    change_picture: "Changer votre photo",
    picture_hint: "PNG, JPEG, GIF ou WebP, {} et 4096 pixels de côté au plus.",
    upload: "Envoyer",
    remove_picture: "Supprimer la photo",
    picture_saved: "Votre photo est changée.",
    picture_removed: "Votre photo est supprimée.",
    picture_too_large: "Ce fichier dépasse {}. Choisissez une image plus petite.",
    picture_of_too_many_pixels: "Cette image compte {} pixels. Choisissez-en une de 4096 × 4096 au \
        plus.",
    not_a_picture: "Ce fichier n’est pas une image. Choisissez un PNG, JPEG, GIF ou WebP.",
    picture_of_other_format: "C’est une image {}, qui ne peut pas être utilisée ici. \
        Enregistrez-la en PNG, JPEG, GIF ou WebP.",
    broken_picture: "Cette image est abîmée et ne peut pas être lue. Choisissez-en une autre, ou \
        enregistrez-la à nouveau.",
    no_picture: "Choisissez d’abord une image.",
    not_allowed: "Vous n’y êtes pas autorisé.",
    page_outdated: "Ce n’est plus comme la page l’indiquait. Regardez à nouveau.",
    setup_expired: "La configuration a commencé il y a trop longtemps. Recommencez-la.",
    bad_display: "Le nom affiché doit compter de 1 à 50 caractères.",
    bad_pronoun: "Le pronom doit compter 32 caractères au plus.",
    bad_bio: "Le texte doit compter 4096 caractères au plus.",
    bad_links: "Un lien demande une adresse qui commence par https:// ou http://, sans espaces, \
        et un libellé de 32 caractères au plus.",
    new_username: "Nouveau nom d’utilisateur",
    rename_text: "Vous vous connecterez alors avec le nouveau nom. Vos appareils restent \
        connectés, et les autres joueurs voient le nouveau nom. L’ancien redevient libre pour \
        d’autres.",
    username_changed: "Votre nom d’utilisateur est changé.",
    email: "Adresse e-mail",
    no_email: "Pas encore d’adresse. Ajoutez-en une pour être averti des nouveaux appareils.",
    add: "Ajouter",
    verified: "confirmée",
    not_verified: "pas encore confirmée",
    mail_a_link: "M’envoyer un lien",
    link_mailed: "Un lien est en route vers votre boîte de réception.",
    link_delayed: "Le serveur de messagerie n’accepte pas de message pour le moment. Votre lien \
        sera envoyé dès qu’il en acceptera.",
    new_email: "Nouvelle adresse",
    bad_email: "Cette adresse e-mail ne peut pas être utilisée.",
    email_taken: "Un autre compte a cette adresse.",
    email_in_use_as_factor: "Des codes sont envoyés à cette adresse\u{a0}: désactivez d’abord les \
        codes par e-mail.",
    email_changed: "L’adresse est modifiée.",
    email_changed_link_mailed: "L’adresse est modifiée. Un lien qui la confirme est en route vers \
        votre boîte.",
    email_changed_link_delayed: "L’adresse est modifiée. Le serveur de messagerie n’accepte pas de \
        message pour le moment\u{a0}: le lien qui la confirme sera envoyé dès qu’il en acceptera.",
    email_changed_link_later: "L’adresse est modifiée, mais aucun lien qui la confirme n’a été \
        envoyé, car un autre l’a été il y a un instant. Demandez un nouveau lien dans une minute.",
    email_changed_link_refused: "L’adresse est modifiée, mais aucun lien qui la confirme n’a pu \
        être envoyé. Vérifiez l’adresse. Est-elle juste\u{a0}?",
    address_refused: "Le serveur de messagerie refuse votre adresse\u{a0}: rien n’a été envoyé. \
        Vérifiez l’adresse. Est-elle juste\u{a0}?",
    mail_refused: "Aucun e-mail n’a pu être envoyé.",
    mail_off: "Ce serveur n’envoie pas d’e-mails pour l’instant. Utilisez un code de secours. \
        Il ne vous en reste aucun\u{a0}?",
    mail_off_no_link: "Ce serveur n’envoie pas d’e-mails, donc pas de lien qui confirme l’adresse.",
    no_code_mailed: "Il n’y a pas de code valable dans votre boîte pour l’instant. Demandez-en un \
        nouveau, ou utilisez un code de secours.",
    confirm_address: "Confirmer votre adresse",
    confirm_address_text: "Confirmez que cette adresse est la vôtre.",
    confirm: "Confirmer",
    address_confirmed: "Votre adresse est confirmée.",
    address_confirmed_before: "Cette adresse est déjà confirmée. Il n’y a plus rien à faire.",
    link_expired: "Ce lien a déjà été utilisé ou est trop ancien. Demandez-en un nouveau sur la \
        page de votre compte.",
    current_password: "Mot de passe actuel",
    new_password: "Nouveau mot de passe",
    new_password_hint: "Au moins {} caractères. Tous les autres appareils seront déconnectés.",
    bad_password: "Le nouveau mot de passe doit compter de {} à 128 caractères.",
    common_password: "C’est l’un des mots de passe que l’on essaie en premier. Choisissez-en un \
        autre.",
    one_character_password: "C’est un seul caractère répété. Choisissez un autre mot de passe.",
    name_as_password: "C’est votre nom, ou presque, et on l’essaie en premier. Choisissez un autre \
        mot de passe.",
    email_as_password: "C’est votre adresse e-mail, ou presque, et on l’essaie en premier. \
        Choisissez un autre mot de passe.",
    title_as_password: "C’est le nom de ce serveur, ou presque, et on l’essaie en premier. \
        Choisissez un autre mot de passe.",
    wrong_password: "Le mot de passe actuel est incorrect.",
    password_changed: "Le mot de passe est modifié, et tous les autres appareils sont déconnectés.",
    last_change: "Dernier changement\u{a0}: {}",
    no_password: "Aucun pour l’instant",
    no_password_to_type: "Votre compte n’a pas encore de mot de passe. Choisissez-en d’abord \
        un, sous « Mot de passe ».",
    no_password_text: "Votre compte vient d’un autre serveur, sans mot de passe. Demandez ici un \
        lien pour en choisir un.",
    code_of_app: "Code de votre application, ou code de secours",
    code_of_mail: "Code reçu par e-mail, ou code de secours",
    code_of_either: "Code de votre application ou reçu par e-mail, ou code de secours",
    code_beside_passkey: "Code de secours, ou code d’une clé d’accès",
    code_required: "Saisissez un code de votre second facteur.",
    mailed_code_required: "Un code est en route vers votre boîte de réception. Remplissez à \
        nouveau le formulaire, avec ce code.",
    delayed_code_required: "Il faut un code, et le serveur de messagerie n’accepte pas de message \
        pour le moment. Le code sera envoyé dès qu’il en acceptera\u{a0}: remplissez alors à \
        nouveau le formulaire, avec ce code. Un code de secours convient dès maintenant.",
    app: "Application d’authentification",
    app_text: "Demande un code d’une application en plus de votre mot de passe.",
    mail_codes: "Codes par e-mail",
    mail_codes_text: "Demande un code reçu par e-mail en plus de votre mot de passe.",
    mail_code_to: "Envoyer un code à {}",
    app_on: "activée",
    app_off: "désactivée",
    mail_codes_on: "activés",
    mail_codes_off: "désactivés",
    set_up: "Configurer",
    switch_on: "Activer",
    switch_off: "Désactiver",
    app_disabled: "L’application d’authentification est désactivée, et tous les autres appareils \
        sont déconnectés.",
    mail_codes_enabled: "Les codes par e-mail sont activés.",
    mail_codes_disabled: "Les codes par e-mail sont désactivés, et tous les autres appareils sont \
        déconnectés.",
    set_up_app: "Configurer une application d’authentification",
    scan: "Scannez ceci avec une application d’authentification, ou saisissez-y le secret\u{a0}:",
    apps: "Pas encore d’application\u{a0}? Il y a par exemple Aegis, 2FAS, Google Authenticator et \
        Microsoft Authenticator, et beaucoup de gestionnaires de mots de passe le font aussi.",
    qr_code: "Code QR",
    secret: "Secret",
    open_app: "Ouvrir l’application",
    first_code: "Le code que l’application affiche maintenant",
    mail_needs_address: "Les codes par e-mail demandent une adresse confirmée.",
    log_in_by_passkey: "Se connecter avec une clé d’accès",
    use_passkey: "Utiliser une clé d’accès",
    passkeys: "Clés d’accès",
    passkeys_text: "Pour vous connecter avec votre empreinte, votre visage ou un code PIN, sans \
        mot de passe.",
    passkeys_off: "Ce serveur n’accepte pas de clés d’accès en ce moment.",
    add_passkey: "Ajouter une clé d’accès",
    passkey_name: "Nom de la clé d’accès",
    passkey_name_hint: "Pour la distinguer des autres. Laissez ce champ vide pour lui donner le \
        nom de l’application qui la garde.",
    passkey_needs_script: "Il faut pour cela JavaScript et un navigateur qui accepte les clés \
        d’accès à cette adresse.",
    passkey_synced: "synchronisée",
    passkey_since: "Ajoutée",
    passkey_last_used: "dernière utilisation",
    passkey_never_used: "pas encore utilisée",
    passkey_of_elsewhere: "Créée pour une autre adresse\u{a0}: {}",
    rename: "Renommer",
    remove: "Supprimer",
    passkey_removal: "Elle n’ouvrira plus votre compte, et tous les autres appareils seront \
        déconnectés. Supprimez-la aussi dans l’application qui la garde.",
    passkey_added: "Votre clé d’accès est ajoutée. Vous pouvez désormais vous connecter avec elle.",
    passkey_renamed: "La clé d’accès est renommée.",
    passkey_removed: "La clé d’accès est supprimée, et tous les autres appareils sont déconnectés.",
    last_passkey_removal: "C’est votre dernière\u{a0}: aucune clé d’accès ne sera plus \
        demandée après le mot de passe.",
    last_passkey_removed: "Votre dernière clé d’accès est supprimée, et aucune n’est plus demandée \
        après le mot de passe. Tous les autres appareils sont déconnectés.",
    passkey_unused: "Aucune clé d’accès n’a été utilisée, et rien n’a changé. Réessayez, ou \
        utilisez votre mot de passe.",
    passkey_unused_code: "Aucune clé d’accès n’a été utilisée, et rien n’a changé. Réessayez, \
        ou saisissez un code.",
    passkey_not_added: "Aucune clé d’accès n’a été ajoutée, et rien n’a changé. Vous pouvez \
        réessayer.",
    passkey_known: "Cet appareil a déjà une clé d’accès pour votre compte.",
    passkey_elsewhere: "Les clés d’accès ne fonctionnent pas à cette adresse. Ouvrez plutôt {}.",
    passkey_expired: "Cela a pris trop de temps, ou la page était trop ancienne. Réessayez.",
    passkey_unknown: "Cette clé d’accès n’ouvre aucun compte ici. Utilisez-en une autre, ou votre \
        mot de passe\u{a0}; vous pourrez ensuite en ajouter une nouvelle sur la page de votre \
        compte.",
    passkey_of_other: "Cette clé d’accès appartient à un autre compte. Utilisez-en une de ce \
        compte.",
    passkey_unfit: "Ce serveur ne peut pas utiliser cette clé d’accès. Réessayez avec un autre \
        appareil ou une autre application.",
    passkey_factor: "Demander une clé d’accès ou un code après le mot de passe",
    passkey_factor_on: "activé",
    passkey_factor_off: "désactivé",
    passkey_factor_text: "Pour que votre mot de passe seul n’ouvre pas votre compte.",
    passkey_factor_vr: "Les clients VR ne savent pas utiliser de clé d’accès. Vous y saisissez un \
        code à la place\u{a0}: celui de «\u{a0}Code pour un autre appareil\u{a0}» sur cette page, \
        celui d’une application d’authentification, ou l’un de vos codes de secours. Tous les \
        autres appareils seront déconnectés.",
    passkey_factor_enabled: "Désormais, une clé d’accès ou un code est demandé après le mot de \
        passe. Tous les autres appareils sont déconnectés.",
    passkey_factor_disabled: "Vos clés d’accès ne sont plus demandées après le mot de passe. Tous \
        les autres appareils sont déconnectés.",
    device_code: "Code pour un autre appareil",
    device_code_text: "Pour un client VR, ou un appareil sans cette clé d’accès, où un code est \
        demandé après votre mot de passe.",
    get_code: "Obtenir un code",
    device_code_how: "Saisissez-le sur l’autre appareil, là où un code est demandé après votre mot \
        de passe. Il ne sera plus affiché.",
    device_code_once: "Il ne fonctionne qu’une fois, et encore pendant",
    device_code_until: "Valable jusqu’au",
    too_many_passkeys: "Vous avez 20 clés d’accès, le maximum. Supprimez-en une dont vous n’avez \
        plus besoin.",
    passkey_added_before: "Cette clé d’accès a déjà été ajoutée.",
    bad_passkey_name: "Le nom doit comporter de 1 à 64 caractères, sur une seule ligne.",
    password_needed: "Vous vous êtes connecté il y a plus de dix minutes. Saisissez aussi votre \
        mot de passe actuel.",
    recovery_codes: "Codes de secours",
    recovery_codes_text: "Pour quand vous n’avez pas d’autre code.",
    codes_left: "il en reste {}",
    new_codes: "Créer de nouveaux codes",
    codes_waiting: "Vos nouveaux codes de secours ne sont pas encore enregistrés.",
    show_codes: "Afficher les codes",
    codes_text: "Chacun de ces codes vous laisse entrer une fois, quand vous n’en avez pas \
        d’autre. Ils ne sont affichés que maintenant\u{a0}: gardez-les dans un gestionnaire de \
        mots de passe ou sur papier.",
    codes_saved: "Je les ai enregistrés",
    copy: "Copier",
    copied: "Copié",
    download: "Télécharger",
    print: "Imprimer",
    done: "Terminé",
    devices: "Appareils",
    this_session: "cet appareil",
    unknown_device: "Appareil inconnu",
    program_on_system: "{program} sous {system}",
    end: "Déconnecter",
    end_session_of: "Déconnecter l’appareil",
    end_all_others: "Déconnecter tous les autres appareils",
    session_ended: "L’appareil est déconnecté.",
    sessions_ended: "Tous les autres appareils sont déconnectés.",
    older_sessions: "et {} qui ont servi il y a plus longtemps",
    recent_activity: "Activité récente",
    all_activity: "Voir plus",
    older_activity: "Plus ancien",
    by_operator: "par l’administrateur du serveur",
    by_server: "par le serveur",
    times: "{} fois",
    activity_text: "Ce qui s’est passé sur votre compte, du plus récent au plus ancien. Si \
        quelque chose ne vient pas de vous, changez votre mot de passe.",
    data_and_leaving: "Vos données",
    download_data: "Télécharger mes données",
    download_data_text: "Un seul fichier avec tout ce qui est conservé à votre sujet\u{a0}: \
        profil, images, appareils et activité. Il est lisible par les gens et par les \
        programmes, et ne contient aucun mot de passe.",
    last_administrator: "Vous êtes le dernier administrateur de ce serveur, votre compte ne peut \
        donc pas être supprimé. Faites d’abord d’un autre compte un administrateur.",
    delete_account: "Supprimer votre compte",
    delete: "Supprimer",
    delete_text: "Votre compte, vos images et toutes vos sessions disparaissent aussitôt, et \
        quelqu’un d’autre peut prendre votre nom. C’est définitif\u{a0}: personne ne peut \
        l’annuler.",
    delete_code_hint: "Laissez ce champ vide pour en recevoir un par e-mail.",
    delete_for_good: "Supprimer définitivement",
    account_deleted: "Votre compte est supprimé",
    account_deleted_text: "Votre compte n’existe plus, avec tout ce qu’il contenait, et tous vos \
        appareils sont déconnectés. Les sauvegardes du serveur peuvent encore le garder quelque \
        temps. Merci d’être passé par ici.",
    back: "Retour à votre compte",
    set_up_login: "Configurez vos codes de connexion",
    set_up_login_text: "Ce compte demande un code en plus de votre mot de passe. Configurez-le \
        maintenant\u{a0}: cela prend une minute.",
    set_up_and_log_in: "Configurer et se connecter",
    use_mail_codes: "Recevoir plutôt les codes par e-mail",
    use_an_app: "Utiliser plutôt une application d’authentification",
    set_up_mail_text: "À chaque connexion, nous vous envoyons un code par e-mail. Il arrive à \
        l’adresse",
    factor_demanded: "Votre compte doit avoir un second facteur. Configurez-en un autre avant de \
        désactiver celui-ci.",
    factor_grace: "Votre compte doit avoir un second facteur. Configurez-en un avant le {}\u{a0}; \
        ensuite, vous ne pourrez plus vous connecter sans.",
    address_to_confirm: "Adresse à confirmer\u{a0}:",
    unconfirmed_before: "Nous avons envoyé un lien à l’adresse",
    unconfirmed_after: ". Ouvrez-le pour confirmer votre adresse, puis connectez-vous.",
    unconfirmed_hint: "Pas d’e-mail\u{a0}? Regardez dans vos courriers indésirables, ou faites \
        renvoyer le lien.",
    address_wrong: "L’adresse est fausse\u{a0}?",
    mail_link_again: "Renvoyer le lien",
    email_required_hint: "Nous y envoyons un lien, à ouvrir avant votre première connexion.",
};

const MAILS: Mails = Mails {
    hello: "Bonjour,",
    hello_name: "Bonjour {name},",
    labelled: "{label}\u{a0}: {value}",
    code_subject: "Votre code pour {title}",
    code_place: "Saisissez ce code là où {title} vous le demande\u{a0}:",
    code_lifetime: "Il est valable une seule fois, pendant dix minutes.",
    code_not_asked: "Si vous ne l’avez pas demandé, quelqu’un connaît peut-être votre mot de \
        passe\u{a0}: changez-le et déconnectez tous les autres appareils.",
    confirmation_subject: "Confirmez votre adresse pour {title}",
    confirmation_reason: "Cette adresse a été indiquée pour votre compte sur {address}. Si c’était \
        vous, confirmez-la.",
    confirmation_button: "Confirmer cette adresse",
    confirmation_lifetime: "Le lien est valable une seule fois, pendant 24 heures. Si ce n’était \
        pas vous, ne faites rien\u{a0}: l’adresse ne sera pas confirmée.",
    invitation_subject: "Une invitation à rejoindre {title}",
    invitation_reason: "Vous pouvez créer un compte sur {title} ({address}).",
    invitation_button: "Créer votre compte",
    invitation_not_expected: "Ce lien est réservé à cette adresse. Si vous ne l’attendiez pas, ne \
        faites rien.",
    password_link_subject: "Un nouveau mot de passe pour {title}",
    password_link_reason: "Un nouveau mot de passe a été demandé pour le compte {username} sur \
        {title} ({address}). Si c’était vous, choisissez-le maintenant.",
    password_link_button: "Choisir un nouveau mot de passe",
    password_link_lifetime: "Le lien est valable une seule fois, pendant une heure. Jusque-là, \
        votre mot de passe actuel reste valable.",
    password_link_not_asked: "Si ce n’est pas vous qui l’avez demandé, ne faites rien\u{a0}: votre \
        mot de passe reste le même.",
    no_link_subject: "Votre mot de passe pour {title}",
    no_link_unconfirmed: "Un nouveau mot de passe a été demandé pour un compte sur {title} \
        ({address}) qui a cette adresse. Elle n’a jamais été confirmée\u{a0}: aucun lien ne peut y \
        être envoyé.",
    no_link_suspended: "Un nouveau mot de passe a été demandé pour votre compte sur {title} \
        ({address}). Ce compte est désactivé\u{a0}: aucun lien ne peut être envoyé.",
    no_link_suspended_until: "Un nouveau mot de passe a été demandé pour votre compte sur {title} \
        ({address}). Ce compte est désactivé jusqu’au {time}\u{a0}: aucun lien ne peut être envoyé \
        avant.",
    no_link_not_asked: "Si ce n’est pas vous qui l’avez demandé, ne faites rien.",
    help_at: "Pour obtenir de l’aide\u{a0}: {contact}",
    help_of_operator: "Demandez de l’aide à l’administrateur du serveur.",
    notice_subject: "{title}\u{a0}: {event}",
    open_account: "Ouvrir votre compte",
    old_username_label: "Ancien nom d’utilisateur",
    new_username_label: "Nouveau nom d’utilisateur",
    time_label: "Quand",
    device_label: "Appareil",
    ip_label: "Adresse IP",
    not_you: "Si ce n’était pas vous, changez tout de suite votre mot de passe et déconnectez tous \
        les autres appareils.",
    not_you_password: "Si ce n’était pas vous, choisissez tout de suite un nouveau mot de passe.",
    not_you_passkey: "Si ce n’était pas vous, supprimez tout de suite cette clé d’accès \
        sur la page de votre compte, ce qui déconnecte tous les autres appareils, et changez votre \
        mot de passe\u{a0}: le nouveau mot de passe à lui seul n’arrête pas la clé d’accès.",
    not_you_deleted: "Si ce n’était pas vous, prévenez vite l’administrateur du serveur \
        {title}\u{a0}: une sauvegarde le contient peut-être encore.",
    notice_ask: "Si vous avez besoin d’aide, adressez-vous à l’administrateur du serveur {title}.",
    notice_ask_at: "Si vous avez besoin d’aide, demandez ici\u{a0}: {contact}",
    operator_did_it: "C’est l’administrateur du serveur {title} qui l’a fait.",
    operator_ask: "Si vous ne savez pas pourquoi, demandez-le-lui.",
    operator_ask_at: "Si vous ne savez pas pourquoi, demandez ici\u{a0}: {contact}",
    test_subject: "{title} peut envoyer des e-mails",
    test_text: "Ceci est un essai des réglages d’e-mail du serveur {title} ({address}). Il est \
        bien arrivé.",
    account_deleted: "Votre compte a été supprimé",
    account_deleted_meaning: "Tout ce que contenait votre compte a disparu, définitivement.",
    account_renamed: "Votre nom d’utilisateur a été changé",
    account_renamed_meaning: "Désormais, connectez-vous avec le nouveau nom ou avec votre adresse \
        e-mail. Votre mot de passe reste le même.",
    account_exported: "Vos données ont été téléchargées",
    account_exported_meaning: "Le fichier contient tout ce qui est conservé à votre sujet\u{a0}: \
        profil, images, appareils et activité.",
    password_changed: "Votre mot de passe a été changé",
    password_changed_meaning: "Un nouveau mot de passe est désormais valable pour votre compte, et \
        tous les autres appareils sont déconnectés.",
    password_given: "L’ancien mot de passe n’est plus valable, et tous vos appareils sont \
        déconnectés. Connectez-vous avec celui que l’administrateur vous donne, puis choisissez le \
        vôtre.",
    password_reset: "Un nouveau mot de passe a été choisi au moyen d’un lien",
    password_reset_meaning: "Un nouveau mot de passe est désormais valable pour votre compte, et \
        tous les appareils sont déconnectés.",
    email_changed: "Votre adresse e-mail a été changée",
    email_changed_meaning: "Désormais, les e-mails concernant votre compte n’arrivent plus à cette \
        adresse.",
    session_opened_elsewhere: "Nouvel appareil sur votre compte",
    session_opened_elsewhere_meaning: "Quelqu’un s’est connecté à votre compte depuis un appareil \
        jamais utilisé jusqu’ici.",
    totp_enabled: "Une application d’authentification a été configurée",
    totp_enabled_meaning: "Désormais, la connexion demande un code de l’application en plus de \
        votre mot de passe.",
    totp_disabled: "L’application d’authentification a été désactivée",
    totp_disabled_meaning: "La connexion ne demande plus de code de l’application.",
    email_factor_enabled: "Les codes par e-mail ont été activés",
    email_factor_enabled_meaning: "Désormais, la connexion demande un code envoyé à cette adresse, \
        en plus de votre mot de passe.",
    email_factor_disabled: "Les codes par e-mail ont été désactivés",
    email_factor_disabled_meaning: "La connexion ne demande plus de code reçu par e-mail.",
    passkey_added: "Une clé d’accès a été ajoutée",
    passkey_added_meaning: "Cette clé d’accès ouvre désormais votre compte, sans mot de passe.",
    passkey_removed: "Une clé d’accès a été supprimée",
    passkey_removed_meaning: "Elle n’ouvre plus votre compte, et tous les autres appareils sont \
        déconnectés. Votre mot de passe reste le même.",
    passkey_cloned: "Une copie de votre clé d’accès a été refusée",
    passkey_cloned_meaning: "Une clé d’accès qui ne peut pas être copiée a été utilisée comme si \
        elle l’avait été\u{a0}: son compteur n’a pas augmenté. La connexion a été refusée. \
        Supprimez cette clé d’accès sur la page de votre compte, puis ajoutez-en une nouvelle.",
    passkey_factor_enabled: "Une clé d’accès ou un code est désormais demandé après le mot de \
        passe",
    passkey_factor_enabled_meaning: "Désormais, la connexion par mot de passe demande aussi une \
        clé d’accès ou un code.",
    passkey_factor_disabled: "La clé d’accès n’est plus demandée après le mot de passe",
    passkey_factor_disabled_meaning: "La connexion par mot de passe ne demande plus de clé \
        d’accès.",
    recovery_code_used: "Un code de secours a été utilisé",
    recovery_code_used_meaning: "Chaque code de secours sert une seule fois. La page de votre \
        compte indique combien il en reste.",
    recovery_codes_renewed: "De nouveaux codes de secours ont été créés",
    recovery_codes_renewed_meaning: "Vos anciens codes de secours ne sont plus valables.",
};

const EVENTS: Events = Events {
    account_created: "Compte créé",
    account_imported: "Compte repris du serveur précédent",
    account_renamed: "Nom d’utilisateur changé",
    account_disabled: "Compte suspendu",
    account_enabled: "Suspension levée",
    account_exported: "Données téléchargées",
    password_changed: "Mot de passe changé",
    password_link_made: "Lien pour un nouveau mot de passe créé",
    password_reset: "Mot de passe défini par un lien",
    email_changed: "Adresse e-mail changée",
    email_confirmed: "Adresse e-mail confirmée",
    email_unconfirmed: "Adresse e-mail non confirmée",
    profile_changed: "Profil modifié",
    presence_changed: "Statut changé",
    tags_changed: "Rôles ou droits changés",
    rank_changed: "Rang changé",
    admin_changed: "Droits d’administrateur changés",
    login_failed: "Connexion refusée",
    session_opened: "Connexion",
    session_opened_elsewhere: "Connexion depuis un nouvel appareil",
    session_ended: "Appareil déconnecté",
    sessions_ended: "Autres appareils déconnectés",
    totp_enabled: "Application d’authentification configurée",
    totp_disabled: "Application d’authentification désactivée",
    email_factor_enabled: "Codes par e-mail activés",
    email_factor_disabled: "Codes par e-mail désactivés",
    passkey_added: "Clé d’accès ajoutée",
    passkey_renamed: "Clé d’accès renommée",
    passkey_removed: "Clé d’accès supprimée",
    passkey_cloned: "Copie d’une clé d’accès refusée",
    passkey_factor_enabled: "Clé d’accès comme second facteur activée",
    passkey_factor_disabled: "Clé d’accès comme second facteur désactivée",
    recovery_code_used: "Code de secours utilisé",
    recovery_codes_renewed: "Nouveaux codes de secours créés",
    recovery_codes_lost: "Codes de secours devenus invalides",
    code_issued: "Code de connexion remis",
    lockout_cleared: "Blocage levé",
};

const EXPORTS: Exports = Exports {
    about: "Tout ce que cette instance de Nox conserve au sujet d’un compte. Les instants sont \
        des millisecondes depuis 1970-01-01T00:00:00Z\u{a0}; null signifie qu’il n’y a pas de \
        valeur. Les mots de passe, les clés, les codes et leurs empreintes sont secrets et ne \
        figurent pas dans ce fichier. Les sauvegardes de l’instance peuvent garder des états \
        plus anciens jusqu’à leur suppression.",
    account: "Le profil tel que son propriétaire le voit\u{a0}: noms, adresse, liens, \
        étiquettes, rang.",
    suspension: "Si un administrateur a suspendu le compte\u{a0}: jusqu’à quand, et \
        pourquoi\u{a0}; sinon null.",
    second_factors: "Les seconds facteurs demandés à la connexion. Leurs secrets ne sont pas \
        exportés.",
    passkeys: "Les clés d’accès qui permettent de se connecter\u{a0}: leurs noms, et ce que l’on \
        sait de leurs appareils. Leurs clés ne sont pas exportées\u{a0}; la partie secrète ne \
        quitte jamais l’appareil.",
    email_confirmations: "Les adresses qui ont reçu un lien encore à ouvrir.",
    password_link: "Le lien ouvert qui définit un nouveau mot de passe\u{a0}: par qui il a été \
        créé (mail\u{a0}: envoyé par e-mail sur demande), quand, et jusqu’à quand il fonctionne. \
        Son secret n’est pas exporté.",
    invitations: "L’invitation par laquelle le compte a été créé, et celles qui sont destinées à \
        son adresse.",
    sessions: "Les sessions ouvertes\u{a0}: leur début, leur dernière utilisation et leur fin, \
        avec l’adresse réseau et le programme qui les a ouvertes.",
    devices: "La dernière connexion au compte depuis chaque navigateur, programme et réseau \
        reconnu. Seules leurs empreintes sont conservées, qui ne disent pas lesquels ce sont.",
    lockouts: "Ce qui est refusé pour un temps après trop de tentatives, et depuis où.",
    pictures: "Les images envoyées, et l’endroit où chacune est affichée.",
    audit: "Les événements du compte, du plus ancien au plus récent\u{a0}: ce qui s’est passé, \
        par qui, depuis quelle adresse, avec les anciennes et les nouvelles valeurs. Les \
        connexions refusées peuvent venir d’autres personnes.",
};
