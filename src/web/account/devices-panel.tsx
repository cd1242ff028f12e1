/** Where one is signed in, to end it there; and a link that signs another device in. */
import type { SignInLink } from "#protocol/joining.ts";
import type { SessionEntry } from "#protocol/sessions.ts";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Chat } from "#web/chat/chat.ts";
import { useTask } from "#web/chat/task.ts";
import { agoWords } from "#web/chat/moments.ts";
import { Dialog } from "#web/widgets/dialog.tsx";
import { SecretLink, secretAddress } from "./secret-link.tsx";

interface DevicesPanelProps {
  readonly chat: Chat;
  readonly onClose: () => void;
}

export function DevicesPanel({ chat, onClose }: DevicesPanelProps) {
  const sessions = useSignal<readonly SessionEntry[] | undefined>(undefined);
  const task = useTask();
  const load = async () => {
    sessions.value = await chat.things.sessions();
  };
  const run = (act: () => Promise<void>) =>
    task.run(async () => {
      await act();
      await load();
    });
  useEffect(() => task.run(load), []);
  const others = sessions.value?.filter(({ isThis }) => !isThis) ?? [];
  return (
    <Dialog title="Your devices" onClose={onClose}>
      <LinkMaker chat={chat} />
      <p role="alert" class="form-alert">
        {task.trouble}
      </p>
      <h3>Signed in on</h3>
      {/* oxlint-disable-next-line jsx-a11y/no-redundant-roles -- because Safari drops it with the bullets */}
      <ul class="device-list" role="list" aria-busy={sessions.value === undefined}>
        {sessions.value?.map((session) => (
          <Device
            key={session.id}
            session={session}
            end={() => run(() => chat.things.endSession(session.id))}
          />
        ))}
      </ul>
      {others.length > 0 && (
        <button
          type="button"
          class="button-quiet"
          aria-disabled={task.busy}
          onClick={() => run(() => chat.things.endOtherSessions())}
        >
          Sign out everywhere else
        </button>
      )}
    </Dialog>
  );
}

/** The link is made only when it is asked for: each is good for one device. */
function LinkMaker({ chat }: Pick<DevicesPanelProps, "chat">) {
  const link = useSignal<SignInLink | undefined>(undefined);
  const task = useTask();
  const make = async () => {
    link.value = await chat.things.signInLink();
  };
  if (link.value !== undefined) {
    return (
      <SecretLink
        address={secretAddress("sign-in", link.value.token)}
        expires={link.value.expires}
        words="Open this on the other device, and you are signed in there. It works once. Give it to nobody."
      />
    );
  }
  return (
    <>
      <button
        type="button"
        class="button-primary"
        aria-disabled={task.busy}
        onClick={() => task.run(make)}
      >
        Sign in another device
      </button>
      <p role="alert" class="form-alert">
        {task.trouble}
      </p>
    </>
  );
}

function Device({ session, end }: { readonly session: SessionEntry; readonly end: () => void }) {
  const { device, used, isThis } = session;
  return (
    <li class="device">
      <p>
        <bdi>{device}</bdi>
        <span class="dialog-hint">{isThis ? "This one" : `Used ${agoWords(used)}`}</span>
      </p>
      {!isThis && (
        <button type="button" class="button-quiet" aria-label={`Sign out ${device}`} onClick={end}>
          Sign out
        </button>
      )}
    </li>
  );
}
