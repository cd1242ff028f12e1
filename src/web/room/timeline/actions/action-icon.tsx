/** The small drawings of what one can do with a message. */
const PATHS = {
  smile:
    "M12 20A8 8 0 1 0 12 4 8 8 0 0 0 12 20ZM8.500 14C9.200 15.300 10.500 16 12 16S14.800 15.300 15.500 14" +
    "M9.500 9.500V10M14.500 9.500V10",
  reply: "M10 6 4.500 11.500 10 17M5 11.500H14A5.500 5.500 0 0 1 19.500 17V18.500",
  edit: "M5 19 6 15 15.500 5.500A2.100 2.100 0 0 1 18.500 8.500L9 18ZM13.500 7.500 16.500 10.500",
  link:
    "M10 14A3.800 3.800 0 0 1 10 8.600L12.600 6A3.800 3.800 0 0 1 18 11.400L16.500 12.900" +
    "M14 10A3.800 3.800 0 0 1 14 15.400L11.400 18A3.800 3.800 0 0 1 6 12.600L7.500 11.100",
  copy: "M9 9H19V19H9ZM15 9V5H5V15H9",
  pin: "M9 4.500H15L14.500 10.500 17.500 14H6.500L9.500 10.500ZM12 14V20",
  delete: "M5 7H19M9.500 7V4.500H14.500V7M7 7 8 19.500H16L17 7M10.500 10.500V16M13.500 10.500V16",
  report: "M6 20.500V4.500M6 5.500H17.500L15 9.500 17.500 13.500H6",
  unread:
    "M4.500 7H13M4.500 12H19.500M4.500 17H19.500M18 8.500A2.500 2.500 0 1 0 18 3.500 2.500 2.500 0 0 0 18 8.500Z",
  close: "M6.500 6.500 17.500 17.500M17.500 6.500 6.500 17.500",
} as const;

export type ActionIconName = keyof typeof PATHS;

/** Always inside something that says the same in words. */
export function ActionIcon({ name }: { readonly name: ActionIconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
