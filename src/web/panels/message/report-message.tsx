/** Telling the admins of a message: what is wrong with it, then thanks. */
import type { ReportReason } from "#protocol/reports.ts";
import { reasonProblem } from "#protocol/room.ts";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { useTask } from "#web/chat/task.ts";
import type { MessagePanelProps } from "#web/panels/delete-message.tsx";
import { Field } from "#web/welcome/field.tsx";
import { Choice } from "#web/widgets/choice.tsx";
import { Dialog } from "#web/widgets/dialog.tsx";
import { REASONS } from "./reasons.ts";

export function ReportMessage(props: MessagePanelProps) {
  const isTold = useSignal(false);
  return (
    <Dialog title="Report this message" onClose={props.onClose}>
      {isTold.value ? (
        <Thanks {...props} />
      ) : (
        <Form {...props} onTold={() => (isTold.value = true)} />
      )}
    </Dialog>
  );
}

interface FormProps extends MessagePanelProps {
  readonly onTold: () => void;
}

function Form({ chat, room, entry, onClose, onTold }: FormProps) {
  const reason = useSignal<ReportReason>("spam");
  const words = useSignal("");
  const wrong = useSignal<string | undefined>(undefined);
  const task = useTask();
  const submit = (event: Event) => {
    event.preventDefault();
    const said = words.value.trim();
    wrong.value = reasonProblem(said);
    if (wrong.value !== undefined) return;
    task.run(async () => {
      await chat.moderation.report(room, entry.id, { reason: reason.value, words: said });
      onTold();
    });
  };
  return (
    <form class="dialog-form" noValidate aria-busy={task.busy} onSubmit={submit}>
      <p class="dialog-hint">
        The admins see it with a few messages around it, and that you reported it. Nobody else does.
      </p>
      <Choice
        legend="What is wrong with it?"
        name="report-reason"
        value={reason.value}
        onValue={(value) => (reason.value = value)}
        options={REASONS}
      />
      <Field
        id="report-words"
        label="In your words"
        type="text"
        autocomplete="off"
        isOptional
        trouble={wrong.value}
        value={words.value}
        onValue={(value) => (words.value = value)}
      />
      <div role="alert" class="form-alert">
        {task.trouble}
      </div>
      <div class="dialog-actions">
        <button type="button" class="button-quiet" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" class="button-small" aria-disabled={task.busy}>
          Report
        </button>
      </div>
    </form>
  );
}

function Thanks({ chat, entry, onClose }: MessagePanelProps) {
  const words = useRef<HTMLParagraphElement>(null);
  const task = useTask();
  useEffect(() => words.current?.focus(), []);
  const block = () => task.run(() => chat.blocks.block(entry.from));
  return (
    <>
      <p ref={words} class="thanks" tabIndex={-1}>
        Thank you. The admins will look at it.
      </p>
      <output class="dialog-hint">
        {chat.isBlocked(entry.from)
          ? "You block this person: what they say is folded."
          : "If you do not want to hear from this person any more, you can block them."}
      </output>
      <div role="alert" class="form-alert">
        {task.trouble}
      </div>
      <div class="dialog-actions">
        {chat.isBlocked(entry.from) ? (
          <span />
        ) : (
          <button type="button" class="button-quiet" onClick={block}>
            Block {chat.nameOf(entry.from) ?? "them"}
          </button>
        )}
        <button type="button" class="button-small" onClick={onClose}>
          Close
        </button>
      </div>
    </>
  );
}
