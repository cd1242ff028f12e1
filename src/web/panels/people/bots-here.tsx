/** The programs that are in a room, which moderators bring in and take out as they do people. */
import type { Member } from "#protocol/room.ts";
import type { MemberRowProps } from "#web/panels/member-row.tsx";
import { MemberRow } from "#web/panels/member-row.tsx";

export function isPerson({ bot }: Member): boolean {
  return bot !== true;
}

export interface BotsHereProps extends Omit<MemberRowProps, "member"> {
  readonly members: readonly Member[] | undefined;
}

export function BotsHere({ members, ...row }: BotsHereProps) {
  const bots = members?.filter((member) => !isPerson(member)) ?? [];
  if (bots.length === 0) return null;
  return (
    <section class="bots-here" aria-labelledby="bots-title">
      <h3 id="bots-title" class="drawer-count">
        {bots.length === 1 ? "1 bot" : `${bots.length} bots`}
      </h3>
      {/* oxlint-disable-next-line jsx-a11y/no-redundant-roles -- because Safari drops it with the bullets */}
      <ul class="members" role="list">
        {bots.map((member) => (
          <MemberRow key={member.id} member={member} {...row} />
        ))}
      </ul>
    </section>
  );
}
