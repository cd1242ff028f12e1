/** What sockets are told of people: who comes and goes, who looks away, who is new or shows otherwise. */
import type { ServerToClient } from "#protocol/commands.ts";
import type { PeopleNews } from "#server/core/people/people-news.ts";
import type { Presence } from "#server/core/people/presence.ts";

export interface PeopleParts {
  readonly presence: Presence;
  readonly activity: Presence;
  readonly news: PeopleNews;
}

/** Those sockets of this server that may hear of it. */
interface Readers {
  emit<Name extends "presence" | "away" | "people">(
    name: Name,
    ...told: Parameters<ServerToClient[Name]>
  ): unknown;
}

export function tellOfPeople({ presence, activity, news }: PeopleParts, readers: Readers): void {
  presence.addAudience((change) => void readers.emit("presence", change));
  news.addAudience((notice) => void readers.emit("people", notice));
  activity.addAudience(({ online, offline }) => {
    readers.emit("away", { away: offline, back: online });
  });
}
