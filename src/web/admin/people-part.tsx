/** Everybody on this server, for admins: finding people, and what one may do about them. */
import type { AdminPerson } from "#protocol/admin.ts";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Chat } from "#web/chat/chat.ts";
import { useAnswer } from "#web/chat/search.ts";
import { useTask } from "#web/chat/task.ts";
import { SearchBox } from "#web/widgets/search-box.tsx";
import { adminOf } from "./admin-of.ts";
import { AdminPersonRow } from "./admin-person.tsx";

/** What is listed, and where it goes on. */
interface Listed {
  readonly people: readonly AdminPerson[];
  readonly after?: string | undefined;
}

export function PeoplePart({ chat }: { readonly chat: Chat }) {
  const admin = adminOf(chat.klatch);
  const words = useSignal("");
  const search = words.value.trim();
  const { found, trouble } = useAnswer(search, (name) => admin.people(name));
  const listed = useSignal<Listed | undefined>(undefined);
  const task = useTask();
  useEffect(() => {
    if (found !== undefined) listed.value = found;
  }, [found]);
  const more = () =>
    task.run(async () => {
      const { people = [], after } = listed.peek() ?? {};
      const next = await admin.people(search, after);
      listed.value = { people: [...people, ...next.people], after: next.after };
    });
  const act = (person: AdminPerson, step: () => Promise<void>) =>
    task.run(async () => {
      await step();
      const now = await refreshed(chat, person);
      const { people = [], after } = listed.peek() ?? {};
      listed.value = { people: people.map((one) => (one.id === now.id ? now : one)), after };
    });
  const { people, after } = listed.value ?? {};
  return (
    <>
      <SearchBox label="Search by name" value={words} />
      <div role="alert" class="form-alert">
        {task.trouble || trouble}
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-redundant-roles -- because Safari drops it with the bullets */}
      <ul class="members admin-people" role="list" aria-busy={people === undefined}>
        {people?.map((person) => (
          <AdminPersonRow
            key={person.id}
            chat={chat}
            person={person}
            act={(step) => act(person, step)}
          />
        ))}
      </ul>
      <output class="dialog-hint">
        {people?.length === 0 && "Nobody’s name begins like this."}
      </output>
      {after !== undefined && (
        <button type="button" class="button-quiet" aria-disabled={task.busy} onClick={more}>
          Show more
        </button>
      )}
    </>
  );
}

/** What is known of somebody now. */
async function refreshed(chat: Chat, person: AdminPerson): Promise<AdminPerson> {
  const { people } = await adminOf(chat.klatch).people(person.username);
  return people.find(({ id }) => id === person.id) ?? person;
}
