import type { MessageReader } from '../store/message-reader.ts';
import type { Notice, ReportSubject } from './dsn/notice.ts';

/** What the sender of a message that came in is to be told, after its recipients were decided on. */
export interface IncomingReport {
  readonly message: ReportSubject['message'];
  /** Not empty. */
  readonly returnPath: string;
  readonly notices: readonly [Notice, ...Notice[]];
  /** Header fields, with their CRLF, one character an octet. */
  readonly header: string;
}

/** The queue as the door in sees it. */
export interface IncomingReports {
  /** Resolves when the notification is on stable storage, or when there is nobody to send it to. @throws StorageFull */
  report(report: IncomingReport): Promise<void>;
}

/** A message of which only the header is at hand, for `writeReport`. */
export function headerAlone(header: string): MessageReader {
  const octets = Buffer.from(`${header.replace(/(?:\r\n)+$/, '')}\r\n\r\n`, 'latin1');
  return {
    prefix: new Uint8Array(),
    originalBytes: octets.length,
    partMap: '',
    read: (start, end) => Promise.resolve(octets.subarray(start, end)),
    close: () => undefined,
  };
}
