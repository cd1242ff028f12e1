/** One day of a room: its name, which stays in sight, and its messages. */
import type { Day } from "./days.ts";
import type { MessageActions } from "./actions/message-actions.ts";
import { MessageRow } from "./message-row.tsx";
import type { RoomView } from "./room-view.ts";
import { dayName } from "./times.ts";

export interface DayRowsProps {
  readonly day: Day;
  /** Seconds since 1970, for "Today". */
  readonly now: number;
  readonly view: RoomView;
  readonly actions: MessageActions;
  readonly me: number;
  /** Cid of the first message that was unread. */
  readonly firstUnread: string | undefined;
  /** Cid of the newest of one's own that the other one of a chat of two has read. */
  readonly lastSeen: string | undefined;
  /** Cid of the one row that Tab stops at. */
  readonly tabStop: string | undefined;
}

export function DayRows(props: DayRowsProps) {
  const { day, now, view, actions, me, firstUnread, lastSeen, tabStop } = props;
  return (
    <div class="day">
      <h2 class="day-name">
        <time dateTime={day.day}>{dayName(day.date, now)}</time>
      </h2>
      {/* oxlint-disable-next-line jsx-a11y/no-redundant-roles -- because Safari drops it with the bullets */}
      <ol role="list">
        {day.rows.map(({ entry, opens, closes }) => (
          <MessageRow
            key={entry.cid}
            view={view}
            actions={actions}
            isFirstUnread={entry.cid === firstUnread}
            isLastSeen={entry.cid === lastSeen}
            entry={entry}
            // Whatever is not stored yet was written here.
            mine={entry.from === me || entry.id === undefined}
            opens={opens}
            closes={closes}
            tabbable={entry.cid === tabStop}
          />
        ))}
      </ol>
    </div>
  );
}
