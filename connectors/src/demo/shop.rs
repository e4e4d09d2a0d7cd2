//! What the three stores are like.

use chrono::Weekday;
use chrono_tz::Tz;

use super::DemoStore;

/// A store's facts. Amounts are in cents (of a dollar, a pound, a rupee), factors in thousandths.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shop {
    pub(super) key: u64,
    pub(super) name: &'static str,
    pub(super) slug: &'static str,
    pub(super) currency: &'static str,
    pub(super) timezone: Tz,
    pub(super) week_start: Weekday,
    pub(super) country: &'static str,
    pub(super) location: &'static str,
    /// Trade compared with the other stores'.
    pub(super) size: u64,
    /// January to December.
    pub(super) months: [u64; 12],
    /// Monday to Sunday.
    pub(super) weekdays: [u64; 7],
    pub(super) promotions: &'static [Promotion],
    /// How much Black Friday multiplies orders.
    pub(super) black_friday: u64,
    /// Tax on what is sold at home, in hundredths of a percent.
    pub(super) tax: i64,
    pub(super) shipping: Shipping,
    pub(super) channels: &'static [(&'static str, u64)],
    pub(super) payments: &'static [(&'static str, u64)],
    pub(super) products: &'static [Product],
    pub(super) places: &'static [Place],
    pub(super) first_names: &'static [&'static str],
    pub(super) last_names: &'static [&'static str],
}

/// What sending costs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shipping {
    pub(super) standard: i64,
    pub(super) express: i64,
    pub(super) abroad: i64,
    pub(super) free_from: i64,
}

/// A discount code that is advertised every year from a certain day on.
#[derive(Debug)]
pub(super) struct Promotion {
    pub(super) code: &'static str,
    pub(super) month: u32,
    pub(super) day: u32,
    pub(super) days: u64,
    pub(super) percent: u32,
    pub(super) lift: u64,
}

/// Something that is sold. The first ones are the best sellers.
#[derive(Debug)]
pub(super) struct Product {
    pub(super) sku: &'static str,
    pub(super) name: &'static str,
    pub(super) vendor: &'static str,
    pub(super) price: i64,
    pub(super) weight: u64,
}

/// Where customers live.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) country: &'static str,
    pub(super) province: &'static str,
    pub(super) city: &'static str,
    pub(super) zip: &'static str,
    pub(super) weight: u64,
}

impl DemoStore {
    pub(super) fn shop(self) -> &'static Shop {
        match self {
            Self::NewYork => &NEW_YORK,
            Self::Kolkata => &KOLKATA,
            Self::London => &LONDON,
        }
    }
}

const fn promotion(code: &'static str, month: u32, day: u32, days: u64, percent: u32, lift: u64) -> Promotion {
    Promotion { code, month, day, days, percent, lift }
}

const fn product(sku: &'static str, name: &'static str, vendor: &'static str, price: i64, weight: u64) -> Product {
    Product { sku, name, vendor, price, weight }
}

const fn place(
    country: &'static str,
    province: &'static str,
    city: &'static str,
    zip: &'static str,
    weight: u64,
) -> Place {
    Place { country, province, city, zip, weight }
}

