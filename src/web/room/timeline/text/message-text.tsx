/** What was said, as text with its links; whatever looks like markup stays text. */
import { useMemo } from "preact/hooks";
import { isFewEmoji, tokensOf } from "./text-tokens.ts";

export interface MessageTextProps {
  readonly id: string;
  readonly text: string;
  /** Whether Tab may stop at the links: only in the message one is at. */
  readonly tabbable: boolean;
}

export function MessageText({ id, text, tabbable }: MessageTextProps) {
  const tokens = useMemo(() => tokensOf(text), [text]);
  return (
    <p id={id} class="message-text" dir="auto" data-emoji={isFewEmoji(text)}>
      {tokens.map((token, at) =>
        token.type === "text" ? (
          token.text
        ) : (
          <a
            // oxlint-disable-next-line react/no-array-index-key -- because a token is nothing but its place
            key={at}
            href={token.href}
            target="_blank"
            rel="noopener noreferrer nofollow ugc"
            tabIndex={tabbable ? 0 : -1}
          >
            {token.text}
          </a>
        ),
      )}
    </p>
  );
}
