/** What people in pictures are called and say. */

export interface Names {
  alice: string;
  bob: string;
  carol: string;
  dan: string;
  others: string[];
}

export const NAMES: Names = {
  alice: "Alice",
  bob: "Bob",
  carol: "Carol",
  dan: "Dan",
  others: ["Dr. Wilhelmina Montgomery-Fitzgerald von Hohenstein", "عبد الرحمن الخوارزمي"],
};

export const ARABIC_NAMES: Names = {
  alice: "ليلى حداد",
  bob: "كريم منصور",
  carol: "سارة العلي",
  dan: "Daniel Weiss",
  others: ["عبد الرحمن الخوارزمي"],
};

export const TALK = {
  tent: "Do you still have the tent?",
  saturday: "See you on Saturday!",
  parts: "Morning! Did the parts for the bike arrive?",
  chain: "They did, all but the chain. The shop says Thursday.",
  wheels: "I can start with the wheels in the meantime",
  manual: "Good. The manual is at https://example.org/bikes/manual.pdf, page 12",
  thanks: "Perfect, thank you 🙏 The drawing there is better than the film.",
  ride: "🚲🎉",
  tea: "Tea at four?",
};

export const ARABIC_TALK: typeof TALK = {
  tent: "هل ما زالت الخيمة عندك؟",
  saturday: "أراك يوم السبت!",
  parts: "صباح الخير! هل وصلت قطع الدراجة؟",
  chain: "وصلت كلها ما عدا السلسلة. يقول المتجر يوم الخميس.",
  wheels: "يمكنني أن أبدأ بالعجلات",
  manual: "جيد. الدليل هنا https://example.org/bikes/manual.pdf صفحة 12",
  thanks: "ممتاز، شكرًا 🙏 الرسم هناك أوضح من الفيلم.",
  ride: "🚲🎉",
  tea: "شاي عند الرابعة؟",
};
