//! Month names, zone names and halves of the day, in the languages that feeds are written in.
//!
//! Must not know: where in a date a word stands.

use super::calendar::Calendar;
use std::collections::HashMap;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Stems of the twelve months, January first, one language a row; `/` between alternatives. A word that begins with a stem is that month; the
/// longest stem decides.
#[rustfmt::skip]
const GREGORIAN: &[[&str; 12]] = &[
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep/sept", "oct", "nov", "dec"],                                                          // en
    ["oca", "şub", "mart", "nis", "mayıs", "haz", "tem", "ağu", "eyl", "eki", "kas", "ara"],                                                            // tr
    ["yan", "fev", "mar", "apr", "may", "iyun/iyn", "iyul/iyl", "avq/avg", "sent", "okt", "noy", "dek"],                                                // az, uz
    ["ýan", "few", "mart", "apr", "maý", "iýun/iýn", "iýul/iýl", "awg", "sen", "okt", "noý", "dek"],                                                    // tk
    ["янв", "фев", "мар", "апр", "май/мая/мае", "июн", "июл", "авг", "сент/сен", "окт", "ноя", "дек"],                                                  // ru, tg, ky, uz
    ["йан", "феб", "мар", "апр", "маи", "июн/ијун", "июл/ијул", "ауг", "септ/сеп", "окт", "нов", "дец/дек"],                                            // bg, sr, mk, old az
    ["січ", "лют", "бер", "кві", "трав/тра", "чер", "лип", "серп/сер", "вер", "жов", "лис", "гру"],                                                     // uk
    ["студ", "лют", "сак", "крас", "трав", "чэрв", "ліп", "жнів", "вер", "кастр", "ліст", "снеж"],                                                      // be
    ["қаңтар/қаң", "ақпан/ақп", "наурыз/нау", "сәуір/сәу", "мамыр/мам", "маусым/мау", "шілде/шіл", "тамыз/там", "қыркүйек/қыр", "қазан/қаз", "қараша/қар", "желтоқсан/жел"], // kk
    ["qańtar/qañtar", "aqpan", "nauryz", "säuir", "mamyr", "mausym", "shilde/şilde", "tamyz", "qyrkúıek/qyrküiek", "qazan", "qarasha/qaraşa", "jeltoqsan"], // kk, Latin
    ["үчтүн", "бирдин", "жалган", "чын", "бугу", "кулжа", "теке", "баш", "аяк", "тогуз", "жети", "беш"],                                                // ky, old names
    ["гыйн", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"],                                 // tt
    ["ژانویه/جنوری", "فوریه/فبروری", "مارس/مارچ", "آوریل/اپریل", "مه/می/مئی", "ژوئن/جون", "ژوئیه/جولای", "اوت/آگوست/اگست", "سپتامبر/سپتمبر/ستمبر", "اکتبر/اکتوبر", "نوامبر/نومبر", "دسامبر/دسمبر"], // fa, prs, ur
    ["يناير/جانفي", "فبراير/فيفري", "مارس", "أبريل/إبريل/ابريل/أفريل", "مايو/ماي", "يونيو/يونية/جوان", "يوليو/يولية/جويلية", "أغسطس/اغسطس/أوت", "سبتمبر", "أكتوبر/اكتوبر", "نوفمبر", "ديسمبر"], // ar
    ["كانون الثاني", "شباط", "آذار/اذار", "نيسان", "أيار/ايار", "حزيران", "تموز", "آب", "أيلول/ايلول", "تشرين الأول", "تشرين الثاني", "كانون الأول"],   // ar, Levant and Iraq
    ["يانۋار", "فېۋرال", "مارت", "ئاپرېل", "ماي", "ئىيۇن", "ئىيۇل", "ئاۋغۇست", "سېنتەبىر", "ئۆكتەبىر", "نويابىر", "دېكابىر"],                           // ug
    ["çile", "sibat", "adar", "nîsan", "gulan", "hezîran", "tîrmeh", "tebax", "îlon", "cotmeh", "mijdar", "berfanbar"],                                // ku
    ["იან", "თებ", "მარ", "აპრ", "მაი", "ივნ", "ივლ", "აგვ", "სექ", "ოქტ", "ნოე", "დეკ"],                                                               // ka
    ["հունվ/հնվ", "փետ/փտվ", "մարտ/մրտ", "ապր", "մայ", "հունիս/հնս", "հուլ/հլս", "օգոս/օգս", "սեպ", "հոկ", "նոյ", "դեկ"],                                // hy
    ["ינו", "פבר", "מרץ/מרס", "אפר", "מאי", "יונ", "יול", "אוג", "ספט", "אוק", "נוב", "דצמ"],                                                            // he
    ["ιαν", "φεβ", "μάρ", "απρ", "μάι/μαΐ", "ιούν/ιον", "ιούλ/ιολ", "αύγ", "σεπ", "οκτ", "νοέ", "δεκ"],                                                 // el
    ["जन", "फ़र/फर", "मार्च", "अप्रै", "मई", "जून", "जुल", "अग", "सित", "अक्", "नव", "दिस"],                                                                    // hi
    ["জানু", "ফেব", "মার্চ", "এপ্রি", "মে", "জুন", "জুলা", "আগস্ট", "সেপ", "অক্টো", "নভে", "ডিসে"],                                                              // bn
    ["jän/jan", "feb", "mär/mrz/maer", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez"],                                                  // de
    ["janv", "fév/fev", "mars", "avr", "mai", "juin", "juil", "août", "sept", "oct", "nov", "déc"],                                                     // fr
    ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep/set", "oct", "nov", "dic"],                                                           // es
    ["gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"],                                                               // it
    ["jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"],                                                               // pt
    ["jan", "feb", "maart/mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"],                                                         // nl
    ["sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru"],                                                               // pl
    ["led", "únor/úno", "břez/bře", "dub", "květ/kvě", "červen/červn", "červenec/července", "srp", "září/zář", "říj", "lis", "pros/pro"],                // cs
    ["ian", "feb", "martie", "apr", "mai", "iun", "iul", "aug", "sept", "oct", "noi", "dec"],                                                           // ro
    ["jan", "feb", "márc/már", "ápr", "máj", "jún", "júl", "aug", "szept/sze", "okt", "nov", "dec"],                                                    // hu
    ["tammi", "helmi", "maalis", "huhti", "touko", "kesä", "heinä", "elo", "syys", "loka", "marras", "joulu"],                                          // fi
    ["jan", "feb", "mar", "apr", "maj/mai", "jun", "jul", "aug", "sep", "okt", "nov", "des"],                                                           // sv, da, no
    ["januari", "februari/pebruari", "maret", "april", "mei", "juni", "juli", "agustus/agt", "september", "oktober", "nopember", "desember"],           // id
];

/// The months of the solar Hijri year, Farvardin first: Iran's names, Dari's and Pashto's.
#[rustfmt::skip]
const JALALI: &[[&str; 12]] = &[
    ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد/امرداد", "شهریور", "مهر", "آبان/ابان", "آذر/اذر", "دی", "بهمن", "اسفند"],
    ["حمل", "ثور", "جوزا", "سرطان", "اسد", "سنبله", "میزان", "عقرب", "قوس", "جدی", "دلو", "حوت"],
    ["وری", "غویی", "غبرګولی", "چنګاښ", "زمری", "وږی", "تله", "لړم", "لیندۍ", "مرغومی", "سلواغه", "کب"],
    ["farvardin", "ordibehesht", "khordad", "tir", "mordad", "shahrivar", "mehr", "aban", "azar", "dey", "bahman", "esfand"],
];

/// The months of the lunar Hijri year, Muharram first.
#[rustfmt::skip]
const HIJRI: &[[&str; 12]] = &[
    ["محرم", "صفر", "ربيع الأول/ربیع الاول", "ربيع الآخر/ربيع الثاني/ربیع الثانی", "جمادى الأولى/جمادی الاول", "جمادى الآخرة/جمادی الثانی", "رجب", "شعبان", "رمضان", "شوال", "ذو القعدة/ذی القعده/ذوالقعدة", "ذو الحجة/ذی الحجه/ذوالحجة"],
    ["muharram", "safar", "rabi ali", "rabi alii", "jumada ali", "jumada alii", "rajab", "shaban", "ramadan", "shawwal", "dhu alqadah", "dhu alhijjah"],
];

/// Names in two words, of which the first alone means nothing: `تشرين الثاني`.
pub fn two_words(first: &str) -> bool {
    TWO.iter().any(|name| name == first)
}

static TWO: LazyLock<Vec<String>> =
    LazyLock::new(|| ["كانون", "تشرين", "ربيع", "جمادى", "ذو", "ذی", "rabi", "jumada", "dhu"].iter().map(|word| fold(word)).collect());

static MONTHS: LazyLock<HashMap<String, (Calendar, u8)>> = LazyLock::new(|| {
    let mut months = HashMap::new();
    for (calendar, rows) in [(Calendar::Gregorian, GREGORIAN), (Calendar::Jalali, JALALI), (Calendar::Hijri, HIJRI)] {
        for row in rows {
            for (month, stems) in (1u8..).zip(row) {
                for stem in stems.split('/') {
                    months.entry(fold(stem)).or_insert((calendar, month));
                }
            }
        }
    }
    months
});

/// The month that a folded word names.
pub fn month(word: &str) -> Option<(Calendar, u8)> {
    let ends = word.char_indices().map(|(at, c)| at + c.len_utf8()).collect::<Vec<_>>();
    ends.iter().rev().filter_map(|&end| word.get(..end)).find_map(|stem| {
        let found = MONTHS.get(stem)?;
        // Two letters are a name only alone: `دی` is a month, `دیروز` (yesterday) is none. So are names that other words begin with.
        let short = stem.chars().count() <= 2 || (found.0 != Calendar::Gregorian);
        (!short || stem.len() == word.len()).then_some(*found)
    })
}

/// Lower case, marks off, letters that are written in two ways in one of them: `Ağustos` → `agustos`, `ноября` → `ноября`, `كانون` → `کانون`.
pub fn fold(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars().flat_map(char::to_lowercase).nfkd() {
        match c {
            'ı' => out.push('i'),
            'ə' => out.push('e'),
            'ي' | 'ى' | 'ې' | 'ۍ' => out.push('ی'),
            'ك' => out.push('ک'),
            'ة' | 'ہ' | 'ە' | 'ھ' => out.push('ه'),
            '\u{200c}' | '\u{200d}' | 'ـ' | '\'' | '’' | '‘' | 'ʻ' | 'ʼ' | '`' => {}
            c if is_combining_mark(c) && !('\u{900}'..='\u{dff}').contains(&c) => {}
            c => out.push(c),
        }
    }
    out
}

/// Zone abbreviations in hours and minutes east of Greenwich. One that several regions use has the meaning of this project's region, then of
/// RFC 822.
#[rustfmt::skip]
const ZONES: &[(&str, i32)] = &[
    ("z", 0), ("ut", 0), ("utc", 0), ("gmt", 0), ("wet", 0), ("west", 100),
    ("est", -500), ("edt", -400), ("et", -500), ("cst", -600), ("cdt", -500), ("mst", -700), ("mdt", -600), ("pst", -800), ("pdt", -700), ("pt", -800),
    ("akst", -900), ("akdt", -800), ("hst", -1000), ("nst", -330), ("ndt", -230), ("adt", -300), ("ast", -400), ("brt", -300), ("brst", -200), ("art", -300), ("clt", -400), ("cot", -500), ("pet", -500),
    ("bst", 100), ("ist", 530), ("cet", 100), ("cest", 200), ("met", 100), ("mest", 200), ("mez", 100), ("mesz", 200), ("eet", 200), ("eest", 300), ("fet", 300),
    ("msk", 300), ("msd", 400), ("мск", 300), ("samt", 400), ("yekt", 500), ("omst", 600), ("novt", 700), ("krat", 700), ("irkt", 800), ("yakt", 900), ("vlat", 1000), ("magt", 1100), ("pett", 1200),
    ("trt", 300), ("tsi", 300), ("azt", 400), ("azst", 500), ("get", 400), ("amt", 400), ("amst", 500), ("irst", 330), ("irdt", 430), ("irt", 330), ("aft", 430),
    ("pkt", 500), ("pst+5", 500), ("uzt", 500), ("tmt", 500), ("tjt", 500), ("kgt", 600), ("almt", 600), ("alma", 600), ("qyzt", 500), ("aqtt", 500), ("aqtst", 500), ("orat", 500),
    ("gst", 400), ("arst", 300), ("sast", 200), ("cat", 200), ("eat", 300), ("wat", 100), ("idt", 300),
    ("npt", 545), ("btt", 600), ("mmt", 630), ("ict", 700), ("wib", 700), ("wita", 800), ("wit", 900), ("sgt", 800), ("myt", 800), ("hkt", 800), ("pht", 800), ("awst", 800), ("jst", 900), ("kst", 900),
    ("acst", 930), ("acdt", 1030), ("aest", 1000), ("aedt", 1100), ("nzst", 1200), ("nzdt", 1300), ("ulat", 800), ("hovt", 700),
];

/// Can the folded word stand between a month and its day or year? `15 de noviembre`, `15th of November`, `۲۴ آبان ماه`.
pub fn joins(word: &str) -> bool {
    matches!(word, "de" | "del" | "of" | "the" | "st" | "nd" | "rd" | "th" | "d" | "den" | "do" | "ماه")
}

/// Seconds east of Greenwich of a zone's folded abbreviation.
pub fn zone(word: &str) -> Option<i32> {
    ZONES.iter().find(|(name, _)| *name == word).map(|(_, hours)| (hours / 100) * 3600 + (hours % 100) * 60)
}

/// Is it the afternoon? None for a word that is no half of the day.
pub fn afternoon(word: &str) -> Option<bool> {
    match word {
        "am" | "a" | "oo" | "ص" | "صباحا" | "قظ" | "дп" | "上午" | "sabah" | "صبح" => Some(false),
        "pm" | "p" | "os" | "م" | "مساء" | "بظ" | "عصر" | "شب" | "شام" | "بعدازظهر" | "пп" | "下午" => Some(true),
        _ if word == fold("오전") => Some(false),
        _ if word == fold("오후") => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_begins_with_the_stem_of_its_month() {
        for (word, want) in [
            ("Ağustos", 8),
            ("Kasım", 11),
            ("ноября", 11),
            ("қараша", 11),
            ("noyabrda", 11),
            ("нояб", 11),
            ("Temmuz", 7),
            ("iyulun", 7),
            ("Мая", 5),
            ("sentýabr", 9),
            ("marraskuu", 11),
            ("juillet", 7),
            ("juin", 6),
            ("تموز", 7),
        ] {
            assert_eq!(month(&fold(word)), Some((Calendar::Gregorian, want)), "{word}");
        }
        assert_eq!(month(&fold("آبان")), Some((Calendar::Jalali, 8)));
        assert_eq!(month(&fold("رمضان")), Some((Calendar::Hijri, 9)));
        assert_eq!(month(&fold("دیروز")), None);
        assert_eq!(month("hours"), None);
    }

    #[test]
    fn zones_are_hours_and_minutes() {
        assert_eq!(zone("irst"), Some(12_600));
        assert_eq!(zone("nst"), Some(-12_600));
        assert_eq!(zone("hours"), None);
    }
}
