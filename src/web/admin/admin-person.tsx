/** One person as admins see them, and what one may do: their role, suspending. */
import type { AdminPerson } from "#protocol/admin.ts";
import type { Role } from "#protocol/person.ts";
import { useSignal } from "@preact/signals";
import type { Chat } from "#web/chat/chat.ts";
import { dateOf, momentOf } from "#web/chat/moments.ts";
import { PersonPicture } from "#web/widgets/person-picture.tsx";
import { adminOf } from "./admin-of.ts";
import { mayName, maySuspend } from "./powers.ts";
import { SuspendForm } from "./suspend-form.tsx";

export interface AdminPersonProps {
  readonly chat: Chat;
  readonly person: AdminPerson;
  readonly act: (step: () => Promise<void>) => void;
}

const ROLES: Readonly<Record<Role, string>> = {
  owner: "Owner",
  admin: "Admin",
  bot: "Bot",
  member: "",
};

export function AdminPersonRow(props: AdminPersonProps) {
  const { chat, person } = props;
  const isOpen = useSignal(false);
  const { id, username, role, since, suspended } = person;
  return (
    <li class="member">
      <button
        type="button"
        class="person-row"
        aria-expanded={isOpen.value}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        <PersonPicture chat={chat} person={person} />
        <span class="member-name">
          <bdi>{username}</bdi>
          {id === chat.me.id && " (you)"}
        </span>
        {suspended !== undefined && <span class="tag tag-danger">Suspended</span>}
        {ROLES[role] !== "" && <span class="tag">{ROLES[role]}</span>}
      </button>
      {isOpen.value && (
        <>
          <div class="admin-about">
            <p>{since === undefined ? "Has been here from the beginning." : hereSince(since)}</p>
            <Suspended chat={chat} person={person} />
          </div>
          <Actions {...props} />
        </>
      )}
    </li>
  );
}

function hereSince(since: number): string {
  return `Here since ${dateOf(since)}.`;
}

function Suspended({ chat, person }: Pick<AdminPersonProps, "chat" | "person">) {
  const { suspended } = person;
  if (suspended === undefined) return null;
  const { by, since, reason } = suspended;
  return (
    <p>
      Suspended by <bdi>{by === chat.me.id ? "you" : (chat.nameOf(by) ?? "an admin")}</bdi>,{" "}
      {momentOf(since)}
      {reason === "" ? ", without a reason." : <span dir="auto">: {reason}</span>}
    </p>
  );
}

function Actions({ chat, person, act }: AdminPersonProps) {
  const isAsked = useSignal(false);
  const { id, username, role, suspended } = person;
  const admin = adminOf(chat.klatch);
  const me = { id: chat.me.id, role: chat.role.value };
  const isMe = id === me.id;
  const name = (next: "owner" | "admin" | "member") => () => act(() => admin.setRole(id, next));
  return (
    <div class="member-actions">
      {mayName(me, person, "admin") && (
        <button type="button" class="button-quiet" onClick={name("admin")}>
          Make admin
        </button>
      )}
      {mayName(me, person, "owner") && (
        <button type="button" class="button-quiet" onClick={name("owner")}>
          Make owner
        </button>
      )}
      {mayName(me, person, "member") && (
        <button type="button" class="button-quiet" onClick={name("member")}>
          {isMe ? `Step down as ${role}` : `No longer ${role}`}
        </button>
      )}
      {maySuspend(me, person) &&
        (suspended === undefined ? (
          <button
            type="button"
            class="button-quiet danger"
            aria-expanded={isAsked.value}
            onClick={() => (isAsked.value = !isAsked.value)}
          >
            Suspend…
          </button>
        ) : (
          <button type="button" class="button-quiet" onClick={() => act(() => admin.unsuspend(id))}>
            Lift the suspension
          </button>
        ))}
      {isAsked.value && suspended === undefined && maySuspend(me, person) && (
        <SuspendForm
          id={id}
          username={username}
          suspend={(reason) => {
            isAsked.value = false;
            act(() => admin.suspend(id, reason));
          }}
        />
      )}
    </div>
  );
}
