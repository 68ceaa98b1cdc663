//! The hash of a folded word: a polynomial over its characters, so that the hash of a beginning, an end or a joined pair is a few
//! multiplications away and no word is read twice.
//!
//! Anyone can make two words of one hash: whoever looks words up by hash compares the words too. Must not know: anything else.

/// Odd, so that it can be divided by.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
const INVERSE: u64 = inverse(BASE);
const POWERS: [u64; 32] = {
    let mut out = [1_u64; 32];
    let mut i = 1_usize;
    while i < 32 {
        out[i] = out[i - 1].wrapping_mul(BASE);
        i += 1;
    }
    out
};

const fn inverse(odd: u64) -> u64 {
    let mut x = odd; // right in three bits; each round doubles them
    let mut round = 0;
    while round < 5 {
        x = x.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(x)));
        round += 1;
    }
    x
}

/// The hash of a folded word. The empty word has 0.
pub fn hash(folded: &str) -> u64 {
    folded.chars().fold(0, push)
}

/// The hash of a word and one more character.
#[inline]
pub const fn push(hash: u64, c: char) -> u64 {
    hash.wrapping_mul(BASE).wrapping_add(c as u64)
}

/// The hash of a word without its last character, which is `c`.
#[inline]
pub const fn pop(hash: u64, c: char) -> u64 {
    hash.wrapping_sub(c as u64).wrapping_mul(INVERSE)
}

/// The hash of two words written together; `letters` = how many characters the second has.
#[inline]
pub const fn join(first: u64, second: u64, letters: u32) -> u64 {
    first.wrapping_mul(power(letters)).wrapping_add(second)
}

/// The hash of what is left of a word when `beginning` is cut off and `letters` characters remain.
#[inline]
pub const fn rest(whole: u64, beginning: u64, letters: u32) -> u64 {
    whole.wrapping_sub(beginning.wrapping_mul(power(letters)))
}

/// The hash spread over all its bits, as hash tables and Bloom filters want it.
#[inline]
pub const fn spread(hash: u64) -> u64 {
    let x = (hash ^ hash >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    x ^ x >> 32
}

const fn power(n: u32) -> u64 {
    if n < 32 { POWERS[n as usize] } else { BASE.wrapping_pow(n) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_give_the_hash_of_the_whole() {
        let (a, b) = ("işbir".repeat(9), "ликти".repeat(8));
        let whole = hash(&format!("{a}{b}"));
        assert_eq!(join(hash(&a), hash(&b), 40), whole);
        assert_eq!(rest(whole, hash(&a), 40), hash(&b));
        assert_eq!(b.chars().rev().fold(whole, pop), hash(&a));
        assert_ne!(hash("ab"), hash("ba"));
    }
}
