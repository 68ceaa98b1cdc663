//! Which element is which: the namespaces that feeds use, with the spellings they use, and the allow-list of elements.
//!
//! What is not listed here is skipped with everything inside it, so that a stray `<media:title>`, an `<image><title>` or an unknown
//! extension can't overwrite a field.

/// A vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Space {
    /// RSS of any version, Atom of any version, sitemaps, no namespace, an unknown default namespace.
    Core,
    /// Dublin Core, elements and terms.
    Dc,
    /// RSS 1.0's `content`.
    Content,
    /// Media RSS.
    Media,
    /// Podcasts.
    Itunes,
    /// RDF.
    Rdf,
    /// RSS 1.0's `syndication`.
    Syndication,
    /// XHTML.
    Xhtml,
    /// Google's news sitemaps.
    News,
    /// Any other.
    Other,
}

/// The vocabulary that a namespace name means; none for one that nobody knows.
pub fn space_of_uri(uri: &str) -> Option<Space> {
    let uri = uri.trim().to_ascii_lowercase();
    let has = |part: &str| uri.contains(part);
    Some(match uri.as_str() {
        "" | "http://example.com/newformat#" | "http://example.com/necho" | "uri/of/echo/namespace#" => Space::Core,
        _ if has("purl.org/dc/") => Space::Dc,
        _ if has("purl.org/rss/1.0/modules/rss091") => Space::Core,
        _ if has("modules/content") => Space::Content,
        _ if has("modules/syndication") => Space::Syndication,
        _ if has("purl.org/rss/1.0/modules/") => Space::Other,
        _ if has("search.yahoo.com/mrss") => Space::Media,
        _ if has("/dtds/podcast") => Space::Itunes,
        _ if has("22-rdf-syntax-ns") => Space::Rdf,
        _ if has("w3.org/1999/xhtml") => Space::Xhtml,
        _ if has("schemas/sitemap-news") => Space::News,
        _ if has("w3.org/2005/atom") || has("purl.org/atom/") || has("purl.org/echo/") || has("purl.org/pie/") => Space::Core,
        _ if has("purl.org/rss/1.0") || has("purl.org/net/rss1.1") || has("my.netscape.com/") || has("channel.netscape.com/") => Space::Core,
        _ if has("backend.userland.com/rss") || has("blogs.law.harvard.edu/") || has("cyber.law.harvard.edu/rss/rss") => Space::Core,
        _ if has("sitemaps.org/schemas/sitemap") || has("google.com/schemas/sitemap/") => Space::Core,
        _ => return None,
    })
}

/// What a prefix means by custom, when it is undeclared or declared with a name that nobody knows.
pub fn space_of_prefix(prefix: &str) -> Space {
    match prefix.to_ascii_lowercase().as_str() {
        "" | "rss" | "atom" | "atom10" | "a10" | "a" => Space::Core,
        "dc" | "dcterms" | "dct" => Space::Dc,
        "content" => Space::Content,
        "media" => Space::Media,
        "itunes" => Space::Itunes,
        "rdf" => Space::Rdf,
        "sy" => Space::Syndication,
        "xhtml" => Space::Xhtml,
        "news" => Space::News,
        _ => Space::Other,
    }
}

/// An element that the reader knows. A number is its rank among those that say the same, 0 the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// `rss`, `rdf:RDF`, `channel`, `feed`.
    Feed(Root),
    /// `item`, `entry`.
    Item,
    /// What only groups: `items`, `media:group`, `media:content` (which may also be an enclosure).
    Group,
    /// `media:content`.
    MediaContent,
    /// `source`.
    Source,
    /// A sitemap's `url`, and a sitemap index's `sitemap`: one entry or one address.
    SitemapUrl,
    /// See above.
    SitemapRef,
    /// `loc`.
    Location,
    /// `news:news`, `news:publication`: only group.
    News,
    /// `news:name`.
    NewsName,
    /// A title.
    Title(u8),
    /// A link, by text or by attribute.
    Link,
    /// `guid`, `id`.
    Guid,
    /// A teaser.
    Summary(u8),
    /// A body.
    Content(u8),
    /// A date of publication.
    Published(u8),
    /// A date of change.
    Updated(u8),
    /// An author.
    Author(u8),
    /// A category in text or attribute.
    Category,
    /// Several categories with commas.
    Keywords,
    /// An enclosure.
    Enclosure,
    /// A language.
    Language,
    /// Minutes.
    Ttl,
    /// `sy:updatePeriod`.
    UpdatePeriod,
    /// `sy:updateFrequency`.
    UpdateFrequency,
    /// `hour` of `skipHours`.
    SkipHour,
    /// `day` of `skipDays`.
    SkipDay,
}

/// The root of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Root {
    Rss,
    Rdf,
    Channel,
    Atom,
    Sitemap,
    SitemapIndex,
}

/// The longest name in the list.
const LONGEST: usize = 20;

