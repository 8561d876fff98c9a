import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Directory } from '../directory/directory.ts';
import { findSingleMailbox } from '../mime/find-single-mailbox.ts';
import type { ReportSigner } from '../queue/dsn/report-signer.ts';
import type { Spool } from '../store/spool.ts';
import { OutgoingBody } from './outgoing-body.ts';
import { signOutgoing } from './sign-outgoing.ts';

export interface ReportSignerServices {
  readonly directory: Pick<Directory, 'dkimKeysOf'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly hostname: string;
}

/** The octets lie elsewhere: only what is learnt in passing counts. */
const nowhere: Spool = {
  sizeBytes: 0,
  head: () => new Uint8Array(0),
  write: () => 'kept',
  finish: () => Promise.resolve({ kind: 'octets', octets: new Uint8Array(0) }),
  discard: () => Promise.resolve(),
};

/** Signs the queue's notifications, which come whole and complete, by the domain of their From or the one above it. */
export function createReportSigner({ directory, clock, log, hostname }: ReportSignerServices): ReportSigner {
  return {
    begin() {
      const body = new OutgoingBody(nowhere, { hostname, clock });
      return {
        write: (octets) => void body.write(octets),
        async finish() {
          const { header, bodyHash } = await body.finish();
          const fromDomain = findSingleMailbox(header, 'from')?.domain ?? '';
          const signed = await signOutgoing(directory, { header, bodyHash, fromDomain, nowMs: clock.now() });
          if (!signed.ok) log.info('a notification is not signed', { why: signed.error });
          return signed.ok ? signed.value : '';
        },
      };
    },
  };
}
