import { parseInternetDate } from '../../mime/internet-date.ts';
import type { Result } from '../../base/result.ts';
import { readEsmtpParams } from './esmtp-params.ts';
import type { ParamFault, ParamReader } from './esmtp-params.ts';
import { parseXtext, printXtext } from './xtext.ts';

export type BodyType = '7BIT' | '8BITMIME' | 'BINARYMIME';

/** The parameters of MAIL FROM that we know. */
export interface MailParams {
  /** SIZE, octets (RFC 1870). */
  sizeBytes?: number;
  /** BODY (RFC 6152, RFC 3030). */
  body?: BodyType;
  /** SMTPUTF8 (RFC 6531). */
  smtpUtf8?: boolean;
  /** AUTH (RFC 4954 section 5): who the message is from, as far as the client knows; '' for `<>`. */
  auth?: string;
  /** RET (RFC 3461 section 4.3). */
  ret?: 'FULL' | 'HDRS';
  /** ENVID, decoded (RFC 3461 section 4.4). */
  envid?: string;
  /** REQUIRETLS (RFC 8689). */
  requireTls?: boolean;
  /** HOLDFOR, seconds (RFC 4865). */
  holdForSeconds?: number;
  /** HOLDUNTIL, milliseconds since 1970 (RFC 4865). */
  holdUntilMs?: number;
}

const readers: ReadonlyMap<string, ParamReader<MailParams>> = new Map<string, ParamReader<MailParams>>([
  [
    'SIZE',
    (value = '', into) => {
      if (!/^[0-9]{1,20}$/.test(value)) return false;
      into.sizeBytes = Number(value);
      return true;
    },
  ],
  [
    'BODY',
    (value = '', into) => {
      const body = value.toUpperCase();
      if (body !== '7BIT' && body !== '8BITMIME' && body !== 'BINARYMIME') return false;
      into.body = body;
      return true;
    },
  ],
  ['SMTPUTF8', (value, into) => value === undefined && (into.smtpUtf8 = true)],
  ['REQUIRETLS', (value, into) => value === undefined && (into.requireTls = true)],
  [
    'AUTH',
    (value = '', into) => {
      const address = value === '<>' ? '' : decodeXtext(value, 500);
      if (address === undefined) return false;
      into.auth = address;
      return true;
    },
  ],
  [
    'RET',
    (value = '', into) => {
      const ret = value.toUpperCase();
      if (ret !== 'FULL' && ret !== 'HDRS') return false;
      into.ret = ret;
      return true;
    },
  ],
  [
    'ENVID',
    (value = '', into) => {
      const envid = decodeXtext(value, 100);
      // RFC 3461 section 4.4: only printable characters, so that it can stand in a header field.
      if (envid === undefined || !/^[ -~]+$/.test(envid)) return false;
      into.envid = envid;
      return true;
    },
  ],
  [
    'HOLDFOR',
    (value = '', into) => {
      if (!/^[1-9][0-9]{0,8}$/.test(value)) return false;
      into.holdForSeconds = Number(value);
      return true;
    },
  ],
  [
    'HOLDUNTIL',
    (value = '', into) => {
      const until = parseInternetDate(value);
      if (until === undefined) return false;
      into.holdUntilMs = until;
      return true;
    },
  ],
]);

/** Reads what follows the path of MAIL FROM, the blank in front included. */
export function readMailParams(text: string): Result<MailParams, ParamFault> {
  return readEsmtpParams<MailParams>(text, readers, {});
}

/** The printer; '' or a blank and the parameters. */
export function printMailParams(params: MailParams): string {
  const words: string[] = [];
  if (params.sizeBytes !== undefined) words.push(`SIZE=${params.sizeBytes}`);
  if (params.body !== undefined) words.push(`BODY=${params.body}`);
  if (params.smtpUtf8 === true) words.push('SMTPUTF8');
  if (params.requireTls === true) words.push('REQUIRETLS');
  if (params.auth !== undefined) words.push(`AUTH=${params.auth === '' ? '<>' : printXtext(params.auth)}`);
  if (params.ret !== undefined) words.push(`RET=${params.ret}`);
  if (params.envid !== undefined) words.push(`ENVID=${printXtext(params.envid)}`);
  if (params.holdForSeconds !== undefined) words.push(`HOLDFOR=${params.holdForSeconds}`);
  if (params.holdUntilMs !== undefined) {
    words.push(`HOLDUNTIL=${new Date(params.holdUntilMs).toISOString().replace(/\.\d+Z$/, 'Z')}`);
  }
  return words.map((word) => ` ${word}`).join('');
}

/** Not empty, and at most so many characters as written. */
function decodeXtext(value: string, longest: number): string | undefined {
  if (value === '' || value.length > longest) return undefined;
  const decoded = parseXtext(value);
  return decoded.ok ? decoded.value : undefined;
}
