/** A person as a coloured circle with an initial. */

/** How many hues there are; neighbours in id are far apart in colour. See tokens.css. */
const HUES = 12;

/** Which of the hues belongs to a person: always the same one. */
export function hueOf(id: number): number {
  // 5 and 12 share no factor, so twelve people in a row get twelve hues.
  return (id * 5) % HUES;
}

/** Decoration: whoever uses it says the name in words. */
export function Avatar({
  id,
  username,
}: {
  readonly id: number;
  readonly username: string | undefined;
}) {
  return (
    <span class="avatar" data-hue={hueOf(id)} aria-hidden="true">
      {initialOf(username ?? "")}
    </span>
  );
}

/** The first letter, with its marks. */
function initialOf(username: string): string {
  const [first] = new Intl.Segmenter().segment(username);
  return first?.segment.toLocaleUpperCase() ?? "";
}
