/** For admins: who may make an account, and links that let people in. */
import type { Invitation, MadeInvitation, Registration } from "#protocol/joining.ts";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Chat } from "#web/chat/chat.ts";
import { useTask } from "#web/chat/task.ts";
import { untilWords } from "#web/chat/moments.ts";
import { Choice } from "#web/widgets/choice.tsx";
import { Dialog } from "#web/widgets/dialog.tsx";
import { SecretLink, secretAddress } from "./secret-link.tsx";

const WHO = [
  ["open", "Everybody", "Whoever finds this page can make an account."],
  ["invitation", "Who is invited", "An account takes a link from an admin."],
] as const satisfies readonly (readonly [Registration, string, string])[];

const USES = [1, 5, 25, 100] as const;

interface InvitePanelProps {
  readonly chat: Chat;
  readonly onClose: () => void;
}

export function InvitePanel({ chat, onClose }: InvitePanelProps) {
  const who = useSignal<Registration | undefined>(undefined);
  const all = useSignal<readonly Invitation[]>([]);
  const made = useSignal<MadeInvitation | undefined>(undefined);
  const task = useTask();
  const load = async () => {
    [who.value, all.value] = await Promise.all([
      chat.things.registration(),
      chat.things.invitations(),
    ]);
  };
  useEffect(() => task.run(load), []);
  const run = (act: () => Promise<void>) =>
    task.run(async () => {
      await act();
      await load();
    });
  const setWho = (value: Registration) => {
    const before = who.value;
    // Shown at once; back again if the server refuses.
    who.value = value;
    run(async () => {
      try {
        await chat.things.setRegistration(value);
      } catch (error) {
        who.value = before;
        throw error;
      }
    });
  };
  const invite = (uses: number) =>
    run(async () => {
      made.value = await chat.things.invite({ uses });
    });
  return (
    <Dialog title="Invite people" onClose={onClose}>
      {who.value !== undefined && (
        <Choice
          legend="Who may make an account"
          name="registration"
          value={who.value}
          onValue={setWho}
          options={WHO}
        />
      )}
      <InviteForm busy={task.busy} invite={invite} />
      <p role="alert" class="form-alert">
        {task.trouble}
      </p>
      {made.value && (
        <SecretLink
          key={made.value.id}
          address={secretAddress("join", made.value.token)}
          expires={made.value.expires}
          words="Whoever opens this may make an account."
        />
      )}
      <Invitations all={all.value} revoke={(id) => run(() => chat.things.revoke(id))} />
    </Dialog>
  );
}

interface InviteFormProps {
  readonly busy: boolean;
  readonly invite: (uses: number) => void;
}

function InviteForm({ busy, invite }: InviteFormProps) {
  const uses = useSignal(1);
  const submit = (event: Event) => {
    event.preventDefault();
    invite(uses.value);
  };
  return (
    <form class="invite-form" aria-busy={busy} onSubmit={submit}>
      <label class="invite-uses">
        A link for
        <select
          value={uses.value}
          onChange={(event) => (uses.value = Number(event.currentTarget.value))}
        >
          {USES.map((count) => (
            <option key={count} value={count}>
              {count === 1 ? "1 person" : `${count} people`}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="button-primary" aria-disabled={busy}>
        Make a link
      </button>
    </form>
  );
}

interface InvitationsProps {
  readonly all: readonly Invitation[];
  readonly revoke: (id: string) => void;
}

function Invitations({ all, revoke }: InvitationsProps) {
  if (all.length === 0) return null;
  return (
    <>
      <h3>Open invitations</h3>
      {/* oxlint-disable-next-line jsx-a11y/no-redundant-roles -- because Safari drops it with the bullets */}
      <ul class="device-list" role="list">
        {all.map(({ id, uses, expires }) => (
          <li key={id} class="device">
            <p>
              For {uses === 1 ? "1 person" : `${uses} people`}
              <span class="dialog-hint">{untilWords(expires)}</span>
            </p>
            <button type="button" class="button-quiet" onClick={() => revoke(id)}>
              Withdraw
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
