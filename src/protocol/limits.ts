/**
 * Every number that a peer controls has its bound here, under a name; docs/PROTOCOL.md lists them.
 */
export const LIMITS = {
  /** Characters (Unicode code points) in one message. */
  messageCharsMax: 4_000,
  /** Characters of a username, counted after NFKC. */
  usernameCharsMin: 2,
  usernameCharsMax: 32,
  /** Characters of a display name, and of what somebody says of themselves. */
  displayNameCharsMax: 40,
  aboutCharsMax: 500,
  /** Bytes of a picture that somebody uploads, and its width times its height. */
  pictureUploadBytesMax: 5 * 1024 * 1024,
  picturePixelsMax: 50_000_000,
  /** Pixels of each side of the square that is made of it, and bytes of that. */
  pictureSide: 512,
  pictureBytesMax: 256 * 1024,
  /** A password: at least this many characters … */
  passwordCharsMin: 8,
  /** … and at most this many bytes of UTF-8, because bcrypt ignores everything after them. */
  passwordBytesMax: 72,
  /** Sessions of one person; of more, the oldest end. */
  sessionsMax: 100,
  /** Sign-in links of one person at a time; of more, the oldest is void. */
  signInLinksMax: 5,
  /** Invitations at a time, uses of one, and seconds it lives. */
  invitationsMax: 100,
  invitationUsesMax: 1_000,
  invitationLifeMin: 60,
  invitationLifeMax: 366 * 24 * 3600,
  /** Characters of the id a client gives a message before the server has numbered it. */
  cidCharsMin: 8,
  cidCharsMax: 64,
  /** UTF-16 units of one emoji; the longest that is known has 35. */
  emojiUnitsMax: 40,
  /** Reactions of one person to one message, and different ones of all. */
  reactionsPerPersonMax: 20,
  reactionsMax: 50,
  /** Pinned messages in a room. */
  pinsMax: 50,
  /** People named in one message. */
  mentionsMax: 20,
  /** In rooms with more people only moderators call everybody. */
  callPeopleMax: 50,
  /** That somebody is typing is passed on this often, and shown this long, in milliseconds. */
  typingEveryMs: 2_000,
  typingShownMs: 6_000,
  /** A device that nobody touches is idle after this long, in milliseconds. */
  idleAfterMs: 300_000,
  /** Unread messages that are counted; beyond it is "and more". */
  unreadMax: 100,
  /** Characters of a message, and of an event, by a server of another kind; events of all in a second. */
  foreignMessageCharsMax: 16_000,
  foreignEventCharsMax: 128 * 1024,
  foreignEventsPerSecond: 5_000,
  /** Characters of a room's name, and of its topic. */
  roomNameCharsMax: 80,
  topicCharsMax: 500,
  /** Bots that admins make. */
  botsMax: 100,
  /** Calls of bots that wait; beyond it nobody is called until some are done (call-bots.lua). */
  callsWaitingMax: 10_000,
  /** Webhooks of one room, and characters of the key that makes posting to one repeatable. */
  webhooksPerRoomMax: 20,
  idempotencyKeyCharsMax: 255,
  /** Rooms and chats one person may be in. */
  roomsPerUserMax: 200,
  /** People in a private chat, oneself included. */
  chatPeopleMax: 9,
  /** Open rooms in one answer. */
  openRoomsMax: 100,
  /** Members of a room in one answer. */
  membersMax: 1_000,
  /** Messages on one page of history. */
  pageMessagesMax: 100,
  pageMessagesDefault: 50,
  /** How far back the tutorial's clients, who count messages from the newest on, can go. */
  tutorialOffsetMax: 1_000_000,
  /** Events a client may have missed and still be told one by one; more becomes a new page. */
  catchUpEventsMax: 300,
  /** Characters of the reason of a ban, a suspension or a report. */
  reasonCharsMax: 500,
  /** The last moment a ban or a mute may end at, in seconds since 1970: in the year 2223. */
  untilMax: 8_000_000_000,
  /** People whom one person blocks. */
  blocksMax: 1_000,
  /** Messages one person reports at once, and then in an hour. */
  reportsPerHour: 20,
  /** Reported messages in one answer to an admin, with so many before and after each … */
  reportsShownMax: 20,
  reportContextMax: 5,
  /** … and so many of those who reported it. */
  reportersShownMax: 100,
  /** People in one answer to an admin. */
  adminPeopleMax: 50,
  /** People found by the beginning of their name. */
  peopleFoundMax: 20,
  /** People asked about in one go. */
  peopleIdsMax: 100,
  /** Bytes of an HTTP request body. */
  bodyBytesMax: 64 * 1024,
  /** Bytes of one frame from a client. */
  frameBytesMax: 64 * 1024,
  /** Bytes of all headers of one request, its address among them, and how many there may be. */
  headerBytesMax: 16 * 1024,
  headersMax: 100,
  /** Characters of a URL, path and query together. */
  urlCharsMax: 2_048,
  /** Nesting of a JSON body. */
  jsonDepthMax: 8,
  /** Rooms one connection may have joined at a time. */
  roomsPerConnectionMax: 128,
  /** Open connections of one user on one server. */
  connectionsPerUserMax: 20,
  /** Malformed commands before a connection is closed. */
  strikesMax: 3,
  /** Messages one user may send at once on one server, and then per second. */
  sendBurst: 40,
  sendPerSecond: 10,
  /** Commands one connection may give at once, and then per second. */
  commandBurst: 100,
  commandPerSecond: 50,
  /**
   * Bytes written for one connection and not yet taken: more, or for longer, and it is cut off to
   * recover later.
   */
  queueBytesMax: 1024 * 1024,
  behindMs: 10_000,
  /** How long a connection may take to say who it is, in milliseconds. */
  handshakeMs: 10_000,
  /** Heartbeat: the server pings this often, and waits this long for the answer. */
  pingIntervalMs: 25_000,
  pingTimeoutMs: 20_000,
  /** Strangers: interests of one, characters of each, and of a line. */
  interestsMax: 5,
  interestCharsMax: 30,
  strangerLineCharsMax: 2_000,
  /** Steps in which sealed frames grow, and how many of them a frame has. */
  sealedStepBytes: 256,
  sealedStepsMax: 36,
  /** Sealed frames that may be lost in a row; a frame from further ahead is not opened. */
  lostFramesMax: 1_000,
  /** Lines one has said that the other end has not confirmed. */
  unconfirmedLinesMax: 50,
  /** Lines of one chat that a page keeps; of more, the oldest go. */
  strangerLinesKeptMax: 1_000,
  /** Lines that came too early and wait for those before them. */
  earlyLinesMax: 50,
  /** Zero bits of the hardest challenge that a client works on: about a minute of a phone. */
  proofBitsMax: 24,
  /** Frames one may pass on at once, and then per second. */
  relayBurst: 40,
  relayPerSecond: 10,
  /** Characters of all lines of a report of a stranger together, so that it fits into one frame. */
  excerptEncodedMax: 48 * 1024,
  /** Lines in a report of a stranger. */
  excerptLinesMax: 30,
  /** Strangers of one network: at a server, entering at once, entering then per minute. */
  strangersPerNetworkMax: 50,
  strangerEnterBurst: 100,
  strangerEntersPerMinute: 60,
  /** Skips within a minute that never lead to a pause, nor to work of more than a second. */
  strangerSkipsPerMinute: 10,
  /** How long a challenge can be answered; proofs taken at once, and then per second, of all. */
  proofLifeMs: 120_000,
  proofBurst: 1_000,
  proofsPerSecond: 200,
  /** Reports of strangers by one network in an hour; open ones; of those, in one answer. */
  strangerReportsPerHour: 10,
  strangerReportsMax: 1_000,
  strangerReportsShownMax: 100,
  /** Networks that report one network within an hour until that pauses by itself. */
  strangerReportersMax: 3,
  /** Days of a ban from strangers, and bans at a time. */
  strangerBanDaysMax: 7,
  strangerBansMax: 1_000,
  /** How long a stranger's place is kept after their connection was lost, in milliseconds. */
  strangerGraceMs: 20_000,
  /** A chat in which nobody says anything ends after this, and any chat after that. */
  strangerIdleMs: 15 * 60_000,
  strangerChatMs: 4 * 3600_000,
} as const;
