import { openStage } from '../transcripts/imap-stage.ts';
import type { ImapPeer } from './imap-peer.ts';

/** Our own server, without sockets. */
export async function enterOwn(): Promise<ImapPeer & { end(): Promise<void> }> {
  const stage = await openStage();
  const actor = await stage.newActor();
  const client = await actor.enter();
  return {
    name: 'posthorn',
    mailbox: 'compared',
    send: (text) => client.send(Buffer.from(`b ${text}\r\n`, 'latin1')),
    close: () => client.end(),
    async end() {
      client.end();
      await stage.close();
    },
  };
}
