/** The webhooks of a room: addresses at which programs say something here. For its moderators. */
import type { NewWebhookResult, Webhook } from "#protocol/webhook.ts";
import { parseUsername } from "#protocol/username.ts";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { titleOf } from "#web/chat/room-title.ts";
import { useTask } from "#web/chat/task.ts";
import type { RoomPanelProps } from "#web/panels/members-panel.tsx";
import { Field } from "#web/welcome/field.tsx";
import { Dialog } from "#web/widgets/dialog.tsx";
import { NewAddress } from "./new-address.tsx";
import { WebhookRow } from "./webhook-row.tsx";
import { webhooksOf } from "./webhooks-of.ts";

export function WebhooksPanel({ chat, id, onClose }: RoomPanelProps) {
  const webhooks = webhooksOf(chat.klatch);
  const room = chat.room(id);
  const mayLook = room?.role === "moderator";
  const all = useSignal<readonly Webhook[] | undefined>(undefined);
  const made = useSignal<NewWebhookResult | undefined>(undefined);
  const head = useRef<HTMLHeadingElement>(null);
  const task = useTask();
  const load = async () => {
    all.value = await webhooks.list(id);
  };
  // A webhook comes and goes with its bot, which is one of those in the room.
  useEffect(() => {
    if (mayLook) task.run(load);
    else onClose();
  }, [mayLook, room?.members]);
  if (room === undefined || !mayLook) return null;
  const create = (name: string, done: () => void) =>
    task.run(async () => {
      made.value = await webhooks.create(id, name);
      done();
      await load();
    });
  const end = (hook: number) =>
    task.run(async () => {
      await webhooks.delete(id, hook);
      if (made.peek()?.webhook.id === hook) made.value = undefined;
      await load();
      // The button one was at is gone.
      head.current?.focus();
    });
  return (
    <Dialog title={`Webhooks of ${titleOf(room)}`} shape="drawer" onClose={onClose}>
      <p class="drawer-about">
        A webhook lets a program say something here, under a name of its own: a deploy that is done,
        a test that failed.
      </p>
      <NewWebhookForm busy={task.busy} create={create} refuse={(words) => task.refuse(words)} />
      <div role="alert" class="form-alert">
        {task.trouble}
      </div>
      {made.value && <NewAddress key={made.value.webhook.id} made={made.value} />}
      <h3 class="drawer-count" ref={head} tabIndex={-1}>
        {countWords(all.value?.length)}
      </h3>
      {/* oxlint-disable-next-line jsx-a11y/no-redundant-roles -- because Safari drops it with the bullets */}
      <ul class="device-list" role="list" aria-busy={all.value === undefined}>
        {all.value?.map((hook) => (
          <WebhookRow key={hook.id} chat={chat} hook={hook} end={() => end(hook.id)} />
        ))}
      </ul>
    </Dialog>
  );
}

function countWords(count: number | undefined): string {
  if (count === undefined) return "";
  if (count === 0) return "No webhooks yet";
  return count === 1 ? "1 webhook" : `${count} webhooks`;
}

interface FormProps {
  readonly busy: boolean;
  /** `done` is called once it is made. */
  readonly create: (name: string, done: () => void) => void;
  readonly refuse: (words: string) => void;
}

function NewWebhookForm({ busy, create, refuse }: FormProps) {
  const name = useSignal("");
  const submit = (event: Event) => {
    event.preventDefault();
    const parsed = parseUsername(name.value.trim());
    if (!parsed.ok) return refuse(parsed.problem);
    create(parsed.display, () => (name.value = ""));
  };
  return (
    <form class="dialog-form" noValidate aria-busy={busy} onSubmit={submit}>
      <Field
        id="webhook-name"
        label="Name"
        type="text"
        autocomplete="off"
        hint="What is posted is said under this name."
        value={name.value}
        onValue={(value) => (name.value = value)}
      />
      <button type="submit" class="button-primary" aria-disabled={busy}>
        Make a webhook
      </button>
    </form>
  );
}