static NEW_YORK: Shop = Shop {
    key: 1,
    name: "Hudson & Main",
    slug: "new-york",
    currency: "USD",
    timezone: chrono_tz::America::New_York,
    week_start: Weekday::Sun,
    country: "US",
    location: "Bleecker Street",
    size: 1_000,
    months: [880, 860, 930, 960, 1_000, 1_010, 940, 930, 1_000, 1_050, 1_220, 1_420],
    weekdays: [950, 890, 910, 970, 1_060, 1_180, 1_040],
    promotions: &[
        promotion("SPRING15", 4, 10, 5, 15, 1_300),
        promotion("SUMMER20", 7, 2, 6, 20, 1_400),
        promotion("HOLIDAY10", 12, 10, 8, 10, 1_150),
    ],
    black_friday: 2_200,
    tax: 888,
    shipping: Shipping { standard: 695, express: 1_495, abroad: 2_400, free_from: 7_500 },
    channels: &[("web", 610), ("pos", 190), ("instagram", 110), ("shop", 60), ("facebook", 30)],
    payments: &[("Shopify Payments", 700), ("PayPal Express Checkout", 190), ("Shop Pay Installments", 110)],
    products: &[
        product("HM-COF-012", "House Blend Coffee, 12 oz", "Hudson Roasters", 1_650, 160),
        product("HM-COF-036", "House Blend Coffee, 3 lb", "Hudson Roasters", 4_200, 70),
        product("HM-COF-ETH", "Ethiopia Guji Single Origin, 12 oz", "Hudson Roasters", 2_150, 85),
        product("HM-MUG-STN", "Stoneware Mug - Slate", "Catskill Clay", 2_400, 95),
        product("HM-MUG-SND", "Stoneware Mug - Sand", "Catskill Clay", 2_400, 60),
        product("HM-POV-DRP", "Pour Over Dripper", "Brewline", 3_200, 55),
        product("HM-FLT-100", "Paper Filters, 100 Pack", "Brewline", 895, 90),
        product("HM-KET-GSN", "Gooseneck Kettle, 1 L", "Brewline", 8_900, 28),
        product("HM-GRD-HND", "Hand Grinder", "Brewline", 7_400, 24),
        product("HM-GRD-ELC", "Burr Grinder, Electric", "Brewline", 18_900, 12),
        product("HM-CLD-BTL", "Cold Brew Bottle", "Brewline", 3_600, 32),
        product("HM-CHO-DRK", "Dark Chocolate Bar, 72%", "Fifth Bean", 850, 80),
        product("HM-CHO-SEA", "Sea Salt Chocolate Bar", "Fifth Bean", 850, 62),
        product("HM-HNY-WLD", "Wildflower Honey, 8 oz", "Hudson Apiary", 1_400, 38),
        product("HM-GRN-MPL", "Maple Granola", "Orchard Street", 1_150, 44),
        product("HM-TWL-LIN", "Linen Tea Towel", "Catskill Cloth", 1_800, 30),
        product("HM-APR-DNM", "Denim Apron", "Catskill Cloth", 5_800, 16),
        product("HM-BRD-OAK", "Oak Serving Board", "Orchard Street", 6_400, 14),
        product("HM-CRF-GLS", "Glass Carafe", "Brewline", 4_100, 18),
        product("HM-SUB-MTH", "Coffee Club, One Month", "Hudson Roasters", 3_000, 40),
        product("HM-GFT-BOX", "Gift Box, Morning Ritual", "Hudson Roasters", 9_500, 22),
        product("HM-TEA-BRK", "Breakfast Tea Tin", "Orchard Street", 1_500, 26),
    ],
    places: &[
        place("US", "NY", "New York", "10014", 210),
        place("US", "NY", "Brooklyn", "11211", 170),
        place("US", "NJ", "Jersey City", "07302", 70),
        place("US", "CT", "Stamford", "06901", 40),
        place("US", "MA", "Boston", "02116", 70),
        place("US", "PA", "Philadelphia", "19103", 60),
        place("US", "CA", "Los Angeles", "90026", 70),
        place("US", "CA", "San Francisco", "94110", 45),
        place("US", "IL", "Chicago", "60622", 50),
        place("US", "TX", "Austin", "78704", 45),
        place("US", "WA", "Seattle", "98122", 35),
        place("US", "FL", "Miami", "33137", 30),
        place("CA", "ON", "Toronto", "M6J 1H4", 45),
        place("CA", "QC", "Montréal", "H2T 2M1", 20),
        place("GB", "ENG", "London", "E2 7DP", 20),
        place("DE", "", "Berlin", "10119", 10),
        place("AU", "VIC", "Melbourne", "3065", 10),
    ],
    first_names: &[
        "Ava", "Noah", "Mia", "Liam", "Sofia", "Ethan", "Isabella", "Mateo", "Chloe", "Lucas", "Grace", "Daniel",
        "Zoe", "Marcus", "Hannah", "Andre", "Priya", "David", "Elena", "Jordan", "Naomi", "Peter", "Ruth", "Omar",
    ],
    last_names: &[
        "Miller", "Johnson", "Garcia", "Chen", "Brown", "Rossi", "Cohen", "Nguyen", "Davis", "Kim", "Walker",
        "Martinez", "O'Brien", "Jackson", "Patel", "Schmidt", "Torres", "Baker", "Reyes", "Ward",
    ],
};

