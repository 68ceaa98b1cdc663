//! The two rules about writing, which tell a name from another word with the same folded letters: capitals and marks.
//!
//! Must not know: endings.

use super::super::chars::{is_alpha, is_apostrophe};

/// A keyword's word of up to this many letters typed without marks takes no ending on a word whose stem has them: Kars, karşı.
const MARKS_LENGTH: usize = 5;

/// A keyword of one word that begins with a capital takes endings on words that begin with one.
pub fn capitals(written: &str, letters: &str) -> bool {
    let capital = |text: &str| text.chars().next().is_some_and(char::is_uppercase);
    !capital(written) || capital(letters)
}

/// Where keyword (`plain` folded, `written` its letters as written) and text word both show marks, their common stem must have the same; a
/// short keyword without marks asks for a stem without.
pub fn marks(plain: &str, written: &str, letters: &str, stem: &str) -> bool {
    if !stem.is_ascii() {
        return true; // marks are a matter of Latin letters
    }
    let mut common = plain.chars().zip(stem.chars()).take_while(|(a, b)| a == b).count();
    let length = plain.chars().count();
    if common == length && plain.ends_with('c') {
        common -= 1; // süreç, süreci: what softens is no other mark
    }
    if written.chars().take(common).zip(letters.chars().take(common)).all(|(a, b)| same_letter(a, b)) {
        return true;
    }
    let (mine, yours) = (shows_marks(written), shows_marks(letters));
    !(mine && yours || length <= MARKS_LENGTH && !mine)
}

/// Is there a letter beyond A to Z? İ is none: İRAN is how IRAN is written in Turkish.
pub(super) fn shows_marks(letters: &str) -> bool {
    letters.chars().any(|c| !c.is_ascii() && c != 'İ' && !is_apostrophe(c) && is_alpha(c))
}

/// İ and I stand for i or ı; ə ý â î û are spellings of one language beside another's, no marks that tell words apart.
fn same_letter(a: char, b: char) -> bool {
    a == b || {
        let (a, b) = (spellings(a), spellings(b));
        b.contains(&a) || a.contains(&b)
    }
}

fn spellings(c: char) -> String {
    match c {
        'I' | 'İ' => "iı".into(),
        _ => c
            .to_lowercase()
            .map(|c| match c {
                'ə' => 'e',
                'ý' => 'y',
                'â' => 'a',
                'î' => 'i',
                'û' => 'u',
                _ => c,
            })
            .collect(),
    }
}
