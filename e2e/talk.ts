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

export const HINDI_NAMES: Names = {
  alice: "अनन्या शर्मा",
  bob: "रोहन गुप्ता",
  carol: "प्रिया नायर",
  dan: "Daniel Weiss",
  others: ["वेंकटरमणन कृष्णमूर्ति सुब्रह्मण्यम अय्यर"],
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

export const HINDI_TALK: typeof TALK = {
  tent: "क्या तंबू अब भी तुम्हारे पास है?",
  saturday: "शनिवार को मिलते हैं!",
  parts: "सुप्रभात! साइकिल के पुर्ज़े आ गए क्या?",
  chain: "आ गए, बस चेन बाक़ी है। दुकानदार गुरुवार कह रहा है।",
  wheels: "तब तक मैं पहियों से शुरू कर सकता हूँ",
  manual: "बढ़िया। पुस्तिका यहाँ है https://example.org/bikes/manual.pdf पृष्ठ 12",
  thanks: "बहुत अच्छा, शुक्रिया 🙏 उसका चित्र फ़िल्म से ज़्यादा साफ़ है।",
  ride: "🚲🎉",
  tea: "चार बजे चाय?",
};
