//! What passkeys are called.

use crate::error::{Error, PasskeyFault, Result};
use crate::normalization::line;
use crate::storage::passkeys::Passkey;

/// The longest name, in characters.
const LONGEST: usize = 64;
/// The name of a passkey of a program that is not known.
const ANY: &str = "Passkey";

/// The programs that keep passkeys, by their AAGUID. What a program says of itself is not proven,
/// so that it only serves as a name. The names are those of the public list of passkey providers.
const PROGRAMS: [(u128, &str); 17] = [
    (0xfbfc_3007_154e_4ecc_8c0b_6e02_0557_d7bd, "Apple Passwords"),
    (0xdd4e_c289_e01d_41c9_bb89_70fa_845d_4bf2, "Apple Passwords"),
    (0xea9b_8d66_4d01_1d21_3ce4_b6b4_8cb5_75d4, "Google Password Manager"),
    (0x0898_7058_cadc_4b81_b6e1_30de_50dc_be96, "Windows Hello"),
    (0x9ddd_1817_af5a_4672_a2b9_3e3d_d950_00a9, "Windows Hello"),
    (0x6028_b017_b1d4_4c02_b4b3_afcd_afc9_6bb2, "Windows Hello"),
    (0xbada_5566_a7aa_401f_bd96_4561_9a55_120d, "1Password"),
    (0xd548_826e_79b4_db40_a3d8_1111_6f7e_8349, "Bitwarden"),
    (0x5311_26d6_e717_415c_9320_3d9a_a698_1239, "Dashlane"),
    (0x5072_6f74_6f6e_5061_7373_5072_6f74_6f6e, "Proton Pass"),
    (0xfdb1_41b2_5d84_443e_8a35_4698_c205_a502, "KeePassXC"),
    (0x5341_4d53_554e_4700_0000_0000_0000_0000, "Samsung Pass"),
    (0xb84e_4048_15dc_4dd0_8640_f4f6_0813_c8af, "NordPass"),
    (0xb78a_0a55_6ef8_d246_a042_ba0f_6d55_050c, "LastPass"),
    (0xadce_0002_35bc_c60a_648b_0b25_f1f0_5503, "Chrome on Mac"),
    (0x771b_48fd_d3d4_4f74_9232_fc15_7ab0_507a, "Edge on Mac"),
    (0xd345_2668_01fd_4c12_926c_83a4_2048_53aa, "Microsoft Password Manager"),
];

/// A name that a user has chosen.
#[derive(Debug)]
pub(crate) struct PasskeyName(String);

impl PasskeyName {
    /// Reads a name, without the blanks around it. An empty one counts as none.
    ///
    /// # Errors
    /// [`Error::RefusedPasskey`] if it is too long or not one line.
    pub(crate) fn parse(text: &str) -> Result<Option<Self>> {
        let name = line(text.trim());
        let is_name = name.chars().count() <= LONGEST && !name.contains(char::is_control);
        match is_name {
            true if name.is_empty() => Ok(None),
            true => Ok(Some(Self(name))),
            false => Err(RULE),
        }
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}

/// The refusal of a name.
pub(crate) const RULE: Error = Error::RefusedPasskey(PasskeyFault::BadName);

/// The name for a passkey of the program with this AAGUID, beside those that its user has.
pub(super) fn of_program(aaguid: [u8; 16], others: &[Passkey]) -> String {
    let aaguid = u128::from_be_bytes(aaguid);
    let known = PROGRAMS.iter().find(|(program, _)| *program == aaguid);
    let name = known.map_or(ANY, |(_, name)| name);
    let is_free = |name: &String| others.iter().all(|other| other.name != *name);
    let numbered = (2..).map(|number| format!("{name} {number}"));
    std::iter::once(name.to_owned()).chain(numbered).find(is_free).unwrap_or_default()
}