/// The element of this vocabulary and local name (any case); none: skip it.
pub fn element(space: Space, local: &str) -> Option<Element> {
    use Element as E;
    let mut buffer = [0u8; LONGEST];
    let name = buffer.get_mut(..local.len())?;
    name.copy_from_slice(local.as_bytes());
    name.make_ascii_lowercase();
    Some(match (space, &*name) {
        (Space::Core, name) => return core(name),
        (Space::Dc, b"title") => E::Title(1),
        (Space::Dc, b"creator" | b"author") => E::Author(1),
        (Space::Dc, b"description" | b"abstract") => E::Summary(2),
        (Space::Dc, b"subject") => E::Category,
        (Space::Dc, b"issued" | b"date") => E::Published(1),
        (Space::Dc, b"created" | b"available" | b"datesubmitted") => E::Published(3),
        (Space::Dc, b"modified") => E::Updated(1),
        (Space::Dc, b"language") => E::Language,
        (Space::Content, b"encoded") => E::Content(0),
        (Space::Media, b"group") => E::Group,
        (Space::Media, b"content") => E::MediaContent,
        (Space::Media, b"title") => E::Title(2),
        (Space::Media, b"description") => E::Summary(4),
        (Space::Media, b"category") => E::Category,
        (Space::Media | Space::Itunes | Space::News, b"keywords") => E::Keywords,
        (Space::Itunes, b"title") => E::Title(2),
        (Space::Itunes, b"author") => E::Author(2),
        (Space::Itunes, b"summary") => E::Summary(3),
        (Space::Itunes, b"subtitle") => E::Summary(5),
        (Space::Itunes, b"category") => E::Category,
        (Space::Rdf, b"rdf") => E::Feed(Root::Rdf),
        (Space::Rdf, b"seq" | b"bag" | b"li") => E::Group,
        (Space::Syndication, b"updateperiod") => E::UpdatePeriod,
        (Space::Syndication, b"updatefrequency") => E::UpdateFrequency,
        (Space::Xhtml, b"body") => E::Content(1),
        (Space::News, b"news" | b"publication") => E::News,
        (Space::News, b"name") => E::NewsName,
        (Space::News, b"language") => E::Language,
        (Space::News, b"publication_date") => E::Published(0),
        (Space::News, b"title") => E::Title(0),
        _ => return None,
    })
}

fn core(name: &[u8]) -> Option<Element> {
    use Element as E;
    Some(match name {
        b"item" | b"entry" => E::Item,
        b"title" => E::Title(0),
        b"link" => E::Link,
        b"description" | b"summary" => E::Summary(0),
        b"pubdate" | b"published" => E::Published(0),
        b"guid" | b"id" => E::Guid,
        b"category" => E::Category,
        b"author" => E::Author(0),
        b"content" | b"encoded" => E::Content(0),
        b"updated" | b"modified" | b"lastbuilddate" | b"lastmod" => E::Updated(0),
        b"enclosure" => E::Enclosure,
        b"source" => E::Source,
        b"channel" => E::Feed(Root::Channel),
        b"rss" => E::Feed(Root::Rss),
        b"rdf" => E::Feed(Root::Rdf),
        b"feed" => E::Feed(Root::Atom),
        b"urlset" => E::Feed(Root::Sitemap),
        b"sitemapindex" => E::Feed(Root::SitemapIndex),
        b"url" => E::SitemapUrl,
        b"sitemap" => E::SitemapRef,
        b"loc" => E::Location,
        b"items" | b"skiphours" | b"skipdays" => E::Group,
        b"issued" => E::Published(1),
        b"date" => E::Published(2),
        b"created" => E::Published(3),
        b"subtitle" | b"tagline" => E::Summary(1),
        b"abstract" => E::Summary(2),
        b"fullitem" | b"body" => E::Content(1),
        b"creator" => E::Author(1),
        b"managingeditor" => E::Author(3),
        b"keywords" => E::Keywords,
        b"language" => E::Language,
        b"ttl" => E::Ttl,
        b"hour" => E::SkipHour,
        b"day" => E::SkipDay,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_are_known_in_the_spellings_that_feeds_use() {
        assert_eq!(space_of_uri("http://www.w3.org/2005/Atom"), Some(Space::Core));
        assert_eq!(space_of_uri(" http://purl.org/dc/elements/1.1/\n"), Some(Space::Dc));
        assert_eq!(space_of_uri("http://search.yahoo.com/mrss"), Some(Space::Media));
        assert_eq!(space_of_uri("https://www.itunes.com/DTDs/PodCast-1.0.dtd"), Some(Space::Itunes));
        assert_eq!(space_of_uri("http://purl.org/rss/1.0/modules/slash/"), Some(Space::Other));
        assert_eq!(space_of_uri("http://example.org/mine"), None);
    }

    #[test]
    fn only_listed_elements_are_known() {
        assert_eq!(element(Space::Core, "pubDate"), Some(Element::Published(0)));
        assert_eq!(element(Space::Media, "thumbnail"), None);
        assert_eq!(element(Space::Core, "a-name-longer-than-any-in-the-list"), None);
        assert_eq!(element(Space::Other, "title"), None);
    }
}
