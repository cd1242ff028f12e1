/** Preferences as they are kept (port). */
import type { NotifyLevel } from "#protocol/preferences.ts";
import type { RoomId } from "#protocol/room.ts";
import type { OwnAccess } from "#server/core/access/person-access.ts";
import type { RoomAccess } from "#server/core/access/room-access.ts";
import type { SystemAccess } from "#server/core/access/system-access.ts";

export interface StoredPreferences {
  readonly receipts: boolean;
  readonly visible: boolean;
  /** In seconds since 1970; 0 for no such time. */
  readonly quietUntil: number;
  readonly rooms: ReadonlyMap<RoomId, StoredNotify>;
}

export interface StoredNotify {
  readonly level: NotifyLevel;
  /** In seconds since 1970; 0 for no such time. */
  readonly mutedUntil: number;
}

export interface PreferenceStore {
  read(by: OwnAccess): Promise<StoredPreferences>;
  /** Whether each of these people lets others see what `switched` names. */
  areOn(
    by: SystemAccess,
    users: readonly number[],
    switched: "receipts" | "visible",
  ): Promise<readonly boolean[]>;
  /** Changes what is given, and tells all devices of the person. */
  change(
    by: OwnAccess,
    change: Partial<Pick<StoredPreferences, "receipts" | "visible" | "quietUntil">>,
  ): Promise<void>;
  /** Sets what somebody wants to be told of a room, and forgets rooms they are in no more. */
  setRoom(of: RoomAccess, notify: StoredNotify): Promise<void>;
}
