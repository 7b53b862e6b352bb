/** Arabic. A variable that may be Latin (a name, a number, a device) stands alone or in isolates, so that it cannot turn a line. */
import { TEXT_MAX_CHARS } from "#protocol/limits.ts";
import type { Words } from "./catalogue.ts";
import { counter, figures } from "./plural.ts";

const count = counter("ar");
const number = figures("ar");

const TOO_NEW = "لا يفهم هذا التطبيق والخادم أحدهما الآخر. أعد تحميل الصفحة ثم أرسلها من جديد.";

/** Keeps the direction of what comes from outside to itself. */
const own = (text: string): string => `\u2068${text}\u2069`;
/** A telephone number runs from left to right everywhere. */
const dialled = (phone: string): string => `\u2066${phone}\u2069`;

export const ar: Words = {
  number,

  app: {
    name: "Parley",
  },

  signIn: {
    title: "تسجيل الدخول",
    lead: "أدخل رقم هاتفك، وسنرسل رمزًا إلى عنوان البريد الإلكتروني المرتبط به.",
    phone: "رقم الهاتف",
    phoneHint: (country) => `من دون رمز الدولة يُقرأ على أنه رقم في ${own(country)}.`,
    phoneHintPlain: `مع رمز الدولة، مثل ${dialled("+20 10 1234 5678")}.`,
    phoneMissing: "يرجى إدخال رقم هاتفك.",
    sendCode: "إرسال الرمز",
  },

  code: {
    title: "أدخل الرمز",
    lead: (phone) => `إذا كان للرقم ${dialled(phone)} حساب هنا، فالرمز في طريقه إلى بريده.`,
    code: "الرمز",
    missing: (digits) =>
      count(digits, {
        zero: "يرجى إدخال الرمز.",
        one: "يرجى إدخال الرقم.",
        two: "يرجى إدخال الرقمين.",
        few: "يرجى إدخال الأرقام الـ# كلها.",
        many: "يرجى إدخال الأرقام الـ# كلها.",
        other: "يرجى إدخال الأرقام الـ# كلها.",
      }),
    signIn: "تسجيل الدخول",
    again: "إرسال رمز جديد",
    againIn: (seconds) =>
      count(seconds, {
        zero: "يمكنك طلب رمز جديد الآن.",
        one: "يمكنك طلب رمز جديد بعد ثانية واحدة.",
        two: "يمكنك طلب رمز جديد بعد ثانيتين.",
        few: "يمكنك طلب رمز جديد بعد # ثوانٍ.",
        many: "يمكنك طلب رمز جديد بعد # ثانية.",
        other: "يمكنك طلب رمز جديد بعد # ثانية.",
      }),
    sent: "رمز جديد في الطريق. أحدث رمز وحده صالح.",
    change: "تغيير الرقم",
  },

  problem: {
    bad_phone: `لا يبدو هذا رقم هاتف. يرجى كتابة رمز الدولة، مثل ${dialled("+20")}.`,
    bad_request: "لا يفهم هذا التطبيق والخادم أحدهما الآخر. يرجى إعادة تحميل الصفحة.",
    bad_name: "لا يبدو هذا اسمًا. يرجى كتابته كما يعرفه الناس.",
    bad_email: "لا يبدو هذا عنوان بريد إلكتروني.",
    number_taken: "يوجد حساب بهذا الرقم.",
    not_signed_in: "لم تعد مسجّل الدخول. يرجى تسجيل الدخول من جديد.",
    forbidden_origin: "جاء هذا الطلب من موقع آخر فرُفض.",
    not_found: "لا يوجد شيء هنا.",
    too_large: "كان ذلك كبيرًا جدًا.",
    code_wrong: "هذا الرمز غير صحيح. يرجى مراجعة أحدث رسالة بريد.",
    code_expired: "انتهت صلاحية هذا الرمز. يرجى طلب رمز جديد.",
    code_locked: "محاولات خاطئة كثيرة. يرجى طلب رمز جديد.",
    internal: "حدث خطأ في الخادم، وقد سُجّل.",
    unreachable: "تعذّر الوصول إلى الخادم. يرجى التحقق من اتصالك ثم المحاولة من جديد.",
    unknown: "حدث خطأ ما. يرجى المحاولة من جديد.",
    tooOften: "كانت المحاولات كثيرة جدًا. يرجى الانتظار قليلًا.",
    tooOftenFor: (wait) => `كانت المحاولات كثيرة جدًا. يرجى المحاولة من جديد بعد ${wait}.`,
  },

  wait: {
    seconds: (seconds) =>
      count(seconds, {
        zero: "# ثانية",
        one: "ثانية واحدة",
        two: "ثانيتين",
        few: "# ثوانٍ",
        many: "# ثانية",
        other: "# ثانية",
      }),
    minutes: (minutes) =>
      count(minutes, {
        zero: "# دقيقة",
        one: "دقيقة واحدة",
        two: "دقيقتين",
        few: "# دقائق",
        many: "# دقيقة",
        other: "# دقيقة",
      }),
  },

  list: {
    name: "المحادثات",
    you: "أنت:",
    unread: (messages) =>
      count(messages, {
        zero: "لا رسائل غير مقروءة",
        one: "رسالة غير مقروءة",
        two: "رسالتان غير مقروءتين",
        few: "# رسائل غير مقروءة",
        many: "# رسالة غير مقروءة",
        other: "# رسالة غير مقروءة",
      }),
    unreadMore: (most) => `+${number(most)}`,
    nothingYet: "لا رسائل بعد",
    emptyTitle: "لا أحد لتحادثه بعد",
    empty: "اطلب ممّن يدير هذا الخادم أن يصلك بشخص ما، وسيظهر هنا.",
    resize: "عرض القائمة",
    loading: "جارٍ تحميل المحادثات",
  },

  presence: {
    online: "متصل",
    away: "بعيد",
    offline: "غير متصل",
    typing: "يكتب الآن…",
    lastSeen: (when) => `آخر ظهور ${when}`,
    justNow: "قبل لحظات",
    minutesAgo: (minutes) =>
      count(minutes, {
        zero: "قبل لحظات",
        one: "قبل دقيقة",
        two: "قبل دقيقتين",
        few: "قبل # دقائق",
        many: "قبل # دقيقة",
        other: "قبل # دقيقة",
      }),
    todayAt: (time) => `اليوم الساعة ${time}`,
    yesterdayAt: (time) => `أمس الساعة ${time}`,
    dayAt: (day, time) => `${day} الساعة ${time}`,
  },

  day: {
    today: "اليوم",
    yesterday: "أمس",
    at: (day, time) => `${day}، ${time}`,
  },

  chat: {
    messages: "الرسائل",
    loading: "جارٍ تحميل الرسائل",
    back: "العودة إلى المحادثات",
    choose: "اختر محادثة",
    chooseHint: "تبقى رسائلك سبعة أيام، ثم تزول من كل مكان.",
    gone: "هذه المحادثة ليست هنا",
    goneHint: "قد تكون لحساب آخر.",
    goneAction: "عرض المحادثات",
    hello: (name) => `ألقِ التحية على ${own(name)}`,
    helloHint: "تبقى الرسائل سبعة أيام، ثم تزول من كل مكان.",
    start: "تبقى الرسائل سبعة أيام. ما كان أقدم منها قد زال.",
    unreadFrom: "رسائل جديدة",
    olderFailed: "تعذّر تحميل الرسائل الأقدم.",
    tryAgain: "المحاولة من جديد",
    newBelow: (messages) =>
      count(messages, {
        zero: "لا رسائل جديدة",
        one: "رسالة جديدة",
        two: "رسالتان جديدتان",
        few: "# رسائل جديدة",
        many: "# رسالة جديدة",
        other: "# رسالة جديدة",
      }),
    newest: "الانتقال إلى أحدث رسالة",
    says: (name, text) => `${own(name)}: ${own(text)}`,
    from: (name) => `${own(name)}:`,
    keys: "تنقلك أسهم لوحة المفاتيح من رسالة إلى أخرى، ويعرض Enter ما يمكن فعله بها.",
    edited: "معدّلة",
    deleted: "حُذفت هذه الرسالة",
    deletedByYou: "حذفتَ هذه الرسالة",
    skipped: (messages) =>
      count(messages, {
        zero: "لا رسائل غير مقروءة",
        one: "رسالة غير مقروءة",
        two: "رسالتان غير مقروءتين",
        few: "# رسائل غير مقروءة",
        many: "# رسالة غير مقروءة",
        other: "# رسالة غير مقروءة",
      }),
  },

  quote: {
    you: "أنت",
    jump: (name) => `الانتقال إلى رسالة ${own(name)} التي هذا ردّ عليها`,
    gone: "لم تعد هذه الرسالة هنا",
    unknown: "رسالة سابقة",
  },

  act: {
    menu: "ما يمكن فعله بهذه الرسالة",
    more: "المزيد",
    reply: "ردّ",
    react: "تفاعل",
    reactWith: (emoji) => `التفاعل بـ ${emoji}`,
    moreEmoji: "رموز تعبيرية أخرى",
    reacted: (emoji, names) => `${emoji} من ${own(names)}`,
    youAndThem: (name) => `أنت و${own(name)}`,
    you: "أنت",
    copy: "نسخ",
    copied: "تم النسخ",
    forward: "إعادة توجيه",
    edit: "تعديل",
    details: "التفاصيل",
    remove: "حذف",
    takeBack: "تعديل",
    discard: "عدم الإرسال",
    waiting: "هذا التغيير في انتظار الإرسال.",
    dismiss: "حسنًا",
  },

  details: {
    title: "تفاصيل الرسالة",
    sent: "أُرسلت",
    delivered: "وصلت",
    read: "قُرئت",
    notYet: "ليس بعد",
    unknown: "يُعرف عند الاتصال",
    expires: "تزول",
    loading: "جارٍ التحميل",
  },

  remove: {
    title: "أتُحذف هذه الرسالة؟",
    both: (name) => `الحذف عندي وعند ${own(name)}`,
    bothHint: "لن يقرأها أحد بعد ذلك. ويرى كلاكما أن شيئًا قد حُذف.",
    me: "الحذف عندي فقط",
    meHint: "تزول من كل أجهزتك.",
    cancel: "إلغاء",
  },

  forward: {
    title: "إعادة التوجيه إلى",
    find: "البحث عن جهة اتصال",
    none: "لا أحد غيره هنا",
    nothing: "لا أحد بهذا الاسم",
  },

  emoji: {
    title: "الرموز التعبيرية",
    find: "البحث عن رمز تعبيري",
    nothing: "لا رمز بهذا الاسم",
    groupsName: "أنواع الرموز",
    recent: "المستخدمة مؤخرًا",
    groups: {
      smileys: "وجوه",
      people: "أشخاص وأيدٍ",
      hearts: "قلوب ومشاعر",
      nature: "حيوانات وطبيعة",
      food: "طعام وشراب",
      doing: "رياضة واحتفالات",
      travel: "سفر وأماكن",
      things: "أشياء",
      symbols: "علامات",
    },
  },

  search: {
    field: "بحث",
    clear: "مسح البحث",
    people: "الأشخاص",
    messages: "الرسائل",
    count: (messages) =>
      count(messages, {
        zero: "لم يُعثر على رسائل",
        one: "عُثر على رسالة واحدة",
        two: "عُثر على رسالتين",
        few: "عُثر على # رسائل",
        many: "عُثر على # رسالة",
        other: "عُثر على # رسالة",
      }),
    nothing: "لم يُعثر على شيء",
    nothingHint: "تبقى الرسائل سبعة أيام، ولا يمكن العثور على الأقدم منها.",
    deviceAlone: "لا اتصال: البحث في ما على هذا الجهاز فقط.",
    gone: "لم تعد هذه الرسالة في المحادثة.",
    away: "هذه الرسالة ليست على هذا الجهاز، ولا يمكن الوصول إلى الخادم.",
  },

  unsent: {
    waiting: "في انتظار الإرسال.",
    unconfirmed: "لم تتأكد بعد: ربما وصلت.",
    held: "كُتبت قبل أكثر من يوم ولم تُرسل. أتُرسل الآن؟",
    heldRestored: "لم تُرسل قبل تسجيل خروجك. أتُرسل الآن؟",
    heldUnconfirmed: "لم تتأكد منذ أكثر من يوم: ربما وصلت. أتُرسل مرة أخرى؟",
    unsafe: "لم تُحفظ على هذا الجهاز بعد. أبقِ هذه الصفحة مفتوحة إلى أن تُرسل.",
    refused: {
      unknown_frame: TOO_NEW,
      bad_frame: TOO_NEW,
      hello_first: TOO_NEW,
      empty_text: "لم تُرسل: لم يبقَ شيء من النص بعد تنقيته.",
      text_too_long: `لم تُرسل: أقصى طول للرسالة ${number(TEXT_MAX_CHARS)} حرف.`,
      not_a_contact: "لم تُرسل: يمكنك الكتابة إلى جهات اتصالك فقط.",
      blocked: "لم تُرسل: لقد حظرت هذا الشخص. ألغِ الحظر لتكتب له.",
      cid_conflict: "لم تُرسل: خرجت رسالة أخرى بالمعرّف نفسه.",
      no_conversation: "لم تُرسل: لم تعد هذه المحادثة موجودة.",
      no_message: "لم يتم ذلك: لم تعد الرسالة هنا.",
      not_yours: "لم يتم ذلك: لا يغيّر الرسالة إلا من كتبها.",
      edit_too_late: "لم تُعدَّل: يمكن تعديل الرسالة خلال ربع ساعة فقط.",
      not_an_emoji: TOO_NEW,
      rate_limited: "كان ذلك سريعًا جدًا. ستُرسل بعد لحظات.",
      unavailable: "لا يستطيع الخادم استلام الرسائل الآن. ستُرسل بعد لحظات.",
    },
    tryAgain: "المحاولة من جديد",
    sendNow: "إرسال",
    edit: "تعديل",
    remove: "إزالة",
    removeUnconfirmed: "التوقف عن المحاولة",
  },

  held: {
    waiting: (messages) =>
      count(messages, {
        zero: "أُرسلت كل الرسائل في وقتها.",
        one: "رسالة واحدة لم تُرسل في وقتها.",
        two: "رسالتان لم تُرسلا في وقتهما.",
        few: "# رسائل لم تُرسل في وقتها.",
        many: "# رسالة لم تُرسل في وقتها.",
        other: "# رسالة لم تُرسل في وقتها.",
      }),
    sendAll: "الإرسال الآن",
    later: "لاحقًا",
  },

  own: {
    messages: (messages) =>
      count(messages, {
        zero: "لا رسائل غير مرسلة",
        one: "رسالة غير مرسلة",
        two: "رسالتان غير مرسلتين",
        few: "# رسائل غير مرسلة",
        many: "# رسالة غير مرسلة",
        other: "# رسالة غير مرسلة",
      }),
    drafts: (drafts) =>
      count(drafts, {
        zero: "لا مسودات",
        one: "مسودة",
        two: "مسودتان",
        few: "# مسودات",
        many: "# مسودة",
        other: "# مسودة",
      }),
    both: (messages, drafts) => `${messages} و${drafts}`,
  },

  sealed: {
    kept: (what) => `على هذا الجهاز ما هو مختوم (${what}) إلى أن يسجّل كاتبه الدخول هنا من جديد.`,
    remove: "إزالة",
    sure: "إزالة نهائية؟",
    keep: "إبقاء",
  },

  tick: {
    waiting: "قيد الانتظار",
    unconfirmed: "لم تتأكد بعد",
    held: "لم تُرسل: يُسأل عنها أولًا",
    sent: "أُرسلت",
    delivered: "وصلت",
    read: "قُرئت",
    refused: "مرفوضة",
  },

  composer: {
    message: "رسالة",
    send: "إرسال الرسالة",
    emoji: "الرموز التعبيرية",
    replyTo: (name) => `ردّ على ${own(name)}`,
    replyToYourself: "ردّ على رسالتك",
    editing: "تعديل الرسالة",
    cancelReply: "إلغاء الردّ",
    cancelEdit: "إلغاء التعديل",
    save: "حفظ",
    left: (characters) =>
      count(characters, {
        zero: "لم يبقَ أي حرف",
        one: "بقي حرف واحد",
        two: "بقي حرفان",
        few: "بقيت # أحرف",
        many: "بقي # حرفًا",
        other: "بقي # حرف",
      }),
    over: (characters) =>
      count(characters, {
        zero: "الطول مناسب",
        one: "أطول بحرف واحد",
        two: "أطول بحرفين",
        few: "أطول بـ# أحرف",
        many: "أطول بـ# حرفًا",
        other: "أطول بـ# حرف",
      }),
  },

  connection: {
    name: "الاتصال",
    offline: "أنت غير متصل بالشبكة. ما تكتبه يُحفظ ويُرسل لاحقًا.",
    unreachable: "لا يمكن الوصول إلى الخادم. ما تكتبه يُحفظ ويُرسل لاحقًا.",
    resuming: "عاد الاتصال. يُجلب ما فاتك…",
    stopped: "لا يتفاهم هذا التطبيق والخادم. أعد تحميل الصفحة من فضلك.",
    retryIn: (seconds) =>
      count(seconds, {
        zero: "محاولة جديدة الآن.",
        one: "محاولة جديدة بعد ثانية واحدة.",
        two: "محاولة جديدة بعد ثانيتين.",
        few: "محاولة جديدة بعد # ثوانٍ.",
        many: "محاولة جديدة بعد # ثانية.",
        other: "محاولة جديدة بعد # ثانية.",
      }),
    trying: "جارٍ الاتصال…",
    tryNow: "المحاولة الآن",
  },

  storage: {
    unsafe: "لا يحفظ هذا الجهاز الرسائل الآن. ما تكتبه ليس في أمان إلى أن يُرسل.",
    unreadable: "لا يسمح هذا المتصفح بحفظ أي شيء هنا، ربما بسبب نافذة خاصة. تجري محاولة جديدة…",
  },

  diagnosis: {
    title: "الاتصال والسرعة",
    hint: "كيف حال هذا الجهاز، وملف لمن يساعدك",
    link: {
      idle: "غير متصل",
      connecting: "جارٍ الاتصال",
      resuming: "متصل، ويُجلب ما فاتك",
      live: "متصل",
      waiting: "غير متصل",
      stopped: "غير متصل",
    },
    liveHint: "ما تكتبه يخرج فورًا، وما يكتبه الآخرون يصل إلى هنا فورًا.",
    speed: "رسائلك الأخيرة",
    speedOf: (messages) =>
      count(messages, {
        zero: "لم تُرسل أي رسالة من هذا الجهاز بعد.",
        one: "كم استغرقت آخر رسالة من هذا الجهاز. لا يعرف ذلك إلا هذا الجهاز.",
        two: "كم استغرقت آخر رسالتين من هذا الجهاز، والأحدث أخيرًا. لا يعرف ذلك إلا هذا الجهاز.",
        few: "كم استغرقت آخر # رسائل من هذا الجهاز، والأحدث أخيرًا. لا يعرف ذلك إلا هذا الجهاز.",
        many: "كم استغرقت آخر # رسالة من هذا الجهاز، والأحدث أخيرًا. لا يعرف ذلك إلا هذا الجهاز.",
        other: "كم استغرقت آخر # رسالة من هذا الجهاز، والأحدث أخيرًا. لا يعرف ذلك إلا هذا الجهاز.",
      }),
    speedNone: "حين ترسل شيئًا من هذا الجهاز ترى هنا كم استغرق.",
    half: "نصفها",
    most: "95 من 100",
    ack: "حتى وصلت إلى الخادم",
    delivery: "حتى وصلت إلى جهازهم",
    unmeasured: "غير معروف",
    now: "الآن",
    queue: "بانتظار الإرسال",
    queued: {
      waiting: (messages) =>
        count(messages, {
          zero: "لا شيء ينتظر",
          one: "واحدة تنتظر",
          two: "اثنتان تنتظران",
          few: "# تنتظر",
          many: "# تنتظر",
          other: "# تنتظر",
        }),
      unconfirmed: (messages) =>
        count(messages, {
          zero: "لا شيء غير مؤكد",
          one: "واحدة لم تُؤكد بعد",
          two: "اثنتان لم تُؤكدا بعد",
          few: "# لم تُؤكد بعد",
          many: "# لم تُؤكد بعد",
          other: "# لم تُؤكد بعد",
        }),
      held: (messages) =>
        count(messages, {
          zero: "لا شيء محجوز لك",
          one: "واحدة محجوزة لك",
          two: "اثنتان محجوزتان لك",
          few: "# محجوزة لك",
          many: "# محجوزة لك",
          other: "# محجوزة لك",
        }),
      refused: (messages) =>
        count(messages, {
          zero: "لا شيء مرفوض",
          one: "واحدة مرفوضة",
          two: "اثنتان مرفوضتان",
          few: "# مرفوضة",
          many: "# مرفوضة",
          other: "# مرفوضة",
        }),
    },
    nothing: "لا شيء",
    cursor: "ما قُرئ من أحداث بريدك",
    clock: "ساعة هذا الجهاز",
    ahead: (apart) => `متقدمة على ساعة الخادم بمقدار ${apart}`,
    behind: (apart) => `متأخرة عن ساعة الخادم بمقدار ${apart}`,
    device: "على هذا الجهاز",
    messages: "الرسائل المحفوظة هنا",
    messagesSince: (messages, when) => `${number(messages)}، أقدمها ${when}`,
    room: "المساحة المستخدمة",
    roomOf: (used, quota) => `${used} من ${quota}`,
    persisted: "حين تضيق مساحة الجهاز",
    kept: "يُبقيها المتصفح",
    mayGo: "قد يمحوها المتصفح",
    build: "صُنع هذا الإصدار",
    push: {
      unknown: "غير معروف",
      unable: "ليست في هذا المتصفح",
      unoffered: "لا يقدمها هذا الخادم",
      blocked: "يمنعها المتصفح",
      off: "متوقفة",
      on: "تعمل",
      broken: "مطلوبة، ولم تُضبط",
    },
    pushSince: (state, last) => `${state} · ${last}`,
    report: "ملف التشخيص",
    reportLead:
      "لمن يدير هذا الخادم حين لا يعمل شيء ما. فيه هذه الأرقام وما تعطّل أخيرًا؛ لا رسائل، ولا أسماء، ولا أرقام الأشخاص أو عناوينهم.",
    reportSave: "حفظ الملف",
    reportSaved: "الملف في التنزيلات.",
  },

  update: {
    ready: "إصدار جديد جاهز.",
    needed: "هذا الإصدار أقدم من أن يتصل. يحل الجديد محله عند أول توقف لك، وما كتبته محفوظ.",
    reload: "إعادة التحميل",
    later: "لاحقًا",
  },

  people: {
    title: "الأشخاص",
    list: "جهات اتصالك",
    back: "العودة إلى الأشخاص",
    about: (name: string) => `حول ${name}`,
    emptyTitle: "لا أحد هنا بعد",
    empty: "من يدير هذا الخادم هو من يجعل الناس جهات اتصال. لا يمكن البحث عن أحد.",
    muted: "مكتوم",
    blocked: "محظور",
    isBlocked: "لقد حظرت هذا الشخص.",
    ended: "لم تعودا جهتي اتصال. تبقى الرسائل حتى يمر عليها سبعة أيام.",
    deleted: "حساب محذوف",
    deletedNote: "حُذف هذا الحساب. تبقى الرسائل حتى يمر عليها سبعة أيام.",
    callsThemselves: (name: string) => `يسمّي نفسه ${name}`,
    open: "افتح المحادثة",
    alias: "الاسم الذي تطلقه عليه",
    aliasHint: "لا يراه سواك. اتركه فارغًا لاستعمال اسمه.",
    save: "حفظ",
    mute: "كتم",
    muteHint: "لا إشعارات، ولا شيء على الشارة",
    block: "حظر",
    blockHint: "لا يمر شيء بينكما. ولا يُخبَر بذلك.",
    blockIt: {
      title: (name: string) => `حظر ${name}؟`,
      text: "لا يُخبَر بذلك، ولا يرى متى تكون هنا. ما يكتبه لا يصلك. إن ألغيت الحظر خلال سبعة أيام وصلك حينها.",
      action: "حظر",
    },
    unblock: "إلغاء الحظر",
    unblockIt: {
      title: (name: string) => `إلغاء حظر ${name}؟`,
      text: "يصل الآن ما كتبه في هذه الأثناء، ما لم يتجاوز سبعة أيام.",
      action: "إلغاء الحظر",
    },
    remove: "إزالة من جهات الاتصال",
    removeHint: "لكليكما. ويرى أنها انتهت.",
    removeIt: {
      title: (name: string) => `إزالة ${name}؟`,
      text: "لن تبقيا جهتي اتصال، ولن يستطيع أحدكما الكتابة للآخر. تُزال المحادثة من أجهزتك؛ وتبقى عنده حتى يمر عليها سبعة أيام.",
      action: "إزالة",
    },
    removeLeft: "إزالة المحادثة",
    removeLeftIt: {
      title: (name: string) => `إزالة المحادثة مع ${name}؟`,
      text: "تُزال من جميع أجهزتك.",
      action: "إزالة",
    },
    gone: "هذا الشخص ليس بين جهات اتصالك",
    goneHint: "ربما انتهت، أو تخص حسابًا آخر.",
    goneAction: "عرض الأشخاص",
  },

  profile: {
    title: "الملف الشخصي",
    hint: "اسمك ولونك",
    name: "اسمك",
    nameHint: "تراه جهات اتصالك.",
    colour: "اللون",
    ownColour: "اللون الذي أُعطي لك",
    colourOf: (place: number) => `اللون ${number(place)}`,
    save: "حفظ",
    saved: "حُفظ.",
  },

  privacy: {
    title: "الخصوصية",
    hint: "ما يراه الآخرون عنك",
    presence: "إظهار وجودي هنا",
    presenceHint: "وكذلك متى كنت هنا آخر مرة وأنني أكتب. من لا يُظهره لا يراه.",
    receipts: "إرسال إشعارات القراءة",
    receiptsHint: "من لا يرسلها لا يتلقاها.",
  },

  help: {
    title: "من يعرف ماذا",
    hint: "ما يصل إلى من، في جدول واحد",
    back: "العودة إلى الخصوصية",
    lead: "ما يصل منك إلى شخص ما، بحسب صلته بك. والخادم يعمل بهذا الجدول نفسه.",
    yes: "نعم",
    no: "لا",
    switchMark: " *",
    switchNote: "* فقط ما دام مفعّلًا عند كليكما.",
    relation: {
      stranger: "غريب",
      invited: "لديه دعوتك",
      contact: "جهة اتصال",
      blocked: "حظرتَه",
      blockedBy: "حظرك",
    },
    sign: {
      message: "الرسائل",
      presence: "الوجود هنا",
      lastSeen: "آخر ظهور",
      typing: "الكتابة",
      delivered: "التسليم",
      read: "القراءة",
      push: "الإشعارات",
    },
    notes: [
      {
        about: "عندما تحظر شخصًا",
        text: "لا يُخبَر بذلك. تبدو رسائله له مُرسلة، وتنتظر على الخادم. إن ألغيت الحظر خلال سبعة أيام وصلت، وإلا زالت.",
      },
      {
        about: "عندما تزيل جهة اتصال",
        text: "تريان كلاكما أنها انتهت. ولا يستطيع أحد الكتابة بعد ذلك.",
      },
      {
        about: "من يستطيع العثور عليك",
        text: "لا أحد. لا بحث بالاسم أو الرقم أو العنوان.",
      },
    ],
  },

  settings: {
    title: "الإعدادات",
    back: "العودة إلى الإعدادات",
  },

  devices: {
    title: "الأجهزة",
    hint: "أين سجّلت الدخول",
    lead: "الأجهزة التي سجّلت الدخول فيها. سجّل الخروج من كل ما لا تعرفه أو لم تعد تستخدمه.",
    list: "الأجهزة المسجّلة",
    here: "هذا الجهاز",
    times: (signedIn, used) => `تسجيل الدخول: ${signedIn}، آخر استخدام: ${used}`,
    name: (browser, system) => `${own(browser)} على ${own(system)}`,
    unknown: "جهاز غير معروف",
    end: "تسجيل الخروج",
    endOf: (device) => `تسجيل الخروج من ${own(device)}`,
    endOthers: "تسجيل الخروج من كل الأجهزة الأخرى",
    loading: "جارٍ تحميل الأجهزة",
    failed: "تعذّر تحميل الأجهزة.",
  },

  newSessions: {
    one: (device, when) => `تسجيل دخول جديد: ${own(device)}، ${when}.`,
    several: (sessions) =>
      count(sessions, {
        zero: "لا تسجيلات دخول جديدة على أجهزة أخرى.",
        one: "تسجيل دخول جديد على جهاز آخر.",
        two: "تسجيلا دخول جديدان على أجهزة أخرى.",
        few: "# تسجيلات دخول جديدة على أجهزة أخرى.",
        many: "# تسجيل دخول جديدًا على أجهزة أخرى.",
        other: "# تسجيل دخول جديد على أجهزة أخرى.",
      }),
    check: "تحقق من الأجهزة",
    dismiss: "كنت أنا",
  },

  ownData: {
    title: "بياناتك",
    hint: "نسخة من كل شيء، أو إنهاء حسابك",
    copy: "نسخة من كل شيء",
    copyLead:
      "ملفك الشخصي وجهات اتصالك وأجهزتك ورسائل الأيام السبعة الأخيرة، في ملف واحد. خصوصيته كخصوصية رسائلك، فاحفظه في مكان آمن.",
    save: "حفظ نسخة",
    saved: "سُلّمت النسخة إلى متصفحك.",
    end: "حذف حسابك",
    endLead:
      "يُسجَّل خروجك من كل مكان، ويُحذف فورًا اسمك ورقمك وعنوانك وجهات اتصالك وإعداداتك. ما قلته يبقى مقروءًا للآخرين حتى يمر عليه سبعة أيام.",
    endSent: "رمز في طريقه إلى بريدك. به يُحذف الحساب، ولا رجعة في ذلك.",
    sendCode: "أرسل لي رمزًا",
    endNow: "حذف نهائي",
  },

  admin: {
    title: "الإدارة",
    system: "النظام",
    people: "الأشخاص",
    audit: "السجل",
    loading: "جارٍ التحميل…",
    more: "عرض المزيد",

    dependencies: "ما يعتمد عليه الخادم",
    postgres: "قاعدة البيانات",
    store: "المخزن",
    bus: "الناقل",
    mail: "خادم البريد",
    took: (milliseconds) => `${number(milliseconds)} م.ث`,
    down: "لا يجيب",
    facts: "الآن",
    accounts: "الحسابات",
    accountsOf: (active, suspended) =>
      suspended === 0 ? `${number(active)} نشط` : `${number(active)} نشط، ${number(suspended)} موقوف`,
    outbox: "ينتظر الناقل",
    commits: (rows) =>
      count(rows, {
        zero: "لا شيء",
        one: "عملية واحدة",
        two: "عمليتان",
        few: "# عمليات",
        many: "# عملية",
        other: "# عملية",
      }),
    oldest: "أقدم رسالة أو حدث",
    nothingKept: "لا شيء محفوظ",
    lastPurge: "آخر تنظيف",
    never: "لم يحدث بعد",
    instances: "النسخ العاملة",
    noInstances: "لم تخبر أي نسخة عن حالها في الثواني الأخيرة.",
    since: (when) => `بدأت ${when}`,
    connections: (open) =>
      count(open, {
        zero: "لا اتصالات",
        one: "اتصال واحد",
        two: "اتصالان",
        few: "# اتصالات",
        many: "# اتصالًا",
        other: "# اتصال",
      }),
    sends: (perSecond) => `${number(perSecond)} رسالة/ث`,
    frames: (perSecond) => `${number(perSecond)} إطار/ث`,
    waiting: (changes) =>
      count(changes, {
        zero: "لا تغييرات منتظرة",
        one: "تغيير واحد ينتظر",
        two: "تغييران ينتظران",
        few: "# تغييرات تنتظر",
        many: "# تغييرًا ينتظر",
        other: "# تغيير ينتظر",
      }),
    unreached: (names) => `لا تصل إلى: ${names}`,

    add: "إضافة شخص",
    name: "الاسم",
    email: "عنوان البريد الإلكتروني",
    addAct: "إضافة",
    added: (name) => `صار لـ ${own(name)} حساب، ويمكنه تسجيل الدخول.`,
    everybody: "كل من له حساب",
    number: (hint) => `رقم ينتهي بـ ${own(hint)}`,
    role: "مدير",
    suspended: "موقوف",
    signedIn: (when) => `سجّل الدخول: ${when}`,
    neverSignedIn: "لم يسجّل الدخول قط",
    actsOn: (name) => `إجراءات بشأن ${own(name)}`,
    sessions: "الأجهزة",
    sessionsOf: (name) => `أجهزة ${own(name)}`,
    noSessions: "لم يسجّل الدخول في أي مكان.",
    endAll: "تسجيل الخروج من كل مكان",
    reset: "السماح بطلب رمز فورًا",
    resetDone: "يمكنه طلب رمز فورًا، والرمز السابق لم يعد صالحًا.",
    suspend: "إيقاف",
    suspendTitle: (name) => `إيقاف ${own(name)}؟`,
    suspendLead: "يُسجَّل خروجه من كل مكان، ولا يمكنه تسجيل الدخول حتى تسمح له من جديد.",
    unsuspend: "السماح من جديد",

    auditTitle: "ما فعله المديرون",
    auditEmpty: "لا شيء بعد.",
    terminal: (user) => `${own(user)} (في الطرفية)`,
    gone: "شخص لم يعد حسابه موجودًا",
    acts: {
      "user.add": (who, whom) => `${own(who)} أضاف ${own(whom)}`,
      "user.suspend": (who, whom) => `${own(who)} أوقف ${own(whom)}`,
      "user.unsuspend": (who, whom) => `${own(who)} سمح لـ ${own(whom)} من جديد`,
      "user.reset": (who, whom) => `${own(who)} سمح لـ ${own(whom)} بطلب رمز فورًا`,
      "user.role": (who, whom) => `${own(who)} غيّر دور ${own(whom)}`,
      "user.connect": (who, whom) => `${own(who)} جعل ${own(whom)} جهة اتصال لشخص آخر`,
      "user.delete": (who) => `${own(who)} حذف حسابًا`,
      "sessions.look": (who, whom) => `${own(who)} اطّلع على أجهزة ${own(whom)}`,
      "sessions.revoke": (who, whom) => `${own(who)} سجّل خروج ${own(whom)}`,
      "keys.make": (who) => `${own(who)} أنشأ مفتاحًا جديدًا`,
      "keys.reseal": (who) => `${own(who)} أعاد ختم كل شيء بأحدث مفتاح`,
    },
  },

  notifications: {
    title: "الإشعارات",
    hint: "هل يخبرك هذا الجهاز بالرسائل الجديدة، وكيف",
    lead: "حين لا تنظر إلى التطبيق يمكن لهذا الجهاز أن يخبرك بالرسائل الجديدة، حتى وهو مغلق.",
    on: "الإشعارات على هذا الجهاز",
    preview: "إظهار من كتب وماذا كتب",
    previewHint: "وإلا فالإشعار يقول فقط إن هناك شيئًا جديدًا.",
    sound: "الصوت",
    vibrate: "الاهتزاز",
    unable: `لا إشعارات في هذا المتصفح. على ${own("iPhone")} أو ${own("iPad")} أضف ${own("Parley")} إلى الشاشة الرئيسية أولًا.`,
    unoffered: "هذا الخادم لا يرسل إشعارات.",
    blocked: "المتصفح يمنع إشعارات هذا الموقع. اسمح بها في إعدادات الموقع ثم عُد.",
    broken: "تعذّر إعداد الإشعارات. يرجى التحقق من اتصالك ثم المحاولة من جديد.",
    health: "آخر إشعار",
    never: "لا شيء بعد",
    sent: (when) => `أُرسل ${when}`,
    refused: (when) => `رفضته خدمة الإشعارات ${when}`,
    later: (when) => `تعذّر الوصول إلى خدمة الإشعارات ${when}`,
  },

  keys: {
    title: "اختصارات لوحة المفاتيح",
    help: "عرض هذه القائمة",
    search: "البحث",
    step: "المحادثة أعلاه أو أدناه",
    move: "التنقل داخل قائمة",
    send: "إرسال",
    line: "سطر جديد",
    leave: "العودة إلى القائمة",
    next: "الانتقال إلى الجزء التالي من الصفحة",
    close: "إغلاق",
  },

  install: {
    section: "التثبيت",
    hint: `إبقاء ${own("Parley")} على هذا الجهاز كتطبيق`,
    title: `أبقِ ${own("Parley")} في متناول يدك`,
    why: "كتطبيق مستقل يُفتح فورًا، حتى من دون شبكة، ويمكنه إعلامك بالرسائل الجديدة.",
    install: "تثبيت",
    later: "ليس الآن",
    iosShare: "اضغط على «مشاركة» في شريط المتصفح.",
    iosAdd: "اختر «إضافة إلى الشاشة الرئيسية» ثم «إضافة».",
    menu: "إن كان متصفحك يدعم ذلك، ففي قائمته «تثبيت» أو «إضافة إلى الشاشة الرئيسية».",
    done: `يعمل ${own("Parley")} هنا كتطبيق مستقل.`,
  },

  share: {
    title: "إرسال إلى",
  },

  language: {
    title: "اللغة",
    automatic: "حسب المتصفح",
    failed: "تعذّر تحميل هذه اللغة. يرجى التحقق من اتصالك ثم المحاولة من جديد.",
  },

  account: {
    menu: "قائمة الحساب",
    settings: "الإعدادات",
    signedInAs: (hint) => `رقم هاتف ينتهي بـ${dialled(hint)}`,
    signOut: "تسجيل الخروج",
    confirmTitle: "تسجيل الخروج من هذا الجهاز؟",
    confirm: "تُزال الرسائل من هذا الجهاز، وتعود إليه حين تسجّل الدخول من جديد.",
    confirmUnsent: (what, things) => {
      const lost = `سيضيع ما ليس على أي جهاز آخر: ${what}.`;
      return count(things, { zero: lost, one: lost, two: lost, few: lost, many: lost, other: lost });
    },
    signOutAnyway: "تسجيل الخروج رغم ذلك",
    cancel: "إلغاء",
  },
};
