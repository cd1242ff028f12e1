/** Who is about to say something: a line that is always there, so that nothing moves when it speaks. */
export function TypingLine({ names }: { readonly names: readonly string[] }) {
  return (
    <p class="typing-line" aria-hidden={names.length === 0}>
      {names.length > 0 && (
        <>
          <span class="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <span>{wordsFor(names)}</span>
        </>
      )}
    </p>
  );
}

/** "Ada is typing…", "Ada and Brin are typing…", "4 people are typing…". */
export function wordsFor(names: readonly string[]): string {
  const [first = "Somebody", second, ...more] = names;
  if (second === undefined) return `${first} is typing…`;
  if (more.length === 0) return `${first} and ${second} are typing…`;
  return `${names.length} people are typing…`;
}