static KOLKATA: Shop = Shop {
    key: 2,
    name: "Rangoli Handloom",
    slug: "kolkata",
    currency: "INR",
    timezone: chrono_tz::Asia::Kolkata,
    week_start: Weekday::Mon,
    country: "IN",
    location: "Gariahat",
    size: 1_080,
    months: [950, 920, 960, 1_020, 960, 900, 880, 960, 1_140, 1_360, 1_120, 990],
    weekdays: [900, 900, 920, 960, 1_020, 1_150, 1_150],
    promotions: &[
        promotion("POILA15", 4, 11, 4, 15, 1_350),
        promotion("MONSOON20", 7, 15, 5, 20, 1_350),
        promotion("PUJA20", 9, 25, 7, 20, 1_500),
        promotion("DIWALI15", 10, 18, 6, 15, 1_450),
    ],
    black_friday: 1_350,
    tax: 500,
    shipping: Shipping { standard: 7_900, express: 14_900, abroad: 180_000, free_from: 149_900 },
    channels: &[("web", 560), ("pos", 220), ("instagram", 150), ("facebook", 70)],
    payments: &[("UPI", 430), ("Razorpay", 230), ("Cash on Delivery (COD)", 340)],
    products: &[
        product("RH-SAR-TNT", "Tant Cotton Saree - Red Border", "Phulia Weavers", 189_900, 120),
        product("RH-SAR-JMD", "Jamdani Saree - Ivory", "Phulia Weavers", 549_900, 45),
        product("RH-SAR-BAL", "Baluchari Silk Saree", "Bishnupur Silks", 1_249_900, 14),
        product("RH-TEA-DRJ", "Darjeeling First Flush, 100 g", "Makai Estate", 84_900, 130),
        product("RH-TEA-ASM", "Assam Orthodox, 250 g", "Makai Estate", 49_900, 105),
        product("RH-STO-KAN", "Kantha Stole - Indigo", "Shantiniketan Craft", 129_900, 70),
        product("RH-KUR-LIN", "Linen Kurta - M", "Rangoli", 159_900, 60),
        product("RH-KUR-LNL", "Linen Kurta - L", "Rangoli", 159_900, 52),
        product("RH-CUS-KAN", "Kantha Cushion Cover", "Shantiniketan Craft", 69_900, 66),
        product("RH-DOK-ELE", "Dokra Elephant", "Bikna Artisans", 119_900, 30),
        product("RH-TER-HRS", "Terracotta Horse, Bankura", "Panchmura Pottery", 89_900, 34),
        product("RH-BAG-JUT", "Jute Tote Bag", "Rangoli", 44_900, 84),
        product("RH-MAT-SIT", "Sitalpati Floor Mat", "Cooch Behar Craft", 219_900, 16),
        product("RH-SHW-WOL", "Wool Shawl - Maroon", "Rangoli", 249_900, 22),
        product("RH-BED-HND", "Handloom Bedspread, Queen", "Phulia Weavers", 329_900, 20),
        product("RH-MIT-NOL", "Nolen Gur Sweets, Box of 12", "Mishti & Co", 54_900, 58),
        product("RH-INC-SND", "Sandalwood Incense", "Rangoli", 19_900, 76),
        product("RH-PAT-SCR", "Patachitra Scroll", "Pingla Chitrakars", 349_900, 10),
        product("RH-EAR-DOK", "Dokra Earrings", "Bikna Artisans", 59_900, 62),
        product("RH-NOT-HND", "Handmade Paper Notebook", "Rangoli", 34_900, 48),
    ],
    places: &[
        place("IN", "WB", "Kolkata", "700019", 330),
        place("IN", "WB", "Howrah", "711101", 80),
        place("IN", "WB", "Siliguri", "734001", 40),
        place("IN", "KA", "Bengaluru", "560038", 120),
        place("IN", "MH", "Mumbai", "400050", 110),
        place("IN", "DL", "New Delhi", "110024", 110),
        place("IN", "TG", "Hyderabad", "500034", 50),
        place("IN", "TN", "Chennai", "600018", 45),
        place("IN", "AS", "Guwahati", "781005", 30),
        place("BD", "", "Dhaka", "1209", 30),
        place("US", "NJ", "Edison", "08817", 25),
        place("GB", "ENG", "London", "HA1 2TH", 20),
        place("AE", "DU", "Dubai", "", 10),
    ],
    first_names: &[
        "Ananya",
        "Arjun",
        "Ishita",
        "Rahul",
        "Madhurima",
        "Sourav",
        "Debjani",
        "Amit",
        "Shreya",
        "Aniket",
        "Rituparna",
        "Vikram",
        "Moumita",
        "Karthik",
        "Sohini",
        "Imran",
        "Paromita",
        "Nikhil",
        "Tanvi",
        "Subhash",
        "Farah",
        "Kabir",
    ],
    last_names: &[
        "Banerjee",
        "Chatterjee",
        "Das",
        "Sen",
        "Mukherjee",
        "Ghosh",
        "Roy",
        "Bose",
        "Sharma",
        "Iyer",
        "Khan",
        "Reddy",
        "Dutta",
        "Saha",
        "Gupta",
        "Rahman",
        "Nair",
        "Mitra",
    ],
};

