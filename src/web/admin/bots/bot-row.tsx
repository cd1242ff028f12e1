/** One bot as admins see it: what it is and may do; changing it, another token, its end. */
import type { Bot, BotChange } from "#protocol/bot.ts";
import { useSignal } from "@preact/signals";
import type { Chat } from "#web/chat/chat.ts";
import { dateOf } from "#web/chat/moments.ts";
import type { Task } from "#web/chat/task.ts";
import { PersonName } from "#web/widgets/person-name.tsx";
import { PersonPicture } from "#web/widgets/person-picture.tsx";
import { BotEnd, BotRenewal } from "./bot-questions.tsx";
import { EditBotForm } from "./edit-bot-form.tsx";
import { scopesWords } from "./bot-words.ts";

export interface BotRowProps {
  readonly chat: Chat;
  readonly bot: Bot;
  readonly task: Task;
  readonly change: (change: BotChange, done: () => void) => void;
  readonly renew: () => void;
  readonly end: () => void;
}

type Asked = "edit" | "renew" | "end";

export function BotRow(props: BotRowProps) {
  const { chat, bot } = props;
  const isOpen = useSignal(false);
  return (
    <li class="member">
      <button
        type="button"
        class="person-row"
        aria-expanded={isOpen.value}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        <PersonPicture chat={chat} person={bot} />
        <span class="member-name">
          <PersonName person={bot} />
        </span>
        {bot.callback !== undefined && <span class="tag">Called</span>}
      </button>
      {isOpen.value && (
        <>
          <About chat={chat} bot={bot} />
          <Actions {...props} />
        </>
      )}
    </li>
  );
}

function About({ chat, bot }: Pick<BotRowProps, "chat" | "bot">) {
  const { description, scopes, callback, createdAt, by } = bot;
  const maker = by === chat.me.id ? "you" : (chat.nameOf(by) ?? "an admin");
  return (
    <div class="admin-about">
      {description !== "" && <p dir="auto">{description}</p>}
      <p>May: {scopesWords(scopes)}.</p>
      {callback !== undefined && <p>Called at {callback}</p>}
      <p>
        Made by <bdi>{maker}</bdi>, {dateOf(createdAt)}.
      </p>
    </div>
  );
}

function Actions({ bot, task, change, renew, end }: BotRowProps) {
  const asked = useSignal<Asked | undefined>(undefined);
  const rest = () => (asked.value = undefined);
  const button = (what: Asked, words: string, isDanger = false) => (
    <button
      type="button"
      class={isDanger ? "button-quiet danger" : "button-quiet"}
      aria-expanded={asked.value === what}
      onClick={() => (asked.value = asked.peek() === what ? undefined : what)}
    >
      {words}
    </button>
  );
  const { username } = bot;
  return (
    <div class="member-actions">
      {button("edit", "Edit…")}
      {button("renew", "New token…")}
      {button("end", "Delete…", true)}
      {asked.value === "edit" && (
        <EditBotForm bot={bot} task={task} save={(words) => change(words, rest)} />
      )}
      {asked.value === "renew" && (
        <BotRenewal
          username={username}
          keep={rest}
          renew={() => {
            rest();
            renew();
          }}
        />
      )}
      {asked.value === "end" && <BotEnd username={username} keep={rest} end={end} />}
    </div>
  );
}
