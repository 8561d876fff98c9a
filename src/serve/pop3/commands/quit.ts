import { printErr } from '../../../wire/pop3/response.ts';
import { expectNothing } from '../arguments.ts';
import type { Command } from '../command.ts';
import type { Pop3Session } from '../session.ts';

/** QUIT: only here what was deleted really goes, all of it or nothing. RFC 1939 section 6. */
export const quit: Command = {
  name: 'QUIT',
  states: ['authorization', 'transaction'],
  async run(session, rest) {
    expectNothing(rest);
    try {
      await removeDeleted(session);
      session.ok('bye');
    } catch (error) {
      session.log.error('deleted messages could not be removed', {}, error);
      session.sink.write(printErr('deleted messages were not removed', 'SYS/TEMP'));
    }
    session.sink.close(true);
  },
};

async function removeDeleted({ maildrop, services, peer, log }: Pop3Session): Promise<void> {
  const uids = maildrop?.deletedUids() ?? [];
  if (maildrop === undefined || uids.length === 0) return;
  const { accountId, mailboxId } = maildrop;
  const gone = await services.store.expunge({ accountId, mailboxId, uids, onlyDeleted: false, origin: peer.id });
  log.info('removed', { messages: gone.uids.length });
}
