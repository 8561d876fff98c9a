import { parsePath } from '../../wire/smtp/path.ts';
import { printXtext } from '../../wire/smtp/xtext.ts';
import { SmtpError } from './smtp-error.ts';

/** Parameters of a recipient for delivery status notifications. RFC 3461 sections 4.1 and 4.2. */
export interface RecipientDsn {
  /** `['never']`, or when to tell the sender. */
  readonly notify?: readonly ('never' | 'success' | 'failure' | 'delay')[];
  /** Address type and address before forwarding: `rfc822;ann@example.org`. */
  readonly originalRecipient?: string;
}

export interface Recipient extends RecipientDsn {
  readonly address: string;
}

/** Who sends what to whom. */
export interface Envelope {
  /** '' is the null path, for notifications. */
  readonly from: string;
  readonly to: readonly (string | Recipient)[];
  /** In octets, as far as known: lets the server refuse before the message is sent. RFC 1870. */
  readonly size?: number;
  /** `8bit`: 8BITMIME (RFC 6152); `binary`: BINARYMIME with CHUNKING (RFC 3030). Default `7bit`. */
  readonly body?: '7bit' | '8bit' | 'binary';
  /** Header fields hold UTF-8. Set by itself when an address has characters outside ASCII. RFC 6531. */
  readonly utf8?: boolean;
  /** Only over TLS with a verified server, all the way. RFC 8689. */
  readonly requireTls?: boolean;
  /** Left out where the server does not offer DSN; `capabilities.has('DSN')` tells. RFC 3461 sections 4.3 and 4.4. */
  readonly dsn?: { readonly return?: 'full' | 'headers'; readonly envelopeId?: string };
  /** Send with BDAT where the server offers CHUNKING (always for `binary`). */
  readonly chunking?: boolean;
}

const printable = /^[\x20-\x7e]{1,500}$/;

/** Whether addresses or headers need SMTPUTF8. */
export function needsUtf8({ from, to, utf8 }: Envelope): boolean {
  return utf8 === true || [from, ...to.map(addressOf)].some((address) => /[^\0-\x7f]/.test(address));
}

export function addressOf(recipient: string | Recipient): string {
  return typeof recipient === 'string' ? recipient : recipient.address;
}

/** In angle brackets, as it was given. @throws SmtpError when it is no address: nothing may get into the command unseen. */
export function pathOf(address: string, step: 'MAIL' | 'RCPT'): string {
  const path = `<${address}>`;
  if (step === 'MAIL' && address === '') return path;
  const parsed = parsePath(path);
  if (parsed.ok && parsed.value.end === path.length && parsed.value.address) return path;
  throw new SmtpError(step, 'unsupported', `${step}: not an address: ${JSON.stringify(address.slice(0, 100))}`, {
    permanence: 'permanent',
    enhanced: step === 'MAIL' ? '5.1.7' : '5.1.3',
  });
}

/** ` NOTIFY=… ORCPT=…`, with its blank in front; '' when there is none. */
export function recipientParams(recipient: string | Recipient): string {
  if (typeof recipient === 'string') return '';
  const { notify, originalRecipient } = recipient;
  const first = notify?.length ? ` NOTIFY=${notify.join(',').toUpperCase()}` : '';
  if (originalRecipient === undefined) return first;
  const [, type = '', address = ''] = /^([A-Za-z0-9-]{1,20});(.*)$/s.exec(originalRecipient) ?? [];
  return type !== '' && printable.test(address) ? `${first} ORCPT=${type};${printXtext(address)}` : first;
}

/** ` RET=… ENVID=…` */
export function senderDsnParams(dsn: Envelope['dsn']): string {
  const back = dsn?.return === undefined ? '' : ` RET=${dsn.return === 'full' ? 'FULL' : 'HDRS'}`;
  const id = dsn?.envelopeId;
  return id !== undefined && printable.test(id) && id.length <= 100 ? `${back} ENVID=${printXtext(id)}` : back;
}
