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
} as const;
