/** What one wants to be told of a room. */
import type { NotifyLevel } from "#protocol/preferences.ts";
import type { RoomId } from "#protocol/room.ts";
import { useSignal } from "@preact/signals";
import type { Chat } from "#web/chat/chat.ts";
import { titleOf } from "#web/chat/room-title.ts";
import { useTask } from "#web/chat/task.ts";
import { inHours, nowS, tomorrowMorning, untilWords } from "#web/chat/moments.ts";
import { Choice } from "#web/widgets/choice.tsx";
import { Dialog } from "#web/widgets/dialog.tsx";

const LEVELS = [
  ["everything", "Everything", "Every message is announced."],
  ["mentions", "Mentions", "Only what names you, or calls everybody."],
  ["nothing", "Nothing", "It waits quietly until you look."],
] as const satisfies readonly (readonly [NotifyLevel, string, string])[];

interface NotifyPanelProps {
  readonly chat: Chat;
  readonly id: RoomId;
  readonly onClose: () => void;
}

export function NotifyPanel({ chat, id, onClose }: NotifyPanelProps) {
  const room = chat.room(id);
  const now = chat.notifyOf(id);
  const level = useSignal<NotifyLevel>(now.level);
  const mutedUntil = useSignal(now.mutedUntil ?? 0);
  const task = useTask();
  const submit = (event: Event) => {
    event.preventDefault();
    task.run(async () => {
      const isMuted = mutedUntil.value > nowS();
      await chat.own.notify(id, {
        level: level.value,
        ...(isMuted && { mutedUntil: mutedUntil.value }),
      });
      onClose();
    });
  };
  return (
    <Dialog title={`Tell me of ${room ? titleOf(room) : "this room"}`} onClose={onClose}>
      <form class="dialog-form" aria-busy={task.busy} onSubmit={submit}>
        <Choice
          legend="What is announced"
          name="level"
          value={level.value}
          onValue={(value) => (level.value = value)}
          options={LEVELS}
        />
        <PauseButtons
          legend="Mute it for a while"
          until={mutedUntil.value}
          onUntil={(until) => (mutedUntil.value = until)}
        />
        <p role="alert" class="form-alert">
          {task.trouble}
        </p>
        <button type="submit" class="button-primary" aria-disabled={task.busy}>
          {task.busy ? "One moment…" : "Save"}
        </button>
      </form>
    </Dialog>
  );
}

interface PauseProps {
  readonly legend: string;
  /** Seconds since 1970; 0 or past for no pause. */
  readonly until: number;
  readonly onUntil: (until: number) => void;
}

/** A pause, chosen in words. */
export function PauseButtons({ legend, until, onUntil }: PauseProps) {
  const isPaused = until > nowS();
  return (
    <fieldset class="pause">
      <legend>{legend}</legend>
      <div class="pause-buttons">
        <button type="button" class="button-quiet" onClick={() => onUntil(inHours(1))}>
          1 hour
        </button>
        <button type="button" class="button-quiet" onClick={() => onUntil(inHours(8))}>
          8 hours
        </button>
        <button type="button" class="button-quiet" onClick={() => onUntil(tomorrowMorning())}>
          Until tomorrow morning
        </button>
        {isPaused && (
          <button type="button" class="button-quiet" onClick={() => onUntil(0)}>
            End it
          </button>
        )}
      </div>
      <output class="dialog-hint">
        {isPaused ? `Quiet ${untilWords(until)}.` : "Not paused."}
      </output>
    </fieldset>
  );
}
