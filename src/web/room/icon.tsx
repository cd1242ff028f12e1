/** The few small drawings of the room, in the colour of the words around them. */
const PATHS = {
  send: "M5 12 19 5.500 14.500 19 11.300 13.200 5 12ZM11.300 13.200 19 5.500",
  down: "M12 5V18M6 12.500 12 18.500 18 12.500",
  leave:
    "M14 5H7.500A2.500 2.500 0 0 0 5 7.500V16.500A2.500 2.500 0 0 0 7.500 19H14M11 12H20M16.500 8 20.500 12 16.500 16",
} as const;

/** Always beside or inside something that says the same in words. */
export function Icon({ name }: { readonly name: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
