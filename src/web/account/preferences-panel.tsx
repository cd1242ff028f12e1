/** One's own settings: when to be left alone, and what others see. */
import type { PreferencesChange } from "#protocol/preferences.ts";
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { wordsOf } from "#web/chat/task.ts";
import type { Chat } from "#web/chat/chat.ts";
import { Dialog } from "#web/widgets/dialog.tsx";
import { PauseButtons } from "#web/panels/notify-panel.tsx";

interface PreferencesPanelProps {
  readonly chat: Chat;
  readonly onClose: () => void;
}

export function PreferencesPanel({ chat, onClose }: PreferencesPanelProps) {
  // What was just chosen shows at once, until the server has all of it, or refused it.
  const chosen = useSignal<PreferencesChange>({});
  const trouble = useSignal("");
  const pending = useRef(0);
  const known = chat.preferences.value;
  const now = known && { ...known, ...chosen.value };
  const save = async (what: PreferencesChange) => {
    chosen.value = { ...chosen.peek(), ...what };
    pending.current++;
    try {
      await chat.own.change(what);
      trouble.value = "";
    } catch (error) {
      trouble.value = wordsOf(error);
    } finally {
      if (--pending.current === 0) chosen.value = {};
    }
  };
  const change = (what: PreferencesChange) => void save(what);
  return (
    <Dialog title="Settings" onClose={onClose}>
      {now === undefined ? (
        <p class="dialog-hint">These are there as soon as you are connected.</p>
      ) : (
        <div class="dialog-form">
          <PauseButtons
            legend="Do not disturb"
            until={now.quietUntil ?? 0}
            onUntil={(quietUntil) => change({ quietUntil })}
          />
          <Switch
            name="Show when I am here"
            meaning="Otherwise you look offline to everybody."
            isOn={now.visible}
            set={(visible) => change({ visible })}
          />
          <Switch
            name="Show what I have read"
            meaning="In chats of two. Who hides it does not see it of others either."
            isOn={now.receipts}
            set={(receipts) => change({ receipts })}
          />
          <p role="alert" class="form-alert">
            {trouble}
          </p>
        </div>
      )}
    </Dialog>
  );
}

interface SwitchProps {
  readonly name: string;
  readonly meaning: string;
  readonly isOn: boolean;
  readonly set: (isOn: boolean) => void;
}

function Switch({ name, meaning, isOn, set }: SwitchProps) {
  return (
    <label class="choice-option">
      <input type="checkbox" checked={isOn} onChange={() => set(!isOn)} />
      <span class="choice-title">{name}</span>
      <span class="choice-meaning">{meaning}</span>
    </label>
  );
}
