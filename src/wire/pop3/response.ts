/** Response codes that are told. RFC 2449 section 8, RFC 3206 section 3, RFC 6856 section 2. */
export type Pop3Code = 'AUTH' | 'SYS/TEMP' | 'SYS/PERM';

/** `+OK text` CRLF. RFC 1939 section 3. The text is ours: ASCII without CR and LF. */
export function printOk(text: string): string {
  return text === '' ? '+OK\r\n' : `+OK ${text}\r\n`;
}

/** `-ERR [CODE] text` CRLF; characters that do not belong in a response become blanks. */
export function printErr(text: string, code?: Pop3Code): string {
  return `-ERR ${code === undefined ? '' : `[${code}] `}${text.replaceAll(/[^ -~]/g, ' ')}\r\n`;
}
