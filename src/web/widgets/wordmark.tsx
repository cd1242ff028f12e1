/** The name, drawn: a cup that is also a speech bubble, and the word in one line's width. */

/** The cup alone. Decoration; whoever uses it says the name in words. */
export function Cup({ class: name = "cup" }: { readonly class?: string }) {
  return (
    <svg class={name} viewBox="0 0 48 48" aria-hidden="true" focusable="false">
      <g fill="none" stroke-linecap="round" stroke-linejoin="round">
        <path class="cup-handle" d="M34.500 23h2.500a5.500 5.500 0 0 1 0 11h-3" stroke-width="4" />
        <path
          class="cup-body"
          d="M8 19H33V28.500A11 11 0 0 1 22 39.500H15L8 45Z"
          stroke-width="4"
        />
        <path
          class="cup-steam"
          d="M15.500 12.500c-3.200-3.400 3.200-5.600 0-9.500"
          stroke-width="3"
        />
        <path
          class="cup-steam"
          d="M25.500 12.500c-3.200-3.400 3.200-5.600 0-9.500"
          stroke-width="3"
        />
      </g>
    </svg>
  );
}

/** The cup and the word; reads as "Klatch". */
export function Wordmark() {
  return (
    <span class="wordmark">
      <Cup />
      <svg class="word" viewBox="0 0 140 41" role="img" aria-label="Klatch">
        <g fill="none" stroke-width="5.600" stroke-linecap="round" stroke-linejoin="round">
          <path d="M4 4V37M18 17.500L4.500 28M9.800 24.200L19 37" />
          <path d="M30 4V37" />
          <path d="M61 17V37M61 27A10 10 0 1 1 41 27A10 10 0 1 1 61 27" />
          <path d="M74 9V29.500A7.500 7.500 0 0 0 81.500 37H82M68.500 17H81.500" />
          <path d="M106.600 20A10 10 0 1 0 106.600 34" />
          <path d="M117.500 4V37M117.500 27A9.300 9.800 0 0 1 136 27V37" />
        </g>
      </svg>
    </span>
  );
}
