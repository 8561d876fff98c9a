import type { Drop } from './maildrop.ts';
import { pause } from './pause.ts';
import type { Pop3Session } from './session.ts';

/** Lines between two looks at whether the client takes them. */
const batchLines = 500;

/** A line for each message that is not marked as deleted, then the dot. For LIST and UIDL. */
export async function sendListing(session: Pop3Session, print: (drop: Drop) => string): Promise<void> {
  const { sink } = session;
  const maildrop = session.currentMaildrop();
  session.ok(`${maildrop.count} messages`);
  let lines = '';
  for (let number = 1; number <= maildrop.length; number++) {
    const drop = maildrop.peek(number);
    if (drop !== undefined) lines += `${number} ${print(drop)}\r\n`;
    if (number % batchLines !== 0) continue;
    sink.write(lines);
    lines = '';
    await pause(sink);
    if (sink.closed) return;
  }
  sink.write(`${lines}.\r\n`);
}