static LONDON: Shop = Shop {
    key: 3,
    name: "Thames Outfitters",
    slug: "london",
    currency: "GBP",
    timezone: chrono_tz::Europe::London,
    week_start: Weekday::Mon,
    country: "GB",
    location: "Lamb's Conduit Street",
    size: 900,
    months: [850, 880, 940, 980, 1_010, 1_000, 960, 900, 980, 1_060, 1_240, 1_450],
    weekdays: [1_020, 930, 920, 960, 1_000, 1_080, 1_090],
    promotions: &[
        promotion("EASTER15", 3, 28, 6, 15, 1_300),
        promotion("SUMMER20", 6, 24, 6, 20, 1_400),
        promotion("BOXING30", 12, 26, 5, 30, 1_700),
    ],
    black_friday: 1_950,
    tax: 2_000,
    shipping: Shipping { standard: 395, express: 895, abroad: 1_400, free_from: 6_000 },
    channels: &[("web", 680), ("pos", 150), ("instagram", 120), ("tiktok", 50)],
    payments: &[("Shopify Payments", 640), ("PayPal Express Checkout", 230), ("Klarna", 130)],
    products: &[
        product("TO-SCK-MER", "Merino Walking Socks - M", "Fell & Dale", 1_800, 150),
        product("TO-SCK-MRL", "Merino Walking Socks - L", "Fell & Dale", 1_800, 90),
        product("TO-CAP-WAX", "Waxed Cap", "Northcroft", 3_400, 80),
        product("TO-JKT-WAX", "Waxed Field Jacket - M", "Northcroft", 18_900, 24),
        product("TO-JKT-WXL", "Waxed Field Jacket - L", "Northcroft", 18_900, 20),
        product("TO-SCF-LMB", "Lambswool Scarf - Heather", "Border Mill", 4_500, 72),
        product("TO-BLK-LMB", "Lambswool Blanket", "Border Mill", 8_900, 26),
        product("TO-JMP-SHT", "Shetland Jumper - Moss", "Border Mill", 9_800, 34),
        product("TO-BTL-STL", "Steel Bottle, 750 ml", "Kettleby", 2_600, 88),
        product("TO-FLK-TEA", "Tea Flask, 1 L", "Kettleby", 3_200, 60),
        product("TO-MUG-ENM", "Enamel Mug", "Kettleby", 1_200, 100),
        product("TO-BAG-RUC", "Canvas Rucksack", "Northcroft", 11_500, 22),
        product("TO-BAG-TOT", "Canvas Tote", "Northcroft", 2_200, 74),
        product("TO-UMB-FLD", "Folding Umbrella", "Fell & Dale", 2_900, 66),
        product("TO-BOT-WLK", "Walking Boots - 9", "Fell & Dale", 14_500, 16),
        product("TO-GLV-WOL", "Wool Gloves", "Border Mill", 2_400, 52),
        product("TO-MAP-LND", "Map, Walks around London", "Kettleby", 1_400, 40),
        product("TO-CRE-LEA", "Leather Care Tin", "Northcroft", 950, 46),
        product("TO-LMP-LED", "Camp Lantern", "Kettleby", 3_900, 24),
        product("TO-KNF-PKT", "Pocket Knife", "Fell & Dale", 3_600, 20),
        product("TO-BIS-OAT", "Oat Biscuits Tin", "Kettleby", 700, 58),
    ],
    places: &[
        place("GB", "ENG", "London", "WC1N 3LS", 330),
        place("GB", "ENG", "Manchester", "M4 1HN", 80),
        place("GB", "ENG", "Bristol", "BS1 5TR", 70),
        place("GB", "ENG", "Leeds", "LS1 6AE", 60),
        place("GB", "SCT", "Edinburgh", "EH3 6SS", 75),
        place("GB", "SCT", "Glasgow", "G11 5AW", 45),
        place("GB", "WLS", "Cardiff", "CF10 1BS", 40),
        place("GB", "NIR", "Belfast", "BT7 1NN", 25),
        place("IE", "D", "Dublin", "D02 XY45", 60),
        place("FR", "", "Paris", "75011", 45),
        place("DE", "", "Hamburg", "20357", 45),
        place("NL", "", "Utrecht", "3511 LN", 35),
        place("US", "NY", "New York", "10012", 50),
        place("SE", "", "Göteborg", "411 04", 20),
        place("JP", "JP-13", "Tokyo", "150-0001", 20),
    ],
    first_names: &[
        "Oliver", "Amelia", "George", "Isla", "Harry", "Freya", "Arthur", "Poppy", "Callum", "Niamh", "Rhys",
        "Eleanor", "Kwame", "Aisha", "Tom", "Florence", "Sanjay", "Beth", "Euan", "Maeve", "Jack", "Imogen",
    ],
    last_names: &[
        "Smith", "Jones", "Taylor", "Evans", "Murphy", "Campbell", "Hughes", "Khan", "Wright", "Clarke", "Robinson",
        "Adeyemi", "Fraser", "Bennett", "Singh", "Doyle", "Lewis", "Marsh",
    ],
};
