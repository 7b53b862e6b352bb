/** Hindi. */
import { TEXT_MAX_CHARS } from "#protocol/limits.ts";
import type { Words } from "./catalogue.ts";
import { counter, figures } from "./plural.ts";

const count = counter("hi");
const number = figures("hi");

const TOO_NEW = "यह ऐप और सर्वर एक-दूसरे को समझ नहीं पा रहे। पेज दोबारा लोड करें और फिर भेजें।";

export const hi: Words = {
  number,

  app: {
    name: "Parley",
  },

  signIn: {
    title: "साइन इन करें",
    lead: "अपना फ़ोन नंबर लिखें। हम उससे जुड़े ईमेल पते पर एक कोड भेजेंगे।",
    phone: "फ़ोन नंबर",
    phoneHint: (country) => `देश का कोड न हो तो इसे ${country} का नंबर माना जाएगा।`,
    phoneHintPlain: "देश के कोड के साथ, जैसे +91 98765 43210।",
    phoneMissing: "कृपया अपना फ़ोन नंबर लिखें।",
    sendCode: "कोड भेजें",
  },

  code: {
    title: "कोड लिखें",
    lead: (phone) => `अगर ${phone} का यहाँ खाता है, तो उसके मेलबॉक्स में एक कोड आ रहा है।`,
    code: "कोड",
    missing: (digits) => count(digits, { one: "कृपया # अंक लिखें।", other: "कृपया सभी # अंक लिखें।" }),
    signIn: "साइन इन करें",
    again: "नया कोड भेजें",
    againIn: (seconds) => `नया कोड ${number(seconds)} सेकंड बाद माँग सकते हैं।`,
    sent: "नया कोड भेज दिया गया है। केवल सबसे नया कोड काम करेगा।",
    change: "नंबर बदलें",
  },

  problem: {
    bad_phone: "यह फ़ोन नंबर जैसा नहीं लगता। कृपया देश का कोड भी लिखें, जैसे +91।",
    bad_request: "यह ऐप और सर्वर एक-दूसरे को समझ नहीं पा रहे। कृपया पेज दोबारा लोड करें।",
    bad_name: "यह नाम जैसा नहीं लगता। कृपया वह नाम लिखें जिससे लोग जानते हैं।",
    bad_email: "यह ईमेल पता जैसा नहीं लगता।",
    number_taken: "इस नंबर का खाता पहले से मौजूद है।",
    not_signed_in: "आप अब साइन इन नहीं हैं। कृपया फिर से साइन इन करें।",
    forbidden_origin: "यह अनुरोध किसी दूसरी साइट से आया था और अस्वीकार कर दिया गया।",
    not_found: "यहाँ कुछ नहीं है।",
    too_large: "यह बहुत बड़ा था।",
    code_wrong: "यह कोड सही नहीं है। कृपया सबसे नया मेल देखें।",
    code_expired: "इस कोड की अवधि समाप्त हो गई है। कृपया नया कोड माँगें।",
    code_locked: "बहुत बार गलत कोड लिखा गया। कृपया नया कोड माँगें।",
    internal: "सर्वर पर कुछ गड़बड़ हो गई। इसे दर्ज कर लिया गया है।",
    unreachable: "सर्वर से संपर्क नहीं हो पा रहा। कृपया अपना कनेक्शन जाँचें और फिर कोशिश करें।",
    unknown: "कुछ गड़बड़ हो गई। कृपया फिर कोशिश करें।",
    tooOften: "बहुत ज़्यादा कोशिशें हो गईं। कृपया कुछ देर रुकें।",
    tooOftenFor: (wait) => `बहुत ज़्यादा कोशिशें हो गईं। कृपया ${wait} बाद फिर कोशिश करें।`,
  },

  wait: {
    seconds: (seconds) => count(seconds, { one: "# सेकंड", other: "# सेकंड" }),
    minutes: (minutes) => count(minutes, { one: "# मिनट", other: "# मिनट" }),
  },

  list: {
    name: "बातचीत",
    you: "आप:",
    unread: (messages) => count(messages, { one: "# अपठित", other: "# अपठित" }),
    unreadMore: (most) => `${number(most)}+`,
    nothingYet: "अभी कोई संदेश नहीं",
    emptyTitle: "बात करने के लिए अभी कोई नहीं",
    empty: "इस सर्वर को चलाने वाले से कहें कि वे आपको किसी से जोड़ें। वे यहाँ दिखाई देंगे।",
    loading: "बातचीत लोड हो रही है",
  },

  presence: {
    online: "ऑनलाइन",
    away: "दूर",
    offline: "ऑफ़लाइन",
    typing: "लिख रहे हैं…",
    lastSeen: (when) => `पिछली बार ${when} देखे गए`,
    justNow: "अभी-अभी",
    minutesAgo: (minutes) => `${number(minutes)} मिनट पहले`,
    todayAt: (time) => `आज ${time} बजे`,
    yesterdayAt: (time) => `बीते कल ${time} बजे`,
    dayAt: (day, time) => `${day} को ${time} बजे`,
  },

  day: {
    today: "आज",
    yesterday: "बीता कल",
  },

  chat: {
    messages: "संदेश",
    back: "बातचीत की सूची पर वापस",
    choose: "कोई बातचीत चुनें",
    chooseHint: "आपके संदेश सात दिन रहते हैं, फिर हर जगह से हट जाते हैं।",
    gone: "यह बातचीत यहाँ नहीं है",
    goneHint: "शायद यह किसी दूसरे खाते की है।",
    goneAction: "बातचीत दिखाएँ",
    hello: (name) => `${name} को नमस्ते कहें`,
    helloHint: "संदेश सात दिन रहते हैं, फिर हर जगह से हट जाते हैं।",
    start: "संदेश सात दिन रहते हैं। पुराने संदेश हट चुके हैं।",
    unreadFrom: "नए संदेश",
    olderFailed: "पुराने संदेश लोड नहीं हो सके।",
    tryAgain: "फिर कोशिश करें",
    newBelow: (messages) => count(messages, { one: "# नया संदेश", other: "# नए संदेश" }),
    newest: "सबसे नए संदेश पर जाएँ",
    says: (name, text) => `${name}: ${text}`,
    from: (name) => `${name}:`,
  },

  search: {
    field: "खोजें",
    clear: "खोज मिटाएँ",
    people: "लोग",
    messages: "संदेश",
    count: (messages) => count(messages, { one: "# संदेश मिला", other: "# संदेश मिले" }),
    nothing: "कुछ नहीं मिला",
    nothingHint: "संदेश सात दिन रहते हैं। उससे पुराने नहीं मिल सकते।",
    deviceAlone: "कनेक्शन नहीं है: केवल इस डिवाइस पर रखे संदेशों में खोजा गया।",
    gone: "यह संदेश अब इस बातचीत में नहीं है।",
    away: "यह संदेश इस डिवाइस पर नहीं है, और सर्वर से संपर्क नहीं हो पा रहा।",
  },

  unsent: {
    waiting: "भेजे जाने की प्रतीक्षा में।",
    unconfirmed: "अभी पुष्टि नहीं हुई: शायद पहुँच गया हो।",
    held: "एक दिन से ज़्यादा पहले लिखा गया और भेजा नहीं गया। क्या अब भी भेजें?",
    heldRestored: "आपके साइन आउट होने से पहले भेजा नहीं गया। क्या अब भी भेजें?",
    heldUnconfirmed: "एक दिन से ज़्यादा से पुष्टि नहीं हुई: शायद पहुँच गया हो। क्या एक बार फिर भेजें?",
    unsafe: "अभी इस डिवाइस पर सहेजा नहीं गया। भेजे जाने तक यह पेज खुला रखें।",
    refused: {
      unknown_frame: TOO_NEW,
      bad_frame: TOO_NEW,
      hello_first: TOO_NEW,
      empty_text: "नहीं भेजा गया: साफ़ करने के बाद संदेश में कुछ नहीं बचा।",
      text_too_long: `नहीं भेजा गया: संदेश में ज़्यादा से ज़्यादा ${number(TEXT_MAX_CHARS)} अक्षर हो सकते हैं।`,
      not_a_contact: "नहीं भेजा गया: आप केवल अपने संपर्कों को लिख सकते हैं।",
      blocked: "नहीं भेजा गया: आपने इस व्यक्ति को ब्लॉक किया है। लिखने के लिए अनब्लॉक करें।",
      cid_conflict: "नहीं भेजा गया: इसी पहचान से कोई दूसरा संदेश जा चुका है।",
      no_conversation: "नहीं भेजा गया: यह बातचीत अब मौजूद नहीं है।",
      no_message: "नहीं हुआ: यह संदेश अब यहाँ नहीं है।",
      not_yours: "नहीं हुआ: संदेश को केवल उसे लिखने वाला बदल सकता है।",
      edit_too_late: "नहीं बदला गया: संदेश को केवल पंद्रह मिनट तक बदला जा सकता है।",
      not_an_emoji: TOO_NEW,
      rate_limited: "यह बहुत जल्दी था। संदेश थोड़ी देर में भेजा जाएगा।",
      unavailable: "सर्वर अभी संदेश नहीं ले पा रहा। संदेश थोड़ी देर में भेजा जाएगा।",
    },
    tryAgain: "फिर कोशिश करें",
    sendNow: "भेजें",
    edit: "बदलें",
    remove: "हटाएँ",
    removeUnconfirmed: "कोशिश बंद करें",
  },

  held: {
    waiting: (messages) =>
      count(messages, { one: "# संदेश समय पर नहीं भेजा गया।", other: "# संदेश समय पर नहीं भेजे गए।" }),
    sendAll: "अभी भेजें",
    later: "बाद में",
  },

  own: {
    messages: (messages) => count(messages, { one: "# न भेजा गया संदेश", other: "# न भेजे गए संदेश" }),
    drafts: (drafts) => count(drafts, { one: "# ड्राफ़्ट", other: "# ड्राफ़्ट" }),
    both: (messages, drafts) => `${messages} और ${drafts}`,
  },

  sealed: {
    kept: (what) => `इस डिवाइस पर ${what} सीलबंद रखे हैं, जब तक उन्हें लिखने वाला यहाँ फिर से साइन इन न करे।`,
    remove: "हटाएँ",
    sure: "हमेशा के लिए हटाएँ?",
    keep: "रखें",
  },

  tick: {
    waiting: "प्रतीक्षा में",
    unconfirmed: "अभी पुष्टि नहीं हुई",
    held: "नहीं भेजा गया: पहले पूछा जाएगा",
    sent: "भेजा गया",
    delivered: "पहुँच गया",
    read: "पढ़ लिया गया",
    refused: "अस्वीकृत",
  },

  composer: {
    message: "संदेश",
    send: "संदेश भेजें",
    left: (characters) => count(characters, { one: "# अक्षर बाकी", other: "# अक्षर बाकी" }),
    over: (characters) => count(characters, { one: "# अक्षर ज़्यादा", other: "# अक्षर ज़्यादा" }),
  },

  connection: {
    name: "कनेक्शन",
    lost: "कनेक्शन नहीं है। आप जो लिखेंगे वह सहेजा जाएगा और बाद में भेजा जाएगा।",
    retryIn: (seconds) => `${number(seconds)} सेकंड में फिर कोशिश होगी।`,
    trying: "जुड़ने की कोशिश हो रही है…",
    tryNow: "अभी कोशिश करें",
  },

  update: {
    ready: "नया संस्करण तैयार है।",
    needed: "यह संस्करण जुड़ने के लिए बहुत पुराना है।",
    reload: "दोबारा लोड करें",
    later: "बाद में",
  },

  settings: {
    title: "सेटिंग",
    back: "सेटिंग पर वापस",
  },

  devices: {
    title: "डिवाइस",
    hint: "जहाँ आप साइन इन हैं",
    lead: "जहाँ आप साइन इन हैं। जिसे न पहचानें या अब इस्तेमाल न करें, उसे साइन आउट कर दें।",
    list: "साइन इन किए हुए डिवाइस",
    here: "यह डिवाइस",
    times: (signedIn, used) => `साइन इन: ${signedIn}, पिछला इस्तेमाल: ${used}`,
    name: (browser, system) => `${system} पर ${browser}`,
    unknown: "अनजान डिवाइस",
    end: "साइन आउट करें",
    endOf: (device) => `${device} को साइन आउट करें`,
    endOthers: "बाकी सभी डिवाइस साइन आउट करें",
    loading: "डिवाइस लोड हो रहे हैं",
    failed: "डिवाइस लोड नहीं हो सके।",
  },

  newSessions: {
    one: (device, when) => `नया साइन इन: ${device}, ${when}।`,
    several: (sessions) =>
      count(sessions, {
        one: "दूसरे डिवाइस पर # नया साइन इन।",
        other: "दूसरे डिवाइस पर # नए साइन इन।",
      }),
    check: "डिवाइस देखें",
    dismiss: "वह मैं था/थी",
  },

  ownData: {
    title: "आपका डेटा",
    hint: "सब कुछ की एक प्रति, या खाते का अंत",
    copy: "सब कुछ की एक प्रति",
    copyLead:
      "आपकी प्रोफ़ाइल, संपर्क, डिवाइस और पिछले सात दिनों के संदेश, एक फ़ाइल में। यह आपके संदेशों जितनी ही निजी है: इसे सँभालकर रखें।",
    save: "प्रति सहेजें",
    saved: "प्रति आपके ब्राउज़र को दे दी गई है।",
  },

  admin: {
    title: "प्रशासन",
    system: "सिस्टम",
    people: "लोग",
    audit: "लेखा",
    loading: "लोड हो रहा है…",
    more: "और दिखाएँ",

    dependencies: "सर्वर किन पर निर्भर है",
    postgres: "डेटाबेस",
    store: "स्टोर",
    bus: "बस",
    mail: "मेल सर्वर",
    took: (milliseconds) => `${number(milliseconds)} मि.से.`,
    down: "जवाब नहीं देता",
    facts: "अभी",
    accounts: "खाते",
    accountsOf: (active, suspended) =>
      suspended === 0 ? `${number(active)} सक्रिय` : `${number(active)} सक्रिय, ${number(suspended)} निलंबित`,
    outbox: "बस के इंतज़ार में",
    commits: (rows) => (rows === 0 ? "कुछ नहीं" : count(rows, { one: "# कमिट", other: "# कमिट" })),
    oldest: "सबसे पुराना संदेश या घटना",
    nothingKept: "कुछ भी नहीं रखा है",
    lastPurge: "पिछली सफ़ाई",
    never: "अब तक कभी नहीं",
    instances: "इंस्टेंस",
    noInstances: "पिछले कुछ सेकंड में किसी ने अपनी स्थिति नहीं बताई।",
    since: (when) => `शुरू हुआ: ${when}`,
    connections: (open) => count(open, { one: "# कनेक्शन", other: "# कनेक्शन" }),
    sends: (perSecond) => `${number(perSecond)} संदेश/से.`,
    frames: (perSecond) => `${number(perSecond)} फ़्रेम/से.`,
    waiting: (changes) => count(changes, { one: "# बदलाव इंतज़ार में", other: "# बदलाव इंतज़ार में" }),
    unreached: (names) => `इन तक नहीं पहुँचता: ${names}`,

    add: "किसी को जोड़ें",
    name: "नाम",
    email: "ईमेल पता",
    addAct: "जोड़ें",
    added: (name) => `${name} का खाता बन गया है, अब साइन इन किया जा सकता है।`,
    everybody: "खाते वाले सभी लोग",
    number: (hint) => `नंबर के अंत में ${hint}`,
    role: "प्रशासक",
    suspended: "निलंबित",
    signedIn: (when) => `साइन इन: ${when}`,
    neverSignedIn: "कभी साइन इन नहीं किया",
    actsOn: (name) => `${name} के लिए कार्रवाइयाँ`,
    sessions: "डिवाइस",
    sessionsOf: (name) => `${name} के डिवाइस`,
    noSessions: "कहीं साइन इन नहीं।",
    endAll: "हर जगह साइन आउट करें",
    reset: "तुरंत कोड माँगने दें",
    resetDone: "अब तुरंत कोड माँगा जा सकता है; पहले वाला कोड रद्द है।",
    suspend: "निलंबित करें",
    suspendTitle: (name) => `${name} को निलंबित करें?`,
    suspendLead: "हर जगह साइन आउट कर दिया जाएगा, और जब तक आप फिर अनुमति न दें, साइन इन नहीं होगा।",
    unsuspend: "फिर आने दें",

    auditTitle: "प्रशासकों ने क्या किया",
    auditEmpty: "अभी कुछ नहीं।",
    terminal: (user) => `${user} (टर्मिनल में)`,
    gone: "जिसका खाता अब नहीं है",
    acts: {
      "user.add": (who, whom) => `${who} ने ${whom} को जोड़ा`,
      "user.suspend": (who, whom) => `${who} ने ${whom} को निलंबित किया`,
      "user.unsuspend": (who, whom) => `${who} ने ${whom} को फिर आने दिया`,
      "user.reset": (who, whom) => `${who} ने ${whom} को तुरंत कोड माँगने दिया`,
      "user.role": (who, whom) => `${who} ने ${whom} की भूमिका बदली`,
      "user.connect": (who, whom) => `${who} ने ${whom} को किसी का संपर्क बनाया`,
      "sessions.look": (who, whom) => `${who} ने ${whom} के डिवाइस देखे`,
      "sessions.revoke": (who, whom) => `${who} ने ${whom} को साइन आउट किया`,
      "keys.make": (who) => `${who} ने नई कुंजी बनाई`,
      "keys.reseal": (who) => `${who} ने सब कुछ नई कुंजी से फिर सील किया`,
    },
  },

  notifications: {
    title: "सूचनाएँ",
    hint: "यह डिवाइस नए संदेशों की सूचना दे या नहीं, और कैसे",
    lead: "जब आप देख न रहे हों, तब यह डिवाइस नए संदेशों की सूचना दे सकता है, ऐप बंद होने पर भी।",
    on: "इस डिवाइस पर सूचनाएँ",
    preview: "दिखाएँ कि किसने क्या लिखा",
    previewHint: "वरना सूचना केवल इतना बताती है कि कुछ नया आया है।",
    sound: "ध्वनि",
    vibrate: "कंपन",
    unable: "इस ब्राउज़र में सूचनाएँ नहीं हैं। iPhone या iPad पर पहले Parley को होम स्क्रीन में जोड़ें।",
    unoffered: "यह सर्वर सूचनाएँ नहीं भेजता।",
    blocked: "ब्राउज़र इस साइट की सूचनाएँ रोक रहा है। साइट सेटिंग में उन्हें अनुमति दें, फिर वापस आएँ।",
    broken: "सूचनाएँ चालू नहीं हो सकीं। कृपया अपना कनेक्शन जाँचें और फिर कोशिश करें।",
    health: "पिछली सूचना",
    never: "अभी कोई नहीं",
    sent: (when) => `${when} भेजी गई`,
    refused: (when) => `${when} पुश सेवा ने अस्वीकार की`,
    later: (when) => `${when} पुश सेवा से संपर्क नहीं हो सका`,
  },

  language: {
    title: "भाषा",
    automatic: "ब्राउज़र के अनुसार",
    failed: "यह भाषा लोड नहीं हो सकी। कृपया अपना कनेक्शन जाँचें और फिर कोशिश करें।",
  },

  account: {
    menu: "खाता मेनू",
    settings: "सेटिंग",
    signedInAs: (hint) => `फ़ोन नंबर जिसके अंत में ${hint} है`,
    signOut: "साइन आउट करें",
    confirmTitle: "इस डिवाइस पर साइन आउट करें?",
    confirm: "इस डिवाइस के संदेश हटा दिए जाएँगे। फिर से साइन इन करने पर वे यहाँ वापस आ जाएँगे।",
    confirmUnsent: (what, things) =>
      count(things, {
        one: `${what} खो जाएगा: वह किसी और डिवाइस पर नहीं है।`,
        other: `${what} खो जाएँगे: वे किसी और डिवाइस पर नहीं हैं।`,
      }),
    signOutAnyway: "फिर भी साइन आउट करें",
    cancel: "रद्द करें",
  },
};
