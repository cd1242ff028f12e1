/** What a person is called, with their name beside it where that is another. */
import type { Person } from "#protocol/person.ts";
import { shownName } from "./avatar.tsx";

export function PersonName({ person }: { readonly person: Person }) {
  const { username, displayName } = person;
  return (
    <span class="person-name">
      <bdi>{shownName(person)}</bdi>
      {displayName !== undefined && displayName !== username && (
        <span class="person-username">@{username}</span>
      )}
    </span>
  );
}
