import type { ConnectionState } from './connection-state.ts';

/**
 * Waits for changes, which go to `onChange`, until the signal or until the server has been silent for `timeouts.idle`; the
 * caller then does something else, or idles again. RFC 9051 section 6.3.13. @throws ImapError
 */
export async function idle(state: ConnectionState, signal: AbortSignal): Promise<void> {
  state.insistCapability('IDLE', 'IDLE', 'IMAP4REV2');
  const { dialogue, timeouts } = state;
  if (signal.aborted) return;
  const tag = await dialogue.send(['IDLE'], timeouts.command, state.take);
  await dialogue.awaitContinue(tag, timeouts.command, state.take);
  let doneAt: number | undefined;
  const until = (): number =>
    doneAt === undefined ? performance.now() + timeouts.idle + timeouts.command : doneAt + timeouts.command;
  const done = (): void => {
    if (doneAt !== undefined) return;
    doneAt = performance.now();
    // For what is being waited for now: from here on the server has the time of a command.
    dialogue.connection.setDeadline(timeouts.command, 'IDLE');
    dialogue.connection.write('DONE\r\n').catch(() => dialogue.connection.destroy());
  };
  const silence = setInterval(done, timeouts.idle);
  signal.addEventListener('abort', done, { once: true });
  if (signal.aborted) done();
  try {
    for (;;) {
      const response = await dialogue.nextBefore(until());
      if (response.kind === 'piece') throw dialogue.breach('octets of nothing');
      if (response.kind === 'tagged') {
        dialogue.ended(tag, response);
        return;
      }
      silence.refresh();
      state.take(response);
    }
  } finally {
    clearInterval(silence);
    signal.removeEventListener('abort', done);
  }
}
