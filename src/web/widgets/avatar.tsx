/** A person as a coloured circle with an initial, or their picture; and what they are called. */
import type { Person } from "#protocol/person.ts";

/** How many hues there are; neighbours in id are far apart in colour. See tokens.css. */
const HUES = 12;

/** Which of the hues belongs to a person: always the same one. */
export function hueOf(id: number): number {
  // 5 and 12 share no factor, so twelve people in a row get twelve hues.
  return (id * 5) % HUES;
}

export interface AvatarProps {
  /** With an id alone while nobody knows more. */
  readonly person: Pick<Person, "id"> & Partial<Person>;
}

/** Decoration: whoever uses it says the name in words. */
export function Avatar({ person }: AvatarProps) {
  const { id, picture } = person;
  return (
    <span class="avatar" data-hue={hueOf(id)} aria-hidden="true">
      {picture === undefined ? (
        initialOf(shownName(person) ?? "")
      ) : (
        <img src={`/api/people/${id}/picture/${picture}`} alt="" loading="lazy" />
      )}
    </span>
  );
}

/** What a person is called: as they want to be, or by their name. */
export function shownName(person: Pick<Person, "username" | "displayName">): string;
export function shownName(person: Partial<Person>): string | undefined;
export function shownName({ displayName, username }: Partial<Person>): string | undefined {
  return displayName ?? username;
}

/** The first letter, with its marks. */
function initialOf(username: string): string {
  const [first] = new Intl.Segmenter().segment(username);
  return first?.segment.toLocaleUpperCase() ?? "";
}
