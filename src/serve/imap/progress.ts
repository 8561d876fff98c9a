import { printString } from '../../wire/imap/print-string.ts';
import type { Reply } from './respond.ts';

/** How often a client hears that its command is still at work, milliseconds. RFC 9585 section 4: every 10 to 15 seconds. */
const noteMs = 10_000;

/**
 * Waits for a long piece of work, and tells the client now and then that it goes on: `OK [INPROGRESS ("tag" NIL NIL)]`. RFC 9585.
 * Only for work during which nothing else is written: a response must not be torn apart. `tag` undefined: not known.
 */
export async function withProgress<T>(reply: Reply, tag: string | undefined, work: Promise<T>): Promise<T> {
  const timer = setInterval(() => {
    if (!reply.gone) reply.untagged(`OK [INPROGRESS${printDetails(tag)}] still at work`);
  }, noteMs);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

/** RFC 9585 section 4: a tag with `]` cannot stand in a response code. How much is done is not known. */
function printDetails(tag: string | undefined): string {
  return tag === undefined || tag.includes(']') ? '' : ` (${printString(tag)} NIL NIL)`;
}
