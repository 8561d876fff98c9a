import type { Result } from '../../base/result.ts';
import { readEsmtpParams } from './esmtp-params.ts';
import type { ParamFault, ParamReader } from './esmtp-params.ts';
import { parseXtext, printXtext } from './xtext.ts';

export type NotifyWhen = 'NEVER' | 'SUCCESS' | 'FAILURE' | 'DELAY';

/** The parameters of RCPT TO that we know: those of DSN (RFC 3461 sections 4.1 and 4.2). */
export interface RcptParams {
  notify?: readonly NotifyWhen[];
  /** ORCPT: the type, lower case, and the address, decoded. */
  originalRecipient?: { readonly type: string; readonly address: string };
}

const notifyWords: ReadonlySet<string> = new Set<NotifyWhen>(['NEVER', 'SUCCESS', 'FAILURE', 'DELAY']);

function isNotifyWhen(word: string): word is NotifyWhen {
  return notifyWords.has(word);
}

const readers: ReadonlyMap<string, ParamReader<RcptParams>> = new Map<string, ParamReader<RcptParams>>([
  [
    'NOTIFY',
    (value = '', into) => {
      const words = value.toUpperCase().split(',', 4);
      if (words.join(',') !== value.toUpperCase() || !words.every(isNotifyWhen)) return false;
      if (new Set(words).size !== words.length || (words.length > 1 && words.includes('NEVER'))) return false;
      into.notify = words;
      return true;
    },
  ],
  [
    'ORCPT',
    (value = '', into) => {
      if (value.length > 500) return false;
      const [, type = '', written = ''] = /^([A-Za-z0-9-]+);(.+)$/.exec(value) ?? [];
      if (type === '') return false;
      const decoded = type.toLowerCase() === 'utf-8' ? decodeUtf8Address(written) : parseXtext(written);
      // Never anything that could end a line of a report.
      // oxlint-disable-next-line no-control-regex
      if (!decoded.ok || /[\x00-\x1f\x7f]/.test(decoded.value)) return false;
      into.originalRecipient = { type: type.toLowerCase(), address: decoded.value };
      return true;
    },
  ],
]);

/** Reads what follows the path of RCPT TO, the blank in front included. */
export function readRcptParams(text: string): Result<RcptParams, ParamFault> {
  return readEsmtpParams<RcptParams>(text, readers, {});
}

/** The printer; '' or a blank and the parameters. */
export function printRcptParams(params: RcptParams): string {
  const notify = params.notify === undefined ? '' : ` NOTIFY=${params.notify.join(',')}`;
  const original = params.originalRecipient;
  if (original === undefined) return notify;
  const address =
    original.type === 'utf-8'
      ? original.address.replace(/[\\+= ]/g, (c) => `\\x{${c.charCodeAt(0).toString(16).toUpperCase()}}`)
      : printXtext(original.address);
  return `${notify} ORCPT=${original.type};${address}`;
}

/** utf-8-addr-xtext and utf-8-addr-unitext: escapes are `\x{HEX}`. RFC 6533 section 3. */
function decodeUtf8Address(written: string): ReturnType<typeof parseXtext> {
  const bad = { ok: false, error: { kind: 'malformed', expected: 'utf-8 address', at: 0 } } as const;
  const decoded = written.replace(/\\x\{([0-9A-Fa-f]{2,6})\}/g, (whole, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? whole : String.fromCodePoint(code);
  });
  return decoded.includes('\\x{') ? bad : { ok: true, value: decoded };
}
