/** English: the words the others are held to (`words.ts`). What needs a number or a name is a function. */
import type { RefusedCode } from "#protocol/codes.ts";
import { TEXT_MAX_CHARS } from "#protocol/limits.ts";
import { counter, figures } from "./plural.ts";

const count = counter("en");
const number = figures("en");

const TOO_NEW = "This app and the server do not understand each other. Reload the page and send it again.";

export const en = {
  number,

  app: {
    name: "Parley",
  },

  signIn: {
    title: "Sign in",
    lead: "Enter your phone number. We send a code to the email address that belongs to it.",
    phone: "Phone number",
    phoneHint: (country: string) => `Without a country code it is read as a number in ${country}.`,
    phoneHintPlain: "With the country code, like +44 20 7946 0000.",
    phoneMissing: "Please enter your phone number.",
    sendCode: "Send code",
  },

  code: {
    title: "Enter the code",
    lead: (phone: string) => `If ${phone} has an account here, a code is on its way to its mailbox.`,
    code: "Code",
    missing: (digits: number) =>
      count(digits, { one: "Please enter the digit.", other: "Please enter all # digits." }),
    signIn: "Sign in",
    again: "Send a new code",
    againIn: (seconds: number) => `You can ask for a new code in ${number(seconds)} s.`,
    sent: "A new code is on its way. Only the newest one works.",
    change: "Change the number",
  },

  problem: {
    bad_phone: "That does not look like a phone number. Please include the country code, like +1.",
    bad_request: "This app and the server do not understand each other. Please reload the page.",
    bad_name: "That does not look like a name. Please write it as people know it.",
    bad_email: "That does not look like an email address.",
    number_taken: "There is an account with this number already.",
    not_signed_in: "You are not signed in any more. Please sign in again.",
    forbidden_origin: "This request came from another site and was refused.",
    not_found: "There is nothing here.",
    too_large: "That was too large.",
    code_wrong: "That code is not right. Please check the newest mail.",
    code_expired: "That code has expired. Please ask for a new one.",
    code_locked: "Too many wrong tries. Please ask for a new code.",
    internal: "Something went wrong on the server. It has been noted.",
    unreachable: "The server cannot be reached. Please check your connection and try again.",
    unknown: "Something went wrong. Please try again.",
    tooOften: "That was too many tries. Please wait a while.",
    tooOftenFor: (wait: string) => `That was too many tries. Please try again in ${wait}.`,
  },

  wait: {
    seconds: (seconds: number) => count(seconds, { one: "# second", other: "# seconds" }),
    minutes: (minutes: number) => count(minutes, { one: "# minute", other: "# minutes" }),
  },

  list: {
    name: "Conversations",
    you: "You:",
    unread: (messages: number) => count(messages, { one: "# unread", other: "# unread" }),
    unreadMore: (most: number) => `${number(most)}+`,
    nothingYet: "No messages yet",
    emptyTitle: "Nobody to talk to yet",
    empty: "Ask the person who runs this server to connect you with somebody. They will appear here.",
    resize: "Width of the list",
    loading: "Loading conversations",
  },

  presence: {
    online: "online",
    away: "away",
    offline: "offline",
    typing: "typing…",
    lastSeen: (when: string) => `last seen ${when}`,
    justNow: "just now",
    minutesAgo: (minutes: number) => `${number(minutes)} min ago`,
    todayAt: (time: string) => `today at ${time}`,
    yesterdayAt: (time: string) => `yesterday at ${time}`,
    dayAt: (day: string, time: string) => `${day} at ${time}`,
  },

  day: {
    today: "Today",
    yesterday: "Yesterday",
    at: (day: string, time: string) => `${day}, ${time}`,
  },

  chat: {
    messages: "Messages",
    loading: "Loading messages",
    back: "Back to conversations",
    choose: "Choose a conversation",
    chooseHint: "Your messages stay for seven days, then they are gone everywhere.",
    gone: "This conversation is not here",
    goneHint: "It may belong to another account.",
    goneAction: "Show conversations",
    hello: (name: string) => `Say hello to ${name}`,
    helloHint: "Messages stay for seven days, then they are gone everywhere.",
    start: "Messages stay for seven days. Older ones are gone.",
    unreadFrom: "New messages",
    olderFailed: "Older messages could not be loaded.",
    tryAgain: "Try again",
    newBelow: (messages: number) => count(messages, { one: "# new message", other: "# new messages" }),
    newest: "Go to the newest message",
    says: (name: string, text: string) => `${name}: ${text}`,
    from: (name: string) => `${name}:`,
    keys: "Arrow keys go from message to message, Enter opens what can be done with one.",
    edited: "edited",
    deleted: "This message was deleted",
    deletedByYou: "You deleted this message",
    skipped: (messages: number) => count(messages, { one: "# unread message", other: "# unread messages" }),
  },

  quote: {
    you: "You",
    jump: (name: string) => `Go to the message of ${name} that this answers`,
    gone: "This message is no longer here",
    unknown: "An earlier message",
  },

  act: {
    menu: "What to do with this message",
    more: "More",
    reply: "Reply",
    react: "React",
    reactWith: (emoji: string) => `React with ${emoji}`,
    moreEmoji: "More emoji",
    reacted: (emoji: string, names: string) => `${emoji} from ${names}`,
    youAndThem: (name: string) => `you and ${name}`,
    you: "you",
    copy: "Copy",
    copied: "Copied",
    forward: "Forward",
    edit: "Edit",
    details: "Details",
    remove: "Delete",
    takeBack: "Edit",
    discard: "Do not send",
    waiting: "This change waits to be sent.",
    dismiss: "Dismiss",
  },

  details: {
    title: "Message details",
    sent: "Sent",
    delivered: "Delivered",
    read: "Read",
    notYet: "Not yet",
    unknown: "Known when connected",
    expires: "Disappears",
    loading: "Loading",
  },

  remove: {
    title: "Delete this message?",
    both: (name: string) => `Delete for me and ${name}`,
    bothHint: "Nobody can read it any more. Both see that something was deleted.",
    me: "Delete for me",
    meHint: "It goes from all your devices.",
    cancel: "Cancel",
  },

  forward: {
    title: "Forward to",
    find: "Find a contact",
    none: "Nobody else is here",
    nothing: "Nobody of that name",
  },

  emoji: {
    title: "Emoji",
    find: "Find an emoji",
    nothing: "No emoji of that name",
    groupsName: "Kinds of emoji",
    groups: {
      smileys: "Faces",
      people: "People and hands",
      hearts: "Hearts and feelings",
      nature: "Animals and nature",
      food: "Food and drink",
      doing: "Sports and celebrations",
      travel: "Travel and places",
      things: "Things",
      symbols: "Signs",
    },
  },

  search: {
    field: "Search",
    clear: "Clear the search",
    people: "People",
    messages: "Messages",
    count: (messages: number) => count(messages, { one: "# message found", other: "# messages found" }),
    nothing: "Nothing found",
    nothingHint: "Messages stay for seven days. Older ones cannot be found.",
    deviceAlone: "Not connected: found among what is on this device.",
    gone: "This message is not in the conversation any more.",
    away: "This message is not on this device, and the server cannot be reached.",
  },

  unsent: {
    waiting: "Waiting to be sent.",
    unconfirmed: "Not confirmed yet: it may have arrived.",
    held: "Written more than a day ago and not sent. Send it still?",
    heldRestored: "Not sent before you were signed out. Send it still?",
    heldUnconfirmed: "Not confirmed for more than a day: it may have arrived. Send it once more?",
    unsafe: "Not saved on this device yet. Keep this page open until it is sent.",
    /** Why a message was refused; what passes by itself is only seen when it does not. */
    refused: {
      unknown_frame: TOO_NEW,
      bad_frame: TOO_NEW,
      hello_first: TOO_NEW,
      empty_text: "Not sent: nothing was left of the text once it was cleaned.",
      text_too_long: `Not sent: a message can have at most ${number(TEXT_MAX_CHARS)} characters.`,
      not_a_contact: "Not sent: you can only write to your contacts.",
      blocked: "Not sent: you have blocked this person. Unblock them to write.",
      cid_conflict: "Not sent: another message went out under the same id.",
      no_conversation: "Not sent: this conversation does not exist any more.",
      no_message: "Not done: the message is no longer here.",
      not_yours: "Not done: only who wrote a message can change it.",
      edit_too_late: "Not edited: a message can be changed for a quarter of an hour only.",
      not_an_emoji: TOO_NEW,
      rate_limited: "That was too fast. It will be sent in a moment.",
      unavailable: "The server cannot take messages just now. It will be sent in a moment.",
    } satisfies Record<RefusedCode, string>,
    tryAgain: "Try again",
    sendNow: "Send",
    edit: "Edit",
    remove: "Remove",
    removeUnconfirmed: "Stop trying",
  },

  held: {
    waiting: (messages: number) =>
      count(messages, { one: "# message was not sent in time.", other: "# messages were not sent in time." }),
    sendAll: "Send now",
    later: "Later",
  },

  own: {
    messages: (messages: number) => count(messages, { one: "# unsent message", other: "# unsent messages" }),
    drafts: (drafts: number) => count(drafts, { one: "# draft", other: "# drafts" }),
    both: (messages: string, drafts: string) => `${messages} and ${drafts}`,
  },

  sealed: {
    kept: (what: string) =>
      `This device keeps ${what}, sealed, until whoever wrote that signs in here again.`,
    remove: "Remove",
    sure: "Remove for good?",
    keep: "Keep",
  },

  tick: {
    waiting: "waiting",
    unconfirmed: "not confirmed yet",
    held: "not sent: asks first",
    sent: "sent",
    delivered: "delivered",
    read: "read",
    refused: "refused",
  },

  composer: {
    message: "Message",
    send: "Send message",
    emoji: "Emoji",
    replyTo: (name: string) => `Reply to ${name}`,
    replyToYourself: "Reply to yourself",
    editing: "Edit message",
    cancelReply: "Do not reply",
    cancelEdit: "Stop editing",
    save: "Save",
    left: (characters: number) => count(characters, { one: "# character left", other: "# characters left" }),
    over: (characters: number) =>
      count(characters, { one: "# character too long", other: "# characters too long" }),
  },

  connection: {
    name: "Connection",
    offline: "You are offline. What you write is kept and sent later.",
    unreachable: "The server cannot be reached. What you write is kept and sent later.",
    resuming: "Connected again. Fetching what you missed…",
    stopped: "This app and the server do not understand each other. Please reload the page.",
    retryIn: (seconds: number) => `Trying again in ${number(seconds)} s.`,
    trying: "Trying to connect…",
    tryNow: "Try now",
  },

  storage: {
    unsafe: "This device does not keep messages just now. What you write is not safe until it is sent.",
    unreadable:
      "This browser does not let Parley keep anything here, perhaps in a private window. Trying again…",
  },

  update: {
    ready: "A new version is ready.",
    needed:
      "This version is too old to connect. The new one comes at your next pause; what you typed is kept.",
    reload: "Reload",
    later: "Later",
  },

  people: {
    title: "People",
    list: "Your contacts",
    back: "Back to people",
    about: (name: string) => `About ${name}`,
    emptyTitle: "Nobody here yet",
    empty: "Whoever runs this server makes people contacts. Nobody can be looked up.",
    muted: "Muted",
    blocked: "Blocked",
    isBlocked: "You have blocked this person.",
    ended: "You are no longer contacts. Messages stay until they are seven days old.",
    deleted: "Deleted account",
    deletedNote: "This account was deleted. Messages stay until they are seven days old.",
    callsThemselves: (name: string) => `Calls themselves ${name}`,
    open: "Open the conversation",
    alias: "Your name for them",
    aliasHint: "Only you see it. Leave it empty to use their own name.",
    save: "Save",
    mute: "Mute",
    muteHint: "No notifications, and nothing on the badge",
    block: "Block",
    blockHint: "Nothing passes between you. They are not told.",
    blockIt: {
      title: (name: string) => `Block ${name}?`,
      text: "They are not told, and do not see when you are here. What they write does not reach you. If you unblock them within seven days, it arrives then.",
      action: "Block",
    },
    unblock: "Unblock",
    unblockIt: {
      title: (name: string) => `Unblock ${name}?`,
      text: "What they wrote meanwhile arrives now, as far as it is not older than seven days.",
      action: "Unblock",
    },
    remove: "Remove from contacts",
    removeHint: "For both of you. They see that it has ended.",
    removeIt: {
      title: (name: string) => `Remove ${name}?`,
      text: "You are contacts no more, and neither can write to the other. The conversation is removed from your devices; they keep it until it is seven days old.",
      action: "Remove",
    },
    removeLeft: "Remove the conversation",
    removeLeftIt: {
      title: (name: string) => `Remove the conversation with ${name}?`,
      text: "It is removed from all your devices.",
      action: "Remove",
    },
    gone: "This person is not among your contacts",
    goneHint: "It may have ended, or belong to another account.",
    goneAction: "Show people",
  },

  profile: {
    title: "Profile",
    hint: "Your name and colour",
    name: "Your name",
    nameHint: "Your contacts see it.",
    colour: "Colour",
    ownColour: "The one you were given",
    colourOf: (place: number) => `Colour ${number(place)}`,
    save: "Save",
    saved: "Saved.",
  },

  privacy: {
    title: "Privacy",
    hint: "What others see of you",
    presence: "Show when I am here",
    presenceHint: "Also when I was here last, and that I am typing. Who does not show it does not see it.",
    receipts: "Send read receipts",
    receiptsHint: "Who does not send them does not get them.",
  },

  help: {
    title: "Who learns what",
    hint: "What reaches whom, in one table",
    back: "Back to privacy",
    lead: "What of you reaches somebody, by what they are to you. The server goes by this very table.",
    yes: "yes",
    no: "no",
    switchMark: " *",
    switchNote: "* Only while you both have it switched on.",
    relation: {
      stranger: "Stranger",
      invited: "Has your invite",
      contact: "Contact",
      blocked: "You blocked",
      blockedBy: "Blocked you",
    },
    sign: {
      message: "Messages",
      presence: "Being here",
      lastSeen: "Last seen",
      typing: "Typing",
      delivered: "Delivered",
      read: "Read",
      push: "Notifications",
    },
    notes: [
      {
        about: "When you block somebody",
        text: "They are not told. Their messages look sent to them, and wait on the server. If you unblock them within seven days the messages arrive; otherwise they are gone.",
      },
      {
        about: "When you remove a contact",
        text: "You both see that it has ended. Neither can write any more.",
      },
      {
        about: "Who can find you",
        text: "Nobody. There is no search by name, number or address.",
      },
    ],
  },

  settings: {
    title: "Settings",
    back: "Back to settings",
  },

  devices: {
    title: "Devices",
    hint: "Where you are signed in",
    lead: "Where you are signed in. Sign out whatever you do not know or no longer use.",
    list: "Signed-in devices",
    here: "This device",
    times: (signedIn: string, used: string) => `Signed in ${signedIn}, last used ${used}`,
    name: (browser: string, system: string) => `${browser} on ${system}`,
    unknown: "Unknown device",
    end: "Sign out",
    endOf: (device: string) => `Sign out ${device}`,
    endOthers: "Sign out all other devices",
    loading: "Loading devices",
    failed: "The devices could not be loaded.",
  },

  newSessions: {
    one: (device: string, when: string) => `New sign-in: ${device}, ${when}.`,
    several: (sessions: number) =>
      count(sessions, {
        one: "# new sign-in on another device.",
        other: "# new sign-ins on other devices.",
      }),
    check: "Check devices",
    dismiss: "That was me",
  },

  ownData: {
    title: "Your data",
    hint: "A copy of everything, or the end of your account",
    copy: "A copy of everything",
    copyLead:
      "Your profile, contacts, devices and the messages of the last seven days, as a file. It is as private as your messages: keep it safe.",
    save: "Save a copy",
    saved: "The copy was handed to your browser.",
    end: "Delete your account",
    endLead:
      "You are signed out everywhere, and your name, number, address, contacts and settings are gone at once. What you said stays readable for the others until it is seven days old.",
    endSent: "A code is on its way to your mailbox. With it the account is deleted, which cannot be undone.",
    sendCode: "Send me a code",
    endNow: "Delete for good",
  },

  admin: {
    title: "Administration",
    system: "System",
    people: "People",
    audit: "Audit",
    loading: "Loading…",
    more: "Show more",

    dependencies: "What the server depends on",
    postgres: "Database",
    store: "Store",
    bus: "Bus",
    mail: "Mail server",
    took: (milliseconds: number) => `${number(milliseconds)} ms`,
    down: "does not answer",
    facts: "Now",
    accounts: "Accounts",
    accountsOf: (active: number, suspended: number) =>
      suspended === 0
        ? `${number(active)} active`
        : `${number(active)} active, ${number(suspended)} suspended`,
    outbox: "Waiting for the bus",
    commits: (rows: number) =>
      rows === 0 ? "nothing" : count(rows, { one: "# commit", other: "# commits" }),
    oldest: "Oldest message or event",
    nothingKept: "nothing is kept",
    lastPurge: "Last purge",
    never: "never yet",
    instances: "Instances",
    noInstances: "None has said how it is within the last seconds.",
    since: (when: string) => `started ${when}`,
    connections: (open: number) => count(open, { one: "# connection", other: "# connections" }),
    sends: (perSecond: number) => `${number(perSecond)} messages/s`,
    frames: (perSecond: number) => `${number(perSecond)} frames/s`,
    waiting: (changes: number) => count(changes, { one: "# change waiting", other: "# changes waiting" }),
    unreached: (names: string) => `Does not reach: ${names}`,

    add: "Add somebody",
    name: "Name",
    email: "Email address",
    addAct: "Add",
    added: (name: string) => `${name} has an account now, and can sign in.`,
    everybody: "Everybody with an account",
    number: (hint: string) => `number ending in ${hint}`,
    role: "administrator",
    suspended: "suspended",
    signedIn: (when: string) => `signed in ${when}`,
    neverSignedIn: "never signed in",
    actsOn: (name: string) => `Actions for ${name}`,
    sessions: "Devices",
    sessionsOf: (name: string) => `Devices of ${name}`,
    noSessions: "Signed in nowhere.",
    endAll: "Sign out everywhere",
    reset: "Let them ask for a code at once",
    resetDone: "They may ask for a code at once; an earlier one is void.",
    suspend: "Suspend",
    suspendTitle: (name: string) => `Suspend ${name}?`,
    suspendLead: "They are signed out everywhere, and cannot sign in until you let them in again.",
    unsuspend: "Let in again",

    auditTitle: "What administrators did",
    auditEmpty: "Nothing yet.",
    terminal: (user: string) => `${user} (in the terminal)`,
    gone: "somebody whose account is gone",
    acts: {
      "user.add": (who: string, whom: string) => `${who} added ${whom}`,
      "user.suspend": (who: string, whom: string) => `${who} suspended ${whom}`,
      "user.unsuspend": (who: string, whom: string) => `${who} let ${whom} in again`,
      "user.reset": (who: string, whom: string) => `${who} let ${whom} ask for a code at once`,
      "user.role": (who: string, whom: string) => `${who} changed the role of ${whom}`,
      "user.connect": (who: string, whom: string) => `${who} made ${whom} a contact of somebody`,
      "user.delete": (who: string) => `${who} deleted an account`,
      "sessions.look": (who: string, whom: string) => `${who} looked at the devices of ${whom}`,
      "sessions.revoke": (who: string, whom: string) => `${who} signed ${whom} out`,
      "keys.make": (who: string) => `${who} made a new key`,
      "keys.reseal": (who: string) => `${who} sealed everything under the newest key`,
    },
  },

  notifications: {
    title: "Notifications",
    hint: "Whether this device tells you of new messages, and how",
    lead: "When you are not looking, this device can tell you of new messages, also while the app is closed.",
    on: "Notifications on this device",
    preview: "Show who wrote what",
    previewHint: "Otherwise a notification only says that there is something new.",
    sound: "Sound",
    vibrate: "Vibration",
    unable: "This browser has no notifications. On an iPhone or iPad, add Parley to the home screen first.",
    unoffered: "This server sends no notifications.",
    blocked:
      "The browser blocks notifications of this site. Allow them in its site settings, then come back.",
    broken: "Notifications could not be set up. Please check your connection and try again.",
    health: "Last notification",
    never: "none yet",
    sent: (when: string) => `sent ${when}`,
    refused: (when: string) => `refused by the push service ${when}`,
    later: (when: string) => `the push service could not be reached ${when}`,
  },

  keys: {
    title: "Keyboard shortcuts",
    help: "Show this list",
    search: "Search",
    step: "Conversation above or below",
    move: "Move in a list",
    send: "Send",
    line: "New line",
    leave: "Back to the list",
    next: "On to the next part of the page",
    close: "Close",
  },

  install: {
    section: "Install",
    hint: "Keep Parley on this device as an app",
    title: "Keep Parley at hand",
    why: "As an app of its own it opens at once, also without a network, and can tell you about new messages.",
    install: "Install",
    later: "Not now",
    iosShare: "Tap Share in the browser's bar.",
    iosAdd: "Choose “Add to Home Screen”, then “Add”.",
    menu: "If your browser can do it, its menu has “Install” or “Add to home screen”.",
    done: "Parley runs as an app of its own here.",
  },

  share: {
    title: "Send to",
  },

  language: {
    title: "Language",
    automatic: "As the browser",
    failed: "This language could not be loaded. Please check your connection and try again.",
  },

  account: {
    menu: "Account menu",
    settings: "Settings",
    signedInAs: (hint: string) => `Phone number ending in ${hint}`,
    signOut: "Sign out",
    confirmTitle: "Sign out on this device?",
    confirm: "Messages on this device are removed. They are here again when you sign in again.",
    confirmUnsent: (what: string, things: number) =>
      count(things, {
        one: `${what} would be lost: it is on no other device.`,
        other: `${what} would be lost: they are on no other device.`,
      }),
    signOutAnyway: "Sign out anyway",
    cancel: "Cancel",
  },
};
