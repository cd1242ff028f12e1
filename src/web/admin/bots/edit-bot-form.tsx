/** Changing what is said of a bot, and where it is called. */
import type { Bot, BotChange } from "#protocol/bot.ts";
import { useSignal } from "@preact/signals";
import type { Task } from "#web/chat/task.ts";
import { intoView } from "#web/widgets/into-view.ts";
import { BotFields, trimmed } from "./bot-fields.tsx";
import { botProblem } from "./bot-words.ts";
import type { BotWords } from "./bot-words.ts";

export interface EditBotFormProps {
  readonly bot: Bot;
  readonly task: Task;
  readonly save: (change: BotChange) => void;
}

export function EditBotForm({ bot, task, save }: EditBotFormProps) {
  const { id, username, displayName = "", description, callback = "" } = bot;
  const words = useSignal<BotWords>({ displayName, description, callback });
  const submit = (event: Event) => {
    event.preventDefault();
    const { callback: address, ...said } = trimmed(words.value);
    const problem = botProblem({ ...said, callback: address });
    if (problem !== undefined) return task.refuse(problem);
    // The same address again would have another secret.
    save(address === callback ? said : { ...said, callback: address });
  };
  return (
    <form
      ref={intoView}
      class="member-form"
      noValidate
      aria-label={`Edit ${username}`}
      aria-busy={task.busy}
      onSubmit={submit}
    >
      <BotFields id={`bot-${id}`} words={words} />
      <button type="submit" class="button-small" aria-disabled={task.busy}>
        Save
      </button>
    </form>
  );
}
