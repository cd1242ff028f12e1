/** The names of all that the forgetful Redis holds; the scripts make the same (lobby.lua). */
export const lobbyKeys = {
  stranger: (uid: string) => `{lobby}:stranger:${uid}`,
  avoid: (uid: string) => `{lobby}:avoid:${uid}`,
  server: (server: string) => `{lobby}:server:${server}`,
  servers: "{lobby}:servers",
  /** Another one after Redis has lost everything. */
  era: "{lobby}:era",
  waits: "{lobby}:waits",
  secret: (name: string) => `{lobby}:secret:${name}`,
  count: (hour: number) => `{lobby}:count:${hour}`,
  past: (pair: string) => `{lobby}:past:${pair}`,
  /** How much a stranger, and a network, ask just now; networks are digests of a day or two. */
  strain: (uid: string) => `{lobby}:strain:stranger:${uid}`,
  networkStrain: (network: string) => `{lobby}:strain:network:${network}`,
  /** Who has reported strangers of this network within an hour. */
  reporters: (network: string) => `{lobby}:reporters:${network}`,
  throttle: (subject: string) => `{lobby}:throttle:${subject}`,
  /** A challenge that was answered. */
  spent: (challenge: string) => `{lobby}:spent:${challenge}`,
  /** What a ban of who was reported needs. */
  trace: (report: string) => `{lobby}:trace:${report}`,
  ban: (day: number, digest: string) => `{lobby}:ban:${day}:${digest}`,
  bans: "{lobby}:bans",
} as const;
