//! What the invented press writes. Outlets, events and quotations are made up; the organisations named are real.

/// An outlet of the invented press.
#[derive(Debug, Clone, Copy)]
pub struct Outlet {
    /// In its feed's address.
    pub slug: &'static str,
    /// As it calls itself.
    pub name: &'static str,
    /// What it writes in.
    pub lang: &'static str,
}

/// Six outlets, four languages.
pub const OUTLETS: [Outlet; 6] = [
    Outlet { slug: "caspian-wire", name: "Caspian Wire", lang: "en" },
    Outlet { slug: "harbour-post", name: "Harbour Post", lang: "en" },
    Outlet { slug: "sahil", name: "Sahil Xəbər", lang: "az" },
    Outlet { slug: "karvan", name: "Karvan Agentliyi", lang: "az" },
    Outlet { slug: "bandar", name: "خبرگزاری بندر", lang: "fa" },
    Outlet { slug: "bereg", name: "Агентство «Берег»", lang: "ru" },
];

/// One article, and when it appears.
#[derive(Debug, Clone, Copy)]
pub struct Story {
    /// Slug of the outlet that carries it.
    pub outlet: &'static str,
    /// Seconds after the start.
    pub at: u64,
    /// The page's name. Two outlets with one page: the second took it from the first, link and all.
    pub page: &'static str,
    /// Headline.
    pub title: &'static str,
    /// Teaser.
    pub summary: &'static str,
}

/// In the order they appear. Some are what the shipped watches ask for, some look like it and are not.
pub const STORIES: &[Story] = &[
    Story {
        outlet: "harbour-post",
        at: 0,
        page: "harbour-post/homes",
        title: "Eco-friendly homes sell out in a weekend",
        summary: "Buyers queued for solar roofs and rain gardens on the old dockyard.",
    },
    Story {
        outlet: "caspian-wire",
        at: 0,
        page: "caspian-wire/rail",
        title: "ECO transport ministers agree a single rail tariff",
        summary: "The ten member states will charge one price from the Gulf to the steppe, the chair of the meeting said.",
    },
    Story {
        outlet: "bereg",
        at: 1,
        page: "bereg/oecd",
        title: "ОЭСР понизила прогноз роста",
        summary: "Организация экономического сотрудничества и развития ждёт слабого года.",
    },
    Story {
        outlet: "sahil",
        at: 2,
        page: "sahil/sammit",
        title: "İƏT-in növbəti sammiti gələn il keçiriləcək",
        summary: "İqtisadi Əməkdaşlıq Təşkilatının katibliyi tarixi açıqladı.",
    },
    Story {
        outlet: "harbour-post",
        at: 3,
        page: "caspian-wire/rail",
        title: "ECO transport ministers agree a single rail tariff",
        summary: "Caspian Wire reports that the ten member states will charge one price from the Gulf to the steppe.",
    },
    Story {
        outlet: "bandar",
        at: 5,
        page: "bandar/police",
        title: "نشست وزیران کشور اکو آغاز شد",
        summary: "سازمان همکاری اقتصادی درباره همکاری‌های مرزی گفت‌وگو می‌کند.",
    },
    Story {
        outlet: "caspian-wire",
        at: 6,
        page: "caspian-wire/ecosoc",
        title: "ECOSOC elects a new bureau",
        summary: "The council meets again in spring.",
    },
    Story {
        outlet: "bereg",
        at: 8,
        page: "bereg/eco",
        title: "Страны ОЭС договорились о едином тарифе",
        summary: "Министры транспорта Организации экономического сотрудничества подписали протокол.",
    },
    Story {
        outlet: "karvan",
        at: 10,
        page: "sahil/sammit",
        title: "İƏT-in növbəti sammiti gələn il keçiriləcək",
        summary: "Sahil Xəbər yazır: katiblik tarixi açıqladı.",
    },
    Story {
        outlet: "harbour-post",
        at: 12,
        page: "harbour-post/water",
        title: "Neighbours call for regional co-operation on water",
        summary: "Three rivers, five governments and one drought brought them to the table.",
    },
    Story {
        outlet: "caspian-wire",
        at: 14,
        page: "caspian-wire/bsec",
        title: "Black Sea Economic Cooperation Organization names its envoy",
        summary: "The bloc has its seat on the Bosphorus.",
    },
    Story {
        outlet: "karvan",
        at: 17,
        page: "karvan/bank",
        title: "ECO-nun bankı yeni kredit xətti açır",
        summary: "Kiçik müəssisələr üçün vəsait ayrılacaq.",
    },
    Story {
        outlet: "bandar",
        at: 20,
        page: "bandar/region",
        title: "تاکید بر گسترش همکاری‌های منطقه‌ای",
        summary: "مقام‌ها از راه‌های تازه ترانزیت گفتند.",
    },
    Story {
        outlet: "bereg",
        at: 24,
        page: "bereg/region",
        title: "Региональное сотрудничество назвали главной темой форума",
        summary: "Участники приехали из семи стран.",
    },
];

/// Seconds after which the press begins again with a new edition.
pub const EDITION: u64 = 30;
