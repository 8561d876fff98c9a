import { printMailDate } from '../mime/print-mail-date.ts';

/**
 * The Received field of a submission (RFC 5321 section 4.4). Name and address of the client are left out: they are the
 * business of the account's owner alone. `forWhom`: printed, only when there is one recipient.
 */
export function printReceived(facts: {
  readonly hostname: string;
  readonly via: string;
  readonly id: string;
  readonly forWhom: string | undefined;
  readonly nowMs: number;
}): string {
  const { hostname, via, id, forWhom, nowMs } = facts;
  const clause = forWhom === undefined ? '' : `\r\n\tfor <${forWhom}>`;
  return (
    `Received: from ${hostname} (authenticated client)\r\n\tby ${hostname} with ${via}` +
    `\r\n\tid ${id}${clause};\r\n\t${printMailDate(nowMs)}\r\n`
  );
}
