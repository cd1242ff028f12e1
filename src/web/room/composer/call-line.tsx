/** Above the composer: the text says @room or @here, and whether that is to call everybody. */
import type { Call } from "#protocol/message.ts";

export interface CallLineProps {
  readonly call: Call;
  /** How many people are in the room. */
  readonly people: number;
  readonly isCalling: boolean;
  readonly toggle: () => void;
}

export function CallLine({ call, people, isCalling, toggle }: CallLineProps) {
  return (
    <div class="call-line">
      <label>
        <input type="checkbox" checked={isCalling} onChange={toggle} />
        {call === "room"
          ? `Tell all ${people} people in the room that they are meant`
          : "Tell everybody who is here now that they are meant"}
      </label>
    </div>
  );
}
