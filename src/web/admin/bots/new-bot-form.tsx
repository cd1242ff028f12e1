/** Making a bot: its name, what is said of it, and what its token lets it do. */
import type { NewBot, Scope } from "#protocol/bot.ts";
import { SCOPES } from "#protocol/bot.ts";
import { parseUsername } from "#protocol/username.ts";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Task } from "#web/chat/task.ts";
import { Field } from "#web/welcome/field.tsx";
import { BotFields, trimmed } from "./bot-fields.tsx";
import { SCOPE_WORDS, botProblem } from "./bot-words.ts";
import type { BotWords } from "./bot-words.ts";

export interface NewBotFormProps {
  readonly task: Task;
  readonly create: (bot: NewBot) => void;
  readonly cancel: () => void;
}

export function NewBotForm({ task, create, cancel }: NewBotFormProps) {
  const username = useSignal("");
  const words = useSignal<BotWords>({ displayName: "", description: "", callback: "" });
  const scopes = useSignal<ReadonlySet<Scope>>(new Set(["read", "write"]));
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const submit = (event: Event) => {
    event.preventDefault();
    const name = parseUsername(username.value.trim());
    const { callback, ...said } = trimmed(words.value);
    const problem = name.ok ? botProblem({ ...said, callback }) : name.problem;
    if (!name.ok || problem !== undefined) return task.refuse(problem);
    const chosen = SCOPES.filter((scope) => scopes.value.has(scope));
    const called = callback === "" ? {} : { callback };
    create({ username: name.display, scopes: chosen, ...said, ...called });
  };
  return (
    <form
      class="dialog-form bot-form"
      noValidate
      aria-label="A new bot"
      aria-busy={task.busy}
      onSubmit={submit}
    >
      <Field
        id="bot-name"
        label="Name"
        type="text"
        autocomplete="off"
        hint="To mention it by. It cannot be changed later."
        fieldRef={first}
        value={username.value}
        onValue={(value) => (username.value = value)}
      />
      <BotFields id="new-bot" words={words} />
      <Scopes chosen={scopes.value} onChosen={(next) => (scopes.value = next)} />
      <div role="alert" class="form-alert">
        {task.trouble}
      </div>
      <div class="dialog-actions">
        <button type="submit" class="button-primary" aria-disabled={task.busy}>
          Make the bot
        </button>
        <button type="button" class="button-quiet" onClick={cancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}

interface ScopesProps {
  readonly chosen: ReadonlySet<Scope>;
  readonly onChosen: (chosen: ReadonlySet<Scope>) => void;
}

function Scopes({ chosen, onChosen }: ScopesProps) {
  const toggle = (scope: Scope) => {
    const next = new Set(chosen);
    if (!next.delete(scope)) next.add(scope);
    onChosen(next);
  };
  return (
    <fieldset class="choice">
      <legend>What it may do</legend>
      {SCOPES.map((scope) => {
        const [name, meaning] = SCOPE_WORDS[scope];
        return (
          <label key={scope} class="choice-option">
            <input type="checkbox" checked={chosen.has(scope)} onChange={() => toggle(scope)} />
            <span class="choice-title">{name}</span>
            <span class="choice-meaning">{meaning}</span>
          </label>
        );
      })}
    </fieldset>
  );
}
