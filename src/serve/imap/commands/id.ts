import { printString } from '../../../wire/imap/print-string.ts';
import type { ImapReader } from '../../../wire/imap/imap-reader.ts';
import { anyState, command } from '../command.ts';
import type { Session } from '../session.ts';

/** RFC 2971 section 3.3: at most 30 pairs. */
const maxPairs = 30;

/** ID. The version is told only after login. RFC 2971 section 3.1. */
export const id = command({
  name: 'ID',
  states: anyState,
  capabilities: ['ID'],
  tells: 'all',
  parse(r) {
    r.expectSpace();
    return r.takeWord('NIL') ? new Map<string, string>() : expectPairs(r);
  },
  run(session, pairs, reply) {
    const client = ['name', 'version', 'os'].map((key) => pairs.get(key)?.slice(0, 100) ?? '').join(' ');
    if (client.trim() !== '')
      noteClient(
        session,
        client
          .replaceAll(/[^ -~]/g, '?')
          .replaceAll(/ +/g, ' ')
          .trim(),
      );
    const { version } = session.services;
    const more = session.account === undefined ? '' : ` "version" ${printString(version)}`;
    reply.untagged(`ID ("name" "posthorn"${more})`);
  },
});

function noteClient(session: Session, client: string): void {
  session.client = client;
  session.loginNote?.client(client);
  session.log.info('client', { client });
}

function expectPairs(r: ImapReader): Map<string, string> {
  const pairs = new Map<string, string>();
  r.expectList(() => {
    const key = r.expectString().toLowerCase();
    r.expectSpace();
    pairs.set(key, r.expectNstring() ?? '');
    if (pairs.size > maxPairs) r.fail('fewer pairs');
  }, true);
  return pairs;
}
