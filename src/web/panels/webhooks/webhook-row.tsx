/** One webhook in the list of a room's, and the way to end it. */
import type { Webhook } from "#protocol/webhook.ts";
import { useSignal } from "@preact/signals";
import type { Chat } from "#web/chat/chat.ts";
import { dateOf } from "#web/chat/moments.ts";
import { intoView } from "#web/widgets/into-view.ts";

export interface WebhookRowProps {
  readonly chat: Chat;
  readonly hook: Webhook;
  readonly end: () => void;
}

export function WebhookRow({ chat, hook, end }: WebhookRowProps) {
  const isAsked = useSignal(false);
  const { name, createdAt, by } = hook;
  const maker = by === chat.me.id ? "you" : (chat.nameOf(by) ?? "a moderator");
  return (
    <li>
      <div class="device">
        <p>
          <bdi>{name}</bdi>
          <span class="dialog-hint">
            Made by <bdi>{maker}</bdi>, {dateOf(createdAt)}
          </span>
        </p>
        <button
          type="button"
          class="button-quiet danger"
          aria-label={`Revoke ${name}`}
          aria-expanded={isAsked.value}
          onClick={() => (isAsked.value = !isAsked.value)}
        >
          Revoke…
        </button>
      </div>
      {isAsked.value && (
        <fieldset ref={intoView} class="confirm">
          <legend class="visually-hidden">Are you sure?</legend>
          <p>
            Its address stops working at once, and whatever posts there is refused. What it said
            stays.
          </p>
          <button type="button" class="button-small danger" onClick={end}>
            Revoke {name}
          </button>
          <button type="button" class="button-quiet" onClick={() => (isAsked.value = false)}>
            Keep it
          </button>
        </fieldset>
      )}
    </li>
  );
}
