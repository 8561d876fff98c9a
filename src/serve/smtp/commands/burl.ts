import { replies } from '../../../wire/smtp/replies.ts';
import { endChunk, openChunkBody, writeChunk } from '../chunk-body.ts';
import { command } from '../command.ts';
import { finishMessage } from '../finish-message.ts';
import { openSubmittedUrl } from '../open-submitted-url.ts';
import { Refuse } from '../refuse.ts';
import type { SmtpSession } from '../session.ts';

/**
 * `burl-cmd = "BURL" SP absolute-URI [SP end-marker]`. RFC 4468 section 3: a chunk as of BDAT, out of a message that lies here: one that
 * a URL with a token gives (`imap`), or one of the client's own (`imap://` and our name). A URL that gives nothing costs the
 * whole transaction.
 */
export const burl = command({
  verb: 'BURL',
  needs: ['hello', 'tls', 'login', 'mail'],
  keywords(session) {
    if (!isOffered(session)) return [];
    // Section 3: no arguments say that a login is needed first.
    return session.account === undefined ? ['BURL'] : [`BURL imap imap://${session.options.hostname}`];
  },
  parse(rest) {
    const [, url, last] = /^([^ ]+)( +LAST)?$/i.exec(rest.trim()) ?? [];
    if (url === undefined) throw new Refuse(replies.badArguments);
    return { url, last: last !== undefined };
  },
  async run(session, { url, last }) {
    if (!isOffered(session)) throw new Refuse(replies.unknownCommand);
    openChunkBody(session);
    const bytes = await copyUrl(session, url);
    if (session.sink.closed) return;
    await (bytes === undefined ? finishMessage(session) : endChunk(session, bytes, last));
  },
});

function isOffered({ options, services }: SmtpSession): boolean {
  return options.role === 'submission' && services.messages !== undefined;
}

/** The octets of the URL into the body; undefined: there are none, which is the end of the transaction. */
async function copyUrl(session: SmtpSession, url: string): Promise<number | undefined> {
  const found = await openSubmittedUrl(session, url);
  if ('code' in found) {
    session.transaction?.body?.fail(found);
    return undefined;
  }
  try {
    for await (const piece of found.pieces()) {
      await writeChunk(session, piece);
      if (session.sink.closed || session.transaction?.body?.failure !== undefined) break;
    }
    return found.bytes;
  } catch (error) {
    session.log.error('the message of a URL cannot be read', {}, error);
    session.transaction?.body?.fail(replies.urlUnreadable);
    return undefined;
  } finally {
    found.close();
  }
}
