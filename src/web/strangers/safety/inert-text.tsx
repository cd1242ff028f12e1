/** A stranger's line: links are words until one asks for them, and even then say where they lead. */
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { isFewEmoji, tokensOf } from "#web/room/timeline/text/text-tokens.ts";

export function InertText({ text }: { readonly text: string }) {
  const tokens = useMemo(() => tokensOf(text), [text]);
  return (
    <p class="message-text" dir="auto" data-emoji={isFewEmoji(text)}>
      {tokens.map((token, at) =>
        token.type === "text" ? (
          token.text
        ) : (
          // oxlint-disable-next-line react/no-array-index-key -- because a token is nothing but its place
          <InertLink key={at} text={token.text} href={token.href} />
        ),
      )}
    </p>
  );
}

function InertLink({ text, href }: { readonly text: string; readonly href: string }) {
  const isAsked = useSignal(false);
  if (!isAsked.value) {
    return (
      <button type="button" class="inert-link" onClick={() => (isAsked.value = true)}>
        {text}
      </button>
    );
  }
  return (
    <span class="inert-asked">
      <bdi class="inert-address">{text}</bdi> A stranger gave you this link. The page behind it
      learns your network address.{" "}
      <a href={href} target="_blank" rel="noopener noreferrer nofollow ugc">
        Open {new URL(href).host}
      </a>
    </span>
  );
}
