//! Sets of hashes that answer "surely not" in a nanosecond: most words of an article are the beginning of nothing that is asked for.
//!
//! Must not know: what is hashed.

/// A Bloom filter with one hash: false hits only cost a lookup.
#[derive(Debug)]
pub(crate) struct Filter {
    bits: Vec<u64>,
    mask: u64,
}

impl Default for Filter {
    fn default() -> Self {
        Self::with_room(0)
    }
}

impl Filter {
    /// Bits that are set aside for each entry.
    const BITS: usize = 8;
    /// 2^12 to 2^21 bits: a quarter of a megabyte stays in the cache.
    const LEAST: usize = 1 << 12;
    const MOST: usize = 1 << 21;

    pub(crate) fn with_room(entries: usize) -> Self {
        let bits = (entries * Self::BITS).next_power_of_two().clamp(Self::LEAST, Self::MOST);
        Self { bits: vec![0; bits / 64], mask: bits as u64 - 1 }
    }

    /// `spread`: a hash that is good in all its bits.
    pub(crate) fn insert(&mut self, spread: u64) {
        let bit = spread & self.mask;
        if let Some(word) = self.bits.get_mut((bit / 64) as usize) {
            *word |= 1 << (bit % 64);
        }
    }

    #[inline]
    pub(crate) fn may_contain(&self, spread: u64) -> bool {
        let bit = spread & self.mask;
        self.bits.get((bit / 64) as usize).is_some_and(|word| word >> (bit % 64) & 1 != 0)
    }

    pub(crate) const fn heap_bytes(&self) -> usize {
        self.bits.capacity() * 8
    }
}

/// The first letters of a word as one number, spread: four letters, or three. None for a shorter word. Only words of one alphabet that takes
/// endings are asked: one byte a letter in Latin, two in Cyrillic and Arabic.
#[inline]
pub(crate) fn first_letters(word: &str, letters: usize) -> Option<u64> {
    let bytes = word.as_bytes();
    let wanted = if bytes.first().is_some_and(u8::is_ascii) { letters } else { 2 * letters };
    let mut packed = [0; 8];
    packed.get_mut(..wanted)?.copy_from_slice(bytes.get(..wanted)?);
    let x = u64::from_le_bytes(packed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    Some(x ^ x >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_is_found() {
        let mut filter = Filter::with_room(1000);
        let entry = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        (0..1000).for_each(|n| filter.insert(entry(n)));
        assert!((0..1000).all(|n| filter.may_contain(entry(n))));
        let wrong = (1000..11_000).filter(|&n| filter.may_contain(entry(n))).count();
        assert!(wrong < 2_500, "{wrong} of 10,000");
    }

    #[test]
    fn first_letters_are_those_of_the_alphabet() {
        assert_eq!(first_letters("iranin", 4), first_letters("iran", 4));
        assert_ne!(first_letters("iranin", 4), first_letters("irak", 4));
        assert_eq!(first_letters("ираном", 4), first_letters("иран", 4));
        assert_eq!(first_letters("ира", 4), None);
        assert_eq!(first_letters("ира", 3), first_letters("иранец", 3));
    }
}
